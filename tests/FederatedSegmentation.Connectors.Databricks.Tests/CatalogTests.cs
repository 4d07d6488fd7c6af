using System.Text.Json.Nodes;
using FederatedSegmentation.Connectors.Databricks.Catalog;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Databricks.Tests;

/// <summary>Descriptions, discovery and the connection test.</summary>
public sealed class CatalogTests(Workspace workspace) : IClassFixture<Workspace>
{
    [WarehouseFact]
    public async Task Tables_are_described_as_they_are_stored()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using var connector = workspace.Connect();
        var types = Workspace.Entity("types", ["All Types"], [.. "b i8 i64 f dec s v c ci x day at clock tags".Split(' ').Select(name => (name, (DataType)new StringType()))]);
        var odd = Workspace.Entity("odd", ["other schema", "odd `name`.x"], ("select", new Int64Type()), ("A.B `c`", new StringType()), ("Ünï", new DateType()));
        var many = Workspace.Entity("many", ["ML", "Scores", "MANY"], ("N", new Int64Type()));
        var tables = await connector.DescribeAsync([types, odd, many], CancellationToken.None);
        Assert.Equal(
            [
                new StoredBoolean(), new StoredInteger(), new StoredInteger(), new StoredFloat(32), new StoredDecimal(38, 10), new StoredText(), new StoredText(), new StoredCollatedText("char(n) is padded with spaces"),
                new StoredCollatedText("collation UTF8_LCASE has rules of its own"), new StoredBinary(), new StoredDate(), new StoredInstant(), new StoredWallClock(), new StoredNested("array<string>"),
            ],
            types.Columns.Select(column => tables[0].Columns[column.Name]));
        Assert.Equal(3, tables[1].Columns.Count);
        Assert.Equal(Tables.Many, tables[2].Rows);
        Assert.NotNull(tables[2].Bytes);
    }

    [WarehouseFact]
    public async Task What_is_missing_is_named_all_at_once_with_what_looks_like_it()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using var connector = workspace.Connect();
        var failure = await Assert.ThrowsAsync<FederatedSegmentationException>(() => connector.DescribeAsync(
            [Workspace.Entity("a", ["mny"], ("n", new Int64Type())), Workspace.Entity("b", ["many"], ("nn", new Int64Type())), Workspace.Entity("c", ["none"], ("n", new Int64Type()))],
            CancellationToken.None));
        Assert.Equal(["SRC004", "SRC005"], failure.Problems.Select(problem => problem.Code));
        Assert.Contains("Did you mean `many`", failure.Problems[0].Hint, StringComparison.Ordinal);
        Assert.Contains("Did you mean `n`", failure.Problems[1].Hint, StringComparison.Ordinal);
    }

    [WarehouseFact]
    public async Task A_missing_grant_is_printed()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.Server.Control.VendorAsync(new JsonObject { ["refuse"] = new JsonArray(new JsonArray("ml", "scores", "many")) }, CancellationToken.None);
        await using var connector = workspace.Connect();
        var failure = await Assert.ThrowsAsync<SourceException>(() => connector.DescribeAsync([Workspace.Entity("a", ["many"], ("n", new Int64Type()))], CancellationToken.None));
        Assert.Equal("SRC006", failure.Problems[0].Code);
        Assert.Contains("GRANT SELECT ON TABLE `ml`.`scores`.`many` TO", failure.Problems[0].Hint, StringComparison.Ordinal);

        // The same where the grant was taken away after the tables were described.
        failure = await Assert.ThrowsAsync<SourceException>(() => Workspace.ReadAsync(connector, Workspace.Scan(connector, "many"), CancellationToken.None));
        Assert.Equal("SRC006", failure.Problems[0].Code);
        Assert.Equal(
            "Let their owner run: GRANT USE CATALOG ON CATALOG `ml` TO `<principal>`; GRANT USE SCHEMA ON SCHEMA `ml`.`scores` TO `<principal>`; GRANT SELECT ON TABLE `ml`.`scores`.`many` TO `<principal>`;", failure.Problems[0].Hint);
    }

    [WarehouseFact]
    public async Task Discovery_finds_tables_columns_keys_and_sizes()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.Server.Control.LoadAsync([new WarehouseTable("shop", "s", "customer", [new("id", "BIGINT"), new("tags", "MAP<STRING, INT>")], [["1", null]])], CancellationToken.None);
        await using var connector = workspace.Connect(options => options with { Catalog = "shop", Schema = "s" });
        var customer = Assert.Single(await connector.DiscoverAsync(CancellationToken.None));
        Assert.Equal("customer", Assert.Single(customer.Table));
        Assert.Equal([("id", "int64"), ("tags", null)], customer.Columns.Select(column => (column.Name, column.SuggestedType)));
        Assert.Equal(1, customer.Rows);
    }

    [WarehouseFact]
    public async Task The_connection_test_goes_step_by_step()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using (var connector = workspace.Connect())
        {
            var checks = await connector.TestAsync(CancellationToken.None).ToListAsync();
            Assert.Equal(["Login", "Warehouse", "List", "Read", "Write"], checks.Select(check => check.Step));
            Assert.All(checks, check => Assert.Equal(CheckOutcome.Passed, check.Outcome));
        }

        await using (var connector = workspace.Connect(secret: "dapi-wrong"))
        {
            var check = Assert.Single(await connector.TestAsync(CancellationToken.None).ToListAsync());
            Assert.Equal(("Login", CheckOutcome.Failed), (check.Step, check.Outcome));
        }

        await using (var connector = workspace.Connect(options => options with { Catalog = "nowhere" }))
        {
            var checks = await connector.TestAsync(CancellationToken.None).ToListAsync();
            Assert.Equal(("List", CheckOutcome.Failed), (checks[^1].Step, checks[^1].Outcome));
        }
    }

    [WarehouseFact]
    public async Task A_principal_that_could_write_is_warned_of()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using var connector = workspace.Connect();
        // Somebody else's privileges are nobody's business, and those of a group are those of its members.
        foreach (var (grantee, outcome) in new[] { ("loader", CheckOutcome.Passed), ("account users", CheckOutcome.Warning) })
        {
            await workspace.Server.Control.VendorAsync(new JsonObject { ["allow"] = new JsonArray(grantee, "ml", "scores", "many", "MODIFY") }, CancellationToken.None);
            var last = (await connector.TestAsync(CancellationToken.None).ToListAsync())[^1];
            Assert.Equal(("Write", outcome), (last.Step, last.Outcome));
            Assert.Equal(outcome == CheckOutcome.Warning, last.Detail.Contains("has MODIFY of tables", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("== Optimized Logical Plan ==\nRelation a.b.c[x] parquet, Statistics(sizeInBytes=1.5 KiB, rowCount=1.23E+6)\n", 1_230_000L, 1536L)]
    [InlineData("== Optimized Logical Plan ==\nRelation a.b.c[x] parquet, Statistics(sizeInBytes=512.0 B)\n", null, 512L)]
    [InlineData("== Optimized Logical Plan ==\nProject, Statistics(sizeInBytes=8.0 EiB)\n", null, null)]
    [InlineData("== Physical Plan ==\nnothing", null, null)]
    [InlineData("== Optimized Logical Plan ==\nX, Statistics(sizeInBytes=1E999 GiB, rowCount=-1)\n", null, null)]
    public void Estimates_are_read_from_the_plan_and_nothing_where_there_are_none(string plan, long? rows, long? bytes) => Assert.Equal((rows, bytes), CatalogReader.ReadEstimate(plan));
}
