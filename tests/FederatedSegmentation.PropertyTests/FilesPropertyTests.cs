using System.Globalization;
using FederatedSegmentation.Conformance.Generation;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

public sealed class FilesPropertyTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Members_over_files_are_those_of_the_oracle()
    {
        var runs = new PropertyRuns(output, first: 1, Count(150));
        await runs.CompareAsync(seed => GeneratorOptions.Default with { NulCharacters = seed % 5 == 0, ExtremeTimes = false }, remote: null, (_, _) => false);
    }

    private static int Count(int standard)
        => int.TryParse(Environment.GetEnvironmentVariable("FEDSEG_PROPERTY_CASES"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : standard;
}
