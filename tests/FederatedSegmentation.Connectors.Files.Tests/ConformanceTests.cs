using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Testing.Conformance;
using Xunit.Abstractions;

namespace FederatedSegmentation.Connectors.Files.Tests;

public sealed class ConformanceTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_cases_of_the_conformance_kit_hold_over_files()
    {
        var root = Directory.CreateTempSubdirectory("fedseg-kit-").FullName;
        try
        {
            await FilesSpelling.WriteAsync(root, ConformanceChecks.TablesOf("files"), CancellationToken.None);
            await using var connector = new FilesConnector("lake", root, TimeProvider.System);
            await ConformanceChecks.HoldAsync(connector, _ => null, every: 5, isMatrixSource: true, output);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
