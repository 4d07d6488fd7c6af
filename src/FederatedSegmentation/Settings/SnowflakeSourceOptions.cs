namespace FederatedSegmentation.Settings;

/// <summary>A database of a Snowflake account.</summary>
/// <param name="Name">Its name.</param>
public sealed record SnowflakeSourceOptions(string Name) : SourceOptions(Name, SnowflakeKind)
{
    /// <summary>The kind as the settings spell it.</summary>
    public const string SnowflakeKind = "snowflake";

    /// <summary>How the account is reached.</summary>
    public required HttpSourceOptions Http { get; init; }

    /// <summary>The account identifier as it stands in signed tokens, or null for the first part of the endpoint's host.</summary>
    public required string? Account { get; init; }

    /// <summary>The database of tables that the model names without one.</summary>
    public required string Database { get; init; }

    /// <summary>The schema of tables that the model names without one.</summary>
    public required string Schema { get; init; }

    /// <summary>The schema of the database in which the gateway may make tables of keys, or null: then it only reads.</summary>
    public string? ScratchSchema { get; init; }

    /// <summary>The warehouse, or null for the user's default one.</summary>
    public required string? Warehouse { get; init; }

    /// <summary>The role, or null for the user's default one.</summary>
    public required string? Role { get; init; }

    /// <summary>How it logs in.</summary>
    public required SnowflakeLogin Login { get; init; }

    /// <summary>The user; null where the token says who it is.</summary>
    public required string? User { get; init; }

    /// <summary>Where the private key or the token is.</summary>
    public required SecretReference Secret { get; init; }

    /// <summary>Where the passphrase of an encrypted private key is, or null.</summary>
    public required SecretReference? Passphrase { get; init; }

    /// <summary>What the gateway may ask of the source.</summary>
    public required SourceLimits Limits { get; init; }

    /// <summary>Reads the section of a source.</summary>
    internal static SnowflakeSourceOptions Read(string name, SettingsSection section)
    {
        var authentication = section.Section("Auth");
        var login = authentication.RequiredText("Kind").Length > 0
            ? authentication.Choice("Kind", ("key_pair", SnowflakeLogin.KeyPair), ("oauth", SnowflakeLogin.OAuth), ("pat", SnowflakeLogin.ProgrammaticAccessToken))
            : SnowflakeLogin.KeyPair;
        var hasKey = login == SnowflakeLogin.KeyPair;
        var limits = section.Section("Limits");
        var options = new SnowflakeSourceOptions(name)
        {
            Http = HttpSourceOptions.Read(section, hasLinks: false),
            Account = section.Text("Account"),
            Database = section.RequiredText("Database"),
            Schema = section.Text("Schema") ?? "PUBLIC",
            ScratchSchema = ScratchSchemaName.OfSnowflake(section),
            Warehouse = section.Text("Warehouse"),
            Role = section.Text("Role"),
            Login = login,
            User = hasKey ? authentication.RequiredText("User") : authentication.Text("User"),
            Secret = authentication.RequiredSecret(hasKey ? "PrivateKey" : "Token"),
            Passphrase = hasKey ? authentication.Secret("Passphrase") : null,
            Limits = new SourceLimits(limits.Integer("MaxConcurrent", 1, 64) ?? 4, limits.Time("StatementTimeout")),
        };
        authentication.Finish();
        limits.Finish();
        if (hasKey && options.Account is null && options.Http.Endpoint.HostNameType != UriHostNameType.Dns)
        {
            section.Reject(SettingsCodes.OptionMissing, "Account", "The endpoint's host does not name the account, which signed tokens need.", "Set Account to ORGANISATION-ACCOUNT.");
        }

        return options;
    }
}

/// <summary>How a Snowflake source logs in.</summary>
public enum SnowflakeLogin
{
    /// <summary>By tokens that a private key signs.</summary>
    KeyPair,

    /// <summary>By an OAuth access token.</summary>
    OAuth,

    /// <summary>By a programmatic access token.</summary>
    ProgrammaticAccessToken,
}
