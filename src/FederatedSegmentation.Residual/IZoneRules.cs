namespace FederatedSegmentation.Residual;

/// <summary>The rules of one pinned time-zone database, which the engine calls for each vector: engines' own rules differ. Safe for concurrent use.</summary>
public interface IZoneRules
{
    /// <summary>How an instant (microseconds since 1970, UTC) reads on a wall clock of the zone.</summary>
    /// <param name="zone">An IANA name.</param>
    Func<long, long> ToWallClock(string zone);

    /// <summary>How a wall clock of one zone reads on one of another; a time that exists twice is the earlier instant.</summary>
    /// <param name="from">Where the clock hangs.</param>
    /// <param name="to">Where it is read.</param>
    Func<long, long> ConvertWallClock(string from, string to);
}
