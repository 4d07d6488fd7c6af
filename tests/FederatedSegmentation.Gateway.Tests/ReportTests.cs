using System.Text.Json.Nodes;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>What commands say: JSON, text, progress, exit codes.</summary>
public sealed class ReportTests
{
    [Fact]
    public async Task An_error_as_JSON_has_all_its_fields()
    {
        using var workspace = new Workspace();
        workspace.Replace("segments/germans.yaml", "eq: DE", "eq: 5");
        var answer = await workspace.RunAsync("run", "germans", "--json");
        var error = Assert.Single(answer.Json["errors"]!.AsArray())!.AsObject();
        Assert.Equal(["code", "kind", "stage", "source", "message", "hint", "pointer", "line", "file"], error.Select(pair => pair.Key));
        Assert.Equal(("SDL005", "definition", "/where/eq", 3), ((string?)error["code"], (string?)error["kind"], (string?)error["pointer"], (int)error["line"]!));
        Assert.StartsWith("SDL005 ", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_error_as_JSON_names_its_source_file_and_line()
    {
        using var workspace = new Workspace();
        workspace.Write("data/customers.csv", Workspace.Customers + "4\n");
        var error = (await workspace.RunAsync("count", "germans", "--json")).Json["errors"]![0]!;
        Assert.Equal(("DAT002", "data", "lake", "customers.csv", 5), ((string?)error["code"], (string?)error["kind"], (string?)error["source"], (string?)error["file"], (int)error["line"]!));
    }

    [Fact]
    public async Task An_explain_as_JSON_has_the_documented_form()
    {
        using var workspace = new Workspace();
        var plan = (await workspace.RunAsync("explain", "buyers", "--json", "--as-of", "2026-07-01")).Done().Json.AsObject();
        Assert.Equal(["segment", "asOf", "phase", "fragments", "pushdown", "residual", "planMs"], Names(plan));
        Assert.Equal("2026-07-01T00:00:00.000000Z", (string?)plan["asOf"]);
        var fragment = plan["fragments"]![0]!;
        Assert.Equal(["id", "source", "dialect", "sql", "parameters", "columns", "estimate", "dependsOn"], Names(fragment));
        Assert.Equal(["name", "type"], Names(fragment["columns"]![0]!));
        Assert.Equal(["rows", "bytes"], Names(fragment["estimate"]!));
        Assert.Equal(["predicate", "fragment", "verdict", "reason"], Names(plan["pushdown"]![0]!));
        Assert.Equal(["engine", "estimate", "statements"], Names(plan["residual"]!));
    }

    [Fact]
    public async Task Explain_reads_no_rows()
    {
        using var workspace = new Workspace();
        workspace.Write("data/customers.csv", Workspace.Customers + "broken\n");
        (await workspace.RunAsync("explain", "germans")).Done();
    }

    [Fact]
    public async Task A_run_without_output_shows_a_summary_and_no_member()
    {
        using var workspace = new Workspace();
        var answer = (await workspace.RunAsync("run", "germans")).Done();
        Assert.StartsWith("germans: 1 members as of ", answer.Output, StringComparison.Ordinal);
        Assert.Empty(answer.Errors);
    }

    [Fact]
    public async Task Count_prints_a_number_and_nothing_else()
    {
        using var workspace = new Workspace();
        Assert.Equal(new Answer(0, "1\n", ""), await workspace.RunAsync("count", "germans"));
        Assert.Equal(new Answer(0, "1\n", ""), await workspace.RunAsync("count", "segments/germans.yaml"));
    }

    [Fact]
    public async Task Check_says_that_all_is_right_and_with_data_what_it_measured()
    {
        using var workspace = new Workspace();
        workspace.Write("data/customers.csv", Workspace.Customers + "3,DE,,\n,DE,,\n");
        Assert.Contains("all right", (await workspace.RunAsync("check")).Done().Output, StringComparison.Ordinal);
        var data = (await workspace.RunAsync("check", "--data", "--json")).Done().Json["data"]!;
        var customers = data["entities"]![0]!;
        Assert.Equal((5, 1, 1), ((int)customers["rows"]!, (int)customers["duplicateKeyRows"]!, (int)customers["nullKeyRows"]!));
        Assert.Equal(0.2, (double)customers["columns"]![1]!["nullShare"]!, 6);
    }

    [Fact]
    public async Task A_fragment_has_a_line_that_lives_only_where_a_person_watches()
    {
        using var watched = new Workspace { IsLive = true };
        Assert.Contains("\e[2Kjoining\n", (await watched.RunAsync("run", "germans")).Done().Errors, StringComparison.Ordinal);
        using var piped = new Workspace();
        Assert.Empty((await piped.RunAsync("run", "germans")).Done().Errors);
        Assert.DoesNotContain("\e", (await piped.RunAsync("run", "germans", "--verbose")).Done().Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_ends_the_run()
    {
        using var workspace = new Workspace();
        (await workspace.RunAsync("run", "germans", "--deadline", "1ms", "--out", "members.csv")).Failed(5, "SLA001", "0.001 s", "--deadline");
        Assert.Empty(workspace.Left());
    }

    [Fact]
    public async Task A_cancelled_run_leaves_nothing()
    {
        using var workspace = new Workspace();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        (await workspace.RunAsync([], cancelled.Token, "run", "germans", "--out", "members.csv")).Failed(130, "CAN001");
        Assert.Empty(workspace.Left());
    }

    [Fact]
    public async Task What_spills_more_than_it_may_is_over_a_limit()
    {
        using var workspace = new Workspace();
        workspace.Write("appsettings.json", """
            {"FederatedSegmentation": {"Sources": {"lake": {"Kind": "files", "Root": "data"}}, "Engine": {"DuckDb": {"MemoryLimit": "64 MB", "MaxTempSize": "1 MB", "Threads": 1}}}}
            """);
        await using (var lines = File.CreateText(workspace.PathOf("data/customers.csv")))
        {
            await lines.WriteLineAsync("id,country,credit,signed_up");
            for (var i = 0; i < 3_000_000; i++)
            {
                await lines.WriteLineAsync($"{(i * 7919L) % 3_000_017},{i},{i % 1000}.00,2026-01-01");
            }
        }

        workspace.Write("segments/all.yaml", "segment: all\nof: customer\nwhere: true\n");
        (await workspace.RunAsync("run", "all", "--out", "members.csv")).Failed(4, "RES00[12]", "Engine:DuckDb:");
        Assert.Empty(workspace.Left());
    }

    [Theory]
    [InlineData("sources", "list")]
    [InlineData("sources", "test")]
    [InlineData("sources", "test", "lake")]
    [InlineData("sources", "discover", "lake")]
    public async Task Sources_are_shown_as_text_and_as_JSON(params string[] arguments)
    {
        using var workspace = new Workspace();
        Assert.NotEmpty((await workspace.RunAsync(arguments)).Done().Output);
        Assert.NotNull((await workspace.RunAsync([.. arguments, "--json"])).Done().Json);
    }

    [Fact]
    public async Task A_source_that_the_settings_do_not_have()
    {
        using var workspace = new Workspace();
        (await workspace.RunAsync("sources", "test", "lakes")).Failed(1, "CFG011", "'lakes'", "lake");
    }

    private static IEnumerable<string> Names(JsonNode node) => node.AsObject().Select(pair => pair.Key);
}
