using System.Text.Json;
using FederatedSegmentation.Testing;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>Sources behind a driver of the user's, on the command line.</summary>
public sealed class DriverSourceTests
{
    private const string Factory = "Microsoft.Data.SqlClient.SqlClientFactory, Microsoft.Data.SqlClient";

    [Fact]
    public async Task A_source_with_a_driver_is_listed_by_its_factory_and_tested_from_the_driver_on()
    {
        using var workspace = Over(DriverFolder.Path, Factory);
        Assert.Contains("wh\tfabric\tsales through Microsoft.Data.SqlClient.SqlClientFactory\n", (await workspace.RunAsync("sources", "list")).Done().Output, StringComparison.Ordinal);
        var test = await workspace.RunAsync("sources", "test", "wh");
        Assert.Equal(3, test.ExitCode);
        Assert.Contains("wh\tpassed\tDriver\tMicrosoft.Data.SqlClient.SqlClientFactory 7.", test.Output, StringComparison.Ordinal);
        Assert.Contains("wh\tfailed\tLogin\t", test.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("tiger", test.Output + test.Errors, StringComparison.Ordinal);
        var verbose = await workspace.RunAsync("sources", "discover", "wh", "--verbose");
        Assert.Equal(3, verbose.ExitCode);
        Assert.DoesNotContain("tiger", verbose.Output + verbose.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("lion", verbose.Output + verbose.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BigQuery_is_reached_through_a_driver_by_project_and_dataset()
    {
        using var workspace = new Workspace();
        workspace.Write("connection", "Data Source=:memory:");
        workspace.Write("appsettings.json", $$"""
            { "FederatedSegmentation": { "Sources": { "web": { "Kind": "bigquery", "Project": "p", "Dataset": "shop",
                "Driver": { "Factory": "Microsoft.Data.Sqlite.SqliteFactory, Microsoft.Data.Sqlite", "Path": {{JsonSerializer.Serialize(DriverFolder.Path)}}, "ConnectionString": { "File": "connection" } } } } } }
            """);
        Assert.Contains("web\tbigquery\tp through Microsoft.Data.Sqlite.SqliteFactory\n", (await workspace.RunAsync("sources", "list")).Done().Output, StringComparison.Ordinal);
        // SQLite answers the login's statement, and has no INFORMATION_SCHEMA.
        var test = await workspace.RunAsync("sources", "test", "web");
        Assert.Equal(3, test.ExitCode);
        Assert.Contains("web\tpassed\tLogin\t", test.Output, StringComparison.Ordinal);
        Assert.Contains("web\tfailed\tList\t", test.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_driver_that_is_not_there_is_a_wrong_setting()
    {
        using var workspace = Over("drivers", Factory);
        (await workspace.RunAsync("sources", "list")).Done();
        (await workspace.RunAsync("sources", "discover", "wh")).Failed(1, "CFG013", "Driver:Path", "is not there");
    }

    private static Workspace Over(string path, string factory)
    {
        var workspace = new Workspace();
        // Nothing listens on port 1.
        workspace.Write("connection", "Server=tcp:127.0.0.1,1;User ID=lion;Password=tiger;Connect Timeout=5;ConnectRetryCount=0");
        workspace.Write("appsettings.json", $$"""
            { "FederatedSegmentation": { "Sources": { "wh": { "Kind": "fabric", "Database": "sales",
                "Driver": { "Factory": "{{factory}}", "Path": {{JsonSerializer.Serialize(path)}}, "ConnectionString": { "File": "connection" } } } } } }
            """);
        return workspace;
    }
}
