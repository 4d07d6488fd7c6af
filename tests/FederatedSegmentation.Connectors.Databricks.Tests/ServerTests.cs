using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;

namespace FederatedSegmentation.Connectors.Databricks.Tests;

/// <summary>The local workspace itself.</summary>
public sealed class ServerTests(ITestOutputHelper output)
{
    [WarehouseFact]
    public async Task The_local_workspace_passes_its_own_tests_with_the_vendors_clients()
    {
        var (exitCode, written) = await NodeInstallation.RunTestsAsync("databricks", CancellationToken.None);
        output.WriteLine(written);
        Assert.True(exitCode == 0, written);
    }
}
