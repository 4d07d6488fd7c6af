namespace FederatedSegmentation.Gateway.Tests;

/// <summary>Segments, models and settings that are wrong: exit code 1, every defect at once, each in a line of its own.</summary>
public sealed class DefinitionInputTests
{
    [Theory]
    [InlineData("segment: germans\nof: [customer\n", "SDL017", "segments/germans.yaml:3")]
    [InlineData("segment: germans\nof: customer\nwher: true\nwhere: true\n", "SDL006", "segments/germans.yaml:3 /wher", "Did you mean 'where'?")]
    [InlineData("segment: germans\nof: custommer\nwhere: true\n", "SDL002", "segments/germans.yaml:2", "customer")]
    [InlineData("segment: germans\nof: customer\nwhere: {field: country, eq: [1]}\n", "SDL005", "segments/germans.yaml:3 /where/eq")]
    [InlineData("segment: germans\nof: customer\nwhere: {field: orders.amount, gt: 1}\n", "SDL001", "has")]
    [InlineData("segment: germans\nof: customer\nwhere: {in_segment: ghost}\n", "SDL002", "'ghost'")]
    [InlineData("segment: germans\nof: customer\nwhere: {in_segment: germans}\n", "SDL008", "germans → germans")]
    public async Task A_segment_that_is_wrong_is_refused_with_its_place(string text, string code, params string[] parts)
    {
        using var workspace = new Workspace();
        workspace.Write("segments/germans.yaml", text);
        (await workspace.RunAsync("check")).Failed(1, code, parts);
        var answer = await workspace.RunAsync("run", "germans", "--out", "members.csv");
        Assert.Equal(1, answer.ExitCode);
        Assert.Contains(code, answer.Errors, StringComparison.Ordinal);
        Assert.Empty(workspace.Left());
    }

    [Fact]
    public async Task A_segment_whose_file_is_broken_is_not_just_called_unknown()
    {
        using var workspace = new Workspace();
        workspace.Write("segments/germans.yaml", "segment: germans\nof: [customer\n");
        var answer = await workspace.RunAsync("run", "germans");
        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("SDL017 segments/germans.yaml:3", answer.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("germen", "SDL002", "Did you mean 'germans'?")]
    [InlineData("ghost", "SDL002", "There is no segment 'ghost'.")]
    [InlineData("./germans.yml", "CFG102", "relative to the working directory")]
    [InlineData("segments", "SDL002", "There is no segment 'segments'.")]
    [InlineData("./segments", "CFG102", "folder")]
    public async Task A_segment_that_is_not_there(string segment, string code, string part)
    {
        using var workspace = new Workspace();
        (await workspace.RunAsync("count", segment)).Failed(1, code, part);
    }

    [Fact]
    public async Task A_circle_of_segments_is_printed()
    {
        using var workspace = new Workspace();
        workspace.Write("segments/germans.yaml", "segment: germans\nof: customer\nwhere: {in_segment: rich}\n");
        workspace.Write("segments/rich.yaml", "segment: rich\nof: customer\nwhere: {not: {in_segment: germans}}\n");
        (await workspace.RunAsync("run", "germans")).Failed(1, "SDL008", "germans → rich → germans");
    }

    [Fact]
    public async Task All_defects_of_all_files_are_reported_at_once()
    {
        using var workspace = new Workspace();
        workspace.Write("segments/germans.yaml", "segment: germans\nof: customer\nwhere: {field: contry, eq: DE}\n");
        workspace.Write("segments/rich.yaml", "segment: rich\nof: customer\nwhere: {all: [{field: credit, gte: many}, {field: credit, contains: x}]}\n");
        var answer = await workspace.RunAsync("check", "--json");
        Assert.Equal(1, answer.ExitCode);
        Assert.Equal(["SDL002", "SDL004", "SDL005"], answer.Json["errors"]!.AsArray().Select(error => (string?)error!["code"]).Order(StringComparer.Ordinal));
        Assert.Equal(3, answer.Errors.TrimEnd('\n').Split('\n').Length);
    }

    [Theory]
    [InlineData("table: [customers.csv]", "table: [customers.csv", "SDL017", "model.yaml")]
    [InlineData("source: lake\n    table: [customers.csv]", "source: lakee\n    table: [customers.csv]", "SDL014", "lakee")]
    [InlineData("{id: customer_id}", "{signed_up: customer_id}", "SDL003", "customer_id")]
    [InlineData("country: string", "country: strin", "SDL0", "strin")]
    [InlineData("key: [id]", "keys: [id]", "SDL006", "Did you mean 'key'?")]
    public async Task A_model_that_is_wrong_is_refused_with_its_place(string old, string now, string code, string part)
    {
        using var workspace = new Workspace();
        workspace.Replace("model.yaml", old, now);
        var answer = await workspace.RunAsync("check");
        Assert.Equal(1, answer.ExitCode);
        Assert.Contains(answer.Errors.Split('\n'), line => line.StartsWith(code, StringComparison.Ordinal) && line.Contains(part, StringComparison.Ordinal) && line.Contains("model.yaml", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_errors_of_the_settings_are_reported_at_once_with_the_path_of_the_option()
    {
        using var workspace = new Workspace();
        workspace.Write("appsettings.json", """
            {"FederatedSegmentation": {
              "Modell": "model.yaml", "Deadline": "soon", "InFlightBytes": "1 KB",
              "Engine": {"Kind": "spark", "DuckDb": {"Threads": 0, "MemoryLimit": "lots"}},
              "Sources": {
                "lake": {"Kind": "files"},
                "sea": {"Kind": "fish"},
                "ops": {"Kind": "postgres", "Host": "db.example.com", "SslMode": "Disable", "Auth": {"Kind": "password", "User": "u", "Password": "hunter2"}}}}}
            """);
        var answer = await workspace.RunAsync("check");
        Assert.Equal(1, answer.ExitCode);
        foreach (var path in new[] { "Modell", "Deadline", "InFlightBytes", "Engine:Kind", "Engine:DuckDb:Threads", "Engine:DuckDb:MemoryLimit", "Sources:lake:Root", "Sources:sea:Kind", "Sources:ops:Database", "Sources:ops:SslMode", "Sources:ops:Auth:Password" })
        {
            Assert.Contains($"FederatedSegmentation:{path}: ", answer.Errors, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("hunter2", answer.Errors, StringComparison.Ordinal);
        Assert.All(answer.Errors.TrimEnd('\n').Split('\n'), line => Assert.Matches("^CFG00[0-9] appsettings.json(:[0-9]+)? FederatedSegmentation:.+: .+[.?] .+$", line));
    }

    [Theory]
    [InlineData("{", "CFG002", "appsettings.json:1")]
    [InlineData("", "CFG002", "appsettings.json")]
    [InlineData("[]", "CFG004", "FederatedSegmentation")]
    [InlineData("{\"FederatedSegmentatio\": {}}", "CFG004", "Did you mean 'FederatedSegmentatio'?")]
    [InlineData("{\"FederatedSegmentation\": {\"Sources\": {\"lake\": {\"Kind\": \"files\", \"Root\": \"nowhere\"}}}}", "CFG111", "does not exist")]
    [InlineData("{\"FederatedSegmentation\": {\"Sources\": {\"lake\": {\"Kind\": \"files\", \"Root\": \"model.yaml\"}}}}", "CFG111", "is a file")]
    public async Task Settings_that_cannot_be_used(string text, string code, string part)
    {
        using var workspace = new Workspace();
        workspace.Write("appsettings.json", text);
        (await workspace.RunAsync("check")).Failed(1, code, part);
    }

    [Fact]
    public async Task Settings_that_are_not_there()
    {
        using var workspace = new Workspace();
        (await workspace.RunAsync("check", "--settings", "other.json")).Failed(1, "CFG001", "other.json", "--settings");
        (await workspace.RunAsync("check", "--settings", ".")).Failed(1, "CFG001", "folder");
    }

    [Fact]
    public async Task An_environment_variable_goes_over_the_file_and_is_named_in_its_error()
    {
        using var workspace = new Workspace();
        var answer = await workspace.RunAsync([KeyValuePair.Create("FEDSEG__Deadline", "soon")], CancellationToken.None, "check");
        answer.Failed(1, "CFG006", "FEDSEG__Deadline", "FederatedSegmentation:Deadline");
        (await workspace.RunAsync([KeyValuePair.Create("FEDSEG__Deadline", "00:00:05")], CancellationToken.None, "check")).Done();
    }

    [Fact]
    public async Task A_model_or_segments_folder_that_is_not_there()
    {
        using var workspace = new Workspace();
        File.Delete(workspace.PathOf("model.yaml"));
        (await workspace.RunAsync("check")).Failed(1, "CFG102", "model.yaml", "does not exist");
        using var other = new Workspace();
        Directory.Delete(other.PathOf("segments"), recursive: true);
        (await other.RunAsync("check")).Failed(1, "CFG102", "segments");
    }

    [Fact]
    public async Task A_definition_over_a_limit()
    {
        using var workspace = new Workspace();
        workspace.Write("segments/germans.yaml", $"segment: germans\nof: customer\nwhere: {{field: id, in: [{string.Join(", ", Enumerable.Range(0, 10_001))}]}}\n");
        (await workspace.RunAsync("run", "germans")).Failed(1, "SDL015", "germans.yaml");
        workspace.Write("segments/germans.yaml", "segment: germans\nof: customer\nx-note: " + new string('x', 1_100_000) + "\nwhere: true\n");
        var answer = await workspace.RunAsync("check");
        Assert.Contains("SDL015 segments/germans.yaml", answer.Errors, StringComparison.Ordinal);
    }
}
