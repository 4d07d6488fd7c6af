using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

/// <summary>The local server, held to what its own clients expect.</summary>
public sealed class ServerTests
{
    [WarehouseFact]
    public async Task Tedious_finds_a_warehouse_in_the_local_server()
    {
        var (exitCode, output) = await NodeInstallation.RunTestsAsync("fabric", default);
        Assert.True(exitCode == 0, output);
    }
}
