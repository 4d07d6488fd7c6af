namespace FederatedSegmentation.Conformance.Generation;

/// <summary>
/// Zones for generated cases: whole-hour and half-hour offsets, changes of an hour and of half an hour, both hemispheres.
/// None skips midnight, and none has offsets with seconds after 1936, which the system library rounds.
/// </summary>
internal static class Zones
{
    public static readonly string[] Stored = ["Europe/Berlin", "America/New_York", "UTC", "Asia/Kolkata"];

    public static readonly string[] OfSegments =
        ["UTC", "Europe/Berlin", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Auckland"];
}
