using System.Collections.Immutable;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;
using Xunit;

namespace FederatedSegmentation.Connectors.BigQuery.Tests;

public sealed class CatalogTests(LocalBigQuery server) : IClassFixture<LocalBigQuery>
{
    [WarehouseFact]
    public async Task Every_column_is_described_by_how_it_is_stored()
    {
        await server.ResetAsync();
        await server.LoadAsync("odd", [("i", "INT64"), ("n", "NUMERIC(12, 2)"), ("w", "NUMERIC"), ("bn", "BIGNUMERIC(38, 20)"), ("bb", "BIGNUMERIC"), ("a", "ARRAY<INT64>"), ("t", "TIME"), ("ts", "TIMESTAMP")], ["1", "1", "1", "1", "1", null, null, null]);
        await using var connector = server.Connect();

        var table = Assert.Single(await connector.DescribeAsync([EntityOf("odd", "i", "n", "w", "bn", "bb", "a", "t", "ts")], CancellationToken.None));

        Assert.Equal(1, table.Rows);
        Assert.Equal(8 + 16 + 16 + 32 + 32, table.Bytes);
        Assert.Equal(new StoredInteger(), table.Columns["i"]);
        Assert.Equal(new StoredDecimal(12, 2), table.Columns["n"]);
        Assert.Equal(new StoredDecimal(38, 9), table.Columns["w"]);
        Assert.Equal(new StoredDecimal(38, 20), table.Columns["bn"]);
        Assert.Equal(new StoredOther("BIGNUMERIC"), table.Columns["bb"]);
        Assert.Equal(new StoredNested("ARRAY<INT64>"), table.Columns["a"]);
        Assert.Equal(new StoredOther("TIME"), table.Columns["t"]);
        Assert.Equal(new StoredInstant(), table.Columns["ts"]);
    }

    [WarehouseFact]
    public async Task Missing_tables_and_columns_are_named_together_with_what_looks_like_them()
    {
        await server.ResetAsync();
        await server.LoadAsync("customers", [("id", "INT64"), ("country", "STRING")]);
        await using var connector = server.Connect();

        var error = await Assert.ThrowsAsync<FederatedSegmentationException>(() => connector.DescribeAsync(
            [EntityOf("Customers", "id"), EntityOf("customers", "id", "contry"), new Entity { Name = "far", Source = "web", Table = ["nowhere", "t"], Columns = [], Key = [] }], CancellationToken.None));

        Assert.Equal(["SRC004", "SRC005", "SRC004"], error.Problems.Select(problem => problem.Code));
        Assert.Equal("Did you mean customers? Letter case matters.", error.Problems[0].Hint);
        Assert.Equal("Did you mean country?", error.Problems[1].Hint);
        Assert.Contains("has no dataset nowhere", error.Problems[2].Message, StringComparison.Ordinal);
    }

    [WarehouseFact]
    public async Task A_table_without_a_dataset_needs_the_source_to_have_one()
    {
        await using var connector = server.Connect(options => options with { Dataset = null });
        var error = await Assert.ThrowsAsync<SourceException>(() => connector.DescribeAsync([EntityOf("customers", "id")], CancellationToken.None));
        Assert.Equal("SRC004", error.Problems[0].Code);
    }

    [WarehouseFact]
    public async Task Tables_are_discovered_with_columns_types_and_sizes()
    {
        await server.ResetAsync();
        await server.LoadAsync("found", [("id", "INT64"), ("amount", "NUMERIC(12, 2)"), ("tags", "ARRAY<STRING>")], ["1", "2.50", null]);
        await using var connector = server.Connect(options => options with { Dataset = null });

        var table = (await connector.DiscoverAsync(CancellationToken.None)).Single(one => one.Table[^1] == "found");

        Assert.Equal("shop.found", string.Join('.', table.Table));
        Assert.Equal(["int64", "decimal(12,2)", null], table.Columns.Select(column => column.SuggestedType));
        Assert.Equal(["INT64", "NUMERIC(12, 2)", "ARRAY<STRING>"], table.Columns.Select(column => column.NativeType));
        Assert.Equal(1, table.Rows);
    }

    [WarehouseFact]
    public async Task A_connection_is_tested_step_by_step_for_nothing()
    {
        await server.ResetAsync();
        await server.LoadAsync("one", [("id", "INT64")], ["1"]);
        await using var connector = server.Connect();

        var checks = await ChecksAsync(connector);

        Assert.Equal("DNS Passed, Login Passed, Compute Passed, List Passed, Read Passed, Result Passed, Write Passed", Summary(checks));
        Assert.Equal(0, (int)(await server.VendorAsync("""{"do": "state"}"""))["executions"]!);
    }

    [WarehouseFact]
    public async Task What_a_statement_would_read_is_asked_without_running_it()
    {
        await server.ResetAsync();
        await server.LoadAsync("one", [("id", "INT64"), ("name", "STRING")], ["1", "a"], ["2", "b"]);
        await using var connector = server.Connect();

        Assert.Equal(16, await connector.EstimateReadAsync(LocalBigQuery.Fragment("SELECT id FROM shop.one"), CancellationToken.None));
        var refused = await Assert.ThrowsAsync<SourceException>(() => connector.EstimateReadAsync(LocalBigQuery.Fragment("SELECT id FROM shop.none"), CancellationToken.None));

        Assert.Equal(("SRC004", Stage.Plan), (refused.Problems[0].Code, refused.Problems[0].Stage));
        Assert.Equal(0, (int)(await server.VendorAsync("""{"do": "state"}"""))["executions"]!);
    }

    [WarehouseFact]
    public async Task An_account_that_may_write_is_warned_of()
    {
        await server.ResetAsync();
        await server.LoadAsync("one", [("id", "INT64")], ["1"]);
        await server.VendorAsync("""{"do": "permissions", "granted": ["bigquery.tables.updateData"]}""");
        await using var connector = server.Connect(options => options with { Storage = null });
        Assert.Equal("DNS Passed, Login Passed, Compute Passed, List Passed, Read Passed, Result Warning, Write Warning", Summary(await ChecksAsync(connector)));
    }

    [WarehouseTheory]
    [InlineData("jobs.query", "bigquery.jobs.create", "Compute", "Grant it roles/bigquery.jobUser on project p.")]
    [InlineData("tables.list", "bigquery.tables.list", "List", "Grant it roles/bigquery.dataViewer on the dataset.")]
    public async Task A_missing_grant_is_named(string operation, string permission, string step, string hint)
    {
        await server.ResetAsync();
        await server.FaultAsync($$"""{"kind": "status", "status": 403, "match": {"operation": "{{operation}}"}, "reason": "accessDenied", "message": "Access Denied: User does not have {{permission}} permission"}""");
        await using var connector = server.Connect();
        var last = (await ChecksAsync(connector))[^1];
        Assert.Equal((step, CheckOutcome.Failed), (last.Step, last.Outcome));
        Assert.Contains(permission, last.Detail, StringComparison.Ordinal);
        Assert.EndsWith(hint, last.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_settings_are_all_named()
    {
        var options = new BigQueryOptions
        {
            Project = "my project",
            Dataset = "a.b",
            ReadStreams = 0,
            MaxConcurrent = 0,
            MaxBytesPerQuery = 0,
            Http = new Http.HttpTransportOptions { Endpoint = new Uri("http://bigquery.example.com") },
        };
        var pointers = options.Validate("web").Select(problem => problem.Pointer);
        Assert.Equal(["Project", "Location", "Dataset", "ReadStreams", "Limits:MaxConcurrent", "Limits:MaxBytesPerQuery", "Endpoint"], pointers);
    }

    private static Entity EntityOf(string table, params string[] columns) => new()
    {
        Name = table,
        Source = "web",
        Table = [table],
        Columns = [.. columns.Select(column => new Column { Name = column, Type = DataTypes.String, SourceName = column })],
        Key = [],
    };

    private static async Task<ImmutableArray<ConnectionCheck>> ChecksAsync(BigQueryConnector connector)
    {
        var checks = ImmutableArray.CreateBuilder<ConnectionCheck>();
        await foreach (var check in connector.TestAsync(CancellationToken.None))
        {
            checks.Add(check);
        }

        return checks.ToImmutable();
    }

    private static string Summary(ImmutableArray<ConnectionCheck> checks) => string.Join(", ", checks.Select(check => $"{check.Step} {check.Outcome}"));
}
