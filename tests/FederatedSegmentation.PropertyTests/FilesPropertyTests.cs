using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

public sealed class FilesPropertyTests(ITestOutputHelper output)
{
    [Fact]
    public Task Members_over_files_are_those_of_the_oracle()
        => new PropertyRuns(output, Placing.InFiles, first: 1, count: 80).CompareAsync(seed => Mixture.Of(seed, nulCharacters: true));
}
