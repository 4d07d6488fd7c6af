using System.Text.Json.Nodes;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;
using static FederatedSegmentation.Connectors.Snowflake.Tests.LocalSnowflake;

namespace FederatedSegmentation.Connectors.Snowflake.Tests;

/// <summary>What the connector finds out about tables.</summary>
public sealed class CatalogTests(LocalSnowflake snowflake) : IClassFixture<LocalSnowflake>
{
    private static readonly (string Name, string Type)[] Columns =
    [
        ("B", "BOOLEAN"), ("I", "INT"), ("SMALL", "NUMBER(5,0)"), ("N", "NUMBER(12,2)"), ("F", "FLOAT"), ("T", "VARCHAR"), ("D", "DATE"), ("NTZ", "TIMESTAMP_NTZ"), ("LTZ", "TIMESTAMP_LTZ"), ("TZ", "TIMESTAMP_TZ"), ("X", "BINARY"),
        ("lower", "VARCHAR(3)"), ("V", "VARIANT"), ("TM", "TIME"),
    ];

    [WarehouseFact]
    public async Task Each_column_has_the_storage_of_its_type()
    {
        await LoadAsync();
        await using var source = snowflake.Connector();

        var table = Assert.Single(await source.DescribeAsync([Entity("thing", ["KINDS"], [.. Columns.Select(column => (column.Name, column.Name == "I" ? (DataType)DataTypes.Int64 : DataTypes.String))])], default));

        Assert.Equal(
            [
                new StoredBoolean(), new StoredInteger(), new StoredDecimal(5, 0), new StoredDecimal(12, 2), new StoredFloat(64), new StoredText(), new StoredDate(), new StoredWallClock(), new StoredInstant(), new StoredInstant(), new StoredBinary(),
                new StoredText(), new StoredNested("VARIANT"), new StoredNested("TIME"),
            ],
            Columns.Select(column => table.Columns[column.Name]));
        Assert.Equal((2, 2 * Columns.Length * 8), (table.Rows, table.Bytes));
    }

    [WarehouseFact]
    public async Task All_that_is_missing_is_told_together()
    {
        await LoadAsync();
        await using var source = snowflake.Connector(options => options with { Role = "ANALYST" });

        var failure = await Assert.ThrowsAnyAsync<FederatedSegmentationException>(() => source.DescribeAsync(
            [Entity("thing", ["KINDS"], ("i", DataTypes.Int64), ("T", DataTypes.String)), Entity("other", ["kinds"], ("I", DataTypes.Int64)), Entity("far", ["OTHER", "KINDS"], ("I", DataTypes.Int64))], default));

        Assert.Equal(["SRC005", "SRC004", "SRC004"], failure.Problems.Select(problem => problem.Code));
        Assert.Contains("Did you mean \"I\"? Letter case matters.", failure.Problems[0].Hint, StringComparison.Ordinal);
        Assert.Contains("GRANT SELECT ON TABLE \"DB\".\"PUBLIC\".\"kinds\" TO ROLE \"ANALYST\";", failure.Problems[1].Hint, StringComparison.Ordinal);
    }

    [WarehouseFact]
    public async Task Tables_are_discovered_and_the_connection_is_tested_step_by_step()
    {
        await LoadAsync();
        await using var source = snowflake.Connector();

        var table = (await source.DiscoverAsync(default)).Single(found => found.Table is ["KINDS"]);
        Assert.Equal(
            ["boolean", "int64", "int64", "decimal(12,2)", "float64", "string", "date", "datetime", "timestamp", "timestamp", "binary", "string", null, null],
            table.Columns.Select(column => column.SuggestedType));
        Assert.Equal(Columns.Select(column => column.Name), table.Columns.Select(column => column.Name));

        var checks = await source.TestAsync(default).ToListAsync();
        Assert.Equal([("Network", CheckOutcome.Passed), ("TLS", CheckOutcome.Passed), ("Login", CheckOutcome.Passed), ("Read", CheckOutcome.Passed), ("Write", CheckOutcome.Passed)], checks.Select(check => (check.Step, check.Outcome)));
        await using var stranger = snowflake.Connector(secrets: new SnowflakeSecrets(_ => ValueTask.FromResult("wrong")));
        Assert.Equal([("Login", CheckOutcome.Failed)], (await stranger.TestAsync(default).ToListAsync()).Select(check => (check.Step, check.Outcome)));
    }

    [WarehouseFact]
    public async Task A_role_that_could_write_is_warned_of()
    {
        // Privileges stay with a database: this one is the test's own.
        await snowflake.Control.LoadAsync([new WarehouseTable("OPENDB", "PUBLIC", "OPEN", [new WarehouseColumn("ID", "NUMBER(10,0)")], [["1"]])], CancellationToken.None);
        await using var source = snowflake.Connector(options => options with { Database = "OPENDB" });
        // Somebody else's privileges are nobody's business.
        await snowflake.VendorAsync(new JsonObject { ["allow"] = new JsonArray("LOADER", "OPENDB", "PUBLIC", "OPEN", "OWNERSHIP") });
        await snowflake.VendorAsync(new JsonObject { ["allow"] = new JsonArray("ANALYST", "OPENDB", "PUBLIC", "OPEN", "SELECT") });
        Assert.Equal(("Write", CheckOutcome.Passed), await LastAsync());
        await snowflake.VendorAsync(new JsonObject { ["allow"] = new JsonArray("ANALYST", "OPENDB", "PUBLIC", "OPEN", "INSERT") });
        Assert.Equal(("Write", CheckOutcome.Warning), await LastAsync());
        Assert.Contains("have INSERT in \"OPENDB\"", (await source.TestAsync(default).ToListAsync())[^1].Detail, StringComparison.Ordinal);

        async Task<(string, CheckOutcome)> LastAsync()
        {
            var last = (await source.TestAsync(default).ToListAsync())[^1];
            return (last.Step, last.Outcome);
        }
    }

    private Task LoadAsync() => snowflake.LoadAsync(
        "KINDS",
        [.. Columns.Select(column => new WarehouseColumn(column.Name, column.Type))],
        [.. Enumerable.Range(0, 2).Select(_ => new string?[Columns.Length])]);
}
