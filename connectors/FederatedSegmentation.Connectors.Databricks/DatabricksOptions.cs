using System.Collections.Immutable;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Databricks;

/// <summary>The settings of a Databricks source: one SQL warehouse and one catalog. Holds no secret. Immutable.</summary>
public sealed record DatabricksOptions
{
    /// <summary>
    /// Where results are stored on the three clouds: below these hosts lead the links of the Statement Execution API. Of Amazon's hosts only those of S3 are meant.
    /// </summary>
    public static readonly ImmutableArray<string> StorageHosts =
    [
        ".storage.cloud.databricks.com", ".amazonaws.com", ".blob.core.windows.net", ".dfs.core.windows.net", "storage.googleapis.com", ".storage.googleapis.com",
    ];

    /// <summary>How the workspace is reached; <see cref="StorageHosts"/> are allowed beside its own link hosts.</summary>
    public HttpTransportOptions Transport { get; init; } = new();

    /// <summary>The SQL warehouse: sixteen hexadecimal digits, the end of its HTTP path.</summary>
    public string WarehouseId { get; init; } = "";

    /// <summary>The catalog of tables that a model names without one.</summary>
    public string Catalog { get; init; } = "";

    /// <summary>The schema of tables that a model names without one.</summary>
    public string Schema { get; init; } = "default";

    /// <summary>How the gateway logs in.</summary>
    public DatabricksAuth Auth { get; init; } = DatabricksAuth.PersonalAccessToken;

    /// <summary>The id of the service principal's OAuth client; null for a personal access token.</summary>
    public string? ClientId { get; init; }

    /// <summary>A driver that the user supplies, instead of the Statement Execution API; then its connection string says where to connect, how, and with which warehouse.</summary>
    public DriverOptions? Driver { get; init; }

    /// <summary>The schema of the catalog in which tables of keys may be made; null for none: then nothing but single SELECT statements is ever sent.</summary>
    public string? ScratchSchema { get; init; }

    /// <summary>How many statements may run at the warehouse at once, over all runs of this process.</summary>
    public int MaxConcurrent { get; init; } = 4;

    /// <summary>The longest time of one statement, or null: then only the run's deadline limits it.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary>How many chunks of a result are fetched at once.</summary>
    public int FetchParallelism { get; init; } = 4;

    /// <summary>The most bytes of results that are in flight at once, over all statements of the source.</summary>
    public long InFlightBytes { get; init; } = 256L << 20;

    /// <summary>Every problem of the settings, with the option's path relative to the source, as pointer.</summary>
    /// <param name="source">The source's name, for the messages.</param>
    public ImmutableArray<Problem> Validate(string source)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        void Add(string option, string message, string hint, string code = "CFG006") => problems.Add(new Problem
        {
            Code = code,
            Stage = Stage.Settings,
            Source = source,
            Pointer = option,
            Message = message,
            Hint = hint,
        });

        if (Driver is null)
        {
            problems.AddRange(Transport.Validate(source));
        }

        if (Driver is not null)
        {
            // Its connection string says where to.
        }
        else if (string.IsNullOrWhiteSpace(WarehouseId))
        {
            Add(nameof(WarehouseId), "The SQL warehouse is not named.", "Set WarehouseId: the sixteen digits at the end of the warehouse's HTTP path.", "CFG004");
        }
        else if (WarehouseId.Length != 16 || !WarehouseId.All(char.IsAsciiHexDigitLower))
        {
            Add(nameof(WarehouseId), "WarehouseId is not the id of a SQL warehouse.", "Use the sixteen digits at the end of the warehouse's HTTP path, /sql/1.0/warehouses/….");
        }

        if (string.IsNullOrWhiteSpace(Catalog))
        {
            Add(nameof(Catalog), "The catalog is not named.", "Set Catalog to the catalog of Unity Catalog that holds the tables.", "CFG004");
        }

        if (string.IsNullOrWhiteSpace(Schema))
        {
            Add(nameof(Schema), "Schema is empty.", "Name the schema of tables without one, or leave the option out for 'default'.");
        }

        if (Driver is null && Auth == DatabricksAuth.OAuthMachineToMachine && string.IsNullOrWhiteSpace(ClientId))
        {
            Add("Auth:ClientId", "The service principal is not named.", "Set Auth:ClientId to the client id of its OAuth secret.", "CFG004");
        }

        if (MaxConcurrent is < 1 or > 64)
        {
            Add(nameof(MaxConcurrent), "MaxConcurrent is out of range.", "Use 1 to 64.");
        }

        if (StatementTimeout is { } time && (time < TimeSpan.FromSeconds(1) || time > TimeSpan.FromDays(2)))
        {
            Add(nameof(StatementTimeout), "StatementTimeout is out of range.", "Use one second to two days, or leave it out for none but the run's deadline.");
        }

        if (FetchParallelism is < 1 or > 32)
        {
            Add(nameof(FetchParallelism), "FetchParallelism is out of range.", "Use 1 to 32.");
        }

        if (InFlightBytes < 1)
        {
            Add(nameof(InFlightBytes), "InFlightBytes is out of range.", "Use at least one byte.");
        }

        return problems.ToImmutable();
    }

    /// <summary>Whether a host that is allowed by a suffix is one of storage: Amazon's suffix has hosts of everybody.</summary>
    internal static bool IsStorage(Uri link) => !link.IdnHost.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase)
        || link.IdnHost.Split('.').Any(label => string.Equals(label, "s3", StringComparison.OrdinalIgnoreCase) || label.StartsWith("s3-", StringComparison.OrdinalIgnoreCase));
}

/// <summary>How the gateway logs in to a workspace.</summary>
public enum DatabricksAuth
{
    /// <summary>With a personal access token.</summary>
    PersonalAccessToken,

    /// <summary>As a service principal, with the id and the secret of an OAuth client.</summary>
    OAuthMachineToMachine,
}
