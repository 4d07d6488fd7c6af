using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>The example examples/cdnow: the product, the hand-written SQL, expected.json and the README say the same.</summary>
public sealed partial class CdnowTests
{
    public static TheoryData<string> Segments => CdnowExample.Segments;

    [Theory]
    [MemberData(nameof(Segments))]
    public async Task The_members_are_those_of_the_SQL_written_by_hand(string segment)
    {
        await using var sql = await CdnowSql.OpenAsync();
        var byHand = await sql.KeysAsync(segment);
        Assert.Equal(CdnowExample.Expected[segment], Summary(byHand));

        var result = await CommandLine.FedsegAsync("run", segment, "--settings", "examples/cdnow/appsettings.json", "--as-of", CdnowExample.AsOf, "--out", "-");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal("customer_id\n" + byHand, result.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void The_naive_interpreter_of_the_language_finds_the_expected_members_too()
    {
        var oracle = new OracleOverFolder(CdnowExample.Folder);
        Assert.Equal(CdnowExample.Expected, CdnowExample.Expected.Keys.Select(segment => KeyValuePair.Create(segment, Summary(oracle.Keys(segment, CdnowExample.AsOf)))));
    }

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
            var result = await CommandLine.FedsegAsync("run", "lapsed_big_spenders", "--settings", "examples/cdnow/appsettings.json", "--as-of", CdnowExample.AsOf, "--out", file);
            Assert.True(result.ExitCode == 0, result.Errors);
            Assert.True(new FileInfo(file).Length > CdnowExample.Expected["lapsed_big_spenders"].Members * 5);
            Assert.Equal([file], Directory.EnumerateFileSystemEntries(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_customers_are_what_the_committed_SQL_makes_of_the_purchases()
    {
        await using var sql = await CdnowSql.OpenAsync();
        var file = Path.GetTempFileName();
        try
        {
            await sql.DeriveCustomersAsync(file);
            Assert.Equal(Repository.Read("examples/cdnow/data/customers.csv"), await File.ReadAllTextAsync(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_example_passes_the_check_of_its_definitions_and_of_its_data()
    {
        var result = await CommandLine.FedsegAsync("check", "--data", "--settings", "examples/cdnow/appsettings.json");
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    [Fact]
    public void Every_segment_has_its_SQL_its_expectation_and_its_line_in_the_readme()
    {
        var expected = CdnowExample.Expected.Keys;
        Assert.Equal(expected, NamesIn("segments", "*.yaml"));
        Assert.Equal(expected, NamesIn("checks", "*.sql").Where(name => name != "tables"));

        var readme = Line().Matches(Repository.Read("examples/cdnow/README.md"))
            .ToDictionary(match => match.Groups["id"].Value, match => int.Parse(match.Groups["members"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture));
        Assert.Equal(CdnowExample.Expected.Select(pair => (pair.Key, pair.Value.Members)), readme.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [TheoryWhereBash]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_commands_of_the_readme_work(int block)
    {
        var copy = Directory.CreateTempSubdirectory("cdnow-readme");
        try
        {
            var copied = await CommandLine.RunAsync("/bin/cp", "-r", Repository.PathOf("examples"), copy.FullName);
            Assert.True(copied.ExitCode == 0, copied.Errors);
            var result = await ShellBlock.RunAsync(FencedBlock.In("examples/cdnow/README.md").Where(shown => shown.Info == "sh").ElementAt(block).Text, copy.FullName);
            Assert.True(result.ExitCode == 0, result.Output + result.Errors);
            if (block == 0)
            {
                Assert.Contains(FencedBlock.In("README.md"), shown => shown.Text == result.Output);
            }
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> NamesIn(string folder, string pattern)
        => Directory.EnumerateFiles(Path.Combine(CdnowExample.Folder, folder), pattern).Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal);

    // MD5 here tells whether two lists differ; it protects nothing.
    private static ExpectedMembers Summary(string keys)
        => new(keys.Count(character => character == '\n'), Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(keys))));

    [GeneratedRegex(@"^\| \[(?<id>[a-z0-9_]+)\]\(segments/\k<id>\.yaml\) \| (?<members>[0-9,]+) \|", RegexOptions.Multiline)]
    private static partial Regex Line();
}
