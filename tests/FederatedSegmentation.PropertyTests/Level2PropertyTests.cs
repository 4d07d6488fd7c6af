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
    public Task Members_over_files_are_those_of_the_oracle(Level2 constructs)
        => new PropertyRuns(output, Placing.InFiles, first: 300_001, count: 8).CompareAsync(seed => Mixture.Of(seed, nulCharacters: true) with { Level2 = constructs });

    [PostgresTheory]
    [InlineData(Level2.Pick)]
    [InlineData(Level2.Seq)]
    [InlineData(Level2.Regular)]
    [InlineData(Level2.Hierarchies)]
    [InlineData(Level2.All)]
    public Task Members_over_postgresql_are_those_of_the_oracle(Level2 constructs)
        => new PropertyRuns(output, Placing.InPostgres, first: 400_001, count: 8).CompareAsync(seed => Mixture.Of(seed, nulCharacters: false) with { Level2 = constructs });

    [PostgresFact]
    public Task Members_over_files_and_postgresql_are_those_of_the_oracle()
        => new PropertyRuns(output, Placing.InBoth, first: 500_001, count: 20).CompareAsync(seed => Mixture.Of(seed, nulCharacters: false) with { Level2 = Level2.All });
}
