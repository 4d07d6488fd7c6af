using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

public sealed class FabricPropertyTests(ITestOutputHelper output)
{
    [WarehouseFact]
    public Task Members_over_fabric_are_those_of_the_oracle()
        => new PropertyRuns(output, Placing.InFabric, first: 600_001, count: 20).CompareAsync(seed => Mixture.Of(seed, nulCharacters: false));

    [WarehouseFact]
    public Task Members_over_fabric_through_a_driver_are_those_of_the_oracle()
        => new PropertyRuns(output, Placing.InFabricThroughADriver, first: 620_001, count: 5).CompareAsync(seed => Mixture.Of(seed, nulCharacters: false));

    [WarehouseFact]
    public Task Members_over_files_and_fabric_are_those_of_the_oracle()
        => new PropertyRuns(output, Placing.InFilesAndFabric, first: 610_001, count: 8).CompareAsync(seed => Mixture.Of(seed, nulCharacters: false));
}
