using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Snowflake.Tests;

/// <summary>The local server itself.</summary>
public sealed class ServerTests
{
    [WarehouseFact]
    public async Task The_vendors_own_client_works_with_the_local_server()
    {
        var (exitCode, output) = await NodeInstallation.RunTestsAsync("snowflake", CancellationToken.None);
        Assert.True(exitCode == 0, output);
    }
}
