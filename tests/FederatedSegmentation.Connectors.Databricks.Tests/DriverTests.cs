using System.Collections.Immutable;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Databricks.Tests;

/// <summary>What Databricks needs of a driver of the user's.</summary>
public sealed class DriverTests(Workspace workspace) : IClassFixture<Workspace>
{
    [WarehouseFact]
    public async Task Values_that_a_driver_would_round_come_as_text_that_the_service_takes()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        ImmutableArray<PlanColumn> columns =
        [
            new(1, "i64", DataTypes.Int64, new StoredInteger()), new(2, "dec", new DecimalType(38, 10), new StoredDecimal(38, 10)), new(3, "at", DataTypes.Timestamp, new StoredInstant()), new(4, "clock", new DateTimeType(null), new StoredWallClock()),
        ];
        var sql = DatabricksDriver.Carried("SELECT i64, dec, `at`, clock FROM `all types`", columns, ["i64", "dec", "at", "clock"]);
        Assert.Equal(
            """
            SELECT `i64`, CAST(`dec` AS STRING) AS `dec`, CAST(`at` AS STRING) AS `at`, CAST(`clock` AS STRING) AS `clock`
            FROM (
            SELECT i64, dec, `at`, clock FROM `all types`
            )
            """,
            sql);
        await using var connector = workspace.Connect();
        (DataType, StorageType) text = (new StringType(), new StoredText());
        var rows = await Workspace.ReadAsync(connector, Workspace.Fragment(sql, (DataTypes.Int64, new StoredInteger()), text, text, text), CancellationToken.None);
        Assert.Equal(
            [
                ["-9223372036854775808", "-9999999999999999999999999999.9999999999", "0001-01-01 00:00:00", "0001-01-01 00:00:00"],
                ["9223372036854775807", "9999999999999999999999999999.9999999999", "9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999"],
                new string?[4],
            ],
            // DuckDB, which stands in for Spark here, writes the zone behind an instant; Spark does not.
            rows.OrderBy(row => row[0] is null ? 2 : row[0]![0] == '-' ? 0 : 1).Select(row => (string?[])[.. row.Select(cell => cell?.Replace("+00", "", StringComparison.Ordinal))]));
    }

    [Theory]
    [InlineData("SqlState=42501", "SRC006", "Let their owner run: ")]
    // What the vendor's ODBC driver makes of it: a state of its own, and the server's in the text.
    [InlineData("Number=35;SqlState=HY000;Text='[INSUFFICIENT_PERMISSIONS] tiger. SQLSTATE: 42501'", "SRC006", "Let their owner run: ")]
    [InlineData("SqlState=42S02", "SRC004", "Compare the model's table names with `fedseg sources discover`; if they are there, let their owner run: ")]
    [InlineData("SqlState=HY000;Text='[TABLE_OR_VIEW_NOT_FOUND] tiger (SQLSTATE: 42P01)'", "SRC004", "Compare the model's table names with `fedseg sources discover`; if they are there, let their owner run: ")]
    public async Task A_refused_statement_names_the_grants_through_a_driver(string refusal, string code, string hint)
    {
        var driver = new DriverOptions("FederatedSegmentation.Testing.Drivers.RefusingFactory, FederatedSegmentation.Testing.Drivers", DriverFolder.Path, () => refusal);
        await using var source = new DatabricksConnector("src", new DatabricksOptions { Catalog = "ml", Schema = "scores", Driver = driver }, secret: null, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<SourceException>(() => Workspace.ReadAsync(source, Workspace.Scan(source, "My `T`"), CancellationToken.None));
        Assert.Equal(code, failure.Problems[0].Code);
        Assert.Equal(
            hint + "GRANT USE CATALOG ON CATALOG `ml` TO `<principal>`; GRANT USE SCHEMA ON SCHEMA `ml`.`scores` TO `<principal>`; GRANT SELECT ON TABLE `ml`.`scores`.`my ``t``` TO `<principal>`;",
            failure.Problems[0].Hint);
        Assert.DoesNotContain("tiger", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Sessions_are_pinned_and_nothing_in_a_name_ends_the_comment()
    {
        var vendor = DatabricksDriver.For();
        var name = new DriverStatementName("run*/1", "F1", TimeSpan.FromMinutes(1));
        Assert.Equal(["SET TIME ZONE 'UTC'", "SET ANSI_MODE = true", "SET STATEMENT_TIMEOUT = 60"], vendor.Pins(name).ToArray());
        Assert.Equal("/* fedseg run1 F1 */ SELECT 1", vendor.Mark("SELECT 1", name));
        Assert.Equal("SRC006", vendor.FindRule("42501")?.Code);
    }
}
