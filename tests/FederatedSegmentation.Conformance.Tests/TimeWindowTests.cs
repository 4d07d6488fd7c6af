using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Conformance.Oracle.Time;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Windows and periods: each case names its bounds, and rows on both sides of both bounds are asked.</summary>
public sealed class TimeWindowTests
{
    private const string Noon = "2024-05-15T10:30:00Z"; // a Wednesday

    /// <summary>Rows 2 and 3 are the first and the last within [from, to); 1 and 4 lie just outside; 5 is NULL.</summary>
    private static World Around(string type, string from, string to, bool isDate = false)
    {
        var step = isDate ? CivilCalendar.MicrosPerDay : 1;
        string At(string text, long shift)
        {
            var parsed = IsoText.Parse(text);
            var micros = (parsed.LocalMicros ?? parsed.Days * CivilCalendar.MicrosPerDay) + (shift * step);
            return isDate ? CivilCalendar.DateText(CivilCalendar.DayOf(micros)) : CivilCalendar.DateTimeText(micros) + (type == "timestamp" ? "Z" : "");
        }

        return World.Column(type, At(from, -1), At(from, 0), At(to, -1), At(to, 0), null);
    }

    private static void Timestamp(string form, string from, string to, string zone = "UTC", string asOf = Noon, string weekStart = "mon") =>
        Around("timestamp", from, to).AsOf(asOf).Zone(zone, weekStart).Holds($$"""{"field":"x",{{form}}}""", 2, 3);

    private static void Date(string form, string from, string to, string zone = "UTC", string asOf = Noon, string weekStart = "mon") =>
        Around("date", from, to, isDate: true).AsOf(asOf).Zone(zone, weekStart).Holds($$"""{"field":"x",{{form}}}""", 2, 3);

    private static void DateTimeIn(string columnZone, string form, string from, string to, string zone = "UTC", string asOf = Noon) =>
        Around(columnZone.Length == 0 ? "datetime" : "datetime@" + columnZone, from, to).AsOf(asOf).Zone(zone).Holds($$"""{"field":"x",{{form}}}""", 2, 3);

    [Fact]
    public void Within_the_last_days_runs_from_the_start_of_a_day_to_now() =>
        Timestamp("\"within\":{\"last\":3,\"unit\":\"day\"}", "2024-05-12T00:00:00Z", Noon);

    [Fact]
    public void Within_the_last_zero_days_is_today_so_far() => Timestamp("\"within\":{\"last\":0,\"unit\":\"day\"}", "2024-05-15T00:00:00Z", Noon);

    [Fact]
    public void Without_the_current_unit_the_window_ends_where_that_begins() =>
        Timestamp("\"within\":{\"last\":3,\"unit\":\"day\",\"current\":false}", "2024-05-12T00:00:00Z", "2024-05-15T00:00:00Z");

    [Fact]
    public void A_rolling_window_starts_exactly_so_long_before_now() =>
        Timestamp("\"within\":{\"last\":3,\"unit\":\"day\",\"align\":\"rolling\"}", "2024-05-12T10:30:00Z", Noon);

    [Fact]
    public void Align_calendar_and_current_true_are_the_defaults() =>
        Timestamp("\"within\":{\"last\":1,\"unit\":\"month\",\"align\":\"calendar\",\"current\":true}", "2024-04-01T00:00:00Z", Noon);

    [Fact]
    public void Within_the_next_days_runs_from_now_to_the_end_of_a_day() =>
        Timestamp("\"within\":{\"next\":2,\"unit\":\"day\"}", Noon, "2024-05-18T00:00:00Z");

    [Fact]
    public void Next_without_the_current_unit_begins_with_the_next_one() =>
        Timestamp("\"within\":{\"next\":2,\"unit\":\"day\",\"current\":false}", "2024-05-16T00:00:00Z", "2024-05-18T00:00:00Z");

    [Fact]
    public void A_rolling_next_window_ends_exactly_so_long_after_now() =>
        Timestamp("\"within\":{\"next\":1,\"unit\":\"week\",\"align\":\"rolling\"}", Noon, "2024-05-22T10:30:00Z");

    [Fact]
    public void Minutes_and_hours_are_exact() => Timestamp("\"within\":{\"last\":2,\"unit\":\"hour\"}", "2024-05-15T08:00:00Z", Noon);

    [Fact]
    public void The_current_minute_starts_at_its_full_minute() =>
        Timestamp("\"within\":{\"last\":1,\"unit\":\"minute\",\"current\":false}", "2024-05-15T10:29:00Z", "2024-05-15T10:30:00Z", asOf: "2024-05-15T10:30:59.5Z");

    [Fact]
    public void A_week_starts_on_monday_by_default() => Timestamp("\"period\":{\"unit\":\"week\"}", "2024-05-13T00:00:00Z", "2024-05-20T00:00:00Z");

    [Fact]
    public void A_week_may_start_on_sunday() =>
        Timestamp("\"period\":{\"unit\":\"week\"}", "2024-05-12T00:00:00Z", "2024-05-19T00:00:00Z", weekStart: "sun");

    [Fact]
    public void A_sunday_is_the_last_day_of_a_week_from_monday_and_the_first_of_one_from_sunday()
    {
        Timestamp("\"period\":{\"unit\":\"week\",\"offset\":0}", "2024-05-13T00:00:00Z", "2024-05-20T00:00:00Z", asOf: "2024-05-19T12:00:00Z");
        Timestamp("\"period\":{\"unit\":\"week\",\"offset\":0}", "2024-05-19T00:00:00Z", "2024-05-26T00:00:00Z", asOf: "2024-05-19T12:00:00Z", weekStart: "sun");
    }

    [Fact]
    public void Period_zero_is_this_unit_and_minus_one_the_last()
    {
        Timestamp("\"period\":{\"unit\":\"month\",\"offset\":0}", "2024-05-01T00:00:00Z", "2024-06-01T00:00:00Z");
        Timestamp("\"period\":{\"unit\":\"month\",\"offset\":-1}", "2024-04-01T00:00:00Z", "2024-05-01T00:00:00Z");
        Timestamp("\"period\":{\"unit\":\"month\",\"offset\":8}", "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z");
    }

    [Fact]
    public void Quarters_start_in_january_april_july_and_october()
    {
        Timestamp("\"period\":{\"unit\":\"quarter\"}", "2024-04-01T00:00:00Z", "2024-07-01T00:00:00Z");
        Timestamp("\"period\":{\"unit\":\"quarter\",\"offset\":-2}", "2023-10-01T00:00:00Z", "2024-01-01T00:00:00Z");
    }

    [Fact]
    public void Years_are_calendar_years() => Timestamp("\"period\":{\"unit\":\"year\",\"offset\":-1}", "2023-01-01T00:00:00Z", "2024-01-01T00:00:00Z");

    [Fact]
    public void A_period_may_be_an_hour() => Timestamp("\"period\":{\"unit\":\"hour\",\"offset\":-1}", "2024-05-15T09:00:00Z", "2024-05-15T10:00:00Z");

    [Fact]
    public void Outside_has_a_value_and_is_not_in_the_window() =>
        Around("timestamp", "2024-05-12T00:00:00Z", Noon).Holds("""{"field":"x","outside":{"last":3,"unit":"day"}}""", 1, 4);

    [Fact]
    public void Not_within_holds_for_null_too() =>
        Around("timestamp", "2024-05-12T00:00:00Z", Noon).Holds("""{"not":{"field":"x","within":{"last":3,"unit":"day"}}}""", 1, 4, 5);

    [Fact]
    public void Days_are_those_of_the_zone() =>
        Timestamp("\"within\":{\"last\":1,\"unit\":\"day\"}", "2024-05-13T22:00:00Z", Noon, zone: "Europe/Berlin");

    [Fact]
    public void Late_in_the_evening_utc_it_is_already_tomorrow_in_tokyo() =>
        Timestamp("\"period\":{\"unit\":\"day\"}", "2024-05-15T15:00:00Z", "2024-05-16T15:00:00Z", zone: "Asia/Tokyo", asOf: "2024-05-15T20:00:00Z");

    [Fact]
    public void A_day_on_which_the_clock_goes_forward_has_23_hours() =>
        Timestamp("\"period\":{\"unit\":\"day\"}", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z", zone: "Europe/Berlin", asOf: "2024-03-31T12:00:00Z");

    [Fact]
    public void A_day_on_which_the_clock_goes_back_has_25_hours() =>
        Timestamp("\"period\":{\"unit\":\"day\"}", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z", zone: "America/New_York", asOf: "2024-11-03T12:00:00Z");

    [Fact]
    public void A_rolling_day_into_the_gap_moves_forward_by_the_gap() =>
        // 02:30 on 31 March does not exist in Berlin: 03:30 summer time, 01:30Z.
        Timestamp("\"within\":{\"last\":1,\"unit\":\"day\",\"align\":\"rolling\"}", "2024-03-31T01:30:00Z", "2024-04-01T00:30:00Z", zone: "Europe/Berlin", asOf: "2024-04-01T00:30:00Z");

    [Fact]
    public void A_rolling_day_into_the_overlap_takes_the_earlier_instant() =>
        // 02:30 on 27 October exists twice in Berlin; the earlier is summer time, 00:30Z.
        Timestamp("\"within\":{\"last\":1,\"unit\":\"day\",\"align\":\"rolling\"}", "2024-10-27T00:30:00Z", "2024-10-28T01:30:00Z", zone: "Europe/Berlin", asOf: "2024-10-28T01:30:00Z");

    [Fact]
    public void A_rolling_hour_over_the_change_of_the_clock_is_60_minutes() =>
        Timestamp("\"within\":{\"last\":2,\"unit\":\"hour\",\"align\":\"rolling\"}", "2024-03-31T00:00:00Z", "2024-03-31T02:00:00Z", zone: "Europe/Berlin", asOf: "2024-03-31T02:00:00Z");

    [Fact]
    public void Rolling_months_clamp_to_the_last_day() =>
        Timestamp("\"within\":{\"last\":1,\"unit\":\"month\",\"align\":\"rolling\"}", "2024-02-29T08:00:00Z", "2024-03-31T08:00:00Z", asOf: "2024-03-31T08:00:00Z");

    [Fact]
    public void Rolling_months_clamp_to_28_february_in_a_common_year() =>
        Timestamp("\"within\":{\"last\":1,\"unit\":\"month\",\"align\":\"rolling\"}", "2023-02-28T08:00:00Z", "2023-03-31T08:00:00Z", asOf: "2023-03-31T08:00:00Z");

    [Fact]
    public void A_rolling_year_from_29_february_clamps() =>
        Timestamp("\"within\":{\"last\":1,\"unit\":\"year\",\"align\":\"rolling\"}", "2023-02-28T08:00:00Z", "2024-02-29T08:00:00Z", asOf: "2024-02-29T08:00:00Z");

    [Fact]
    public void A_rolling_quarter_is_three_months() =>
        Timestamp("\"within\":{\"last\":1,\"unit\":\"quarter\",\"align\":\"rolling\"}", "2024-02-15T10:30:00Z", Noon);

    [Fact]
    public void A_shift_by_zero_is_now_itself_also_in_the_second_pass_of_an_hour() =>
        // 01:30Z is the second 02:30 in Berlin on 27 October; the earlier one is not meant. The window is empty.
        World.Column("timestamp", "2024-10-27T00:30:00Z", "2024-10-27T01:29:59Z", "2024-10-27T01:30:00Z").Zone("Europe/Berlin").AsOf("2024-10-27T01:30:00Z")
            .Holds("""{"field":"x","within":{"last":0,"unit":"day","align":"rolling"}}""")
            .Holds("""{"field":"x","after":{"ago":0,"unit":"day"}}""")
            .Holds("""{"field":"x","before":{"ago":0,"unit":"day"}}""", 1, 2);

    [Fact]
    public void On_a_zoned_datetime_bounds_are_converted_to_its_zone() =>
        // Midnight in UTC is 02:00 in Berlin, and now is 12:30 there.
        DateTimeIn("Europe/Berlin", "\"within\":{\"last\":1,\"unit\":\"day\"}", "2024-05-14T02:00:00", "2024-05-15T12:30:00");

    [Fact]
    public void On_a_datetime_without_a_zone_bounds_are_those_of_the_time_zone() =>
        DateTimeIn("", "\"within\":{\"last\":1,\"unit\":\"day\"}", "2024-05-14T00:00:00", "2024-05-15T12:30:00", zone: "Europe/Berlin");

    [Fact]
    public void On_a_date_column_today_is_included_in_the_last_days() => Date("\"within\":{\"last\":3,\"unit\":\"day\"}", "2024-05-12", "2024-05-16");

    [Fact]
    public void On_a_date_column_current_false_ends_before_today() =>
        Date("\"within\":{\"last\":3,\"unit\":\"day\",\"current\":false}", "2024-05-12", "2024-05-15");

    [Fact]
    public void On_a_date_column_a_rolling_last_window_runs_from_today_minus_n_to_tomorrow() =>
        Date("\"within\":{\"last\":1,\"unit\":\"month\",\"align\":\"rolling\"}", "2024-04-15", "2024-05-16");

    [Fact]
    public void On_a_date_column_next_begins_today() => Date("\"within\":{\"next\":1,\"unit\":\"week\"}", "2024-05-15", "2024-05-27");

    [Fact]
    public void On_a_date_column_a_rolling_next_window_ends_before_today_plus_n() =>
        Date("\"within\":{\"next\":2,\"unit\":\"day\",\"align\":\"rolling\"}", "2024-05-15", "2024-05-17");

    [Fact]
    public void On_a_date_column_next_without_the_current_unit_begins_with_the_next_one() =>
        Date("\"within\":{\"next\":1,\"unit\":\"month\",\"current\":false}", "2024-06-01", "2024-07-01");

    [Fact]
    public void On_a_date_column_a_period_is_local_dates() =>
        Date("\"period\":{\"unit\":\"quarter\",\"offset\":-1}", "2024-01-01", "2024-04-01");

    [Fact]
    public void On_a_date_column_today_is_the_local_date() =>
        Date("\"within\":{\"last\":0,\"unit\":\"day\"}", "2024-05-16", "2024-05-17", zone: "Asia/Tokyo", asOf: "2024-05-15T20:00:00Z");

    [Fact]
    public void Units_below_a_day_on_a_date_column_are_refused() =>
        Assert.Throws<InvalidDefinitionException>(() => Date("\"within\":{\"last\":1,\"unit\":\"hour\"}", "2024-05-15", "2024-05-16"));

    [Fact]
    public void The_current_hour_within_an_overlap_is_the_one_that_holds_now() => World
        .Column("timestamp", "2024-10-26T23:59:59Z", "2024-10-27T00:00:00Z", "2024-10-27T00:30:00Z", "2024-10-27T01:00:00Z", "2024-10-27T01:59:59Z", "2024-10-27T02:00:00Z")
        .Zone("Europe/Berlin")
        .AsOf("2024-10-27T01:30:00Z").Holds("""{"field":"x","period":{"unit":"hour"}}""", 4, 5)
        .Holds("""{"field":"x","period":{"unit":"hour","offset":-1}}""", 2, 3)
        .AsOf("2024-10-27T00:30:00Z").Holds("""{"field":"x","period":{"unit":"hour"}}""", 2, 3);

    [Fact]
    public void Where_the_clock_goes_back_by_half_an_hour_the_current_hour_may_last_longer() => World
        .Column("timestamp", "2024-04-06T13:59:59Z", "2024-04-06T14:00:00Z", "2024-04-06T14:59:59Z", "2024-04-06T15:15:00Z")
        .Zone("Australia/Lord_Howe")
        .AsOf("2024-04-06T15:20:00Z").Holds("""{"field":"x","within":{"last":0,"unit":"hour"}}""", 2, 3, 4);
}
