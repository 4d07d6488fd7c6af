using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;

namespace FederatedSegmentation.Connectors.Snowflake.Tests;

public sealed class ConformanceTests(ITestOutputHelper output)
{
    [WarehouseFact]
    public async Task The_cases_of_the_conformance_kit_hold_over_Snowflake()
    {
        var server = await SharedWarehouseServer.GetAsync("snowflake");
        await WarehouseTables.LoadAsync(server.Control, "snowflake", "KIT", output);
        await server.Control.VendorAsync(new JsonObject { ["scratch"] = new JsonArray("KIT", ConformanceChecks.ScratchSchema) }, CancellationToken.None);
        await using var connector = new SnowflakeConnector(
            "crm",
            new SnowflakeOptions { Endpoint = server.Endpoint, Account = "LOCAL", Authentication = SnowflakeAuthentication.ProgrammaticAccessToken, Database = "KIT", Schema = SourceUnderTest.DefaultSchema, ScratchSchema = ConformanceChecks.ScratchSchema },
            new SnowflakeSecrets(_ => ValueTask.FromResult((string)server.Ready["pat"]!)),
            TimeProvider.System);
        await ConformanceChecks.HoldAsync(connector, StandIn.WhyItRefuses, every: 5, isMatrixSource: true, output);
    }
}
