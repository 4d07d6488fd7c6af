namespace FederatedSegmentation.DuckDb;

/// <summary>Limits of one instance. A value that is null is DuckDB's default.</summary>
public sealed record DuckDbOptions
{
    /// <summary>Bytes that the engine may hold in memory before it spills.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Threads that work on statements, all connections together.</summary>
    public int? Threads { get; init; }

    /// <summary>Whether rows without an ORDER BY keep the order of their source; giving that up lets more threads write a table.</summary>
    public bool KeepsOrder { get; init; } = true;

    /// <summary>Existing folder for spilled data; null: nothing is ever written to disk, and a statement that needs more memory fails.</summary>
    public string? TempDirectory { get; init; }

    /// <summary>Bytes that may be spilled.</summary>
    public long? MaxTempBytes { get; init; }
}
