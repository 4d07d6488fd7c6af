using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>Every model, segment and condition that the pages show.</summary>
public sealed class DocsSegmentsTests
{
    [Fact]
    public async Task Every_model_and_segment_of_the_pages_is_valid()
    {
        using var workspace = new DocsWorkspace();
        var result = await CommandLine.FedsegInAsync(workspace.Path, "check");
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    [Fact]
    public async Task The_segments_of_the_pages_have_the_members_that_the_language_gives_them()
    {
        using var workspace = new DocsWorkspace();
        var oracle = new OracleOverFolder(workspace.Path);
        var expected = workspace.SegmentIds.ToDictionary(id => id, id => oracle.Keys(id, DocsWorkspace.AsOf));
        Assert.Empty(expected.Where(segment => segment.Value.Length == 0).Select(segment => segment.Key));

        foreach (var id in workspace.SegmentIds)
        {
            var result = await CommandLine.FedsegInAsync(workspace.Path, "run", id, "--as-of", DocsWorkspace.AsOf, "--out", "-");
            Assert.True(result.ExitCode == 0, $"{id}: {result.Errors}");
            Assert.Equal((id, "id\n" + expected[id]), (id, Keys(result.Output)));
        }
    }

    /// <summary>The first column: behind it stand tier, arm and bucket where a segment has them.</summary>
    private static string Keys(string csv) => string.Concat(csv.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(line => line.Split(',')[0] + "\n"));
}
