using FederatedSegmentation.Testing.Warehouses;
using Xunit;

namespace FederatedSegmentation.Connectors.BigQuery.Tests;

public sealed class ServerTests
{
    [WarehouseFact]
    public async Task Googles_own_clients_work_with_the_local_server()
    {
        var (exitCode, output) = await NodeInstallation.RunTestsAsync("bigquery", CancellationToken.None);
        Assert.True(exitCode == 0, output);
    }
}
