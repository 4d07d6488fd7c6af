using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>The examples: the product, the hand-written SQL, the naive interpreter, expected.json and the README say the same.</summary>
public sealed partial class ExamplesTests
{
    /// <summary>The examples that need nothing but files.</summary>
    private static readonly ExampleFolder[] OverFiles = [ExampleFolder.Cdnow, ExampleFolder.Marketing];

    private static readonly string[] DataFolders = ["data", "database"];

    public static TheoryData<string> Names => [.. OverFiles.Select(example => example.Name)];

    public static TheoryData<string> AllNames => [.. OverFiles.Select(example => example.Name), ExampleFolder.SaveDesk.Name, ExampleFolder.FourWarehouses.Name];

    public static TheoryData<string, string> Segments
    {
        get
        {
            var segments = new TheoryData<string, string>();
            foreach (var (example, segment) in OverFiles.SelectMany(example => example.Expected.Keys.Select(segment => (example.Name, segment))))
            {
                segments.Add(example, segment);
            }

            return segments;
        }
    }

    /// <summary>All commands but the one for the DuckDB shell, which does not come with the product; the SQL that it is given is run by other tests.</summary>
    public static TheoryData<FencedBlock> Commands =>
    [
        .. OverFiles.SelectMany(example => FencedBlock.In($"examples/{example.Name}/README.md")).Where(block => block.Info == "sh" && !block.Text.EndsWith("| duckdb\n", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(Segments))]
    public async Task The_members_are_those_of_the_SQL_written_by_hand(string name, string segment)
    {
        var example = ExampleFolder.Named(name);
        await using var sql = await ExampleSql.OpenAsync(example);
        var byHand = await sql.LinesAsync(segment, text => text);
        Assert.Equal(example.Expected[segment], ExpectedMembers.Of(byHand));

        var result = await CommandLine.FedsegAsync("run", segment, "--settings", example.Settings, "--as-of", example.AsOf, "--out", "-");
        Assert.True(result.ExitCode == 0, result.Errors);
        var output = result.Output.ReplaceLineEndings("\n");
        Assert.Equal(byHand, output[(output.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
    }

    [Theory]
    [MemberData(nameof(AllNames))]
    public void The_naive_interpreter_of_the_language_finds_the_expected_members_too(string name)
    {
        var example = ExampleFolder.Named(name);
        var oracle = new OracleOverFolder(example.Path);
        Assert.Equal(example.Expected, example.Expected.Keys.Select(segment => KeyValuePair.Create(segment, ExpectedMembers.Of(oracle.Lines(segment, example.AsOf)))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_example_passes_the_check_of_its_definitions_and_of_its_data(string name)
    {
        var result = await CommandLine.FedsegAsync("check", "--data", "--settings", ExampleFolder.Named(name).Settings);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    [Theory]
    [MemberData(nameof(AllNames))]
    public void Every_segment_has_its_SQL_its_expectation_and_its_place_in_the_readme(string name)
    {
        var example = ExampleFolder.Named(name);
        Assert.Equal(example.Expected.Keys, NamesIn(example, "segments", "*.yaml"));
        Assert.Equal(example.Expected.Keys, NamesIn(example, "checks", "*.sql").Where(file => file != "tables"));

        var readme = Mention().Matches(Repository.Read($"examples/{name}/README.md"))
            .ToDictionary(match => match.Groups["id"].Value, match => int.Parse(match.Groups["members"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture));
        Assert.Equal(example.Expected.Select(pair => (pair.Key, pair.Value.Members)), readme.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("cdnow", "derive-customers.sql", "customers.csv")]
    [InlineData("marketing", "generate-data.sql", "")]
    [InlineData("save_desk", "generate-data.sql", "")]
    [InlineData("four-warehouses", "generate-data.sql", "")]
    public async Task The_data_are_what_the_committed_SQL_makes_of_them(string name, string script, string made)
    {
        var example = ExampleFolder.Named(name);
        var root = Directory.CreateTempSubdirectory("example-data");
        try
        {
            var folders = DataFolders.Where(folder => Directory.Exists(Path.Combine(example.Path, folder))).ToList();
            folders.ForEach(folder => root.CreateSubdirectory(folder));
            if (made.Length > 0)
            {
                File.Copy(Path.Combine(example.Path, "data", "purchases.csv"), Path.Combine(root.FullName, "data", "purchases.csv"));
            }

            await using (var sql = ExampleSql.OpenEmpty(example))
            {
                await sql.RunAsync(script, root.FullName);
            }

            var committed = folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(example.Path, folder))).Where(file => !file.EndsWith(".sql", StringComparison.Ordinal)).Order().ToList();
            Assert.Contains(committed, file => file.EndsWith(made, StringComparison.Ordinal));
            foreach (var file in committed)
            {
                var relative = Path.GetRelativePath(example.Path, file);
                Assert.True(await File.ReadAllTextAsync(file) == await File.ReadAllTextAsync(Path.Combine(root.FullName, relative)), $"{relative} is not what {script} makes.");
            }
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [TheoryWhereBash]
    [MemberData(nameof(Commands))]
    public async Task The_commands_of_the_readmes_work(FencedBlock block)
    {
        var copy = Directory.CreateTempSubdirectory("example-readme");
        try
        {
            var copied = await CommandLine.RunAsync("/bin/cp", "-r", Repository.PathOf("examples"), copy.FullName);
            Assert.True(copied.ExitCode == 0, copied.Errors);
            var result = await ShellBlock.RunAsync(block.Text, copy.FullName);
            Assert.True(result.ExitCode == 0, result.Output + result.Errors);
            if (block.Text == "examples/cdnow/run\n")
            {
                Assert.Contains(FencedBlock.In("README.md"), shown => shown.Text == result.Output);
            }
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> NamesIn(ExampleFolder example, string folder, string pattern)
        => Directory.EnumerateFiles(Path.Combine(example.Path, folder), pattern).Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal);

    /// <summary>A line of a table or the beginning of a paragraph: the segment and how many members it has.</summary>
    [GeneratedRegex(@"^(?:\| |\*\*)\[(?<id>[a-z0-9_]+)\]\(segments/\k<id>\.yaml\)(?: \| |\*\*, )(?<members>[0-9,]+) (?:\||members)", RegexOptions.Multiline)]
    private static partial Regex Mention();
}
