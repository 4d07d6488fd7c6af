using System.Text.RegularExpressions;
using Xunit;

namespace FederatedSegmentation.Architecture.Tests;

/// <summary>Each code of an error is in the table for users, and quoted by a test, by itself or by the name of its constant.</summary>
public sealed partial class ErrorCodeTests
{
    [Fact]
    public void Every_code_of_the_product_is_documented_and_no_other()
        => Assert.Equal(InProduct().Order(StringComparer.Ordinal), Codes(Checkout.Read("docs/errors.md"), InText()).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_code_of_the_product_is_quoted_by_a_test()
    {
        var tests = Sources("tests").ToList();
        var quoted = tests.SelectMany(text => Codes(text, InText())).ToHashSet(StringComparer.Ordinal);
        var constants = Product().SelectMany(text => AsConstant().Matches(text)).ToLookup(match => match.Groups["code"].Value, match => "." + match.Groups["name"].Value, StringComparer.Ordinal);
        Assert.Equal([], InProduct().Except(quoted).Where(code => !constants[code].Any(name => tests.Exists(text => text.Contains(name, StringComparison.Ordinal)))).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Product() => Sources("src").Concat(Sources("connectors"));

    private static HashSet<string> InProduct() => [.. Product().SelectMany(text => Codes(text, AsLiteral()))];

    private static IEnumerable<string> Codes(string text, Regex code) => code.Matches(text).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Sources(string area) => Directory
        .EnumerateFiles(Path.Combine(Checkout.Root, area), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "node_modules"))
        .Select(File.ReadAllText);

    [GeneratedRegex("\"([A-Z]{3}[0-9]{3})\"", RegexOptions.CultureInvariant)]
    private static partial Regex AsLiteral();

    [GeneratedRegex("const string (?<name>[A-Za-z]+) = \"(?<code>[A-Z]{3}[0-9]{3})\"", RegexOptions.CultureInvariant)]
    private static partial Regex AsConstant();

    [GeneratedRegex("(?<![A-Za-z0-9])([A-Z]{3}[0-9]{3})(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex InText();
}
