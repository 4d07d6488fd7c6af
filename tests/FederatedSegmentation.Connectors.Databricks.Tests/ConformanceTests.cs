using System.Globalization;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;

namespace FederatedSegmentation.Connectors.Databricks.Tests;

public sealed class ConformanceTests(ITestOutputHelper output)
{
    [WarehouseFact]
    public async Task The_cases_of_the_conformance_kit_hold_over_Databricks()
    {
        var server = await SharedWarehouseServer.GetAsync("databricks");
        var engine = (string)server.Ready["engine"]!;
        output.WriteLine($"The SQL of Databricks runs on {engine}.");
        await WarehouseTables.LoadAsync(server.Control, "databricks", "kit", output);
        await server.Control.VendorAsync(new JsonObject { ["scratch"] = new JsonArray("kit", ConformanceChecks.ScratchSchema) }, CancellationToken.None);
        await using var connector = new DatabricksConnector(
            "ml",
            new DatabricksOptions
            {
                Transport = new HttpTransportOptions { Endpoint = server.Endpoint, LinkHosts = [string.Create(CultureInfo.InvariantCulture, $"{WarehouseServer.Host}:{(int)server.Ready["storagePort"]!}")] },
                WarehouseId = Workspace.WarehouseId,
                Catalog = "kit",
                Schema = SourceUnderTest.DefaultSchema,
                ScratchSchema = ConformanceChecks.ScratchSchema,
            },
            _ => ValueTask.FromResult(Workspace.Token),
            TimeProvider.System);

        // DuckDB takes only a part of this dialect: the matrix is that of Spark.
        Func<Problem, string?> whyItRefuses = engine == "DuckDB" ? problem => problem.Message.Contains("(code 0A000)", StringComparison.Ordinal) ? problem.Message.TrimEnd('.') : StandIn.WhyItRefuses(problem) : StandIn.WhyItRefuses;
        await ConformanceChecks.HoldAsync(connector, whyItRefuses, every: 13, isMatrixSource: engine != "DuckDB", output);
    }
}
