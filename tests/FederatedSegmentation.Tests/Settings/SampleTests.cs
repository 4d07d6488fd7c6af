using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Tests.Settings;

/// <summary>The sample of the settings at the root of the repository.</summary>
public sealed class SampleTests
{
    private static readonly string Sample = FindSample();

    [Fact]
    public void The_sample_is_valid_and_sets_every_option_that_there_is()
    {
        var problems = new SettingsProblems("appsettings.sample.json");
        var options = SettingsReader.Bind(File.ReadAllBytes(Sample), Sample, "appsettings.sample.json", [], problems);
        Assert.Equal(["files", "postgres", "snowflake", "databricks", "bigquery", "fabric", "snowflake"], options.Sources.Select(source => source.Kind));
        // Env stands for the two forms of a reference to a secret.
        Assert.Equal(["FederatedSegmentation:Sources:ops:Auth:Password:File", "FederatedSegmentation:Sources:crm:Auth:PrivateKey:Env", "FederatedSegmentation:Sources:scores:Auth:ClientSecret:File", "FederatedSegmentation:Sources:web:Auth:KeyFile:File", "FederatedSegmentation:Sources:warehouse:Auth:ClientSecret:File", "FederatedSegmentation:Sources:partner:Driver:ConnectionString:File"], problems.Absent);
    }

    [Theory]
    [InlineData("\"Deadline\": \"00:20:00\"", "FederatedSegmentation:Deadline")]
    [InlineData("\"MaxTempSize\": \"50 GB\"", "FederatedSegmentation:Engine:DuckDb:MaxTempSize")]
    [InlineData("\"RootCertificate\": null,", "FederatedSegmentation:Sources:ops:RootCertificate")]
    public void An_option_that_the_sample_forgets_is_noticed(string line, string path)
    {
        var problems = new SettingsProblems("sample");
        var text = File.ReadAllText(Sample);
        Assert.Contains(line, text, StringComparison.Ordinal);
        SettingsReader.Bind(System.Text.Encoding.UTF8.GetBytes(text.Replace(line, "", StringComparison.Ordinal)), Sample, "sample", [], problems);
        Assert.Contains(path, problems.Absent);
    }

    [Fact]
    public void The_values_of_the_sample_are_the_defaults()
    {
        var shown = Bind(File.ReadAllText(Sample));
        var bare = Bind("""
            { "FederatedSegmentation": { "Sources": {
                "lake": { "Kind": "files", "Root": "data" },
                "ops": { "Kind": "postgres", "Host": "db.example.com", "Database": "ops", "Auth": { "Kind": "password", "User": "segmentation", "Password": { "Env": "OPS_PASSWORD" } } },
                "crm": { "Kind": "snowflake", "Endpoint": "https://myorg-account1.snowflakecomputing.com", "Database": "CRM",
                    "Auth": { "Kind": "key_pair", "User": "SEGMENTS", "PrivateKey": { "File": "crm.p8" } } },
                "scores": { "Kind": "databricks", "Endpoint": "https://dbc-12345678-9abc.cloud.databricks.com", "WarehouseId": "0123456789abcdef", "Catalog": "ml",
                    "Auth": { "Kind": "oauth_m2m", "ClientId": "f3b5c9d2-0000-0000-0000-000000000000", "ClientSecret": { "Env": "SCORES_SECRET" } } },
                "web": { "Kind": "bigquery", "Project": "my-project", "Location": "EU", "Auth": { "Kind": "service_account", "KeyFile": { "Env": "WEB_KEY" } } },
                "warehouse": { "Kind": "fabric", "Server": "abc.datawarehouse.fabric.microsoft.com", "Database": "sales",
                    "Auth": { "Kind": "service_principal", "TenantId": "00000000-0000-0000-0000-000000000000", "ClientId": "00000000-0000-0000-0000-000000000000", "ClientSecret": { "Env": "FABRIC_CLIENT_SECRET" } } },
                "partner": { "Kind": "snowflake", "Database": "PARTNER",
                    "Driver": { "Factory": "Snowflake.Data.Client.SnowflakeDbFactory, Snowflake.Data", "Path": "drivers/snowflake", "ConnectionString": { "Env": "PARTNER_CONNECTION" } } } } } }
            """);
        Assert.Equal(bare.Sources.Select(source => source.ToString()), shown.Sources.Select(source => source.ToString()));
        Assert.Equal(bare with { Sources = shown.Sources }, shown);
    }

    private static GatewayOptions Bind(string json)
        => SettingsReader.Bind(System.Text.Encoding.UTF8.GetBytes(json), Sample, "sample", [], new SettingsProblems("sample"));

    private static string FindSample()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "appsettings.sample.json");
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new InvalidOperationException("There is no appsettings.sample.json above " + AppContext.BaseDirectory);
    }
}
