using FederatedSegmentation.Conformance.Oracle.Time;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>before and after, anniversaries, parts, and the calendar below them.</summary>
public sealed class TimeMomentTests
{
    private static World Times(params string?[] values) => World.Column("timestamp", values);

    [Fact]
    public void Before_a_date_is_before_its_local_start() => Times("2024-05-14T21:59:59.999999Z", "2024-05-14T22:00:00Z", null)
        .Zone("Europe/Berlin").Holds("""{"field":"x","before":"2024-05-15"}""", 1);

    [Fact]
    public void After_a_date_is_at_or_after_the_start_of_the_next_local_day() => Times("2024-05-15T21:59:59.999999Z", "2024-05-15T22:00:00Z", null)
        .Zone("Europe/Berlin").Holds("""{"field":"x","after":"2024-05-15"}""", 2);

    [Fact]
    public void Before_and_after_an_instant_exclude_it() => Times("2024-05-15T09:00:00Z", "2024-05-15T10:00:00Z", "2024-05-15T11:00:00Z")
        .Holds("""{"field":"x","before":"2024-05-15T10:00:00Z"}""", 1).Holds("""{"field":"x","after":"2024-05-15T10:00:00Z"}""", 3);

    [Fact]
    public void Before_and_after_now_exclude_it() => Times("2024-05-15T10:29:59Z", "2024-05-15T10:30:00Z", "2024-05-15T10:31:00Z")
        .Holds("""{"field":"x","before":{"now":true}}""", 1).Holds("""{"field":"x","after":{"now":true}}""", 3);

    [Fact]
    public void Today_is_local_midnight() => Times("2024-05-14T21:59:59Z", "2024-05-14T22:00:00Z", "2024-05-15T00:00:00Z").Zone("Europe/Berlin")
        .Holds("""{"field":"x","before":{"today":true}}""", 1).Holds("""{"field":"x","after":{"today":true}}""", 3);

    [Fact]
    public void Ago_counts_back_from_now() => Times("2024-05-12T10:29:59Z", "2024-05-12T10:30:00Z", "2024-05-12T10:30:01Z")
        .Holds("""{"field":"x","before":{"ago":3,"unit":"day"}}""", 1).Holds("""{"field":"x","after":{"ago":3,"unit":"day","align":"rolling"}}""", 3);

    [Fact]
    public void Ago_aligned_to_the_calendar_counts_back_from_the_start_of_the_unit() => Times("2024-02-29T23:59:59Z", "2024-03-01T00:00:00Z", "2024-03-01T00:00:01Z")
        .Holds("""{"field":"x","before":{"ago":2,"unit":"month","align":"calendar"}}""", 1)
        .Holds("""{"field":"x","after":{"ago":2,"unit":"month","align":"calendar"}}""", 3);

    [Fact]
    public void Ahead_counts_forward_from_now() => Times("2024-05-22T10:30:00Z", "2024-05-22T10:30:00.000001Z")
        .Holds("""{"field":"x","after":{"ahead":1,"unit":"week"}}""", 2);

    [Fact]
    public void Ago_in_local_months_keeps_the_wall_clock_over_a_change() => Times("2024-03-15T11:29:59Z", "2024-03-15T11:30:01Z").Zone("Europe/Berlin")
        .Holds("""{"field":"x","before":{"ago":2,"unit":"month"}}""", 1);

    [Fact]
    public void On_a_date_column_before_and_after_compare_dates() => World.Column("date", "2024-05-14", "2024-05-15", "2024-05-16", null)
        .Holds("""{"field":"x","before":"2024-05-15"}""", 1).Holds("""{"field":"x","after":"2024-05-15"}""", 3);

    [Fact]
    public void On_a_date_column_now_is_today() => World.Column("date", "2024-05-14", "2024-05-15", "2024-05-16")
        .Holds("""{"field":"x","before":{"now":true}}""", 1).Holds("""{"field":"x","after":{"now":true}}""", 3).Holds("""{"field":"x","after":{"today":true}}""", 3);

    [Fact]
    public void On_a_date_column_ago_is_today_minus_n_units() => World.Column("date", "2024-03-30", "2024-02-29", "2024-02-28").AsOf("2024-03-31T12:00:00Z")
        .Holds("""{"field":"x","before":{"ago":1,"unit":"month"}}""", 3).Holds("""{"field":"x","after":{"ago":1,"unit":"month"}}""", 1)
        .Holds("""{"field":"x","after":{"ago":0,"unit":"quarter","align":"calendar"}}""", 1, 2, 3);

    [Fact]
    public void On_a_zoned_datetime_a_date_means_its_start_in_the_time_zone() =>
        // Midnight of 15 May in Berlin is 18:00 on 14 May in New York; the next midnight is 18:00 on 15 May.
        World.Column("datetime@America/New_York", "2024-05-14T17:59:59", "2024-05-14T18:00:00", "2024-05-15T17:59:59", "2024-05-15T18:00:00").Zone("Europe/Berlin")
            .Holds("""{"field":"x","before":"2024-05-15"}""", 1).Holds("""{"field":"x","after":"2024-05-15"}""", 4);

    [Fact]
    public void On_a_datetime_without_a_zone_a_date_is_taken_as_written() => World.Column("datetime", "2024-05-14T23:59:59", "2024-05-15T00:00:00", "2024-05-16T00:00:00")
        .Zone("Europe/Berlin").Holds("""{"field":"x","before":"2024-05-15"}""", 1).Holds("""{"field":"x","after":"2024-05-15"}""", 3);

    [Fact]
    public void On_a_datetime_without_a_zone_now_is_the_wall_clock_of_the_time_zone() => World.Column("datetime", "2024-05-15T12:29:59", "2024-05-15T12:30:01")
        .Zone("Europe/Berlin").Holds("""{"field":"x","before":{"now":true}}""", 1);

    [Fact]
    public void A_literal_in_the_gap_moves_forward_by_it() => Times("2024-03-31T01:29:59Z", "2024-03-31T01:30:00Z").Zone("Europe/Berlin")
        .Holds("""{"field":"x","lt":"2024-03-31T02:30:00"}""", 1);

    [Fact]
    public void A_literal_in_the_overlap_is_the_earlier_instant() => Times("2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z").Zone("Europe/Berlin")
        .Holds("""{"field":"x","eq":"2024-10-27T02:30:00"}""", 1);

    [Fact]
    public void An_anniversary_is_the_local_month_and_day_of_today() => Times("1990-05-15T12:00:00Z", "1990-05-14T22:30:00Z", "1990-05-15T22:30:00Z", null)
        .Zone("Europe/Berlin").Holds("""{"field":"x","anniversary":{"offset_days":0}}""", 1, 2);

    [Fact]
    public void An_anniversary_may_lie_days_ahead_or_back() => World.Column("date", "1990-05-22", "1991-05-08", "1990-05-15")
        .Holds("""{"field":"x","anniversary":{"offset_days":7}}""", 1).Holds("""{"field":"x","anniversary":{"offset_days":-7}}""", 2);

    [Fact]
    public void In_a_common_year_29_february_counts_as_28_february() => World.Column("date", "2000-02-29", "2000-02-28", "2000-03-01").AsOf("2023-02-28T12:00:00Z")
        .Holds("""{"field":"x","anniversary":{"offset_days":0}}""", 1, 2)
        .Holds("""{"field":"x","anniversary":{"offset_days":0,"feb29":"feb28"}}""", 1, 2)
        .Holds("""{"field":"x","anniversary":{"offset_days":0,"feb29":"mar1"}}""", 2);

    [Fact]
    public void In_a_common_year_29_february_may_count_as_1_march() => World.Column("date", "2000-02-29", "2000-02-28", "2000-03-01").AsOf("2023-03-01T12:00:00Z")
        .Holds("""{"field":"x","anniversary":{"offset_days":0,"feb29":"mar1"}}""", 1, 3)
        .Holds("""{"field":"x","anniversary":{"offset_days":0}}""", 3);

    [Fact]
    public void In_a_leap_year_29_february_is_itself() => World.Column("date", "2000-02-29", "2000-02-28", "2000-03-01")
        .AsOf("2024-02-28T12:00:00Z").Holds("""{"field":"x","anniversary":{"offset_days":0}}""", 2)
        .AsOf("2024-02-29T12:00:00Z").Holds("""{"field":"x","anniversary":{"offset_days":0,"feb29":"mar1"}}""", 1)
        .AsOf("2024-03-01T12:00:00Z").Holds("""{"field":"x","anniversary":{"offset_days":0,"feb29":"mar1"}}""", 3);

    [Fact]
    public void The_day_of_the_week_counts_from_monday_one_to_sunday_seven() => World.Column("date", "2024-05-13", "2024-05-15", "2024-05-19", null)
        .Holds("""{"field":"x","part":{"of":"dow","eq":1}}""", 1).Holds("""{"field":"x","part":{"of":"dow","in":[3,7]}}""", 2, 3);

    [Fact]
    public void Parts_of_a_date_are_those_of_the_date_in_every_zone() => World.Column("date", "2024-05-15").Zone("Asia/Tokyo")
        .Holds("""{"field":"x","part":{"of":"dom","eq":15}}""", 1).Holds("""{"field":"x","part":{"of":"month","eq":5}}""", 1).Holds("""{"field":"x","part":{"of":"year","eq":2024}}""", 1);

    [Fact]
    public void Parts_of_a_timestamp_are_local() => Times("2023-12-31T23:30:00Z").Zone("Europe/Berlin")
        .Holds("""{"field":"x","part":{"of":"hour","eq":0}}""", 1).Holds("""{"field":"x","part":{"of":"dom","eq":1}}""", 1)
        .Holds("""{"field":"x","part":{"of":"month","eq":1}}""", 1).Holds("""{"field":"x","part":{"of":"year","eq":2024}}""", 1);

    [Fact]
    public void Parts_of_a_datetime_without_a_zone_are_as_they_are() =>
        World.Column("datetime", "2024-05-15T23:30:00").Zone("Asia/Tokyo").Holds("""{"field":"x","part":{"of":"hour","eq":23}}""", 1);

    [Fact]
    public void Parts_of_a_zoned_datetime_are_those_in_the_time_zone() => World.Column("datetime@America/New_York", "2024-05-15T23:30:00").Zone("Europe/Berlin")
        .Holds("""{"field":"x","part":{"of":"hour","eq":5}}""", 1).Holds("""{"field":"x","part":{"of":"dom","eq":16}}""", 1);

    [Fact]
    public void A_stored_wall_clock_that_exists_twice_is_the_earlier_instant_in_a_part() => World.Column("datetime@Europe/Berlin", "2024-10-27T02:30:00")
        .Zone("UTC").Holds("""{"field":"x","part":{"of":"hour","eq":0}}""", 1);

    [Fact]
    public void A_stored_wall_clock_that_does_not_exist_is_moved_forward_by_the_gap() => World.Column("datetime@Europe/Berlin", "2024-03-31T02:30:00")
        .Zone("UTC").Holds("""{"field":"x","part":{"of":"hour","eq":1}}""", 1);

    [Fact]
    public void A_stored_wall_clock_is_read_in_its_own_zone_as_it_is() => World.Column("datetime@Europe/Berlin", "2024-03-31T02:30:00")
        .Zone("Europe/Berlin").Holds("""{"field":"x","part":{"of":"hour","eq":2}}""", 1);

    [Fact]
    public void A_part_takes_all_its_comparisons() => World.Column("date", "2024-05-01", "2024-05-10", "2024-05-20", null)
        .Holds("""{"field":"x","part":{"of":"dom","ne":10}}""", 1, 3).Holds("""{"field":"x","part":{"of":"dom","not_in":[1,20]}}""", 2)
        .Holds("""{"field":"x","part":{"of":"dom","lt":10}}""", 1).Holds("""{"field":"x","part":{"of":"dom","lte":10}}""", 1, 2)
        .Holds("""{"field":"x","part":{"of":"dom","gt":10}}""", 3).Holds("""{"field":"x","part":{"of":"dom","gte":10}}""", 2, 3)
        .Holds("""{"field":"x","part":{"of":"dom","between":[2,19]}}""", 2);

    [Fact]
    public void Days_and_dates_convert_both_ways_over_four_centuries_and_before()
    {
        var days = CivilCalendar.Days(1599, 12, 31);
        for (var date = new DateOnly(1600, 1, 1); date < new DateOnly(2001, 1, 1); date = date.AddDays(1))
        {
            days++;
            Assert.Equal((date.Year, date.Month, date.Day), CivilCalendar.Date(days));
            Assert.Equal(days, CivilCalendar.Days(date.Year, date.Month, date.Day));
            Assert.Equal(((int)date.DayOfWeek + 6) % 7 + 1, CivilCalendar.DayOfWeek(days));
        }

        Assert.Equal(0, CivilCalendar.Days(1970, 1, 1));
        Assert.Equal("0001-01-01", CivilCalendar.DateText(CivilCalendar.Days(1, 1, 1)));
    }

    [Fact]
    public void A_half_hour_change_of_the_clock_has_its_own_gap_and_overlap()
    {
        // Lord Howe, 6 October 2024: 02:00 becomes 02:30. 7 April 2024: 02:00 becomes 01:30.
        var zone = ZoneRules.Of("Australia/Lord_Howe");
        var midnight = CivilCalendar.Days(2024, 10, 6) * CivilCalendar.MicrosPerDay;
        var quarter = CivilCalendar.MicrosPerHour / 4;
        Assert.True(zone.IsInGap(midnight + (9 * quarter)));
        Assert.Equal(midnight + (11 * quarter), zone.ToLocal(zone.ToInstant(midnight + (9 * quarter))));
        var autumn = CivilCalendar.Days(2024, 4, 7) * CivilCalendar.MicrosPerDay;
        Assert.True(zone.IsTwice(autumn + (7 * quarter)));
        Assert.False(zone.IsTwice(autumn + (5 * quarter)));
        Assert.Equal(autumn + (7 * quarter) - (11 * CivilCalendar.MicrosPerHour), zone.ToInstant(autumn + (7 * quarter)));
    }
}
