using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FederatedSegmentation.Testing.Warehouses;
using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>The example examples/four-warehouses, over the local servers of Snowflake, BigQuery, Databricks and Fabric.</summary>
public sealed partial class FourWarehousesTests
{
    private const string Page = "examples/four-warehouses/README.md";

    private static readonly string[] Secrets = ["CRM_TOKEN", "WEB_KEY", "ML_TOKEN", "DESK_PASSWORD"];

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

    /// <summary>One start of the servers for all: every segment has the expected members, the script says so, and the page shows the plans.</summary>
    [WarehouseFact]
    public async Task The_members_over_four_warehouses_are_the_expected_ones_and_the_page_shows_what_each_is_asked()
    {
        await NodeInstallation.RestoreAsync(CancellationToken.None);
        await using var warehouses = await ExampleWarehouses.StartAsync();
        var compared = await CommandLine.RunInAsync(
            Repository.Root, warehouses.Environment.Append(KeyValuePair.Create("FEDSEG", Executable)), Repository.PathOf("examples/compare"), "examples/four-warehouses", "win_back");
        Assert.True(compared.ExitCode == 0, compared.Output + compared.Errors);
        Assert.Matches($@"(?m)^win_back +{Example.Expected["win_back"].Members} +{Example.Expected["win_back"].Members}  ok$", compared.Output);

        foreach (var secret in Secrets)
        {
            Environment.SetEnvironmentVariable(secret, warehouses.Environment[secret]);
        }

        var runs = new List<JsonNode>();
        foreach (var (segment, expected) in Example.Expected)
        {
            var (members, report) = await RunAsync(warehouses, segment);
            Assert.Equal((segment, expected), (segment, ExpectedMembers.Of(members)));
            runs.Add(report);
        }

        await FedsegAsync(warehouses, "check", "--data", "--settings", Example.Settings);

        // What the README shows is what explain says.
        var shown = FencedBlock.In(Page).Where(block => block.Info == "text").Select(block => block.Text).ToList();
        Assert.Equal(["⟨keys of F1, F3, ", "⟨keys of F2, "], shown.SelectMany(text => Keys().Matches(text).Select(match => match.Value)));
        var plans = new StringBuilder();
        foreach (var segment in RowsWithoutKeys.Keys.Append("about_to_cancel"))
        {
            plans.Append(await FedsegAsync(warehouses, "explain", segment, "--settings", Example.Settings, "--as-of", Example.AsOf));
        }

        Assert.All(shown, text => Assert.Contains(text, plans.ToString(), StringComparison.Ordinal));
        Assert.Equal(await TableAsync(runs), TableOfPage());
        Assert.Contains("examples/four-warehouses/run\n", FencedBlock.In(Page).Select(block => block.Text));
        Assert.EndsWith("exec \"$here/with-warehouses\" \"$here/../compare\" \"$here\" \"$@\"\n", Repository.Read("examples/four-warehouses/run"), StringComparison.Ordinal);
        var (exitCode, errors) = await warehouses.EndAsync();
        Assert.True(exitCode == 0, errors);
    }

    private static async Task<(string Members, JsonNode Report)> RunAsync(ExampleWarehouses warehouses, string segment)
    {
        var folder = Directory.CreateTempSubdirectory("four-warehouses-members-");
        try
        {
            var file = Path.Combine(folder.FullName, "members.csv");
            var report = await FedsegAsync(warehouses, "run", segment, "--json", "--out", file, "--settings", Example.Settings, "--as-of", Example.AsOf);
            return (string.Concat((await File.ReadAllLinesAsync(file)).Skip(1).Select(line => line + "\n")), JsonNode.Parse(report)!);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> FedsegAsync(ExampleWarehouses warehouses, params string[] arguments)
    {
        var result = await CommandLine.FedsegInAsync(Repository.Root, warehouses.Environment, arguments);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        return result.Output;
    }

    /// <summary>What became of the keys in the runs, beside the rows that would have come without them.</summary>
    private static async Task<List<string>> TableAsync(IEnumerable<JsonNode> runs)
    {
        await using var sql = await ExampleSql.OpenAsync(Example);
        var table = new List<string>();
        foreach (var (run, reduced) in runs.SelectMany(run => run["fragments"]!.AsArray().Where(fragment => fragment!["keys"] is not null).Select(fragment => (run, fragment!))))
        {
            var segment = (string)run["segment"]!;
            var without = await sql.NumberAsync(RowsWithoutKeys[segment]);
            Assert.True(without >= 20 * (long)reduced["rows"]!, $"{segment}: {reduced["rows"]} of {without} rows are no reason to let keys travel.");
            table.Add(string.Create(
                CultureInfo.InvariantCulture, $"| `{segment}` | {(long)reduced["keys"]!["count"]!:N0} | {reduced["keys"]!["rung"]} | {without:N0} | {(long)reduced["rows"]!:N0} |"));
        }

        return table;
    }

    private static List<string> TableOfPage()
        => [.. Repository.Read(Page).ReplaceLineEndings("\n").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => LastWord().Replace(line, "")).Order(StringComparer.Ordinal)];

    // The host that was built with the tests.
    private static string Executable => Path.ChangeExtension(CommandLine.Executable, null);

    [GeneratedRegex("⟨keys of [F0-9, ]+")]
    private static partial Regex Keys();

    // What is behind the numbers is for readers.
    [GeneratedRegex(@"(?<=\| [0-9,]+ \| [a-z]+ \| [0-9,]+ \| [0-9,]+ \|).*$")]
    private static partial Regex LastWord();
}
