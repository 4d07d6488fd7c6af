using FederatedSegmentation.Testing.Postgres;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>The first command of a newcomer.</summary>
public sealed class DemoTests
{
    [PostgresFact]
    public async Task The_demonstration_explains_runs_and_times_three_segments_over_a_database_and_files()
    {
        using var workspace = new Workspace();
        var answer = await workspace.RunAsync("demo", "--folder", "demo");
        IsWhole(answer, "A PostgreSQL server was started for the customers; orders and events lie in files.", "crm");
        // What it leaves is the data set, and no server.
        Assert.Equal(
            ["appsettings.json", "data", "german_vips.csv", "lapsed.csv", "model.yaml", "password", "segments", "window_shoppers.csv"],
            Directory.EnumerateFileSystemEntries(workspace.PathOf("demo")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Contains("Everything stays in " + workspace.PathOf("demo"), answer.Output, StringComparison.Ordinal);
    }

    /// <summary>Asserts that a demonstration shows, for each of its segments, the plan, the number and first of the members, and the times.</summary>
    internal static void IsWhole(Answer answer, string about, string source)
    {
        Assert.True(answer.ExitCode == 0, answer.Errors + answer.Output);
        Assert.Contains("Making 100,000 customers, 1,000,000 orders and 2,000,000 events", answer.Output, StringComparison.Ordinal);
        Assert.Contains(about + "\n", answer.Output, StringComparison.Ordinal);
        var parts = answer.Output.Split("\n== ")[1..];
        Assert.Equal(["german_vips", "lapsed", "window_shoppers"], parts.Select(part => part.Split(':')[0]));
        Assert.All(parts, part =>
        {
            Assert.Matches(@"\nF1 at [a-z]+ \(.+\), (about [0-9,]+ rows|size unknown)", part);
            Assert.Contains("residual in duckdb", part, StringComparison.Ordinal);
            Assert.Matches(@"\n[a-z_]+: [1-9][0-9,]* members as of .+ in [0-9,.]+ m?s \(plan [0-9,.]+, fragments [0-9,.]+, residual [0-9,.]+\)\n", part);
            Assert.Matches("first members: [0-9]+, [0-9]+, [0-9]+, [0-9]+, [0-9]+\n  as expected: plain loops over all rows find the same members\n", part);
        });
        Assert.Contains(source, parts[0], StringComparison.Ordinal);
    }
}
