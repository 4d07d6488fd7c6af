using System.Globalization;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Testing.Postgres;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

public sealed class Level2PropertyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Level2.Pick)]
    [InlineData(Level2.Seq)]
    [InlineData(Level2.Regular)]
    [InlineData(Level2.Hierarchies)]
    [InlineData(Level2.Rank)]
    [InlineData(Level2.Tiers)]
    [InlineData(Level2.Split)]
    [InlineData(Level2.Parameters)]
    [InlineData(Level2.All)]
    public async Task Members_over_files_are_those_of_the_oracle(Level2 constructs)
        => await new PropertyRuns(output, First, Count(20)).CompareAsync(_ => GeneratorOptions.Default with { Level2 = constructs }, remote: null, (_, _) => false);

    [PostgresTheory]
    [InlineData(Level2.Pick)]
    [InlineData(Level2.Seq)]
    [InlineData(Level2.Regular)]
    [InlineData(Level2.Hierarchies)]
    [InlineData(Level2.All)]
    public async Task Members_over_postgresql_are_those_of_the_oracle(Level2 constructs)
    {
        var remote = new PostgresRemote(await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None));
        await new PropertyRuns(output, First, Count(15)).CompareAsync(_ => GeneratorOptions.Default with { Level2 = constructs }, remote, (_, _) => true);
    }

    [PostgresFact]
    public async Task Members_over_files_and_postgresql_are_those_of_the_oracle()
    {
        var remote = new PostgresRemote(await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None));
        await new PropertyRuns(output, First + 5000, Count(30)).CompareAsync(
            _ => GeneratorOptions.Default with { Level2 = Level2.All }, remote, (seed, entity) => ((seed * 31) + entity.Sum(letter => letter)) % 2 == 0);
    }

    private static int First => int.TryParse(Environment.GetEnvironmentVariable("FEDSEG_PROPERTY_FIRST"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : 10_001;

    private static int Count(int standard)
        => int.TryParse(Environment.GetEnvironmentVariable("FEDSEG_PROPERTY_CASES"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : standard;
}
