using System.Globalization;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Testing.Postgres;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

public sealed class PostgresPropertyTests(ITestOutputHelper output)
{
    [PostgresFact]
    public async Task Members_over_postgresql_are_those_of_the_oracle()
    {
        var remote = new PostgresRemote(await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None));
        await new PropertyRuns(output, first: 2001, Count(60)).CompareAsync(_ => GeneratorOptions.Default, remote, (_, _) => true);
    }

    [PostgresFact]
    public async Task Members_over_files_and_postgresql_are_those_of_the_oracle()
    {
        var remote = new PostgresRemote(await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None));
        await new PropertyRuns(output, first: 4001, Count(60)).CompareAsync(_ => GeneratorOptions.Default, remote, (seed, entity) => ((seed * 31) + entity.Sum(letter => letter)) % 2 == 0);
    }

    private static int Count(int standard)
        => int.TryParse(Environment.GetEnvironmentVariable("FEDSEG_PROPERTY_CASES"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : standard;
}
