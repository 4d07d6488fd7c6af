using System.Text.RegularExpressions;
using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>The pages themselves: links, kinds of blocks, the table of errors.</summary>
public sealed partial class DocsPagesTests
{
    private static readonly string[] KnownKinds = ["yaml model", "yaml segment", "yaml where", "json settings", "json", "sh", "sql", "text", "text explain"];

    private static readonly string[] ProductFolders = ["src", "connectors"];

    /// <summary>The texts of the product's sources.</summary>
    private static IReadOnlyList<string> Sources { get; } =
    [
        .. ProductFolders
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText),
    ];

    [Fact]
    public void Every_link_between_pages_leads_somewhere()
    {
        var broken = new List<string>();
        foreach (var page in FencedBlock.Pages)
        {
            var folder = Path.GetDirectoryName(Repository.PathOf(page))!;
            foreach (var target in Link().Matches(Repository.Read(page)).Select(match => match.Groups["target"].Value))
            {
                var path = target.Split('#')[0];
                if (path.Length > 0 && !path.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(folder, path)))
                {
                    broken.Add($"{page}: {target}");
                }
            }
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void Every_block_says_what_it_is_so_that_a_test_can_check_it()
        => Assert.Empty(FencedBlock.OfAllPages().Where(block => !KnownKinds.Contains(block.Info)).Select(block => $"{block}: ```{block.Info}"));

    [Fact]
    public void The_page_of_errors_lists_exactly_the_codes_that_the_product_has()
    {
        var inSources = Sources.SelectMany(text => QuotedCode().Matches(text).Select(match => match.Groups["code"].Value)).ToHashSet();
        var inPage = TableCode().Matches(Repository.Read("docs/errors.md")).Select(match => match.Groups["code"].Value).ToList();

        Assert.Equal(inPage.Distinct(), inPage);
        Assert.Equal(inPage.Order(StringComparer.Ordinal), inSources.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_code_that_has_a_name_is_raised_somewhere()
    {
        var names = Sources.SelectMany(text => NamedCode().Matches(text).Select(match => match.Groups["name"].Value)).Distinct(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(names);
        Assert.DoesNotContain(names, name => Sources.Sum(text => Regex.Count(text, $@"\b{name}\b")) < 2);
    }

    [Fact]
    public void The_test_command_of_the_readme_is_the_one_that_ci_runs()
    {
        const string Command = "dotnet test FederatedSegmentation.sln";
        Assert.Contains($"\n{Command}\n", Repository.Read("README.md"));
        Assert.Contains($" {Command} ", Repository.Read(".ci/run"));
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("\"(?<code>(SDL|CFG|USE|SRC|DAT|RES|SLA|OUT|CAN|INT)[0-9]{3})\"")]
    private static partial Regex QuotedCode();

    [GeneratedRegex("const string (?<name>[A-Za-z]+) = \"(SDL|CFG|USE|SRC|DAT|RES|SLA|OUT|CAN|INT)[0-9]{3}\"")]
    private static partial Regex NamedCode();

    [GeneratedRegex(@"^\| `(?<code>[A-Z]{3}[0-9]{3})` \|", RegexOptions.Multiline)]
    private static partial Regex TableCode();
}
