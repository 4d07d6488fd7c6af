namespace FederatedSegmentation.Planning.Time;

/// <summary>The one instant of a run, seen in the local time of a definition: where units start, and what lies so many units away.</summary>
/// <remarks>
/// Minutes and hours are exact; longer units are local calendar arithmetic, where months clamp to the last day. A local time that does not exist is moved
/// forward by the gap; one that exists twice is the earlier instant. Results outside the years 1 to 9999 are null. Immutable, safe for concurrent use.
/// </remarks>
public sealed class RunCalendar
{
    private const long MicrosecondsPerMinute = 60_000_000;
    private readonly DayOfWeek _weekStart;
    private readonly long _localNow;

    /// <summary>Fixes the instant and the place.</summary>
    /// <param name="now">The instant of the run, microseconds UTC.</param>
    /// <param name="zone">The zone of local time.</param>
    /// <param name="weekStart">The first day of the week: Monday or Sunday.</param>
    public RunCalendar(long now, ZoneRules zone, DayOfWeek weekStart)
    {
        Now = now;
        Zone = zone;
        _weekStart = weekStart;
        _localNow = zone.ToWallClock(now);
        Today = WallClock.DayOf(_localNow);
    }

    /// <summary>The instant of the run, microseconds UTC.</summary>
    public long Now { get; }

    /// <summary>The zone of local time.</summary>
    public ZoneRules Zone { get; }

    /// <summary>The local day of the run.</summary>
    public DateOnly Today { get; }

    /// <summary>Whether days are not enough to express the unit.</summary>
    public static bool IsSubDay(TimeUnit unit) => unit is TimeUnit.Minute or TimeUnit.Hour;

    /// <summary>The instant at which a local day starts.</summary>
    public long StartOfDay(DateOnly day) => Zone.ToInstant(WallClock.Midnight(day));

    /// <summary>The start of the unit that lies <paramref name="units"/> after (before, when negative) the current one, as an instant.</summary>
    public long? StartOfUnit(TimeUnit unit, long units) => IsSubDay(unit)
        ? ShiftExactly(StartOfCurrent(unit), unit, units)
        : FirstDayOfUnit(unit, units) is { } day ? StartOfDay(day) : null;

    /// <summary>The first day of the unit that lies <paramref name="units"/> after the current one.</summary>
    /// <param name="unit">A day or longer.</param>
    /// <param name="units">How many.</param>
    public DateOnly? FirstDayOfUnit(TimeUnit unit, long units)
    {
        var first = unit switch
        {
            TimeUnit.Day => Today,
            TimeUnit.Week => ShiftDay(Today, TimeUnit.Day, -((7 + (int)Today.DayOfWeek - (int)_weekStart) % 7)),
            TimeUnit.Month => new DateOnly(Today.Year, Today.Month, 1),
            TimeUnit.Quarter => new DateOnly(Today.Year, (3 * ((Today.Month - 1) / 3)) + 1, 1),
            TimeUnit.Year => new DateOnly(Today.Year, 1, 1),
            _ => throw new ArgumentOutOfRangeException(nameof(unit)),
        };
        return first is { } day ? ShiftDay(day, unit, units) : null;
    }

    /// <summary>Now and so many units, as an instant. A shift by 0 is now itself, whatever the clock does.</summary>
    public long? ShiftNow(TimeUnit unit, long units)
    {
        if (units == 0)
        {
            return Now;
        }

        if (IsSubDay(unit))
        {
            return ShiftExactly(Now, unit, units);
        }

        return ShiftToday(unit, units) is { } day ? Zone.ToInstant(WallClock.Midnight(day) + WallClock.TimeOf(_localNow)) : null;
    }

    /// <summary>Today and so many units.</summary>
    /// <param name="unit">A day or longer.</param>
    /// <param name="units">How many.</param>
    public DateOnly? ShiftToday(TimeUnit unit, long units) => ShiftDay(Today, unit, units);

    /// <summary>Tomorrow and so many units.</summary>
    /// <param name="unit">A day or longer.</param>
    /// <param name="units">How many.</param>
    public DateOnly? ShiftTomorrow(TimeUnit unit, long units) => ShiftToday(TimeUnit.Day, 1) is { } tomorrow ? ShiftDay(tomorrow, unit, units) : null;

    private static DateOnly? ShiftDay(DateOnly day, TimeUnit unit, long units)
    {
        // Far beyond any year, and small enough that the products below cannot overflow.
        const long most = 10_000_000;
        if (units is < -most or > most)
        {
            return null;
        }

        if (unit is TimeUnit.Day or TimeUnit.Week)
        {
            var number = day.DayNumber + (unit == TimeUnit.Week ? 7 * units : units);
            return number >= DateOnly.MinValue.DayNumber && number <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)number) : null;
        }

        var months = unit switch
        {
            TimeUnit.Month => units,
            TimeUnit.Quarter => 3 * units,
            TimeUnit.Year => 12 * units,
            _ => throw new ArgumentOutOfRangeException(nameof(unit)),
        };
        var month = (12L * day.Year) + day.Month - 1 + months;
        return month is >= 12 and < 120_000 ? day.AddMonths((int)months) : null;
    }

    private static long? ShiftExactly(long instant, TimeUnit unit, long units)
    {
        var length = (Int128)units * (unit == TimeUnit.Minute ? 1 : 60) * MicrosecondsPerMinute;
        var shifted = instant + length;
        return shifted >= ZoneRules.MinMicroseconds && shifted <= ZoneRules.MaxMicroseconds ? (long)shifted : null;
    }

    private long StartOfCurrent(TimeUnit unit)
    {
        var length = unit == TimeUnit.Minute ? MicrosecondsPerMinute : 60 * MicrosecondsPerMinute;
        return Zone.ToLatestInstant(_localNow - (WallClock.TimeOf(_localNow) % length), Now);
    }
}
