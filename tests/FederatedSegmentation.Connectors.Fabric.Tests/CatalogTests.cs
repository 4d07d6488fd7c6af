using System.Text.Json.Nodes;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;
using static FederatedSegmentation.Connectors.Fabric.Tests.SourceOver;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

/// <summary>What the connector finds out about tables, and about a connection.</summary>
public sealed class CatalogTests
{
    [WarehouseFact]
    public async Task Each_column_has_the_storage_of_its_type()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        await server.LoadAsync(
            database,
            "T",
            [("b", "bit"), ("i", "int"), ("n", "decimal(12,2)"), ("r", "real"), ("f", "float"), ("s", "varchar(20)"), ("ci", "varchar(20) collate Latin1_General_100_CI_AS_KS_WS_SC_UTF8"), ("c", "char(3)"), ("day", "date"), ("at", "datetime2(3)"), ("x", "varbinary(max)"), ("u", "uniqueidentifier"), ("clock", "time(6)")],
            ["true", "1", "1", "1", "1", "1", "1", "1", "2024-01-01", "2024-01-01 00:00:00", "00", "6f9619ff-8b86-d011-b42d-00c04fc964ff", "01:02:03"]);
        await using var source = Connector(Options(server, database));
        string[] names = ["b", "i", "n", "r", "f", "s", "ci", "c", "day", "at", "x", "u", "clock"];
        var table = Assert.Single(await source.DescribeAsync([Entity("thing", ["T"], [.. names.Select(name => (name, (DataType)DataTypes.String))])], default));
        Assert.Equal(
            [
                new StoredBoolean(), new StoredInteger(), new StoredDecimal(12, 2), new StoredFloat(32), new StoredFloat(64), new StoredText(), new StoredText("Latin1_General_100_CI_AS_KS_WS_SC_UTF8"),
                new StoredCollatedText("char(n) is padded with spaces, which are no part of its value"), new StoredDate(), new StoredWallClock(), new StoredBinary(), new StoredOther("uniqueidentifier"), new StoredOther("time(6)"),
            ],
            names.Select(name => table.Columns[name]));
        Assert.Equal(1, table.Rows);
    }

    [WarehouseFact]
    public async Task All_that_is_missing_is_told_together_with_the_nearest_names()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        await server.LoadAsync(database, "customers", [("id", "bigint"), ("country", "varchar(2)")]);
        await server.LoadAsync(database, "Orders", [("id", "bigint")]);
        await using var source = Connector(Options(server, database));
        var failure = await Assert.ThrowsAnyAsync<FederatedSegmentationException>(() => source.DescribeAsync(
            [Entity("customer", ["customers"], ("id", DataTypes.Int64), ("contry", DataTypes.String)), Entity("order", ["orders"], ("id", DataTypes.Int64)), Entity("visit", ["nowhere", "visits"], ("id", DataTypes.Int64))],
            default));
        Assert.Equal(["SRC005", "SRC004", "SRC004"], failure.Problems.Select(problem => problem.Code));
        Assert.Contains("Did you mean [country]?", failure.Problems[0].Hint, StringComparison.Ordinal);
        Assert.Contains("Did you mean [Orders]? Letter case matters.", failure.Problems[1].Hint, StringComparison.Ordinal);
        Assert.Contains("GRANT SELECT ON OBJECT::[nowhere].[visits]", failure.Problems[2].Hint, StringComparison.Ordinal);
    }

    [WarehouseFact]
    public async Task Another_warehouse_is_another_source()
    {
        var server = await ServerAsync();
        await using var source = Connector(Options(server));
        await FailsAsync(() => source.DescribeAsync([Entity("customer", ["other", "dbo", "customers"], ("id", DataTypes.Int64))], default), "SRC004", "other.dbo.customers", "another source");
    }

    [WarehouseFact]
    public async Task Tables_are_discovered_with_keys_and_sizes()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        using var http = new HttpClient();
        var tables = new JsonArray(
            JsonNode.Parse($$"""{"database":"{{database}}","schema":"dbo","name":"customers","columns":[{"name":"id","type":"bigint","nullable":false},{"name":"name","type":"varchar(50)"}],"rows":[["1","a"],["2","b"]],"primaryKey":["id"]}"""),
            JsonNode.Parse($$"""{"database":"{{database}}","schema":"sales","name":"orders","columns":[{"name":"no","type":"int"},{"name":"customer","type":"bigint"},{"name":"at","type":"datetime2(6)"}],"rows":[],"foreignKeys":[{"columns":["customer"],"table":"customers","references":["id"]}]}"""));
        var response = await http.PostAsync(new Uri(server.Endpoint, "__control/tables"), new StringContent(tables.ToJsonString()));
        response.EnsureSuccessStatusCode();
        await using var source = Connector(Options(server, database));
        var found = await source.DiscoverAsync(default);
        Assert.Equal([["customers"], ["sales", "orders"]], found.Select(table => table.Table.ToArray()));
        Assert.Equal(["id"], found[0].PrimaryKey.ToArray());
        Assert.Equal([2L, 0L], found.Select(table => table.Rows ?? -1));
        Assert.Equal([new DiscoveredColumn("no", "int", "int64"), new DiscoveredColumn("customer", "bigint", "int64"), new DiscoveredColumn("at", "datetime2(6)", "timestamp")], found[1].Columns.ToArray());
        var key = Assert.Single(found[1].ForeignKeys);
        string[] parts = [.. key.Columns, .. key.ReferencedTable, .. key.ReferencedColumns];
        Assert.Equal(["customer", "customers", "id"], parts);
    }

    [WarehouseFact]
    public async Task A_connection_is_tested_step_by_step()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        await server.LoadAsync(database, "T", [("id", "bigint")]);
        await using var source = Connector(Options(server, database));
        var checks = await source.TestAsync(default).ToListAsync();
        Assert.Equal(["DNS", "TCP", "Login", "Read", "Write"], checks.Select(check => check.Step));
        Assert.True(checks.TrueForAll(check => check.Outcome == CheckOutcome.Passed), string.Join('\n', checks));
        Assert.Contains("Latin1_General_100_BIN2_UTF8", checks[2].Detail, StringComparison.Ordinal);
    }

    [WarehouseFact]
    public async Task A_test_ends_at_the_step_that_fails_and_warns_of_an_account_that_may_write()
    {
        await using var server = await WarehouseServer.StartAsync("fabric", [], default);
        await server.Control.VendorAsync(new JsonObject { ["permissions"] = new JsonArray("CONNECT", "SELECT", "INSERT") }, default);
        await server.LoadAsync("wh", "T", [("id", "bigint")]);
        await using (var source = Connector(Options(server)))
        {
            var last = (await source.TestAsync(default).ToListAsync())[^1];
            Assert.Equal(("Write", CheckOutcome.Warning), (last.Step, last.Outcome));
            Assert.Contains("has INSERT in the whole warehouse", last.Detail, StringComparison.Ordinal);
        }

        await using (var source = Connector(Options(server) with { Authentication = new FabricPassword("reader", () => "wrong") }))
        {
            var last = (await source.TestAsync(default).ToListAsync())[^1];
            Assert.Equal(("Login", CheckOutcome.Failed), (last.Step, last.Outcome));
            Assert.Contains("refuses login [reader]", last.Detail, StringComparison.Ordinal);
        }
    }

    [WarehouseFact]
    public async Task A_table_that_may_not_be_read_is_told_with_the_grant_that_is_missing()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        await server.LoadAsync(database, "secret", [("id", "bigint")]);
        await server.Control.VendorAsync(new JsonObject { ["deny"] = new JsonObject { ["database"] = database, ["name"] = "secret" } }, default);
        await using var source = Connector(Options(server, database));
        await FailsAsync(() => source.NumbersAsync(Numbers("SELECT s.id FROM dbo.secret AS s")), "SRC006", "GRANT SELECT ON OBJECT::[dbo].[secret]", "(error 229)");
        await FailsAsync(() => source.DescribeAsync([Entity("secret", ["secret"], ("id", DataTypes.Int64))], default), "SRC004", "GRANT SELECT ON OBJECT::[dbo].[secret]");
        // A server of another language names the object in other words: then the tables of the statement are named.
        await server.FaultAsync("error", "query", "\\[secret\\]", ("number", 229), ("text", "Die SELECT-Berechtigung wurde verweigert."));
        await FailsAsync(() => source.NumbersAsync(Scan(source, "secret")), "SRC006", "GRANT SELECT ON OBJECT::[dbo].[secret] TO the account;", "(error 229)");
    }

    [WarehouseFact]
    public async Task A_test_of_an_account_that_may_read_nothing_tells_the_grant()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        await server.LoadAsync(database, "secret", [("id", "bigint")]);
        await server.Control.VendorAsync(new JsonObject { ["deny"] = new JsonObject { ["database"] = database, ["name"] = "secret" } }, default);
        await using var source = Connector(Options(server, database));
        var read = Assert.Single(await source.TestAsync(default).ToListAsync(), check => check.Step == "Read");
        Assert.Equal(CheckOutcome.Warning, read.Outcome);
        Assert.Contains("may not read any table", read.Detail, StringComparison.Ordinal);
        Assert.Contains("GRANT SELECT ON SCHEMA::[dbo] TO", read.Detail, StringComparison.Ordinal);
    }
}
