using FederatedSegmentation.Planning.Time;
using FederatedSegmentation.Residual;

namespace FederatedSegmentation.Running;

/// <summary>Gives the engine the rules with which definitions were resolved: one time-zone database for both.</summary>
public sealed class PinnedZoneRules : IZoneRules
{
    /// <inheritdoc />
    public Func<long, long> ToWallClock(string zone) => Find(zone).ToWallClock;

    /// <inheritdoc />
    public Func<long, long> ConvertWallClock(string from, string to)
    {
        var (near, far) = (Find(from), Find(to));
        return clock => near.ConvertWallClock(clock, far);
    }

    private static ZoneRules Find(string zone) => ZoneRules.Find(zone) ?? throw new ArgumentException($"'{zone}' is no IANA time zone.", nameof(zone));
}
