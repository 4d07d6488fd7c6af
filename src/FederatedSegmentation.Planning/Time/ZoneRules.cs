using System.Collections.Concurrent;
using NodaTime;
using NodaTime.TimeZones;

namespace FederatedSegmentation.Planning.Time;

/// <summary>
/// The rules of one IANA zone, of one pinned time-zone database. Instants are microseconds since 1970-01-01T00:00:00Z, wall clocks microseconds since
/// 1970-01-01T00:00:00 of the same clock; both are kept within the years 1 to 9999 by saturation.
/// </summary>
/// <remarks>
/// Safe for concurrent use. A call costs a few nanoseconds while the values stay within one period of the zone (between two clock changes), because the last
/// period is remembered.
/// </remarks>
public sealed class ZoneRules
{
    /// <summary>0001-01-01T00:00:00 in microseconds.</summary>
    public const long MinMicroseconds = -62_135_596_800_000_000;

    /// <summary>9999-12-31T23:59:59.999999 in microseconds.</summary>
    public const long MaxMicroseconds = 253_402_300_799_999_999;

    private const long MicrosecondsPerDay = 86_400_000_000;
    private const long TicksPerMicrosecond = 10;
    // Not frozen: a command asks once or twice, and freezing costs more than that.
    private static readonly HashSet<string> Ids = DateTimeZoneProviders.Tzdb.Ids.ToHashSet(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, ZoneRules> Known = new(StringComparer.Ordinal);
    private readonly DateTimeZone _zone;
    private Period _last;

    private ZoneRules(DateTimeZone zone)
    {
        _zone = zone;
        _last = PeriodOf(zone.GetZoneInterval(NodaConstants.UnixEpoch));
    }

    /// <summary>The rules of UTC.</summary>
    public static ZoneRules Utc { get; } = Find("UTC")!;

    /// <summary>The IANA names of all zones.</summary>
    public static IReadOnlyCollection<string> Names => Ids;

    /// <summary>The version of the time-zone database, for instance <c>TZDB: 2026a (mapping: …)</c>.</summary>
    public static string DatabaseVersion => DateTimeZoneProviders.Tzdb.VersionId;

    /// <summary>The IANA name.</summary>
    public string Name => _zone.Id;

    /// <summary>The rules of a zone, or null where no zone has this name. Names are case-sensitive; fixed offsets that are not IANA names are unknown.</summary>
    public static ZoneRules? Find(string name) => Ids.Contains(name)
        ? Known.GetOrAdd(name, static key => new ZoneRules(DateTimeZoneProviders.Tzdb[key]))
        : null;

    /// <summary>What a clock in this zone shows at an instant.</summary>
    /// <param name="instant">Microseconds, UTC.</param>
    /// <returns>Microseconds of the wall clock.</returns>
    public long ToWallClock(long instant)
    {
        var clamped = Clamp(instant);
        var period = _last;
        if (clamped < period.Start || clamped >= period.End)
        {
            _last = period = PeriodOf(_zone.GetZoneInterval(InstantOf(clamped)));
        }

        return Clamp(clamped + period.Offset);
    }

    /// <summary>
    /// The instant at which a clock in this zone shows this time: the earlier one where it is shown twice; where it is skipped, the time is moved forward by
    /// the length of the gap.
    /// </summary>
    /// <param name="wallClock">Microseconds of the wall clock.</param>
    /// <returns>Microseconds, UTC.</returns>
    public long ToInstant(long wallClock)
    {
        var clamped = Clamp(wallClock);
        var period = _last;
        if (clamped >= period.ClearFrom && clamped < period.ClearTo)
        {
            return Clamp(clamped - period.Offset);
        }

        // Both rules come to the same: where a change makes the time ambiguous or impossible, the offset before the change decides.
        var early = _zone.MapLocal(InstantOf(clamped).InUtc().LocalDateTime).EarlyInterval;
        _last = PeriodOf(early);
        return Clamp(clamped - OffsetOf(early));
    }

    /// <summary>What a clock in <paramref name="target"/> shows when a clock here shows <paramref name="wallClock"/>.</summary>
    public long ConvertWallClock(long wallClock, ZoneRules target) => target.ToWallClock(ToInstant(wallClock));

    /// <summary>
    /// The latest instant, but none after <paramref name="notAfter"/> if there is another, at which a clock in this zone shows this time: the start of an
    /// hour that is running, when the hour is repeated.
    /// </summary>
    internal long ToLatestInstant(long wallClock, long notAfter)
    {
        var mapping = _zone.MapLocal(InstantOf(Clamp(wallClock)).InUtc().LocalDateTime);
        var late = Clamp(wallClock - OffsetOf(mapping.LateInterval));
        return mapping.Count == 2 && late <= notAfter ? late : ToInstant(wallClock);
    }

    private static long Clamp(long microseconds) => Math.Clamp(microseconds, MinMicroseconds, MaxMicroseconds);

    private static Instant InstantOf(long microseconds) => Instant.FromUnixTimeTicks(microseconds * TicksPerMicrosecond);

    private static long OffsetOf(ZoneInterval interval) => interval.WallOffset.Ticks / TicksPerMicrosecond;

    private static Period PeriodOf(ZoneInterval interval)
    {
        var start = interval.HasStart ? Microseconds(interval.Start) : long.MinValue;
        var end = interval.HasEnd ? Microseconds(interval.End) : long.MaxValue;
        var offset = OffsetOf(interval);

        // Offsets differ by less than two days, so farther than that from both ends a wall clock is shown exactly once.
        return new Period(
            start,
            end,
            interval.HasStart ? start + offset + (2 * MicrosecondsPerDay) : long.MinValue,
            interval.HasEnd ? end + offset - (2 * MicrosecondsPerDay) : long.MaxValue,
            offset);
    }

    private static long Microseconds(Instant instant) => instant.ToUnixTimeTicks() / TicksPerMicrosecond;

    private sealed record Period(long Start, long End, long ClearFrom, long ClearTo, long Offset);
}
