using System.Collections.Concurrent;

namespace FederatedSegmentation.Conformance.Oracle.Time;

/// <summary>
/// The clock of one IANA zone. Only the offset at an instant is taken from the system's database; gaps and overlaps are found from it here.
/// It rounds offsets to minutes, so years in which a zone kept local mean time (before <see cref="FirstExactYear"/>) are not exact. Safe for use by several threads.
/// </summary>
public sealed class ZoneRules
{
    public const int FirstExactYear = 1936;

    private static readonly ConcurrentDictionary<string, ZoneRules> Known = new();
    private static readonly long TicksAtEpoch = DateTime.UnixEpoch.Ticks;

    private readonly TimeZoneInfo _zone;
    private readonly ConcurrentDictionary<long, long> _offsets = new();

    private ZoneRules(TimeZoneInfo zone) => _zone = zone;

    public static ZoneRules Of(string id) => Known.GetOrAdd(id, static name => new ZoneRules(TimeZoneInfo.FindSystemTimeZoneById(name)));

    public bool IsUtc => _zone.BaseUtcOffset == TimeSpan.Zero && !_zone.SupportsDaylightSavingTime;

    /// <summary>What is added to an instant to read the wall clock, in microseconds.</summary>
    public long Offset(long instant) => _offsets.GetOrAdd(instant, static (micros, zone) =>
    {
        var ticks = Math.Clamp(TicksAtEpoch + (micros * 10), DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
        return zone.GetUtcOffset(new DateTime(ticks, DateTimeKind.Utc)).Ticks / 10;
    }, _zone);

    public long ToLocal(long instant) => instant + Offset(instant);

    /// <summary>The instant of a wall clock: the earlier one if the clock shows it twice, moved forward by the gap if it never shows it.</summary>
    public long ToInstant(long local)
    {
        var (before, after) = OffsetsAround(local);
        var early = local - Math.Max(before, after);
        var late = local - Math.Min(before, after);
        if (ToLocal(early) == local)
        {
            return early;
        }

        // With the offset from before the change, the wall clock after it reads `local` plus the gap.
        return ToLocal(late) == local ? late : local - before;
    }

    /// <summary>The first and the last instant at which the clock shows a local time; one in a gap is moved forward as in <see cref="ToInstant"/>.</summary>
    public (long First, long Last) InstantsOf(long local)
    {
        var first = ToInstant(local);
        if (!IsTwice(local))
        {
            return (first, first);
        }

        var (before, after) = OffsetsAround(local);
        return (first, local - Math.Min(before, after));
    }

    public bool IsInGap(long local)
    {
        var (before, after) = OffsetsAround(local);
        return ToLocal(local - before) != local && ToLocal(local - after) != local;
    }

    public bool IsTwice(long local)
    {
        var (before, after) = OffsetsAround(local);
        return before != after && ToLocal(local - before) == local && ToLocal(local - after) == local;
    }

    /// <summary>No zone is more than a day from UTC, and no zone changes twice within two days.</summary>
    private (long Before, long After) OffsetsAround(long local) =>
        (Offset(local - CivilCalendar.MicrosPerDay), Offset(local + CivilCalendar.MicrosPerDay));
}
