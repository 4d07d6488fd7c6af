using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;

namespace FederatedSegmentation.Connectors.BigQuery.Tests;

public sealed class ConformanceTests(ITestOutputHelper output)
{
    private const string Project = "kit-project";

    [WarehouseFact]
    public async Task The_cases_of_the_conformance_kit_hold_over_BigQuery()
    {
        var server = await SharedWarehouseServer.GetAsync("bigquery");
        var key = await server.Control.VendorAsync(new JsonObject { ["do"] = "key-file" }, CancellationToken.None);
        await WarehouseTables.LoadAsync(server.Control, "bigquery", Project, output);
        await server.Control.VendorAsync(new JsonObject { ["do"] = "scratch", ["project"] = Project, ["dataset"] = ConformanceChecks.ScratchSchema }, CancellationToken.None);
        await using var connector = new BigQueryConnector(
            "web",
            new BigQueryOptions
            {
                Project = Project,
                Location = "EU",
                Dataset = SourceUnderTest.DefaultSchema,
                ScratchSchema = ConformanceChecks.ScratchSchema,
                Http = new HttpTransportOptions { Endpoint = server.Endpoint },
                Storage = new HttpTransportOptions { Endpoint = server.Endpoint },

                // So few that both ways of fetching are taken.
                SmallResultRows = 4,
            },
            _ => ValueTask.FromResult(key.ToJsonString()),
            TimeProvider.System);
        await ConformanceChecks.HoldAsync(connector, StandIn.WhyItRefuses, every: 5, isMatrixSource: true, output);
    }
}
