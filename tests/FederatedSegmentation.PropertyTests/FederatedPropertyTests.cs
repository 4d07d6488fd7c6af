using FederatedSegmentation.Conformance.Generation;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

/// <summary>The proof of the main job: tables spread at random over files, PostgreSQL and all warehouses give the members of the oracle.</summary>
public sealed class FederatedPropertyTests(ITestOutputHelper output)
{
    private const int Count = 200;
    private const int CasesOfAModel = 5;

    [FederatedFact]
    public async Task Members_over_files_a_database_and_all_warehouses_are_those_of_the_oracle_also_where_keys_travel()
    {
        var placing = await FederatedPlacing.OpenAsync(output, CancellationToken.None);
        var runs = new PropertyRuns(output, placing, first: 700_001, count: Count);
        await runs.CompareAsync(CasesOfAModel, Options);
        Assert.True(runs.Compared >= Count || Environment.GetEnvironmentVariable("FEDSEG_PROPERTY_CASES") is not null, $"Only {runs.Compared} cases were compared.");
        Assert.All((await placing.OpenAsync(CancellationToken.None)).Select(remote => remote.Source), source => Assert.True(runs.Tally.Of(source) > 0, $"No case asked {source}, so nothing is proved of it."));
        Assert.True(runs.Tally.WithTravellingKeys > 0, "No case let keys travel, so nothing is proved of them.");
        Assert.True(runs.Tally.OfAtLeast(3) > 0, "No case asked three sources.");
    }

    // Level 2 in one of three models, but for Databricks, where it takes minutes and has cases of its own; odd names in one of four, where BigQuery takes few tables.
    private static GeneratorOptions Options(int seed) => Mixture.Of(seed, nulCharacters: true) with
    {
        OddStoredNames = seed % 4 == 2,
        Level2 = seed % 3 == 1 && !FederatedPlacing.HasDatabricks(seed) ? Level2.All : Level2.None,
    };
}
