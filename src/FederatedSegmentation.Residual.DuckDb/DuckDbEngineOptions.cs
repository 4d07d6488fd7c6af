namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>Limits of the embedded engine.</summary>
/// <param name="MemoryLimitBytes">Bytes of memory of one run before it spills.</param>
/// <param name="Threads">Threads of one run; null for one per processor.</param>
/// <param name="TempDirectory">The absolute path of the folder under which each run makes a folder of its own; null for the system's temporary folder.</param>
/// <param name="MaxTempBytes">Bytes that one run may spill.</param>
/// <param name="InFlightBytes">Bytes received and not yet taken by the engine, all fragments of a run together.</param>
/// <param name="KeepsSpare">Whether an instance for the next run is opened when one has ended: for a process that runs one segment after the other. It costs the memory of an empty instance.</param>
public sealed record DuckDbEngineOptions(long MemoryLimitBytes, int? Threads, string? TempDirectory, long MaxTempBytes, long InFlightBytes, bool KeepsSpare)
{
    // A part of the memory that few joins miss, and most results fit into.
    private const int KeptShare = 4;

    /// <summary>Bytes of the memory of one run in which results of sources may stay as they were received; null for a quarter.</summary>
    public long? KeptBytes { get; init; }

    internal long Kept => KeptBytes ?? MemoryLimitBytes / KeptShare;
}
