using System.Collections.Immutable;

namespace FederatedSegmentation.Settings;

/// <summary>The settings, valid and with every path absolute. Immutable; holds references to secrets, never secrets.</summary>
public sealed record GatewayOptions
{
    /// <summary>The absolute path of the settings file.</summary>
    public required string File { get; init; }

    /// <summary>The absolute path of the model file.</summary>
    public required string Model { get; init; }

    /// <summary>The absolute path of the folder of segments.</summary>
    public required string Segments { get; init; }

    /// <summary>The sources, in the order of the file; names are distinct, ignoring case.</summary>
    public required ImmutableArray<SourceOptions> Sources { get; init; }

    /// <summary>The engine for what the sources do not answer.</summary>
    public required EngineOptions Engine { get; init; }

    /// <summary>Bytes of results received and not yet taken by the engine, all sources together.</summary>
    public required long InFlightBytes { get; init; }

    /// <summary>The time allowed to a run, if the caller says nothing.</summary>
    public required TimeSpan Deadline { get; init; }
}

/// <summary>A data source of the settings. A closed hierarchy: one record per kind.</summary>
/// <param name="Name">Its name, as entities of the model spell it.</param>
/// <param name="Kind">Its kind, for instance <c>postgres</c>.</param>
public abstract record SourceOptions(string Name, string Kind);

/// <summary>A folder of files.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Root">The absolute path of the folder.</param>
public sealed record FilesSourceOptions(string Name, string Root) : SourceOptions(Name, FilesKind)
{
    /// <summary>The kind as the settings spell it.</summary>
    public const string FilesKind = "files";
}

/// <summary>A PostgreSQL database.</summary>
/// <param name="Name">Its name.</param>
public sealed record PostgresSourceOptions(string Name) : SourceOptions(Name, PostgresKind)
{
    /// <summary>The kind as the settings spell it.</summary>
    public const string PostgresKind = "postgres";

    /// <summary>A host name, an address, or the absolute path of a folder with a Unix socket.</summary>
    public required string Host { get; init; }

    /// <summary>The port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>The database.</summary>
    public required string Database { get; init; }

    /// <summary>The schema of tables that the model names without one.</summary>
    public required string Schema { get; init; }

    /// <summary>The user.</summary>
    public required string User { get; init; }

    /// <summary>Where the password is.</summary>
    public required SecretReference Password { get; init; }

    /// <summary>What the connection demands of TLS.</summary>
    public required TlsMode SslMode { get; init; }

    /// <summary>The absolute path of the certificates of trusted authorities (PEM), or null for those of the machine.</summary>
    public required string? RootCertificate { get; init; }

    /// <summary>What the gateway may ask of the source.</summary>
    public required SourceLimits Limits { get; init; }
}

/// <summary>What the gateway may ask of a source.</summary>
/// <param name="MaxConcurrent">Statements at once, at least 1.</param>
/// <param name="StatementTimeout">The longest time of one statement, or null: then only the run's deadline holds.</param>
public sealed record SourceLimits(int MaxConcurrent, TimeSpan? StatementTimeout);

/// <summary>What a connection demands of TLS.</summary>
public enum TlsMode
{
    /// <summary>No TLS; only on loopback.</summary>
    Disable,

    /// <summary>Encrypted, but the server's certificate is not verified; only on loopback.</summary>
    Require,

    /// <summary>The server's certificate is of a trusted authority.</summary>
    VerifyCA,

    /// <summary>And it is for the host that was asked for.</summary>
    VerifyFull,
}

/// <summary>Which engine joins what the sources do not answer.</summary>
public enum EngineKind
{
    /// <summary>The gateway chooses.</summary>
    Auto,

    /// <summary>The embedded engine.</summary>
    DuckDb,
}

/// <summary>The engine.</summary>
/// <param name="Kind">Which.</param>
/// <param name="DuckDb">Limits of the embedded engine.</param>
public sealed record EngineOptions(EngineKind Kind, EmbeddedEngineOptions DuckDb);

/// <summary>Limits of the embedded engine.</summary>
/// <param name="MemoryLimit">Bytes of memory before it spills.</param>
/// <param name="Threads">Threads, at least 1; null for one per processor.</param>
/// <param name="TempDirectory">The absolute path of the folder under which it spills; null for the system's temporary folder.</param>
/// <param name="MaxTempSize">Bytes that it may spill.</param>
public sealed record EmbeddedEngineOptions(long MemoryLimit, int? Threads, string? TempDirectory, long MaxTempSize);
