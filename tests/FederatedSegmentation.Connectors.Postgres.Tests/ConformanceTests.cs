using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Postgres;
using Xunit.Abstractions;

namespace FederatedSegmentation.Connectors.Postgres.Tests;

public sealed class ConformanceTests(ITestOutputHelper output)
{
    [PostgresFact]
    public async Task The_cases_of_the_conformance_kit_hold_over_PostgreSQL()
    {
        // The script that an operator gets makes the tables here too.
        var script = ((SqlSpelling)SourceSpelling.Of("postgres")!).Script([SourceUnderTest.DefaultSchema], ConformanceChecks.TablesOf("postgres"));
        var database = await SourceOver.DatabaseAsync(script);
        await using var connector = SourceOver.Connector(database);
        await ConformanceChecks.HoldAsync(connector, _ => null, every: 4, isMatrixSource: true, output);
    }
}
