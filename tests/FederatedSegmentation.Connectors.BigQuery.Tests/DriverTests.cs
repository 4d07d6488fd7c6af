using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.BigQuery.Catalog;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Warehouses;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.Connectors.BigQuery.Tests;

/// <summary>BigQuery through a driver of the user's, loaded from a folder of drivers.</summary>
public sealed class DriverTests(LocalBigQuery server, ITestOutputHelper output) : IClassFixture<LocalBigQuery>
{
    private static readonly (string Name, string Type)[] AllTypes =
    [
        ("b", "BOOL"), ("i", "INT64"), ("n", "NUMERIC(12, 2)"), ("w", "NUMERIC"), ("bn", "BIGNUMERIC(38, 20)"), ("bs", "BIGNUMERIC(20, 15)"), ("f", "FLOAT64"), ("s", "STRING"), ("d", "DATE"), ("ts", "TIMESTAMP"), ("dt", "DATETIME"), ("x", "BYTES"),
    ];

    private static readonly StorageType[] AllStorages =
    [
        new StoredBoolean(), new StoredInteger(), new StoredDecimal(12, 2), new StoredDecimal(38, 9), new StoredDecimal(38, 20), new StoredDecimal(20, 15), new StoredFloat(64), new StoredText(), new StoredDate(), new StoredInstant(), new StoredWallClock(), new StoredBinary(),
    ];

    [WarehouseFact]
    public async Task Every_type_arrives_as_it_is_stored_through_a_driver()
    {
        await server.ResetAsync();
        await server.LoadAsync(
            "all",
            AllTypes,
            ["true", "-9223372036854775808", "-9999999999.99", "-99999999999999999999999999999.999999999", "-999999999999999999.99999999999999999999", "-99999.999999999999999", "-1.7976931348623157E308", "a\n\"'\\ é 😀", "0001-01-01", "0001-01-01 00:00:00+00", "0001-01-01 00:00:00", "00ff"],
            ["false", "9223372036854775807", "9999999999.99", "99999999999999999999999999999.999999999", "999999999999999999.99999999999999999999", "99999.999999999999999", "5E-324", "", "9999-12-31", "9999-12-31 23:59:59.999999+00", "9999-12-31 23:59:59.999999", ""],
            [.. Enumerable.Repeat<string?>(null, 12)]);
        await using var connector = Connect(await OptionsAsync());
        ImmutableArray<PlanColumn> columns = [.. AllStorages.Select((storage, i) => new PlanColumn(i, AllTypes[i].Name, DataTypes.String, storage))];
        var sql = BigQueryDriver.Carried("SELECT * FROM `p`.`shop`.`all`", columns, [.. AllTypes.Select(type => type.Name)]);
        var rows = await LocalBigQuery.RowsAsync(connector, sql, AllStorages);
        Assert.Equal(
            [
                "NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL",
                "false|9223372036854775807|999999999999|99999999999999999999999999999999999999|99999999999999999999999999999999999999|99999999999999999999|5E-324||2932896|253402300799999999|253402300799999999|",
                "true|-9223372036854775808|-999999999999|-99999999999999999999999999999999999999|-99999999999999999999999999999999999999|-99999999999999999999|-1.7976931348623157E+308|a\n\"'\\ é 😀|-719162|-62135596800000000|-62135596800000000|00ff",
            ],
            rows.Order(StringComparer.Ordinal));
    }

    [WarehouseFact]
    public async Task The_catalogue_says_through_a_driver_what_the_API_says()
    {
        // A dataset of its own: those of other tests stay.
        const string Described = "described";
        await server.ResetAsync();
        await server.Control.LoadAsync(
            [
                new WarehouseTable(
                    LocalBigQuery.Project,
                    Described,
                    "odd",
                    [
                        .. new[] { ("i", "INT64"), ("j", "INT64"), ("n", "NUMERIC(12, 2)"), ("n0", "NUMERIC(12)"), ("w", "NUMERIC"), ("bn", "BIGNUMERIC(38, 20)"), ("bb", "BIGNUMERIC"), ("a", "ARRAY<INT64>"), ("t", "TIME"), ("ts", "TIMESTAMP"), ("dt", "DATETIME"), ("s", "STRING(20)"), ("x", "BYTES(4)"), ("b", "BOOL"), ("f", "FLOAT64"), ("d", "DATE"), ("o", "JSON") }
                            .Select(column => new WarehouseColumn(column.Item1, column.Item2)),
                        new WarehouseColumn("c", "STRING", Collation: "und:ci"),
                    ],
                    [["1", "2", .. Enumerable.Repeat<string?>(null, 16)]],
                    PrimaryKey: ["i", "j"]),
                new WarehouseTable(LocalBigQuery.Project, Described, "more", [new("y", "INT64"), new("x", "INT64")], [], ForeignKeys: [new("odd", ["x", "y"], ["i", "j"])]),
            ],
            CancellationToken.None);
        await using var api = server.Connect(options => options with { Dataset = Described });
        await using var driver = Connect(await OptionsAsync() with { Dataset = Described });
        var entities = ImmutableArray.Create(EntityOf(["odd"], "i", "n", "n0", "w", "bn", "bb", "a", "t", "ts", "dt", "s", "x", "b", "f", "d", "o", "c"), EntityOf([Described, "more"], "x"), EntityOf([LocalBigQuery.Project, Described, "odd"], "j"));
        var (expected, found) = (await api.DescribeAsync(entities, CancellationToken.None), await driver.DescribeAsync(entities, CancellationToken.None));
        Assert.Equal(expected.Select(table => (table.Rows, table.Bytes)), found.Select(table => (table.Rows, table.Bytes)));
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Columns.OrderBy(column => column.Key, StringComparer.Ordinal), pair.Second.Columns.OrderBy(column => column.Key, StringComparer.Ordinal)));
        Assert.Equal(new StoredCollatedText("collation und:ci of BigQuery"), found[0].Columns["c"]);

        var (wanted, discovered) = (await api.DiscoverAsync(CancellationToken.None), await driver.DiscoverAsync(CancellationToken.None));
        Assert.Equal(2, wanted.Length);
        Assert.Equal(wanted.SelectMany(Lines).Order(StringComparer.Ordinal), discovered.SelectMany(Lines).Order(StringComparer.Ordinal));
        Assert.Contains(discovered, table => table.ForeignKeys is [var key] && key.Columns.SequenceEqual(["x", "y"]) && key.ReferencedColumns.SequenceEqual(["i", "j"]));
    }

    [WarehouseTheory]
    [InlineData("accessDenied")]
    [InlineData("invalidQuery")]
    public async Task Sizes_that_BigQuery_refuses_are_unknown_and_refuse_nothing_else(string reason)
    {
        await server.ResetAsync();
        await server.LoadAsync("sized", [("id", "INT64")], ["1"]);
        await using var connector = Connect(await OptionsAsync());
        await server.FaultAsync($$"""{"kind": "status", "status": 403, "match": {"operation": "jobs.query", "statement": "__TABLES__"}, "reason": "{{reason}}", "message": "no"}""");
        var table = Assert.Single(await connector.DescribeAsync([EntityOf(["sized"], "id")], CancellationToken.None));
        Assert.Equal((null, null, new StoredInteger()), (table.Rows, table.Bytes, table.Columns["id"]));
        Assert.Equal(0, await server.Control.WaitingFaultsAsync(CancellationToken.None));

        await server.FaultAsync("""{"kind": "status", "status": 403, "match": {"operation": "jobs.query", "statement": "COLUMNS"}, "reason": "accessDenied", "message": "no"}""");
        var refused = await Assert.ThrowsAsync<SourceException>(() => connector.DescribeAsync([EntityOf(["sized"], "id")], CancellationToken.None));
        Assert.Equal("SRC006", refused.Problems[0].Code);
    }

    [WarehouseFact]
    public async Task Missing_tables_and_columns_are_named_through_a_driver()
    {
        await server.ResetAsync();
        await server.LoadAsync("customers", [("id", "INT64"), ("country", "STRING")]);
        await using var connector = Connect(await OptionsAsync());
        var error = await Assert.ThrowsAsync<FederatedSegmentationException>(() => connector.DescribeAsync([EntityOf(["Customers"], "id"), EntityOf(["customers"], "id", "contry")], CancellationToken.None));
        Assert.Equal(["SRC004", "SRC005"], error.Problems.Select(problem => problem.Code));
        Assert.Equal(["Did you mean customers? Letter case matters.", "Did you mean country?"], error.Problems.Select(problem => problem.Hint));
        var nowhere = await Assert.ThrowsAsync<SourceException>(() => connector.DescribeAsync([EntityOf(["nowhere", "t"], "id")], CancellationToken.None));
        Assert.Equal(("SRC004", "notFound"), (nowhere.Problems[0].Code, nowhere.NativeCode));
    }

    [WarehouseFact]
    public async Task The_connection_is_tested_step_by_step_with_the_driver_first()
    {
        await server.ResetAsync();
        await server.LoadAsync("one", [("id", "INT64")], ["1"]);
        await using var connector = Connect(await OptionsAsync());
        var checks = await connector.TestAsync(CancellationToken.None).ToListAsync();
        Assert.Equal(["Driver", "Login", "List", "Read"], checks.Select(check => check.Step));
        Assert.All(checks, check => Assert.Equal(CheckOutcome.Passed, check.Outcome));
        Assert.Null(await connector.EstimateReadAsync(LocalBigQuery.Fragment("SELECT 1 AS one"), CancellationToken.None));
    }

    [WarehouseFact]
    public async Task Errors_have_the_reasons_of_BigQuery_and_no_word_of_the_driver()
    {
        await server.ResetAsync();
        await server.LoadAsync("one", [("id", "INT64")], ["1"]);
        var options = await OptionsAsync();
        await using var connector = Connect(options);
        var missing = await Assert.ThrowsAsync<SourceException>(() => LocalBigQuery.RowsAsync(connector, "SELECT id FROM shop.NoSuchTable", new StoredInteger()));
        Assert.Equal(("SRC004", "notFound"), (missing.Problems[0].Code, missing.NativeCode));
        Assert.DoesNotContain("NoSuchTable", missing.ToString(), StringComparison.Ordinal);

        await using var wrong = Connect(options with { Driver = DriverOf("not-the-token") });
        var checks = await wrong.TestAsync(CancellationToken.None).ToListAsync();
        Assert.Equal(("Login", CheckOutcome.Failed), (checks[^1].Step, checks[^1].Outcome));
        Assert.DoesNotContain("not-the-token", checks[^1].Detail, StringComparison.Ordinal);
    }

    [WarehouseFact]
    public async Task The_operator_finds_run_and_fragment()
    {
        await server.ResetAsync();
        await using var connector = Connect(await OptionsAsync());
        Assert.Equal(["1"], await LocalBigQuery.RowsAsync(connector, "SELECT 1 AS one", new StoredInteger()));
        Assert.Contains(await server.JobsAsync(), job => job!.ToJsonString().Contains("/* fedseg run-1 F1 */", StringComparison.Ordinal));
    }

    [WarehouseFact]
    public async Task The_cases_of_the_conformance_kit_hold_through_a_driver()
    {
        await server.ResetAsync();
        await WarehouseTables.LoadAsync(server.Control, "bigquery", LocalBigQuery.Project, output);
        await using var connector = Connect(await OptionsAsync() with { Dataset = SourceUnderTest.DefaultSchema, MaxConcurrent = 4 });
        await ConformanceChecks.HoldAsync(connector, StandIn.WhyItRefuses, every: 12, isMatrixSource: false, output);
    }

    [Theory]
    [InlineData("STRUCT<a INT64, b NUMERIC(10, 2)>", "STRUCT", false, null, null)]
    [InlineData("ARRAY<STRUCT<a INT64>>", "STRUCT", true, null, null)]
    [InlineData("ARRAY<NUMERIC(10, 2)>", "NUMERIC", true, 10, 2)]
    [InlineData("RANGE<DATE>", "RANGE", false, null, null)]
    [InlineData("NUMERIC(10)", "NUMERIC", false, 10, null)]
    [InlineData("STRING(20)", "STRING", false, null, null)]
    [InlineData("BIGNUMERIC", "BIGNUMERIC", false, null, null)]
    public void A_type_s_text_is_read_as_the_API_describes_it(string text, string type, bool isRepeated, int? precision, int? scale)
        => Assert.Equal(new ApiColumn("c", type, isRepeated, precision, scale, null, null), ApiColumn.Of("c", text, "NULL"));

    [Fact]
    public void Timestamps_of_picoseconds_are_no_instants() => Assert.Equal(new StoredOther("TIMESTAMP"), BigQueryTypes.StorageOf(ApiColumn.Of("c", "TIMESTAMP(12)", null)));

    [Fact]
    public void Names_are_quoted_in_the_catalogue_s_statements()
    {
        var queries = new DatasetQueries("my-project", "sh`op");
        Assert.Equal(
            """
            SELECT table_name, column_name, data_type, collation_name
            FROM `my-project`.`sh\`op`.INFORMATION_SCHEMA.COLUMNS
            WHERE ordinal_position IS NOT NULL AND table_name IN ('a\'b', 'c')
            ORDER BY table_name, ordinal_position
            """,
            queries.Columns(["a'b", "c"]));
        Assert.Equal("SELECT table_id, row_count, size_bytes FROM `my-project`.`sh\\`op`.`__TABLES__` WHERE type = 1", queries.Sizes([]));
    }

    [Fact]
    public void Values_that_a_driver_would_round_come_as_text()
    {
        ImmutableArray<PlanColumn> columns =
        [
            new(1, "id", DataTypes.Int64, new StoredInteger()), new(2, "wide", new DecimalType(38, 10), new StoredDecimal(38, 10)), new(3, "price", new DecimalType(28, 2), new StoredDecimal(28, 2)),
            new(4, "fine", new DecimalType(20, 15), new StoredDecimal(20, 15)), new(5, "at", DataTypes.Timestamp, new StoredInstant()), new(6, "clock", new DateTimeType(null), new StoredWallClock()),
        ];
        Assert.Equal(
            """
            SELECT `id`, CAST(`wide` AS STRING) AS `wide`, CAST(`price` AS NUMERIC) AS `price`, CAST(`fine` AS STRING) AS `fine`, FORMAT_TIMESTAMP('%E4Y-%m-%d %H:%M:%E6S', `at`, 'UTC') AS `at`, FORMAT_DATETIME('%E4Y-%m-%d %H:%M:%E6S', `clock`) AS `clock`
            FROM (
            SELECT 1
            )
            """,
            BigQueryDriver.Carried("SELECT 1", columns, ["id", "wide", "price", "fine", "at", "clock"]));
        Assert.Equal("SELECT 1", BigQueryDriver.Carried("SELECT 1", [columns[0]], ["id"]));
    }

    [Fact]
    public void Nothing_in_a_name_ends_the_comment()
        => Assert.Equal("/* fedseg run1 F1 */ SELECT 1", BigQueryDriver.For(new BigQueryOptions { Project = "p" }).Mark("SELECT 1", new DriverStatementName("run*/1", "F1", TimeSpan.FromMinutes(1))));

    [Fact]
    public async Task Keys_travel_as_constants_and_a_driver_that_is_not_there_fails_the_first_step()
    {
        await using var source = Connect(new BigQueryOptions { Project = "p", Dataset = "d", Driver = new DriverOptions("A.Factory, A", Path.GetTempPath(), () => "") });
        Assert.Equal([KeyPassage.List], source.Capabilities.KeyRungs.Select(rung => rung.Passage));
        var checks = await source.TestAsync(default).ToListAsync();
        Assert.Equal(("Driver", CheckOutcome.Failed), (Assert.Single(checks).Step, checks[0].Outcome));
    }

    [Fact]
    public void A_driver_needs_a_dataset_and_no_location()
        => Assert.Equal(["Dataset"], new BigQueryOptions { Project = "p", Driver = new DriverOptions("A.Factory, A", "a", () => "") }.Validate("web").Select(problem => problem.Pointer));

    [Theory]
    [InlineData("SqlState=accessDenied")]
    [InlineData("SqlState=42501")]
    public async Task A_refused_statement_names_the_roles_through_a_driver(string refusal)
    {
        var driver = new DriverOptions("FederatedSegmentation.Testing.Drivers.RefusingFactory, FederatedSegmentation.Testing.Drivers", DriverFolder.Path, () => refusal + ";Text=tiger");
        await using var source = Connect(new BigQueryOptions { Project = "p", Dataset = "d", Driver = driver });
        var failure = await Assert.ThrowsAsync<SourceException>(() => LocalBigQuery.RowsAsync(source, LocalBigQuery.Scan(source, "t")));
        Assert.Equal(("SRC006", "Grant the account roles/bigquery.dataViewer on dataset p.d, and roles/bigquery.jobUser on project p."), (failure.Problems[0].Code, failure.Problems[0].Hint));
        Assert.DoesNotContain("tiger", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("accessDenied", "SRC006")]
    [InlineData("bytesBilledLimitExceeded", "RES102")]
    [InlineData("authError", "SRC003")]
    [InlineData("notFound", "SRC004")]
    [InlineData("42S02", null)]
    [InlineData("HY000", null)]
    [InlineData("403", null)]
    [InlineData("PERMISSION_DENIED", null)]
    public void Errors_are_found_by_the_vendor_s_reasons(string reason, string? code) => Assert.Equal(code, BigQueryErrors.FindRule(reason)?.Code);

    private static BigQueryConnector Connect(BigQueryOptions options) => new("web", options, keyFile: null, TimeProvider.System);

    private async Task<BigQueryOptions> OptionsAsync()
    {
        var api = server.Options();
        using var tokens = new BigQueryTokens(api, new BigQueryErrors("web", api), _ => ValueTask.FromResult(server.KeyFile));
        return new BigQueryOptions { Project = LocalBigQuery.Project, Dataset = LocalBigQuery.Dataset, Driver = DriverOf(await tokens.GetAsync(Stage.Settings, CancellationToken.None)) };
    }

    private DriverOptions DriverOf(string token) => new(
        "FederatedSegmentation.Testing.Drivers.RestFactory, FederatedSegmentation.Testing.Drivers",
        DriverFolder.Path,
        () => $"Endpoint={server.Server.Endpoint.ToString().TrimEnd('/')};Project={LocalBigQuery.Project};Token={token}");

    private static Entity EntityOf(ImmutableArray<string> table, params string[] columns) => new()
    {
        Name = table[^1],
        Source = "web",
        Table = table,
        Columns = [.. columns.Select(column => new Column { Name = column, Type = DataTypes.String, SourceName = column })],
        Key = [],
    };

    private static IEnumerable<string> Lines(DiscoveredTable table) =>
    [
        $"{string.Join('.', table.Table)} {table.Rows} {table.Bytes} key {string.Join(',', table.PrimaryKey)}",
        .. table.Columns.Select((column, i) => $"{table.Table[^1]} {i} {column.Name} {column.NativeType} {column.SuggestedType}"),
        .. table.ForeignKeys.Select(key => $"{table.Table[^1]} {string.Join(',', key.Columns)} -> {string.Join('.', key.ReferencedTable)} {string.Join(',', key.ReferencedColumns)}"),
    ];
}
