namespace FederatedSegmentation.Settings;

/// <summary>A catalog of Databricks behind one SQL warehouse.</summary>
/// <param name="Name">Its name.</param>
public sealed record DatabricksSourceOptions(string Name) : SourceOptions(Name, DatabricksKind)
{
    /// <summary>The kind as the settings spell it.</summary>
    public const string DatabricksKind = "databricks";

    /// <summary>How the workspace is reached.</summary>
    public required HttpSourceOptions Http { get; init; }

    /// <summary>The id of the SQL warehouse.</summary>
    public required string WarehouseId { get; init; }

    /// <summary>The catalog of tables that the model names without one.</summary>
    public required string Catalog { get; init; }

    /// <summary>The schema of tables that the model names without one.</summary>
    public required string Schema { get; init; }

    /// <summary>The schema of the catalog in which the gateway may make tables of keys, or null: then it only reads.</summary>
    public string? ScratchSchema { get; init; }

    /// <summary>The client id of a service principal, or null where a personal access token logs in.</summary>
    public required string? ClientId { get; init; }

    /// <summary>Where the token, or the service principal's secret, is.</summary>
    public required SecretReference Secret { get; init; }

    /// <summary>What the gateway may ask of the source.</summary>
    public required SourceLimits Limits { get; init; }

    /// <summary>Reads the section of a source.</summary>
    internal static DatabricksSourceOptions Read(string name, SettingsSection section)
    {
        var authentication = section.Section("Auth");
        var isOAuth = authentication.RequiredText("Kind").Length > 0 && authentication.Choice("Kind", ("pat", false), ("oauth_m2m", true));
        var limits = section.Section("Limits");
        var options = new DatabricksSourceOptions(name)
        {
            Http = HttpSourceOptions.Read(section, hasLinks: true),
            WarehouseId = section.RequiredText("WarehouseId"),
            Catalog = section.RequiredText("Catalog"),
            Schema = section.Text("Schema") ?? "default",
            ScratchSchema = ScratchSchemaName.OfDatabricks(section),
            ClientId = isOAuth ? authentication.RequiredText("ClientId") : null,
            Secret = authentication.RequiredSecret(isOAuth ? "ClientSecret" : "Token"),
            Limits = new SourceLimits(limits.Integer("MaxConcurrent", 1, 64) ?? 4, limits.Time("StatementTimeout")),
        };
        authentication.Finish();
        limits.Finish();
        if (options.WarehouseId is { Length: > 0 } id && (id.Length != 16 || !id.All(char.IsAsciiHexDigitLower)))
        {
            section.Reject(SettingsCodes.WrongValue, "WarehouseId", "That is not the id of a SQL warehouse.", "Use the sixteen digits at the end of the warehouse's HTTP path, /sql/1.0/warehouses/….");
        }

        return options;
    }
}
