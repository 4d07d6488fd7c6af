using System.Collections.Immutable;

namespace FederatedSegmentation.Settings;

/// <summary>A warehouse that is reached through an ADO.NET driver which the user supplies: the kind decides its SQL, the driver's connection string everything of the connection.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind, for instance <c>snowflake</c>.</param>
public sealed record DriverSourceOptions(string Name, string Kind) : SourceOptions(Name, Kind)
{
    // What each kind calls its database and its schema, the default of the schema where there is one, and which of its options and limits the connection string says instead.
    private static readonly ImmutableArray<(string Kind, string Database, string Schema, string? DefaultSchema, ImmutableArray<string> Unused, ImmutableArray<string> UnusedLimits)> Kinds =
    [
        (SnowflakeSourceOptions.SnowflakeKind, "Database", "Schema", "PUBLIC", ["Endpoint", "Account", "Warehouse", "Role", "Auth", "Proxy", "CaFile"], []),
        (DatabricksSourceOptions.DatabricksKind, "Catalog", "Schema", "default", ["Endpoint", "WarehouseId", "Auth", "Proxy", "CaFile", "LinkHosts"], []),
        (BigQuerySourceOptions.BigQueryKind, "Project", "Dataset", null, ["Location", "Endpoint", "StorageEndpoint", "LargeResults", "ReadStreams", "Auth", "Proxy", "CaFile"], ["MaxBytesPerQuery"]),
        (FabricSourceOptions.FabricKind, "Database", "Schema", "dbo", ["Server", "Port", "Auth", "Encrypt", "ServerCertificate"], []),
    ];

    /// <summary>The assembly-qualified name of the driver's factory.</summary>
    public required string Factory { get; init; }

    /// <summary>The absolute path of the folder with the driver, or of its assembly.</summary>
    public required string Path { get; init; }

    /// <summary>Where the connection string is; it is a secret as a whole.</summary>
    public required SecretReference ConnectionString { get; init; }

    /// <summary>The database, catalog or project of tables that the model names without one.</summary>
    public required string Database { get; init; }

    /// <summary>The schema or dataset of tables that the model names without one.</summary>
    public required string Schema { get; init; }

    /// <summary>What the gateway may ask of the source.</summary>
    public required SourceLimits Limits { get; init; }

    /// <summary>The factory's type, without its assembly.</summary>
    public string FactoryType => Factory.Split(',', 2)[0].Trim();

    /// <summary>Reads the section of a source, where it names a driver and its kind takes one; else null.</summary>
    internal static DriverSourceOptions? Find(string name, string kind, SettingsSection section)
    {
        if (Kinds.FirstOrDefault(known => known.Kind == kind) is not { Kind: not null } form)
        {
            return null;
        }

        if (!section.Has("Driver"))
        {
            // One that is null is none.
            section.RejectUnused("Driver", "", "");
            return null;
        }

        var driver = section.Section("Driver");
        var limits = section.Section("Limits");
        var options = new DriverSourceOptions(name, kind)
        {
            Factory = driver.RequiredText("Factory"),
            Path = driver.RequiredFilePath("Path"),
            ConnectionString = driver.RequiredSecret("ConnectionString"),
            Database = section.RequiredText(form.Database),
            Schema = form.DefaultSchema is { } otherwise ? section.Text(form.Schema) ?? otherwise : section.RequiredText(form.Schema),
            Limits = new SourceLimits(limits.Integer("MaxConcurrent", 1, 64) ?? 4, limits.Time("StatementTimeout")),
        };
        foreach (var unused in form.UnusedLimits)
        {
            limits.RejectUnused(unused, "A driver sends no such limit with a statement.", "Remove it, and set the limit in the connection string where the driver knows one, or as a quota of the project.");
        }

        driver.Finish();
        limits.Finish();
        if (options.Factory.Length > 0 && (options.FactoryType.Length == 0 || options.Factory.Split(',', 2) is not [_, var assembly] || string.IsNullOrWhiteSpace(assembly)))
        {
            driver.Reject(SettingsCodes.WrongValue, "Factory", "That does not name a type and its assembly.", "Write it as \"Namespace.TypeFactory, Assembly\"; the driver's documentation names its DbProviderFactory.");
        }

        foreach (var unused in form.Unused)
        {
            section.RejectUnused(unused, "Beside Driver the option would change nothing: the connection string says it.", "Remove it, and say it in the connection string.");
        }

        return options;
    }
}
