using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>The draft of a model that <c>sources discover</c> writes is a model.</summary>
public sealed class DraftTests
{
    [Fact]
    public async Task The_draft_for_a_folder_of_files_passes_check_and_can_be_asked()
    {
        using var workspace = new Workspace();
        workspace.Write("data/2026 report.csv", "ID,Größe €,a.b,a_b,NULL\n1,2,3,4,5\n");
        workspace.Write("data/empty.jsonl", "");
        workspace.Write("data/events/year=2026/e.jsonl", "{\"id\": 1, \"deep\": {\"a\": 1}}\n");
        await using (var instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 1 }))
        {
            await using var connection = instance.CreateConnection();
            await connection.ExecuteAsync(
                $"COPY (SELECT 1 AS id, 'x' AS name, 1.5::DECIMAL(9,2) AS amount, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS at, [1] AS list, {{'a': 1}} AS struct) TO '{workspace.PathOf("data/types.parquet")}' (FORMAT parquet)",
                CancellationToken.None);
        }

        var draft = (await workspace.RunAsync("sources", "discover", "lake")).Done().Output;
        workspace.Write("model.yaml", draft);
        Directory.Delete(workspace.PathOf("segments"), recursive: true);
        workspace.Write("segments/has.yaml", "segment: has\nof: types\nwhere: {field: amount, gt: 1}\n");
        var answer = await workspace.RunAsync("check", "--data");
        // A folder of files says nothing about keys.
        Assert.True(answer.ExitCode == 1 && answer.Errors.StartsWith("SDL013", StringComparison.Ordinal), answer.Errors + draft);
        workspace.Replace("model.yaml", "\"types.parquet\"]\n", "\"types.parquet\"]\n    key: [id]\n");
        (await workspace.RunAsync("check", "--data")).Done();
        Assert.Equal("1\n", (await workspace.RunAsync("count", "has")).Done().Output);
    }

    [Theory]
    [InlineData(",", null)]
    [InlineData(";", "csv: {delimiter: \";\"}")]
    [InlineData("\t", "csv: {delimiter: \"\\t\"}")]
    [InlineData("|", "csv: {delimiter: \"|\"}")]
    public async Task The_draft_names_the_delimiter_of_a_CSV_file(string delimiter, string? line)
    {
        using var workspace = new Workspace();
        Directory.Delete(workspace.PathOf("data"), recursive: true);
        workspace.Write("data/customers.csv", Workspace.Customers.Replace(",", delimiter, StringComparison.Ordinal));
        Directory.Delete(workspace.PathOf("segments"), recursive: true);
        workspace.Write("segments/germans.yaml", "segment: germans\nof: customers\nwhere: {field: country, eq: DE}\n");
        var draft = (await workspace.RunAsync("sources", "discover", "lake")).Done().Output;
        Assert.Equal(line is not null, draft.Contains("csv:", StringComparison.Ordinal));
        Assert.Contains(line ?? "columns:", draft, StringComparison.Ordinal);
        workspace.Write("model.yaml", draft.Replace("    columns:", "    key: [id]\n    columns:", StringComparison.Ordinal));
        Assert.Equal("1\n", (await workspace.RunAsync("count", "germans")).Done().Output);
    }
}
