using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

public sealed class SnowflakePropertyTests(ITestOutputHelper output)
{
    [WarehouseFact]
    public Task Members_over_snowflake_are_those_of_the_oracle()
        => new PropertyRuns(output, Placing.InSnowflake, first: 300_001, count: 30).CompareAsync(seed => Mixture.Of(seed, nulCharacters: false));

    [WarehouseFact]
    public Task Members_over_files_and_snowflake_are_those_of_the_oracle()
        => new PropertyRuns(output, Placing.InFilesAndSnowflake, first: 310_001, count: 8).CompareAsync(seed => Mixture.Of(seed, nulCharacters: false));
}
