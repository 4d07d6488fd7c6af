namespace FederatedSegmentation.Conformance.Oracle.Time;

public enum TimeUnit
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// <summary>
/// The one instant of a run seen through the <c>time</c> block of a segment. Instants and wall clocks are microseconds since 1970-01-01,
/// dates are days since then.
/// </summary>
public sealed class RunClock(long asOf, ZoneRules zone, bool weekStartsOnSunday)
{
    public long Now { get; } = asOf;

    public ZoneRules Zone { get; } = zone;

    public long NowLocal => Zone.ToLocal(Now);

    public long Today => CivilCalendar.DayOf(NowLocal);

    public long TodayStart => Zone.ToInstant(Today * CivilCalendar.MicrosPerDay);

    public static bool IsSubDay(TimeUnit unit) => unit is TimeUnit.Minute or TimeUnit.Hour;

    /// <summary>now + n u; a shift by 0 is now itself.</summary>
    public long FromNow(long n, TimeUnit unit)
    {
        if (n == 0 || IsSubDay(unit))
        {
            return Now + (n * SubDayMicros(unit));
        }

        var local = NowLocal;
        var day = ShiftDays(CivilCalendar.DayOf(local), n, unit);
        return Zone.ToInstant((day * CivilCalendar.MicrosPerDay) + CivilCalendar.TimeOfDay(local));
    }

    /// <summary>cur(u) + n u as an instant.</summary>
    public long FromCurrent(TimeUnit unit, long n)
    {
        if (IsSubDay(unit))
        {
            var size = SubDayMicros(unit);
            return LatestUpToNow(CivilCalendar.FloorDivide(NowLocal, size) * size) + (n * size);
        }

        return Zone.ToInstant(DateFromCurrent(unit, n) * CivilCalendar.MicrosPerDay);
    }

    /// <summary>The current minute or hour is the one that holds now: of two instants at which the clock shows its start, the later one that is not after now.</summary>
    private long LatestUpToNow(long local)
    {
        var (early, late) = Zone.InstantsOf(local);
        return late <= Now ? late : early;
    }

    /// <summary>today + n u.</summary>
    public long DateFromToday(long n, TimeUnit unit) => ShiftDays(Today, n, unit);

    /// <summary>The local date of cur(u) + n u.</summary>
    public long DateFromCurrent(TimeUnit unit, long n) => ShiftDays(CurrentDate(unit), n, unit);

    private long CurrentDate(TimeUnit unit)
    {
        var today = Today;
        var (year, month, _) = CivilCalendar.Date(today);
        return unit switch
        {
            TimeUnit.Day => today,
            TimeUnit.Week => today - (weekStartsOnSunday ? CivilCalendar.DayOfWeek(today) % 7 : CivilCalendar.DayOfWeek(today) - 1),
            TimeUnit.Month => CivilCalendar.Days(year, month, 1),
            TimeUnit.Quarter => CivilCalendar.Days(year, month - ((month - 1) % 3), 1),
            TimeUnit.Year => CivilCalendar.Days(year, 1, 1),
            _ => throw new InvalidDefinitionException("A date has no units below a day."),
        };
    }

    /// <summary>Calendar arithmetic on dates; a day that a month does not have becomes its last one.</summary>
    public static long ShiftDays(long days, long n, TimeUnit unit) => unit switch
    {
        TimeUnit.Day => days + n,
        TimeUnit.Week => days + (7 * n),
        TimeUnit.Month => CivilCalendar.AddMonths(days, n),
        TimeUnit.Quarter => CivilCalendar.AddMonths(days, 3 * n),
        TimeUnit.Year => CivilCalendar.AddMonths(days, 12 * n),
        _ => throw new InvalidDefinitionException("A date has no units below a day."),
    };

    /// <summary>The length of a minute or an hour.</summary>
    public static long SubDayMicros(TimeUnit unit) => unit == TimeUnit.Minute ? CivilCalendar.MicrosPerMinute : CivilCalendar.MicrosPerHour;
}
