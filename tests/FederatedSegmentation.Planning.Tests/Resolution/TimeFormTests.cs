using static FederatedSegmentation.Planning.Tests.Resolution.Definitions;

namespace FederatedSegmentation.Planning.Tests.Resolution;

/// <summary>Every row of the table of times, folded by hand around days when clocks change.</summary>
public sealed class TimeFormTests
{
    // Berlin: 2026-03-29 has 23 hours (02:00 → 03:00 at 01:00Z). 10:00Z is 12:00 local.
    private const string Spring = "2026-03-29T10:00:00Z";

    // Berlin: 2026-10-25 has 25 hours (03:00 → 02:00 at 01:00Z). 11:00Z is 12:00 local.
    private const string Autumn = "2026-10-25T11:00:00Z";

    [Theory]
    [InlineData("within: {last: 1, unit: day}", "within [2026-03-27T23:00:00Z, 2026-03-29T10:00:00Z)")]
    [InlineData("within: {last: 0, unit: day}", "within [2026-03-28T23:00:00Z, 2026-03-29T10:00:00Z)")]
    [InlineData("within: {last: 1, unit: day, current: false}", "within [2026-03-27T23:00:00Z, 2026-03-28T23:00:00Z)")]
    [InlineData("within: {last: 1, unit: day, align: rolling}", "within [2026-03-28T11:00:00Z, 2026-03-29T10:00:00Z)")]
    [InlineData("within: {last: 24, unit: hour, align: rolling}", "within [2026-03-28T10:00:00Z, 2026-03-29T10:00:00Z)")]
    [InlineData("within: {last: 2, unit: hour}", "within [2026-03-29T08:00:00Z, 2026-03-29T10:00:00Z)")]
    [InlineData("within: {next: 1, unit: day}", "within [2026-03-29T10:00:00Z, 2026-03-30T22:00:00Z)")]
    [InlineData("within: {next: 1, unit: day, current: false}", "within [2026-03-29T22:00:00Z, 2026-03-30T22:00:00Z)")]
    [InlineData("within: {next: 1, unit: day, align: rolling}", "within [2026-03-29T10:00:00Z, 2026-03-30T10:00:00Z)")]
    [InlineData("outside: {last: 1, unit: month}", "outside [2026-01-31T23:00:00Z, 2026-03-29T10:00:00Z)")]
    [InlineData("period: {unit: day}", "within [2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z)")]
    [InlineData("period: {unit: month, offset: 1}", "within [2026-03-31T22:00:00Z, 2026-04-30T22:00:00Z)")]
    [InlineData("period: {unit: week, offset: -1}", "within [2026-03-15T23:00:00Z, 2026-03-22T23:00:00Z)")]
    [InlineData("period: {unit: quarter}", "within [2025-12-31T23:00:00Z, 2026-03-31T22:00:00Z)")]
    [InlineData("before: 2026-03-29", "< 2026-03-28T23:00:00Z")]
    [InlineData("after: 2026-03-29", ">= 2026-03-29T22:00:00Z")]
    [InlineData("before: {now: true}", "< 2026-03-29T10:00:00Z")]
    [InlineData("after: {today: true}", "> 2026-03-28T23:00:00Z")]
    [InlineData("before: {ago: 1, unit: day}", "< 2026-03-28T11:00:00Z")]
    [InlineData("before: {ago: 1, unit: day, align: calendar}", "< 2026-03-27T23:00:00Z")]
    [InlineData("after: {ago: 3, unit: month, align: rolling}", "> 2025-12-29T11:00:00Z")]
    [InlineData("after: {ahead: 1, unit: year}", "> 2027-03-29T10:00:00Z")]
    [InlineData("gte: {ago: 90, unit: minute}", ">= 2026-03-29T08:30:00Z")]
    [InlineData("eq: 2026-03-29", "= 2026-03-28T23:00:00Z")]
    [InlineData("eq: \"2026-03-29T02:30:00\"", "= 2026-03-29T01:30:00Z")]
    [InlineData("eq: \"2026-03-29T02:30\"", "= 2026-03-29T01:30:00Z")]
    [InlineData("eq: \"2026-03-29T02:30:00.123456+01:00\"", "= 2026-03-29T01:30:00.123456Z")]
    [InlineData("eq: \"2026-03-29T02:30:00Z\"", "= 2026-03-29T02:30:00Z")]
    [InlineData("between: [2026-03-01, {now: true}]", "between 2026-02-28T23:00:00Z and 2026-03-29T10:00:00Z")]
    [InlineData("anniversary: {offset_days: 1}", "on 3-30 in Europe/Berlin")]
    public void A_timestamp_is_compared_with_instants(string op, string expected) => Assert.Equal($"seen {expected}", Where($"{{field: seen, {op}}}", Spring));

    [Theory]
    [InlineData("within: {last: 1, unit: day}", "within [2026-10-23T22:00:00Z, 2026-10-25T11:00:00Z)")]
    [InlineData("within: {last: 1, unit: day, align: rolling}", "within [2026-10-24T10:00:00Z, 2026-10-25T11:00:00Z)")]
    [InlineData("within: {last: 24, unit: hour, align: rolling}", "within [2026-10-24T11:00:00Z, 2026-10-25T11:00:00Z)")]
    [InlineData("period: {unit: day}", "within [2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z)")]
    [InlineData("period: {unit: day, offset: 1}", "within [2026-10-25T23:00:00Z, 2026-10-26T23:00:00Z)")]
    [InlineData("eq: \"2026-10-25T02:30:00\"", "= 2026-10-25T00:30:00Z")]
    [InlineData("eq: \"2026-10-25T02:30:00+01:00\"", "= 2026-10-25T01:30:00Z")]
    public void A_timestamp_is_compared_with_instants_in_autumn_too(string op, string expected) => Assert.Equal($"seen {expected}", Where($"{{field: seen, {op}}}", Autumn));

    [Theory]
    [InlineData("signed_up", "period: {unit: day}", "within [2026-03-29T00:00:00, 2026-03-30T00:00:00)")]
    [InlineData("called", "period: {unit: day}", "within [2026-03-28T19:00:00, 2026-03-29T18:00:00)")]
    [InlineData("noted", "period: {unit: day}", "within [2026-03-29T00:00:00, 2026-03-30T00:00:00)")]
    [InlineData("signed_up", "within: {last: 1, unit: day, align: rolling}", "within [2026-03-28T12:00:00, 2026-03-29T12:00:00)")]
    [InlineData("called", "before: {now: true}", "< 2026-03-29T06:00:00")]
    [InlineData("signed_up", "eq: \"2026-03-29T02:30:00\"", "= 2026-03-29T03:30:00")]
    [InlineData("noted", "eq: \"2026-03-29T02:30:00\"", "= 2026-03-29T02:30:00")]
    [InlineData("noted", "eq: \"2026-03-29T02:30:00Z\"", "= 2026-03-29T04:30:00")]
    [InlineData("called", "eq: \"2026-03-29T12:00:00\"", "= 2026-03-29T06:00:00")]
    [InlineData("called", "eq: \"2026-03-29T12:00:00Z\"", "= 2026-03-29T08:00:00")]
    [InlineData("called", "before: 2026-03-29", "< 2026-03-28T19:00:00")]
    [InlineData("called", "after: 2026-03-29", ">= 2026-03-29T18:00:00")]
    [InlineData("noted", "after: 2026-03-29", ">= 2026-03-30T00:00:00")]
    [InlineData("noted", "eq: 2026-03-29", "= 2026-03-29T00:00:00")]
    [InlineData("signed_up", "anniversary: {}", "on 3-29")]
    [InlineData("called", "anniversary: {}", "on 3-29 in Europe/Berlin")]
    public void A_datetime_is_compared_with_what_its_own_clock_shows(string column, string op, string expected) =>
        Assert.Equal($"{column} {expected}", Where($"{{field: {column}, {op}}}", Spring));

    [Theory]
    [InlineData("within: {last: 1, unit: day}", "within [2026-03-28, 2026-03-30)")]
    [InlineData("within: {last: 1, unit: day, current: false}", "within [2026-03-28, 2026-03-29)")]
    [InlineData("within: {last: 7, unit: day, align: rolling}", "within [2026-03-22, 2026-03-30)")]
    [InlineData("within: {last: 1, unit: month, align: rolling}", "within [2026-02-28, 2026-03-30)")]
    [InlineData("within: {next: 1, unit: week}", "within [2026-03-29, 2026-04-06)")]
    [InlineData("within: {next: 1, unit: week, current: false}", "within [2026-03-30, 2026-04-06)")]
    [InlineData("within: {next: 2, unit: day, align: rolling}", "within [2026-03-29, 2026-03-31)")]
    [InlineData("within: {next: 0, unit: day, align: rolling}", "within [2026-03-29, 2026-03-29)")]
    [InlineData("outside: {last: 1, unit: year}", "outside [2025-01-01, 2026-03-30)")]
    [InlineData("period: {unit: quarter, offset: -1}", "within [2025-10-01, 2026-01-01)")]
    [InlineData("before: {now: true}", "< 2026-03-29")]
    [InlineData("after: {today: true}", "> 2026-03-29")]
    [InlineData("before: 2026-03-29", "< 2026-03-29")]
    [InlineData("after: 2026-03-29", "> 2026-03-29")]
    [InlineData("lte: {ago: 1, unit: month}", "<= 2026-02-28")]
    [InlineData("lt: {ago: 1, unit: month, align: calendar}", "< 2026-02-01")]
    [InlineData("gt: {ahead: 1, unit: quarter}", "> 2026-06-29")]
    [InlineData("anniversary: {offset_days: -29}", "on 2-28 or 2-29")]
    [InlineData("anniversary: {offset_days: -28}", "on 3-1")]
    [InlineData("anniversary: {offset_days: -28, feb29: mar1}", "on 3-1 or 2-29")]
    [InlineData("anniversary: {offset_days: -29, feb29: mar1}", "on 2-28")]
    [InlineData("anniversary: {offset_days: 702}", "on 2-29")]
    [InlineData("anniversary: {offset_days: 701}", "on 2-28")]
    public void A_date_is_compared_with_days(string op, string expected) => Assert.Equal($"born {expected}", Where($"{{field: born, {op}}}", Spring));

    [Fact]
    public void Today_is_the_local_day()
    {
        Assert.Equal("born < 2026-06-18", Where("{field: born, before: {today: true}}", "2026-06-17T23:30:00Z"));
        Assert.Equal("born < 2026-06-17", Where("{field: born, before: {today: true}}", "2026-06-17T23:30:00Z", "{}"));
    }

    [Fact]
    public void Weeks_start_where_the_segment_says() =>
        Assert.Equal("born within [2026-06-14, 2026-06-21)", Where("{field: born, period: {unit: week}}", Noon, "{week_start: sun}"));

    [Fact]
    public void What_is_finer_than_a_microsecond_in_asOf_is_cut_off() =>
        Assert.Equal("seen < 2026-06-17T10:00:00.123456Z", Where("{field: seen, before: {now: true}}", "2026-06-17T10:00:00.1234569Z"));
}
