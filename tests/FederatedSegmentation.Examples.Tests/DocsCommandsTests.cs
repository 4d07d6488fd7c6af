using System.Text.Json.Nodes;
using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>Every command and every settings file that the pages show, with the real executable.</summary>
public sealed class DocsCommandsTests
{
    public static TheoryData<FencedBlock> Commands => [.. FencedBlock.OfAllPages().Where(block => block.Info == "sh" && block.Page.StartsWith("docs/", StringComparison.Ordinal))];

    public static TheoryData<FencedBlock> Settings => [.. FencedBlock.OfAllPages().Where(block => block.Info == "json settings")];

    [TheoryWhereBash]
    [MemberData(nameof(Commands))]
    public async Task The_commands_of_the_pages_work(FencedBlock block)
    {
        using var workspace = new DocsWorkspace();
        var result = await ShellBlock.RunAsync(block.Text, workspace.Path);
        Assert.True(result.ExitCode == 0, $"{block} ended with {result.ExitCode}:\n{block.Text}\n{result.Output}\n{result.Errors}");
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task The_settings_of_the_pages_are_valid(FencedBlock block)
    {
        using var workspace = new DocsWorkspace();
        await File.WriteAllTextAsync(Path.Combine(workspace.Path, "shown.json"), block.Text);
        await File.WriteAllTextAsync(Path.Combine(workspace.Path, "our-authority.pem"), "");
        var result = await CommandLine.FedsegInAsync(workspace.Path, "sources", "list", "--settings", "shown.json");
        Assert.True(result.ExitCode == 0, $"{block}: {result.Errors}");
    }

    [Fact]
    public async Task The_JSON_of_a_run_has_the_form_that_the_page_shows()
    {
        using var workspace = new DocsWorkspace();
        var shown = FencedBlock.In("docs/run-and-automate.md").Single(block => block.Info == "json").Text;
        var result = await CommandLine.FedsegInAsync(workspace.Path, "run", "german_regulars", "--as-of", "2026-07-01T00:00:00Z", "--out", "members.csv", "--json");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(Form(JsonNode.Parse(shown)), Form(JsonNode.Parse(result.Output)));
    }

    [Fact]
    public async Task The_explain_of_the_readme_is_what_the_command_prints()
    {
        using var workspace = new DocsWorkspace();
        var shown = FencedBlock.In("README.md").Single(block => block.Info == "text explain").Text;
        var result = await CommandLine.FedsegInAsync(workspace.Path, "explain", "lapsed", "--as-of", "2026-07-01T00:00:00Z");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Contains(shown.Trim(), result.Output.Replace(workspace.Path, "…", StringComparison.Ordinal));
    }

    /// <summary>The names of a tree in order, without its values; of a list its first element.</summary>
    private static string Form(JsonNode? node) => node switch
    {
        JsonObject form => $"{{{string.Join(", ", form.Select(pair => $"{pair.Key}: {Form(pair.Value)}"))}}}",
        JsonArray list => $"[{(list.Count > 0 ? Form(list[0]) : "")}]",
        _ => "value",
    };
}
