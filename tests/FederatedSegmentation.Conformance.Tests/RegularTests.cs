using FederatedSegmentation.Conformance.Oracle;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Regular behaviour: so many windows back from now with so many rows each.</summary>
public sealed class RegularTests
{
    /// <summary>asOf is Wednesday 2024-05-15T10:30:00Z.</summary>
    private static World Visits(string type, params string[] times) => new World()
        .Entity("user", "id* int64", "1")
        .Entity("visit", $"no* int64; user int64; at {type}; kind string", [.. times.Select((time, i) => $"{i + 1},1,{time},{(i % 2 == 0 ? "even" : "odd")}")])
        .Link("visits", "user", "visit", "id=user", "one_to_many", "user")
        .Time("visit", "at");

    private static string Regular(string unit, int wanted, int ofLast, string rest = "", int n = 1) =>
        $$"""{"regular":"visits","per":{"n":{{n}},"unit":"{{unit}}"},"in":{{wanted}},"of_last":{{ofLast}}{{rest}}}""";

    [Fact]
    public void So_many_of_the_windows_hold_a_row() => Visits("timestamp", "2024-05-14T00:00:00Z", "2024-05-07T00:00:00Z", "2024-04-20T00:00:00Z")
        .Selects("user", Regular("week", 3, 4), "1")
        .Selects("user", Regular("week", 4, 4));

    [Fact]
    public void Windows_are_half_open_and_count_back_from_now() => Visits("timestamp", "2024-05-15T10:30:00Z", "2024-05-08T10:30:00Z")
        .Selects("user", Regular("week", 1, 1), "1")
        .Selects("user", Regular("week", 2, 2))
        .AsOf("2024-05-15T10:30:00.000001Z")
        .Selects("user", Regular("week", 2, 2), "1");

    [Fact]
    public void At_least_counts_the_rows_of_one_window() => Visits("timestamp", "2024-05-14T00:00:00Z", "2024-05-14T00:00:00Z", "2024-05-07T00:00:00Z")
        .Selects("user", Regular("week", 1, 2, ",\"at_least\":2"), "1")
        .Selects("user", Regular("week", 2, 2, ",\"at_least\":2"))
        .Selects("user", Regular("week", 1, 2, ",\"at_least\":3"));

    [Fact]
    public void Only_rows_with_where_count() => Visits("timestamp", "2024-05-14T00:00:00Z", "2024-05-07T00:00:00Z")
        .Selects("user", Regular("week", 1, 2, ",\"where\":{\"field\":\"kind\",\"eq\":\"odd\"}"), "1")
        .Selects("user", Regular("week", 2, 2, ",\"where\":{\"field\":\"kind\",\"eq\":\"odd\"}"));

    [Fact]
    public void Rows_without_a_time_and_rows_from_now_on_are_in_no_window() => Visits("timestamp", "", "2024-05-15T10:30:00Z", "2024-06-01T00:00:00Z")
        .Selects("user", Regular("year", 1, 10));

    [Fact]
    public void Days_are_of_the_zone_and_may_have_23_hours() => Visits("timestamp", "2024-03-30T12:00:00Z")
        .AsOf("2024-03-31T10:30:00Z")
        .Zone("Europe/Berlin")
        .Selects("user", Regular("day", 1, 1), "1")
        .Selects("user", Regular("hour", 1, 1, n: 22))
        .Selects("user", Regular("hour", 1, 1, n: 23), "1");

    [Fact]
    public void A_local_day_with_23_hours_begins_an_hour_later() => Visits("timestamp", "2024-03-30T11:15:00Z")
        .AsOf("2024-03-31T10:30:00Z")
        .Zone("Europe/Berlin")
        .Selects("user", Regular("day", 1, 1))
        .Zone("UTC")
        .Selects("user", Regular("day", 1, 1), "1");

    [Fact]
    public void Every_bound_is_computed_from_now_so_that_months_do_not_creep() => Visits("timestamp", "2024-03-30T12:00:00Z")
        .AsOf("2024-05-31T12:00:00Z")
        .Selects("user", Regular("month", 1, 2))
        .Selects("user", Regular("month", 1, 3), "1");

    [Fact]
    public void A_window_may_be_several_units() => Visits("timestamp", "2024-05-02T00:00:00Z", "2024-04-30T00:00:00Z")
        .Selects("user", Regular("week", 2, 2, n: 2), "1");

    [Fact]
    public void On_a_date_column_now_is_the_start_of_tomorrow() => Visits("date", "2024-05-15", "2024-05-08")
        .Selects("user", Regular("week", 2, 2), "1")
        .Selects("user", Regular("day", 1, 1), "1")
        .AsOf("2024-05-14T22:30:00Z")
        .Selects("user", Regular("day", 1, 1))
        .Zone("Europe/Berlin")
        .Selects("user", Regular("day", 1, 1), "1");

    [Fact]
    public void On_a_datetime_column_bounds_are_on_the_clock_of_its_zone() => Visits("datetime@Europe/Berlin", "2024-05-15T12:15:00")
        .Selects("user", Regular("hour", 1, 1), "1")
        .AsOf("2024-05-15T10:15:00Z")
        .Selects("user", Regular("hour", 1, 1));

    [Fact]
    public void Without_a_zone_a_datetime_column_has_the_clock_of_the_segment() => Visits("datetime", "2024-05-15T12:15:00")
        .Selects("user", Regular("hour", 1, 1))
        .Zone("Europe/Berlin")
        .Selects("user", Regular("hour", 1, 1), "1");

    [Theory]
    [InlineData("""{"regular":"visits","per":{"n":1,"unit":"week"},"in":5,"of_last":4}""")]
    [InlineData("""{"regular":"visits","per":{"n":1,"unit":"week"},"in":0,"of_last":4}""")]
    [InlineData("""{"regular":"visits","per":{"n":0,"unit":"week"},"in":1,"of_last":4}""")]
    [InlineData("""{"regular":"visits","per":{"n":1,"unit":"week"},"in":1,"of_last":1001}""")]
    [InlineData("""{"regular":"visits","per":{"n":1,"unit":"week"},"in":1,"of_last":4,"at_least":0}""")]
    [InlineData("""{"regular":"visits","in":1,"of_last":4}""")]
    [InlineData("""{"regular":"user","per":{"n":1,"unit":"week"},"in":1,"of_last":4}""")]
    public void Numbers_that_make_no_sense_are_refused(string predicate) =>
        Assert.Throws<InvalidDefinitionException>(() => Visits("timestamp").OutcomeOf("user", predicate));
}
