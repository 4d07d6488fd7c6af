using FederatedSegmentation.Testing.Postgres;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

public sealed class PostgresPropertyTests(ITestOutputHelper output)
{
    [PostgresFact]
    public Task Members_over_postgresql_are_those_of_the_oracle()
        => new PropertyRuns(output, Placing.InPostgres, first: 100_001, count: 30).CompareAsync(seed => Mixture.Of(seed, nulCharacters: false));

    [PostgresFact]
    public async Task Members_over_files_and_postgresql_are_those_of_the_oracle_also_where_keys_travel()
    {
        var runs = new PropertyRuns(output, Placing.InBoth, first: 200_001, count: 30);
        await runs.CompareAsync(seed => Mixture.Of(seed, nulCharacters: false));
        Assert.True(runs.Tally.WithTravellingKeys > 0, "No case let keys travel, so nothing is proved of them.");
    }
}
