using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>The example examples/cdnow, beyond what all examples have.</summary>
public sealed class CdnowTests
{
    [Theory]
    [InlineData("members.csv")]
    [InlineData("members.jsonl")]
    [InlineData("members.parquet")]
    [InlineData("members.arrow")]
    public async Task The_members_arrive_in_every_form_of_output(string name)
    {
        var folder = Directory.CreateTempSubdirectory("cdnow");
        try
        {
            var file = Path.Combine(folder.FullName, name);
            var result = await CommandLine.FedsegAsync("run", "lapsed_big_spenders", "--settings", "examples/cdnow/appsettings.json", "--as-of", ExampleFolder.Cdnow.AsOf, "--out", file);
            Assert.True(result.ExitCode == 0, result.Errors);
            Assert.True(new FileInfo(file).Length > ExampleFolder.Cdnow.Expected["lapsed_big_spenders"].Members * 5);
            Assert.Equal([file], Directory.EnumerateFileSystemEntries(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
