using System.Text.RegularExpressions;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Testing.Conformance;

namespace FederatedSegmentation.Conformance.Kit.Tests;

/// <summary>The page that says what is proven where.</summary>
public sealed partial class CoverageTests
{
    private const int Things = 88;

    [Fact]
    public async Task Every_thing_is_on_the_page_once_and_what_proves_it_exists()
    {
        var root = Path.GetDirectoryName(Path.GetDirectoryName(MatrixFile.Path))!;
        var rows = (await File.ReadAllLinesAsync(Path.Combine(root, "conformance", "COVERAGE.md"))).Select(line => Row().Match(line)).Where(row => row.Success).ToList();
        Assert.Equal(Enumerable.Range(1, Things), rows.Select(row => int.Parse(row.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture)));

        var known = CaseLibrary.All.SelectMany(group => group.Cases.Select(one => $"{group.Name}/{one.Id}").Append(group.Name)).Append("Capabilities.MaxRelations").ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, "tests"), "*Tests.cs", SearchOption.AllDirectories))
        {
            known.UnionWith(Sentence().Matches(await File.ReadAllTextAsync(file)).Select(sentence => sentence.Groups["name"].Value));
        }

        Assert.All(rows, row => Assert.True(row.Groups["proof"].Value.StartsWith("does not apply: ", StringComparison.Ordinal) || Name().IsMatch(row.Groups["proof"].Value), row.Value));
        Assert.All(rows.SelectMany(row => Name().Matches(row.Groups["proof"].Value)), name => Assert.Contains(name.Groups["name"].Value, known));
    }

    [GeneratedRegex(@"^\| (?<number>[0-9]+) \| [^|]+ \| (?<proof>[^|]+) \|$")]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"public (virtual |async |static )*(Task|void) (?<name>[A-Z]\w*)\(")]
    private static partial Regex Sentence();
}
