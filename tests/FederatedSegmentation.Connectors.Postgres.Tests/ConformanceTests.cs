using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Model.Fragments;
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
        await ConformanceChecks.HoldAsync(connector, _ => null, every: 5, isMatrixSource: true, output);
    }

    [PostgresFact]
    public async Task Keys_that_travel_otherwise_than_a_case_says_fail_it()
    {
        var group = CaseLibrary.All.Single(one => one.Name == "keys_integers");
        var script = ((SqlSpelling)SourceSpelling.Of("postgres")!).Script([SourceUnderTest.DefaultSchema], CaseTables.Of(group, SourceSpelling.Of("postgres")!, [SourceUnderTest.DefaultSchema]).Tables);
        await using var connector = SourceOver.Connector(await SourceOver.DatabaseAsync(script));
        var wrong = group with
        {
            Cases =
            [
                group.Cases.Single(one => one.Id == "has") with { Keys = [7] },
                group.Cases.Single(one => one.Id == "none") with { Rows = 5 },
                group.Cases.Single(one => one.Id == "of_the_source") with { Asks = ["Guards"] },
            ],
        };
        var report = await ConformanceRun.RunAsync(ConformanceChecks.SourceOf(connector, _ => null), [wrong], (_, _) => true, _ => { }, CancellationToken.None);
        Assert.Equal(
            [
                "with its keys as list there travelled 6 as list, not 7 as list; with its keys as array there travelled 6 as array, not 7 as array",
                "with its keys as list 4 rows came, not 5; with its keys as array 4 rows came, not 5",
                "with its keys as list there travelled 6 as list, not 6 as none; with its keys as array there travelled 6 as array, not 6 as none",
            ],
            report.Results.Select(result => result.Detail));
        Assert.Equal([(KeyPassage.List, 0, null), (KeyPassage.Array, 0, null), (KeyPassage.Table, 0, "PostgreSQL gets no tables of keys")], report.Rungs.Select(rung => (rung.Rung, rung.Passed, rung.WhyNot)));
    }
}
