using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

public sealed class ConformanceTests(ITestOutputHelper output)
{
    [WarehouseFact]
    public async Task The_cases_of_the_conformance_kit_hold_over_Fabric()
    {
        var server = await SharedWarehouseServer.GetAsync("fabric");
        await WarehouseTables.LoadAsync(server.Control, "fabric", "kit", output);
        await server.Control.VendorAsync(new JsonObject { ["scratch"] = new JsonObject { ["database"] = "kit", ["schema"] = ConformanceChecks.ScratchSchema } }, CancellationToken.None);
        await using var connector = new FabricConnector(
            "cases",
            new FabricOptions
            {
                Server = "localhost",
                Port = server.Port,
                Database = "kit",
                Schema = SourceUnderTest.DefaultSchema,
                ScratchSchema = ConformanceChecks.ScratchSchema,
                Authentication = new FabricPassword("reader", () => "Reader-of-wh-1"),
                Encrypt = FabricEncryption.Strict,
                ServerCertificate = server.CertificateFile,
            },
            TimeProvider.System);
        await ConformanceChecks.HoldAsync(connector, StandIn.WhyItRefuses, every: 5, isMatrixSource: true, output);
    }
}
