using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;
using Xunit;

namespace FederatedSegmentation.Connectors.BigQuery.Tests;

/// <summary>The one test of a process that uses the application-default credentials: Google's library looks for them once.</summary>
public sealed class ApplicationDefaultTests(LocalBigQuery server) : IClassFixture<LocalBigQuery>
{
    [WarehouseFact]
    public async Task The_application_default_credentials_sign_in()
    {
        const string variable = "GOOGLE_APPLICATION_CREDENTIALS";
        await server.ResetAsync();
        var file = Path.GetTempFileName();
        var before = Environment.GetEnvironmentVariable(variable);
        await File.WriteAllTextAsync(file, server.KeyFile);
        Environment.SetEnvironmentVariable(variable, file);
        try
        {
            await using var connector = new BigQueryConnector("web", server.Options(), keyFile: null, TimeProvider.System);
            Assert.Equal(["1"], await LocalBigQuery.RowsAsync(connector, "SELECT 1 AS one", new StoredInteger()));
            Assert.Equal("token jobs.insert jobs.getQueryResults", string.Join(' ', await server.OperationsAsync()));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
            File.Delete(file);
        }
    }
}
