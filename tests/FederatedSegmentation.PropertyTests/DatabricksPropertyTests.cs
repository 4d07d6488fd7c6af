using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

public sealed class DatabricksPropertyTests(ITestOutputHelper output)
{
    [WarehouseFact]
    public async Task Members_over_databricks_are_those_of_the_oracle()
    {
        if (!await IsOnSparkAsync())
        {
            return;
        }

        await new PropertyRuns(output, Placing.InDatabricks, first: 400_001, count: 12).CompareAsync(seed => Mixture.Of(seed, nulCharacters: true));
    }

    [WarehouseFact]
    public async Task Members_over_files_and_databricks_are_those_of_the_oracle()
    {
        if (!await IsOnSparkAsync())
        {
            return;
        }

        await new PropertyRuns(output, Placing.InFilesAndDatabricks, first: 410_001, count: 8).CompareAsync(seed => Mixture.Of(seed, nulCharacters: true));
    }

    [WarehouseFact]
    public async Task Members_of_all_constructs_over_databricks_are_those_of_the_oracle()
    {
        if (!await IsOnSparkAsync())
        {
            return;
        }

        await new PropertyRuns(output, Placing.InDatabricks, first: 420_001, count: 3).CompareAsync(seed => Mixture.Of(seed, nulCharacters: true) with { Level2 = Level2.All });
    }

    // DuckDB takes only a part of this dialect, and refuses the rest.
    private async Task<bool> IsOnSparkAsync()
    {
        var engine = ((DatabricksRemote)await DatabricksRemote.CreateAsync(CancellationToken.None)).Engine;
        output.WriteLine($"The SQL of Databricks runs on {engine}.");
        if (engine != "DuckDB")
        {
            return true;
        }

        output.WriteLine("NOT RUN: generated cases over Databricks: there is no Apache Spark. Set SPARK_HOME and install Java 17.");
        return false;
    }
}
