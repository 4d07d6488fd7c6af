using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>fedseg conformance over a source of files.</summary>
public sealed class ConformanceCommandTests : IDisposable
{
    private readonly Workspace _workspace = new();

    [Fact]
    public async Task A_source_with_the_tables_passes_and_leaves_its_reports()
    {
        var made = await _workspace.RunAsync("conformance", "script", "--source", "lake", "--folder", "data", "--only", "booleans", "--only", "nulls/equal");
        Assert.Equal((0, ""), (made.ExitCode, made.Errors));
        var run = await _workspace.RunAsync("conformance", "run", "--source", "lake", "--only", "booleans", "--only", "nulls/equal", "--report", "r.html", "--report", "r.xml");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.StartsWith("lake (files, fedseg_conformance): 10 passed, 0 failed, 0 not run, 0 do not apply", run.Output, StringComparison.Ordinal);
        Assert.Contains("Conformance of lake", await File.ReadAllTextAsync(_workspace.PathOf("r.html")), StringComparison.Ordinal);
        Assert.Equal("10", (string?)XDocument.Load(_workspace.PathOf("r.xml")).Root!.Attribute("tests"));
    }

    [Fact]
    public async Task Missing_tables_are_no_success()
    {
        var run = await _workspace.RunAsync("conformance", "run", "--source", "lake", "--only", "booleans", "--json");
        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("SRC021 lake: 9 of 9 cases were not run.", run.Errors, StringComparison.Ordinal);
        var report = JsonNode.Parse(run.Output)!;
        Assert.Equal((0, 9), ((int)report["passed"]!, (int)report["notRun"]!));
        Assert.Equal("not run", (string?)report["cases"]![0]!["outcome"]);
    }

    [Fact]
    public async Task Wrong_rows_are_an_error_that_names_the_case()
    {
        await _workspace.RunAsync("conformance", "script", "--source", "lake", "--folder", "data", "--only", "booleans");
        var file = Directory.EnumerateFiles(_workspace.PathOf("data/fedseg_conformance")).Single();
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("1,true,true", "1,false,true", StringComparison.Ordinal));
        var run = await _workspace.RunAsync("conformance", "run", "--source", "lake", "--only", "booleans/is_true");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("SRC020 lake: 1 of 1 cases differ.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("failed\tbooleans/is_true\tpushed it gives [2], not [1, 2]", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_secret_nothing_is_run_and_the_report_says_so()
    {
        _workspace.Write("appsettings.json", """{"FederatedSegmentation": {"Sources": {"ops": {"Kind": "postgres", "Host": "127.0.0.1", "Database": "x", "Auth": {"Kind": "password", "User": "u", "Password": {"Env": "FEDSEG_TEST_NO_SUCH_SECRET"}}}}}}""");
        var run = await _workspace.RunAsync("conformance", "run", "--source", "ops", "--only", "booleans", "--report", "r.xml");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("CFG008", run.Errors, StringComparison.Ordinal);
        Assert.Contains("0 passed, 0 failed, 9 not run", run.Output, StringComparison.Ordinal);
        Assert.Equal("9", (string?)XDocument.Load(_workspace.PathOf("r.xml")).Root!.Attribute("skipped"));
    }

    [Fact]
    public async Task The_script_of_a_database_goes_to_standard_output()
    {
        _workspace.Write("appsettings.json", """{"FederatedSegmentation": {"Sources": {"ops": {"Kind": "postgres", "Host": "127.0.0.1", "Database": "x", "Auth": {"Kind": "password", "User": "u", "Password": {"Env": "UNUSED"}}}}}}""");
        var script = await _workspace.RunAsync("conformance", "script", "--source", "ops", "--schema", "my cases", "--only", "booleans");
        Assert.Equal((0, ""), (script.ExitCode, script.Errors));
        Assert.StartsWith("CREATE SCHEMA IF NOT EXISTS \"my cases\";\n", script.Output, StringComparison.Ordinal);
        Assert.Contains("CREATE TABLE \"my cases\".\"booleans_t_", script.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cases_are_listed()
    {
        var list = await _workspace.RunAsync("conformance", "list", "--only", "booleans");
        Assert.StartsWith("booleans/is_true\tis: true holds for true alone\n", list.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("USE002: --only: there is no group or case 'boleans'. Did you mean 'booleans'?", "run", "--source", "lake", "--only", "boleans")]
    [InlineData("USE002: --report: 'r.pdf' has no extension that names a format.", "run", "--source", "lake", "--report", "r.pdf")]
    [InlineData("USE002: --schema: 'a..b' is not a name.", "run", "--source", "lake", "--schema", "a..b")]
    [InlineData("USE001: The tables of a source of files are files, and --folder is missing.", "script", "--source", "lake")]
    [InlineData("CFG011 Sources: There is no source 'sea'.", "run", "--source", "sea")]
    public async Task Wrong_calls_are_refused(string error, params string[] arguments)
    {
        var answer = await _workspace.RunAsync(["conformance", .. arguments]);
        Assert.StartsWith(error, answer.Errors, StringComparison.Ordinal);
        Assert.Equal(error.StartsWith("USE", StringComparison.Ordinal) ? 2 : 1, answer.ExitCode);
    }

    public void Dispose() => _workspace.Dispose();
}
