namespace FederatedSegmentation.Gateway.Tests;

/// <summary>Calls that are wrong: exit code 2 and one line, before anything is read.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("'fedseg' wants a command: check, explain, run, count, sources, conformance, demo.")]
    [InlineData("'runn' is not a command of 'fedseg'. Did you mean 'run'?", "runn", "germans")]
    [InlineData("'quux' is not a command of 'fedseg'. See 'fedseg --help'.", "quux")]
    [InlineData("'fedseg sources' wants a command: list, test, discover.", "sources")]
    [InlineData("'--ouut' is not an option of 'fedseg run'. Did you mean '--out'?", "run", "germans", "--ouut", "m.csv")]
    [InlineData("'--out' is not an option of 'fedseg count'.", "count", "germans", "--out", "m.csv")]
    [InlineData("See 'fedseg run --help'.", "run")]
    [InlineData("'buyers' is one argument too many for 'fedseg run'.", "run", "germans", "buyers")]
    [InlineData("--out", "run", "germans", "--out")]
    [InlineData("See 'fedseg sources discover --help'.", "sources", "discover")]
    public async Task A_call_that_cannot_be_understood_says_what_is_wrong(string part, params string[] arguments)
    {
        using var workspace = new Workspace();
        (await workspace.RunAsync(arguments)).Failed(2, "USE001", part);
    }

    [Theory]
    [InlineData("'m.xlsx' has no extension that names a format", "run", "germans", "--out", "m.xlsx")]
    [InlineData("--out: ''", "run", "germans", "--out", "")]
    [InlineData("'yesterday' is not an instant", "run", "germans", "--as-of", "yesterday")]
    [InlineData("'2026-02-30' is not an instant", "count", "germans", "--as-of", "2026-02-30")]
    [InlineData("'5' is not a span of time", "run", "germans", "--deadline", "5")]
    [InlineData("'0s' is not a span of time", "explain", "germans", "--deadline", "0s")]
    [InlineData("'-00:01:00' is not a span of time", "run", "germans", "--deadline=-00:01:00")]
    [InlineData("'900d' is not a span of time", "run", "germans", "--deadline", "900d")]
    [InlineData("'spark' is not an engine of this version", "run", "germans", "--engine", "spark")]
    [InlineData("A path is empty", "run", "")]
    [InlineData("--folder: 'data' is not empty", "demo", "--folder", "data")]
    [InlineData("--folder: 'model.yaml' is no folder", "demo", "--warehouses", "--folder", "model.yaml")]
    [InlineData("A path is empty", "demo", "--folder", "")]
    public async Task A_value_that_an_option_does_not_take_is_refused(string part, params string[] arguments)
    {
        using var workspace = new Workspace();
        (await workspace.RunAsync(arguments)).Failed(2, "USE002", part);
    }

    [Fact]
    public async Task Members_and_JSON_cannot_both_go_to_standard_output()
    {
        using var workspace = new Workspace();
        var answer = await workspace.RunAsync("run", "germans", "--out", "-", "--json");
        Assert.Equal((2, "USE003"), (answer.ExitCode, (string?)answer.Json["errors"]![0]!["code"]));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("--version")]
    public async Task Help_and_version_are_no_errors(params string[] arguments)
    {
        using var workspace = new Workspace();
        Assert.Equal(0, (await workspace.RunAsync(arguments)).ExitCode);
    }

    [Fact]
    public async Task A_wrong_call_is_refused_before_the_settings_are_read()
    {
        using var workspace = new Workspace();
        workspace.Write("appsettings.json", "{");
        (await workspace.RunAsync("run", "germans", "--as-of", "x")).Failed(2, "USE002");
    }
}
