using FederatedSegmentation.Conformance.Oracle;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Sequences: rows in strict order of time, with limits between them, and a last step that nobody may take.</summary>
public sealed class SequenceTests
{
    /// <summary>Events of user 1, numbered; <c>at</c> has the given type.</summary>
    private static World Events(string type, params string[] rows) => new World()
        .Entity("user", "id* int64; limit int64", "1,2", "2,0")
        .Entity("event", $"no* int64; user int64; kind string; product int64; at {type}; rate float64", [.. rows.Select((row, i) => $"{i + 1},1,{row}")])
        .Link("events", "user", "event", "id=user", "one_to_many", "user")
        .Time("event", "at");

    private static string Kind(string kind) => $$"""{"where":{"field":"kind","eq":"{{kind}}"} }""";

    private static string Kind(string kind, string rest) => $$"""{"where":{"field":"kind","eq":"{{kind}}"},{{rest}}}""";

    private static string Sequence(params string[] steps) => $$"""{"seq":"events","steps":[{{string.Join(',', steps)}}]}""";

    private static string Same(string columns, params string[] steps) => $$"""{"seq":"events","same":[{{columns}}],"steps":[{{string.Join(',', steps)}}]}""";

    private const string Within3Days = "\"within\":{\"n\":3,\"unit\":\"day\"}";

    [Fact]
    public void The_rows_of_the_steps_are_in_strict_order_of_time() => Events("timestamp", "view,1,2024-05-01T10:00:00Z,", "buy,1,2024-05-01T10:00:00.000001Z,")
        .Selects("user", Sequence(Kind("view"), Kind("buy")), "1")
        .Selects("user", Sequence(Kind("buy"), Kind("view")));

    [Fact]
    public void Two_rows_of_one_instant_are_never_in_order() => Events("timestamp", "view,1,2024-05-01T10:00:00Z,", "buy,1,2024-05-01T12:00:00+02:00,")
        .Selects("user", Sequence(Kind("view"), Kind("buy")))
        .Selects("user", Sequence(Kind("buy"), Kind("view")));

    [Fact]
    public void A_follower_of_the_same_instant_neither_ends_a_chain_nor_the_absence() => Events("timestamp", "a,1,2024-05-01T10:00:00Z,", "b,1,2024-05-01T10:00:00Z,", "c,1,2024-05-02T10:00:00Z,")
        .Selects("user", Sequence(Kind("a"), Kind("b"), Kind("c")))
        .Selects("user", Sequence(Kind("a"), Kind("c"), Kind("b", "\"absent\":true," + Within3Days)), "1")
        .Selects("user", Sequence(Kind("a"), Kind("c", "\"absent\":true,\"within\":{\"n\":1,\"unit\":\"day\"}")))
        .Selects("user", Sequence(Kind("b"), Kind("a", "\"absent\":true,\"within\":{\"n\":1,\"unit\":\"day\"}")), "1");

    [Fact]
    public void One_row_cannot_fill_two_steps() => Events("timestamp", "view,1,2024-05-01T10:00:00Z,")
        .Selects("user", Sequence(Kind("view"), Kind("view")));

    [Fact]
    public void Any_chain_will_do_not_only_the_first_or_the_nearest_row() => Events("timestamp",
            "a,1,2024-05-01T00:00:00Z,", "b,1,2024-05-02T00:00:00Z,", "a,1,2024-05-05T00:00:00Z,", "b,1,2024-05-06T00:00:00Z,", "c,1,2024-05-08T00:00:00Z,")
        .Selects("user", Sequence(Kind("a"), Kind("b", Within3Days), Kind("c", Within3Days)), "1")
        .Selects("user", Sequence(Kind("a"), Kind("b", Within3Days), Kind("c", "\"gap_min\":{\"n\":5,\"unit\":\"day\"}")), "1");

    [Fact]
    public void Five_steps_chain_from_each_to_the_next() => Events("timestamp",
            "a,1,2024-05-01T00:00:00Z,", "b,1,2024-05-02T00:00:00Z,", "c,1,2024-05-03T00:00:00Z,", "d,1,2024-05-04T00:00:00Z,", "e,1,2024-05-05T00:00:00Z,")
        .Selects("user", Sequence(Kind("a"), Kind("b"), Kind("c"), Kind("d"), Kind("e")), "1")
        .Selects("user", Sequence(Kind("a"), Kind("b"), Kind("d"), Kind("c"), Kind("e")));

    [Theory]
    [InlineData("2024-05-04T10:00:00Z", true)]
    [InlineData("2024-05-04T10:00:00.000001Z", false)]
    public void Within_includes_its_end(string at, bool holds) => Events("timestamp", "view,1,2024-05-01T10:00:00Z,", $"buy,1,{at},")
        .Selects("user", Sequence(Kind("view"), Kind("buy", Within3Days)), holds ? ["1"] : []);

    [Theory]
    [InlineData("2024-05-01T11:00:00Z", true)]
    [InlineData("2024-05-01T10:59:59.999999Z", false)]
    public void Gap_min_includes_its_end(string at, bool holds) => Events("timestamp", "view,1,2024-05-01T10:00:00Z,", $"buy,1,{at},")
        .Selects("user", Sequence(Kind("view"), Kind("buy", "\"gap_min\":{\"n\":1,\"unit\":\"hour\"}")), holds ? ["1"] : []);

    [Fact]
    public void Same_columns_are_equal_and_not_null_along_the_chain() => Events("timestamp",
            "a,1,2024-05-01T00:00:00Z,", "b,2,2024-05-02T00:00:00Z,", "a,,2024-05-03T00:00:00Z,", "b,,2024-05-04T00:00:00Z,")
        .Selects("user", Sequence(Kind("a"), Kind("b")), "1")
        .Selects("user", Same("\"product\"", Kind("a"), Kind("b")));

    [Fact]
    public void Same_may_name_several_columns() => Events("timestamp",
            "a,1,2024-05-01T00:00:00Z,1.5", "b,1,2024-05-02T00:00:00Z,2.5", "b,1,2024-05-03T00:00:00Z,1.5")
        .Selects("user", Same("\"product\",\"rate\"", Kind("a"), Kind("b", Within3Days)), "1")
        .Selects("user", Same("\"product\",\"rate\"", Kind("a"), Kind("b", "\"within\":{\"n\":1,\"unit\":\"day\"}")));

    [Fact]
    public void A_nan_in_a_same_column_counts_as_null() => Events("timestamp", "a,1,2024-05-01T00:00:00Z,NaN", "b,1,2024-05-02T00:00:00Z,NaN")
        .Selects("user", Same("\"rate\"", Kind("a"), Kind("b")));

    [Fact]
    public void Rows_without_a_time_do_not_take_part() => Events("timestamp", "a,1,,", "b,1,2024-05-02T00:00:00Z,", "a,1,2024-05-01T00:00:00Z,")
        .Selects("user", Sequence(Kind("a"), Kind("b")), "1")
        .Selects("user", Sequence(Kind("b"), """{"absent":true,"within":{"n":1,"unit":"day"}}"""), "1");

    [Fact]
    public void A_step_without_where_takes_any_row() => Events("timestamp", "x,1,2024-05-01T00:00:00Z,", "y,1,2024-05-02T00:00:00Z,")
        .Selects("user", Sequence("{}", "{}"), "1")
        .Selects("user", Sequence("{}", "{}", "{}"));

    [Fact]
    public void In_a_step_the_row_around_is_the_one_that_the_seq_starts_from() => Events("timestamp", "a,1,2024-05-01T00:00:00Z,", "b,2,2024-05-02T00:00:00Z,")
        .Selects("user", Sequence(Kind("a"), """{"where":{"field":"product","eq":{"ref":"^.limit"}}}"""), "1");

    [Theory]
    [InlineData("2024-02-29T10:00:00Z", true)]
    [InlineData("2024-02-29T10:00:00.000001Z", false)]
    public void Months_clamp_from_the_earlier_row(string at, bool holds) => Events("timestamp", "a,1,2024-01-31T10:00:00Z,", $"b,1,{at},")
        .Selects("user", Sequence(Kind("a"), Kind("b", "\"within\":{\"n\":1,\"unit\":\"month\"}")), holds ? ["1"] : []);

    [Fact]
    public void Where_months_clamp_the_later_row_may_have_the_earlier_end() => Events("timestamp", "a,1,2023-01-30T13:00:00Z,", "a,2,2023-01-31T12:00:00Z,", "b,1,2023-02-28T12:30:00Z,", "b,2,2023-02-28T12:30:00Z,")
        .Selects("user", Same("\"product\"", Kind("a"), Kind("b", "\"within\":{\"n\":1,\"unit\":\"month\"}")), "1")
        .Selects("user", Same("\"product\"", """{"where":{"all":[{"field":"kind","eq":"a"},{"field":"product","eq":2}]}}""", Kind("b", "\"within\":{\"n\":1,\"unit\":\"month\"}")))
        .Selects("user", Sequence(Kind("a"), Kind("b", "\"absent\":true,\"within\":{\"n\":1,\"unit\":\"month\"}")), "1")
        .Selects("user", Sequence("""{"where":{"field":"no","eq":1}}""", Kind("b", "\"absent\":true,\"within\":{\"n\":1,\"unit\":\"month\"}")))
        .Selects("user", Sequence(Kind("a"), Kind("a", "\"gap_min\":{\"n\":23,\"unit\":\"hour\"}"), Kind("b", "\"within\":{\"n\":1,\"unit\":\"month\"}")))
        .Selects("user", Sequence(Kind("a"), Kind("b", "\"gap_min\":{\"n\":1,\"unit\":\"month\"}")), "1");

    [Fact]
    public void Days_are_of_utc_whatever_the_zone_of_the_segment_is() => Events("timestamp", "a,1,2024-03-30T12:00:00Z,", "b,1,2024-03-31T12:00:00Z,")
        .Zone("Europe/Berlin")
        .Selects("user", Sequence(Kind("a"), Kind("b", "\"within\":{\"n\":1,\"unit\":\"day\"}")), "1")
        .Selects("user", Sequence(Kind("a"), Kind("b", "\"within\":{\"n\":23,\"unit\":\"hour\"}")));

    [Fact]
    public void On_a_datetime_column_hours_and_order_are_of_the_wall_clock() => Events("datetime@Europe/Berlin", "a,1,2024-03-31T01:30:00,", "b,1,2024-03-31T03:30:00,")
        .Selects("user", Sequence(Kind("a"), Kind("b", "\"gap_min\":{\"n\":2,\"unit\":\"hour\"}")), "1");

    [Fact]
    public void On_a_date_column_durations_are_days() => Events("date", "a,1,2024-05-01,", "b,1,2024-05-04,", "b,1,2024-05-01,")
        .Selects("user", Sequence(Kind("a"), Kind("b", Within3Days)), "1")
        .Selects("user", Sequence(Kind("a"), Kind("b", "\"within\":{\"n\":2,\"unit\":\"day\"}")));

    [Fact]
    public void Absent_means_that_nobody_takes_the_step_in_its_window() => Events("timestamp", "view,1,2024-05-01T10:00:00Z,", "buy,1,2024-05-02T10:00:00Z,")
        .AsOf("2024-06-01T00:00:00Z")
        .Selects("user", Sequence(Kind("view"), Kind("buy", "\"absent\":true,\"within\":{\"n\":1,\"unit\":\"day\"}")))
        .Selects("user", Sequence(Kind("view"), Kind("buy", "\"absent\":true,\"within\":{\"n\":23,\"unit\":\"hour\"}")), "1");

    [Fact]
    public void The_window_of_absence_begins_after_the_row_before() => Events("timestamp", "view,1,2024-05-01T10:00:00Z,", "buy,1,2024-05-01T10:00:00Z,")
        .Selects("user", Sequence("{}", Kind("buy", "\"absent\":true,\"within\":{\"n\":1,\"unit\":\"day\"}")), "1");

    [Fact]
    public void One_chain_without_a_follower_is_enough() => Events("timestamp",
            "view,1,2024-04-01T10:00:00Z,", "buy,1,2024-04-02T10:00:00Z,", "view,1,2024-04-10T10:00:00Z,")
        .Selects("user", Sequence(Kind("view"), Kind("buy", "\"absent\":true," + Within3Days)), "1");

    [Fact]
    public void Absence_asks_only_rows_of_the_same_values() => Events("timestamp",
            "view,1,2024-05-01T10:00:00Z,", "buy,2,2024-05-02T10:00:00Z,", "buy,,2024-05-02T10:00:00Z,")
        .Selects("user", Same("\"product\"", Kind("view"), Kind("buy", "\"absent\":true," + Within3Days)), "1")
        .Selects("user", Sequence(Kind("view"), Kind("buy", "\"absent\":true," + Within3Days)));

    [Theory]
    [InlineData("2024-05-04T10:00:00Z", "exclude", true)]
    [InlineData("2024-05-04T09:59:59.999999Z", "exclude", false)]
    [InlineData("2024-05-04T09:59:59.999999Z", "include", true)]
    public void A_window_that_is_not_over_counts_only_with_pending_include(string asOf, string pending, bool holds) =>
        Events("timestamp", "view,1,2024-05-01T10:00:00Z,")
            .AsOf(asOf)
            .Selects("user", Sequence(Kind("view"), Kind("buy", $"\"absent\":true,{Within3Days},\"pending\":\"{pending}\"")), holds ? ["1"] : []);

    [Fact]
    public void Pending_is_excluded_by_default() => Events("timestamp", "view,1,2024-05-01T10:00:00Z,").AsOf("2024-05-02T00:00:00Z")
        .Selects("user", Sequence(Kind("view"), Kind("buy", "\"absent\":true," + Within3Days)));

    [Theory]
    [InlineData("2024-05-04T12:00:00Z", "UTC", false)]
    [InlineData("2024-05-05T00:00:00Z", "UTC", true)]
    [InlineData("2024-05-04T23:00:00Z", "Europe/Berlin", true)]
    public void On_a_date_column_a_day_is_over_when_the_next_local_one_begins(string asOf, string zone, bool holds) => Events("date", "view,1,2024-05-01,")
        .AsOf(asOf)
        .Zone(zone)
        .Selects("user", Sequence(Kind("view"), Kind("buy", "\"absent\":true," + Within3Days)), holds ? ["1"] : []);

    [Fact]
    public void On_a_datetime_column_the_instant_of_the_run_is_read_on_the_clock_of_its_zone() => Events("datetime@Europe/Berlin", "view,1,2024-05-01T10:00:00,")
        .AsOf("2024-05-04T08:00:00Z")
        .Selects("user", Sequence(Kind("view"), Kind("buy", "\"absent\":true," + Within3Days)), "1")
        .AsOf("2024-05-04T07:59:59Z")
        .Selects("user", Sequence(Kind("view"), Kind("buy", "\"absent\":true," + Within3Days)));

    [Fact]
    public void Each_stored_row_counts_once_over_a_path_with_many_chains() => new World()
        .Entity("user", "id* int64", "1")
        .Entity("visit", "no* int64; user int64; page string", "1,1,p", "2,1,p")
        .Entity("event", "no* int64; page string; at timestamp", "1,p,2024-05-01T00:00:00Z")
        .Link("visits", "user", "visit", "id=user", "one_to_many", "user")
        .Link("events", "visit", "event", "page=page", "many_to_many", "visits")
        .Time("event", "at")
        .Selects("user", """{"seq":"visits.events","steps":[{},{}]}""");

    [Theory]
    [InlineData("""{"seq":"events","steps":[{}]}""")]
    [InlineData("""{"seq":"events","steps":[{},{},{},{},{},{}]}""")]
    [InlineData("""{"seq":"events","steps":[{"within":{"n":1,"unit":"day"}},{}]}""")]
    [InlineData("""{"seq":"events","steps":[{},{"within":{"n":0,"unit":"day"}}]}""")]
    [InlineData("""{"seq":"events","steps":[{},{"absent":true}]}""")]
    [InlineData("""{"seq":"events","steps":[{},{"absent":true,"within":{"n":1,"unit":"day"}},{}]}""")]
    [InlineData("""{"seq":"events","steps":[{},{"absent":true,"within":{"n":1,"unit":"day"},"gap_min":{"n":1,"unit":"hour"}}]}""")]
    [InlineData("""{"seq":"events","steps":[{},{"pending":"include"}]}""")]
    [InlineData("""{"seq":"events","same":["user.id"],"steps":[{},{}]}""")]
    public void A_sequence_that_makes_no_sense_is_refused(string predicate) =>
        Assert.Throws<InvalidDefinitionException>(() => Events("timestamp").OutcomeOf("user", predicate));

    [Fact]
    public void Hours_on_a_date_column_are_refused() => Assert.Throws<InvalidDefinitionException>(() =>
        Events("date").OutcomeOf("user", Sequence("{}", """{"within":{"n":1,"unit":"hour"}}""")));
}
