using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FederatedSegmentation.Testing.Warehouses;
using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>The example examples/four-warehouses, over the local servers of Snowflake, BigQuery, Databricks and Fabric.</summary>
public sealed partial class FourWarehousesTests
{
    private const string Page = "examples/four-warehouses/README.md";

    private static readonly ExampleFolder Example = ExampleFolder.FourWarehouses;

    /// <summary>For each segment whose keys travel, how many rows its source would give without them, by SQL over the same rows.</summary>
    private static readonly Dictionary<string, string> RowsWithoutKeys = new()
    {
        ["nobody_called"] = "SELECT count(DISTINCT profile_id) FROM contact WHERE channel = 'call'",
        ["camping_mail"] = "SELECT count(DISTINCT profile_id) FROM affinity WHERE category IN ('tents', 'boots') AND liking >= 0.9",
    };

    [Fact]
    public async Task The_expected_members_are_those_of_the_SQL_written_by_hand()
    {
        await using var sql = await ExampleSql.OpenAsync(Example);
        foreach (var (segment, expected) in Example.Expected)
        {
            Assert.Equal((segment, expected), (segment, ExpectedMembers.Of(await sql.LinesAsync(segment, text => text))));
        }
    }

    /// <summary>One start of the servers for all: the script compares the members of every segment with what is expected, and the plans are shown.</summary>
    [WarehouseFact]
    public async Task One_command_finds_the_expected_members_over_four_warehouses_and_the_page_shows_what_each_is_asked()
    {
        await NodeInstallation.RestoreAsync(CancellationToken.None);
        var settings = $"--settings examples/four-warehouses/appsettings.json --as-of {Example.AsOf}";
        var script = $"""
            set -e
            examples/compare examples/four-warehouses
            "$FEDSEG" check --data --settings examples/four-warehouses/appsettings.json
            for segment in about_to_cancel nobody_called camping_mail; do "$FEDSEG" explain $segment {settings}; done
            for segment in nobody_called camping_mail; do "$FEDSEG" run $segment --json {settings}; done
            """;
        var result = await CommandLine.RunInAsync(
            Repository.Root, [KeyValuePair.Create("FEDSEG", Executable)], Repository.PathOf("examples/four-warehouses/with-warehouses"), "bash", "-c", script);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        var output = result.Output.ReplaceLineEndings("\n");
        foreach (var (segment, expected) in Example.Expected)
        {
            Assert.Matches($@"(?m)^{segment} +{expected.Members} +{expected.Members}  ok$", output);
        }

        // What the README shows is what explain says.
        var shown = FencedBlock.In(Page).Where(block => block.Info == "text").Select(block => block.Text).ToList();
        Assert.Equal(["⟨keys of F1, F3, ", "⟨keys of F2, "], shown.SelectMany(text => Keys().Matches(text).Select(match => match.Value)));
        Assert.All(shown, text => Assert.Contains(text, output, StringComparison.Ordinal));
        Assert.Equal(await TableAsync(output), TableOfPage());
        Assert.Contains("examples/four-warehouses/run\n", FencedBlock.In(Page).Select(block => block.Text));
        Assert.EndsWith("exec \"$here/with-warehouses\" \"$here/../compare\" \"$here\" \"$@\"\n", Repository.Read("examples/four-warehouses/run"), StringComparison.Ordinal);
    }

    /// <summary>What became of the keys in the runs, beside the rows that would have come without them.</summary>
    private static async Task<List<string>> TableAsync(string output)
    {
        await using var sql = await ExampleSql.OpenAsync(Example);
        var table = new List<string>();
        foreach (var run in output.Split('\n').Where(line => line.StartsWith("{\"run\"", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line)!))
        {
            var segment = (string)run["segment"]!;
            var reduced = run["fragments"]!.AsArray().Single(fragment => fragment!["keys"] is not null)!;
            var without = await sql.NumberAsync(RowsWithoutKeys[segment]);
            Assert.True(without >= 20 * (long)reduced["rows"]!, $"{segment}: {reduced["rows"]} of {without} rows are no reason to let keys travel.");
            table.Add(string.Create(
                CultureInfo.InvariantCulture, $"| `{segment}` | {(long)reduced["keys"]!["count"]!:N0} | {reduced["keys"]!["rung"]} | {without:N0} | {(long)reduced["rows"]!:N0} |"));
        }

        return table;
    }

    private static List<string> TableOfPage()
        => [.. Repository.Read(Page).ReplaceLineEndings("\n").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => LastWord().Replace(line, ""))];

    // The host that was built with the tests.
    private static string Executable => Path.ChangeExtension(CommandLine.Executable, null);

    [GeneratedRegex("⟨keys of [F0-9, ]+")]
    private static partial Regex Keys();

    // What is behind the numbers is for readers.
    [GeneratedRegex(@"(?<=\| [0-9,]+ \| [a-z]+ \| [0-9,]+ \| [0-9,]+ \|).*$")]
    private static partial Regex LastWord();
}
