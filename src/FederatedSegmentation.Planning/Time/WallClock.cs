namespace FederatedSegmentation.Planning.Time;

/// <summary>Wall clocks as microseconds since 1970-01-01T00:00:00, and their days.</summary>
public static class WallClock
{
    /// <summary>Microseconds in 24 hours of a clock.</summary>
    public const long MicrosecondsPerDay = 86_400_000_000;

    private static readonly int EpochDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>The start of a day.</summary>
    public static long Midnight(DateOnly day) => (day.DayNumber - EpochDay) * MicrosecondsPerDay;

    /// <summary>The day of a wall clock.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The wall clock lies outside the years 1 to 9999.</exception>
    public static DateOnly DayOf(long wallClock) => DateOnly.FromDayNumber(checked((int)(Math.DivRem(wallClock - TimeOf(wallClock), MicrosecondsPerDay).Quotient + EpochDay)));

    /// <summary>The microseconds since the start of its day.</summary>
    public static long TimeOf(long wallClock)
    {
        var rest = wallClock % MicrosecondsPerDay;
        return rest < 0 ? rest + MicrosecondsPerDay : rest;
    }
}
