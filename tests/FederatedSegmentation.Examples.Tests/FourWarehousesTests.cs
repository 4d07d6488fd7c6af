using FederatedSegmentation.Testing.Warehouses;
using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>The example examples/four-warehouses, over the local servers of Snowflake, BigQuery, Databricks and Fabric.</summary>
public sealed class FourWarehousesTests
{
    private static readonly ExampleFolder Example = ExampleFolder.FourWarehouses;

    [Fact]
    public async Task The_expected_members_are_those_of_the_SQL_written_by_hand()
    {
        await using var sql = await ExampleSql.OpenAsync(Example);
        foreach (var (segment, expected) in Example.Expected)
        {
            Assert.Equal((segment, expected), (segment, ExpectedMembers.Of(await sql.LinesAsync(segment, text => text))));
        }
    }

    /// <summary>One start of the servers for all: the script compares the members of every segment with what is expected, and the plan is shown.</summary>
    [WarehouseFact]
    public async Task One_command_finds_the_expected_members_over_four_warehouses_and_the_page_shows_what_each_is_asked()
    {
        await NodeInstallation.RestoreAsync(CancellationToken.None);
        var settings = $"--settings examples/four-warehouses/appsettings.json --as-of {Example.AsOf}";
        var script = $"""
            set -e
            examples/compare examples/four-warehouses
            "$FEDSEG" check --data --settings examples/four-warehouses/appsettings.json
            "$FEDSEG" explain about_to_cancel {settings}
            """;
        var result = await CommandLine.RunInAsync(
            Repository.Root, [KeyValuePair.Create("FEDSEG", Executable)], Repository.PathOf("examples/four-warehouses/with-warehouses"), "bash", "-c", script);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        foreach (var (segment, expected) in Example.Expected)
        {
            Assert.Matches($@"(?m)^{segment} +{expected.Members} +{expected.Members}  ok$", result.Output);
        }

        // What the README shows is what explain says.
        var shown = FencedBlock.In("examples/four-warehouses/README.md").Single(block => block.Info == "text").Text;
        Assert.Contains("F1 at web (BigQuery)", shown, StringComparison.Ordinal);
        Assert.Contains(shown.ReplaceLineEndings("\n"), result.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("examples/four-warehouses/run\n", FencedBlock.In("examples/four-warehouses/README.md").Select(block => block.Text));
        Assert.EndsWith("exec \"$here/with-warehouses\" \"$here/../compare\" \"$here\" \"$@\"\n", Repository.Read("examples/four-warehouses/run"), StringComparison.Ordinal);
    }

    // The host that was built with the tests.
    private static string Executable => Path.ChangeExtension(CommandLine.Executable, null);
}
