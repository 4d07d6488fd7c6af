using System.Globalization;
using FederatedSegmentation.Planning.Tests.Resolution;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Tests.Time;

/// <summary>The run's instant in local time: starts of units, and shifts.</summary>
public sealed class RunCalendarTests
{
    [Theory]
    [InlineData(TimeUnit.Minute, "2026-06-17T10:23:00")]
    [InlineData(TimeUnit.Hour, "2026-06-17T10:00:00")]
    [InlineData(TimeUnit.Day, "2026-06-16T22:00:00")]
    [InlineData(TimeUnit.Week, "2026-06-14T22:00:00")]
    [InlineData(TimeUnit.Month, "2026-05-31T22:00:00")]
    [InlineData(TimeUnit.Quarter, "2026-03-31T22:00:00")]
    [InlineData(TimeUnit.Year, "2025-12-31T23:00:00")]
    public void The_current_unit_starts_in_local_time(TimeUnit unit, string start) =>
        Assert.Equal(start, Text(Berlin("2026-06-17T10:23:45.678901").StartOfUnit(unit, 0)));

    [Fact]
    public void A_week_may_start_on_Sunday()
    {
        Assert.Equal(new DateOnly(2026, 6, 14), Calendar("2026-06-17T10:00:00", "Europe/Berlin", DayOfWeek.Sunday).FirstDayOfUnit(TimeUnit.Week, 0));
        Assert.Equal(new DateOnly(2026, 6, 14), Calendar("2026-06-14T10:00:00", "Europe/Berlin", DayOfWeek.Sunday).FirstDayOfUnit(TimeUnit.Week, 0));
        Assert.Equal(new DateOnly(2026, 6, 8), Calendar("2026-06-14T10:00:00", "Europe/Berlin", DayOfWeek.Monday).FirstDayOfUnit(TimeUnit.Week, 0));
    }

    [Fact]
    public void A_local_day_has_23_hours_when_clocks_go_forward_and_25_when_they_go_back()
    {
        var spring = Berlin("2026-03-29T12:00:00");
        Assert.Equal(TimeSpan.FromHours(23), TimeSpan.FromMicroseconds((spring.StartOfUnit(TimeUnit.Day, 1) - spring.StartOfUnit(TimeUnit.Day, 0))!.Value));
        var autumn = Berlin("2026-10-25T12:00:00");
        Assert.Equal(TimeSpan.FromHours(25), TimeSpan.FromMicroseconds((autumn.StartOfUnit(TimeUnit.Day, 1) - autumn.StartOfUnit(TimeUnit.Day, 0))!.Value));
    }

    [Fact]
    public void A_midnight_that_is_skipped_is_one_o_clock()
    {
        // Beirut goes from 00:00 to 01:00 on 29 March 2026, at 22:00Z of the day before.
        Assert.Equal("2026-03-28T22:00:00", Text(Calendar("2026-03-29T10:00:00", "Asia/Beirut").StartOfUnit(TimeUnit.Day, 0)));
    }

    [Fact]
    public void A_midnight_that_is_repeated_is_the_earlier()
    {
        // Havana goes from 01:00 back to 00:00 on 1 November 2026, at 05:00Z: midnight is at 04:00Z and at 05:00Z.
        Assert.Equal("2026-11-01T04:00:00", Text(Calendar("2026-11-01T12:00:00", "America/Havana").StartOfUnit(TimeUnit.Day, 0)));
    }

    [Fact]
    public void A_shift_by_a_day_into_the_gap_moves_forward()
    {
        // 02:30 on 30 March, one day back: 02:30 on 29 March does not exist and becomes 03:30, 01:30Z.
        Assert.Equal("2026-03-29T01:30:00", Text(Berlin("2026-03-30T00:30:00").ShiftNow(TimeUnit.Day, -1)));
    }

    [Fact]
    public void A_shift_by_a_day_into_the_repeated_hour_is_the_earlier()
    {
        // 02:30 on 26 October (01:30Z), one day back: 02:30 on the 25th exists at 00:30Z and 01:30Z.
        Assert.Equal("2026-10-25T00:30:00", Text(Berlin("2026-10-26T01:30:00").ShiftNow(TimeUnit.Day, -1)));
    }

    [Fact]
    public void A_shift_by_nothing_is_now_itself_even_in_the_second_of_two_hours() =>
        Assert.Equal("2026-10-25T01:30:00", Text(Berlin("2026-10-25T01:30:00").ShiftNow(TimeUnit.Day, 0)));

    [Fact]
    public void Hours_are_exact_where_days_are_local()
    {
        var calendar = Berlin("2026-03-29T12:00:00");
        Assert.Equal("2026-03-28T12:00:00", Text(calendar.ShiftNow(TimeUnit.Hour, -24)));
        Assert.Equal("2026-03-28T13:00:00", Text(calendar.ShiftNow(TimeUnit.Day, -1)));
    }

    [Fact]
    public void The_running_hour_holds_now_when_it_is_repeated() =>
        Assert.Equal("2026-10-25T01:00:00", Text(Berlin("2026-10-25T01:30:00").StartOfUnit(TimeUnit.Hour, 0)));

    [Theory]
    [InlineData("2026-03-31", TimeUnit.Month, -1, "2026-02-28")]
    [InlineData("2028-03-31", TimeUnit.Month, -1, "2028-02-29")]
    [InlineData("2026-05-31", TimeUnit.Quarter, 1, "2026-08-31")]
    [InlineData("2026-08-31", TimeUnit.Quarter, 1, "2026-11-30")]
    [InlineData("2028-02-29", TimeUnit.Year, 1, "2029-02-28")]
    [InlineData("2026-06-17", TimeUnit.Week, -2, "2026-06-03")]
    public void Months_clamp_to_their_last_day(string today, TimeUnit unit, int units, string expected) =>
        Assert.Equal(expected, Calendar($"{today}T12:00:00", "UTC").ShiftToday(unit, units)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData(TimeUnit.Minute, -10_000_000_000)]
    [InlineData(TimeUnit.Day, -1_000_000)]
    [InlineData(TimeUnit.Week, 9_000_000_000_000_000_000)]
    [InlineData(TimeUnit.Month, 100_000)]
    [InlineData(TimeUnit.Year, -2026)]
    [InlineData(TimeUnit.Hour, long.MaxValue)]
    public void A_shift_out_of_the_years_1_to_9999_is_nothing(TimeUnit unit, long units) => Assert.Null(Berlin("2026-06-17T10:00:00").ShiftNow(unit, units));

    private static RunCalendar Berlin(string instant) => Calendar(instant, "Europe/Berlin");

    private static RunCalendar Calendar(string instant, string zone, DayOfWeek weekStart = DayOfWeek.Monday) => new(
        (DateTime.Parse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal).Ticks - DateTime.UnixEpoch.Ticks) / 10,
        ZoneRules.Find(zone)!,
        weekStart);

    private static string Text(long? instant) => ResolvedText.Clock(instant!.Value);
}
