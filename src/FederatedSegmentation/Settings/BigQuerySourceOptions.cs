namespace FederatedSegmentation.Settings;

/// <summary>A project of BigQuery.</summary>
/// <param name="Name">Its name.</param>
public sealed record BigQuerySourceOptions(string Name) : SourceOptions(Name, BigQueryKind)
{
    /// <summary>The kind as the settings spell it.</summary>
    public const string BigQueryKind = "bigquery";

    private const string DefaultEndpoint = "https://bigquery.googleapis.com";
    private const string DefaultStorageEndpoint = "https://bigquerystorage.googleapis.com";

    /// <summary>The project that runs and pays the queries.</summary>
    public required string Project { get; init; }

    /// <summary>Where the datasets lie.</summary>
    public required string Location { get; init; }

    /// <summary>The dataset of tables that the model names without one, or null.</summary>
    public required string? Dataset { get; init; }

    /// <summary>The dataset of the project in which the gateway may make tables of keys, or null: then it only reads.</summary>
    public string? ScratchSchema { get; init; }

    /// <summary>The address of the REST API.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The address of the Storage Read API.</summary>
    public required Uri StorageEndpoint { get; init; }

    /// <summary>Whether large results come by the Storage Read API; else page by page over the REST API.</summary>
    public required bool UseStorageApi { get; init; }

    /// <summary>How many streams of one result are read side by side.</summary>
    public required int ReadStreams { get; init; }

    /// <summary>Where the key file of a service account is, or null for the application-default credentials.</summary>
    public required SecretReference? KeyFile { get; init; }

    /// <summary>An HTTP proxy for everything, or null.</summary>
    public required Uri? Proxy { get; init; }

    /// <summary>The absolute path of authorities that are trusted beside those of the machine (PEM), or null.</summary>
    public required string? CaFile { get; init; }

    /// <summary>What the gateway may ask of the source.</summary>
    public required SourceLimits Limits { get; init; }

    /// <summary>The most bytes that one statement may be billed for.</summary>
    public required long MaxBytesPerQuery { get; init; }

    /// <summary>Reads the section of a source.</summary>
    internal static BigQuerySourceOptions Read(string name, SettingsSection section)
    {
        var authentication = section.Section("Auth");
        var isServiceAccount = authentication.RequiredText("Kind").Length > 0
            && authentication.Choice("Kind", ("service_account", true), ("application_default", false));
        var limits = section.Section("Limits");
        var options = new BigQuerySourceOptions(name)
        {
            Project = section.RequiredText("Project"),
            Location = section.RequiredText("Location"),
            Dataset = section.Text("Dataset"),
            ScratchSchema = ScratchSchemaName.OfBigQuery(section),
            Endpoint = Address(section, "Endpoint", DefaultEndpoint)!,
            StorageEndpoint = Address(section, "StorageEndpoint", DefaultStorageEndpoint)!,
            UseStorageApi = section.Choice("LargeResults", ("storage_api", true), ("rest", false)),
            ReadStreams = section.Integer("ReadStreams", 1, 32) ?? 4,
            KeyFile = isServiceAccount ? authentication.RequiredSecret("KeyFile") : null,
            Proxy = Address(section, "Proxy", null),
            CaFile = section.FilePath("CaFile", null),
            Limits = new SourceLimits(limits.Integer("MaxConcurrent", 1, 64) ?? 4, limits.Time("StatementTimeout")),
            MaxBytesPerQuery = limits.Size("MaxBytesPerQuery", "50 GB", least: 10_000_000),
        };
        authentication.Finish();
        limits.Finish();
        return options;
    }

    // An address with TLS, or on loopback.
    private static Uri? Address(SettingsSection section, string name, string? otherwise)
    {
        var fallback = otherwise is null ? null : new Uri(otherwise);
        if (section.Text(name) is not { Length: > 0 } text)
        {
            return fallback;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.Host.Length == 0 || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            section.Reject(SettingsCodes.WrongValue, name, "That is not the address of a server.", "Write it as https://host, without user, password, query or fragment.");
            return fallback;
        }

        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback && otherwise is not null)
        {
            section.Reject(SettingsCodes.Unencrypted, name, "Without TLS credentials and the customers' data would cross the network in clear.", "Write https://; http:// is for loopback.");
        }

        return address;
    }
}
