using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>Parameters on the command line, over the data of the pages: customers 1 to 5 with 3, 3, 0, 0 and 1 orders.</summary>
public sealed class ParametersTests
{
    [Theory]
    [InlineData("string", "{field: country, eq: {param: p}}", "DE", "1 2 5")]
    [InlineData("int64", "{field: id, in: [1, {param: p}, 77]}", "4", "1 4")]
    [InlineData("int64", "{field: credit, gte: {param: p}}", "100", "1 2")]
    [InlineData("decimal(12,2)", "{field: id, gt: {param: p}}", "2.50", "3 4 5")]
    [InlineData("decimal(12,2)", "{has: orders, agg: {avg: amount, lte: {param: p}}}", "26.17", "2")]
    [InlineData("float64", "{field: id, gt: {param: p}}", "2.5", "3 4 5")]
    [InlineData("float64", "{field: id, in: [1, {param: p}]}", "3", "1 3")]
    [InlineData("float64", "{field: id, in: [1, {param: p}]}", "2.5", "1")]
    [InlineData("float64", "{field: credit, not_in: [100, {param: p}]}", "1e3", "3 5")]
    [InlineData("float64", "{has: orders, agg: {count: \"*\", in: [1, {param: p}]}}", "3", "1 2 5")]
    [InlineData("float64", "{has: orders, agg: {avg: amount, in: [1, {param: p}]}}", "999.99", "5")]
    [InlineData("decimal(12,2)", "{field: household.income, eq: {param: p}}", "52000.50", "1 2")]
    [InlineData("date", "{has: orders, where: {field: placed_at, after: {param: p}}}", "2026-06-21", "2")]
    [InlineData("date", "{has: orders, where: {field: placed_at, gte: {param: p}}}", "2026-06-21", "2")]
    [InlineData("timestamp", "{has: orders, where: {field: placed_at, eq: {param: p}}}", "2026-06-06T10:00:00+02:00", "1")]
    [InlineData("datetime", "{field: signed_up, lt: {param: p}}", "2025-05-01T08:00:01Z", "1")]
    [InlineData("boolean", "{field: newsletter, eq: {param: p}}", "true", "1 5")]
    public async Task A_given_value_is_compared_exactly(string type, string where, string value, string members)
    {
        using var workspace = new DocsWorkspace();
        var result = await RunAsync(workspace, $"params: {{p: {{type: \"{type}\"}}}}\nwhere: {where}", "run", "asked.yaml", "--param", $"p={value}", "--out", "-");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(["id", .. members.Split(' ')], result.Output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Count_and_explain_take_parameters_too()
    {
        using var workspace = new DocsWorkspace();
        const string Asked = "params: {a: {type: string}, b: {type: int64, default: 2}}\nwhere: {all: [{field: country, eq: {param: a}}, {field: id, gte: {param: b}}]}";
        var counted = await RunAsync(workspace, Asked, "count", "asked.yaml", "--param", "a=DE");
        Assert.Equal((0, "2\n"), (counted.ExitCode, counted.Output));
        var both = await RunAsync(workspace, Asked, "count", "asked.yaml", "--param", "a=DE", "--param", "b=5");
        Assert.Equal((0, "1\n"), (both.ExitCode, both.Output));
        var explained = await RunAsync(workspace, Asked, "explain", "asked.yaml", "--param=a=DE");
        Assert.True(explained.ExitCode == 0, explained.Errors);
    }

    [Theory]
    [InlineData("--param", "sesame", "USE002: --param: a parameter is not written as name=value. Write --param name=value, once for each parameter.\n")]
    [InlineData("--param", "=sesame", "USE002: --param: a parameter is not written as name=value. Write --param name=value, once for each parameter.\n")]
    [InlineData("--param=p=1", "--param=p=sesame", "USE002: --param: 'p' is given more than once. Give each parameter one value.\n")]
    public async Task A_wrong_call_is_told_without_the_value(string first, string second, string error)
    {
        using var workspace = new DocsWorkspace();
        foreach (var command in new[] { "run", "count", "explain" })
        {
            var result = await RunAsync(workspace, "params: {p: {type: int64}}\nwhere: true", command, "asked.yaml", first, second);
            Assert.Equal((2, "", error), (result.ExitCode, result.Output, result.Errors.ReplaceLineEndings("\n")));
        }
    }

    [Theory]
    [InlineData("p=sesame", "SDL012 asked.yaml:3 /params/p: The value given for 'p' does not fit the type int64. Give an integer of at most 64 bits, without a fraction.\n")]
    [InlineData("q=sesame", "SDL012 asked.yaml: No segment of this run has a parameter 'q'. Did you mean 'p'?\nSDL012 asked.yaml:3 /params/p: The parameter 'p' has no default, and this run gives it no value. Give it one (--param p=…), or declare a default.\n")]
    public async Task A_value_that_does_not_fit_is_told_without_the_value(string parameter, string errors)
    {
        using var workspace = new DocsWorkspace();
        var result = await RunAsync(workspace, "params: {p: {type: int64}}\nwhere: true", "count", "asked.yaml", "--param", parameter);
        Assert.Equal((1, "", errors), (result.ExitCode, result.Output, Sorted(result.Errors)));
    }

    private static string Sorted(string lines) => string.Concat(lines.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal).Select(line => line + "\n"));

    private static async Task<CommandResult> RunAsync(DocsWorkspace workspace, string asked, params string[] arguments)
    {
        await File.WriteAllTextAsync(Path.Combine(workspace.Path, "asked.yaml"), $"segment: asked\nof: customer\n{asked}\n");
        return await CommandLine.FedsegInAsync(workspace.Path, arguments);
    }
}
