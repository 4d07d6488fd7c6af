using FederatedSegmentation.Arrow;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing;
using FederatedSegmentation.Testing.Conformance;
using FederatedSegmentation.Testing.Warehouses;
using Xunit.Abstractions;
using static FederatedSegmentation.Connectors.Fabric.Tests.SourceOver;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

/// <summary>The local server through another build of SqlClient, loaded from a folder of drivers.</summary>
public sealed class DriverTests(ITestOutputHelper output)
{
    private const string Factory = "Microsoft.Data.SqlClient.SqlClientFactory, Microsoft.Data.SqlClient";

    private static readonly string[] WordsOfTheConnectionString = ["tiger", "lion", "Pasword", "Nonsense"];

    [WarehouseFact]
    public async Task Every_type_arrives_as_it_is_stored_through_a_driver()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        await server.LoadAsync(
            database,
            "T",
            [("b", "bit"), ("s", "smallint"), ("i", "int"), ("n", "bigint"), ("d", "decimal(10,2)"), ("wide", "decimal(38,10)"), ("r", "real"), ("f", "float"), ("t", "varchar(20)"), ("m", "varchar(max)"), ("day", "date"), ("at", "datetime2(6)"), ("x", "varbinary(8)")],
            ["true", "-32768", "-2147483648", "-9223372036854775808", "-99999999.99", "-9999999999999999999999999999.9999999999", "1.5", "-1.7976931348623157e308", "ü€😀", new string('y', 9000), "0001-01-01", "0001-01-01 00:00:00.000001", "00ff00"],
            ["false", "32767", "2147483647", "9223372036854775807", "99999999.99", "9999999999999999999999999999.9999999999", "-0.0", "4.9406564584124654e-324", "", "", "9999-12-31", "9999-12-31 23:59:59.999999", ""],
            [.. Enumerable.Repeat<string?>(null, 13)]);
        await using var source = Connector(Through(server, database));
        var fragment = Fragment(
            "SELECT t.b, t.s, t.i, t.n, t.d, t.wide, t.r, t.f, t.t, t.m, t.day, t.at, t.x FROM dbo.T AS t ORDER BY CASE WHEN t.n IS NULL THEN 1 ELSE 0 END, t.n",
            ("b", DataTypes.Boolean, new StoredBoolean()), ("s", DataTypes.Int64, new StoredInteger()), ("i", DataTypes.Int64, new StoredInteger()), ("n", DataTypes.Int64, new StoredInteger()),
            ("d", new Model.Types.DecimalType(10, 2), new StoredDecimal(10, 2)), ("wide", new Model.Types.DecimalType(38, 10), new StoredDecimal(38, 10)), ("r", DataTypes.Float64, new StoredFloat(32)), ("f", DataTypes.Float64, new StoredFloat(64)),
            ("t", DataTypes.String, new StoredText()), ("m", DataTypes.String, new StoredText()), ("day", DataTypes.Date, new StoredDate()), ("at", DataTypes.Timestamp, new StoredWallClock()), ("x", DataTypes.Binary, new StoredBinary()));
        using var batch = Assert.Single(await source.BatchesAsync(fragment).ToListAsync());
        Assert.Equal(3, batch.RowCount);
        Assert.All(batch.Columns, column => Assert.True(column.IsNull(2) && !column.IsNull(0) && !column.IsNull(1)));
        var columns = batch.Columns;
        Assert.True(columns[0].GetBoolean(0) && !columns[0].GetBoolean(1));
        Assert.Equal([short.MinValue, short.MaxValue], columns[1].Values<long>()[..2].ToArray());
        Assert.Equal([int.MinValue, int.MaxValue], columns[2].Values<long>()[..2].ToArray());
        Assert.Equal([long.MinValue, long.MaxValue], columns[3].Values<long>()[..2].ToArray());
        Assert.Equal([-9_999_999_999, 9_999_999_999], columns[4].Values<Int128>()[..2].ToArray());
        var greatest = Int128.Parse(new string('9', 38), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal([-greatest, greatest], columns[5].Values<Int128>()[..2].ToArray());
        Assert.Equal(1.5f, columns[6].Values<float>()[0]);
        Assert.Equal([double.MinValue, double.Epsilon], columns[7].Values<double>()[..2].ToArray());
        Assert.Equal(("ü€😀", ""), (columns[8].GetString(0), columns[8].GetString(1)));
        Assert.Equal(9000, columns[9].GetString(0).Length);
        Assert.Equal([-719162, 2932896], columns[10].Values<int>()[..2].ToArray());
        Assert.Equal([-62135596799999999, 253402300799999999], columns[11].Values<long>()[..2].ToArray());
        Assert.Equal([0, 255, 0], columns[12].GetBytes(0).ToArray());
    }

    [WarehouseFact]
    public async Task Many_rows_arrive_in_several_batches_and_the_operator_finds_run_and_fragment()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        await server.LoadAsync(database, "T", [("id", "bigint")], [.. Enumerable.Range(0, 500).Select(i => new[] { i.ToString(System.Globalization.CultureInfo.InvariantCulture) })]);
        await using var source = Connector(Through(server, database));
        var numbers = await source.NumbersAsync(Numbers("SELECT a.id * CAST('500' AS bigint) + b.id AS id FROM T AS a CROSS JOIN T AS b"));
        Assert.Equal(Enumerable.Range(0, 250_000).Select(i => (long)i), numbers.Order());
        Assert.Contains(await server.Control.LogAsync(default), request => request.Operation == "query" && (request.Statement ?? "").Contains("CROSS JOIN T AS b\nOPTION", StringComparison.Ordinal) && (string?)request.Members["label"] == "fedseg run1 F1");
    }

    [WarehouseFact]
    public async Task The_connection_is_tested_step_by_step_with_the_driver_first()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        await server.LoadAsync(database, "T", [("id", "bigint")], ["7"]);
        await using var source = Connector(Through(server, database));
        var checks = await source.TestAsync(default).ToListAsync();
        Assert.Equal(["Driver", "Login", "Read", "Write"], checks.Select(check => check.Step));
        Assert.All(checks, check => Assert.NotEqual(CheckOutcome.Failed, check.Outcome));
        Assert.Contains("Microsoft.Data.SqlClient.SqlClientFactory 7.", checks[0].Detail, StringComparison.Ordinal);
        Assert.Contains((await source.DiscoverAsync(default)), table => table.Table.SequenceEqual(["T"]));
    }

    [WarehouseFact]
    public async Task Errors_have_the_codes_of_the_vendor_and_no_word_of_the_driver()
    {
        var server = await ServerAsync();
        await using var source = Connector(Through(server));
        var missing = await FailsAsync(() => source.NumbersAsync(Numbers("SELECT t.id FROM dbo.NoSuchTable AS t")), "SRC004", "not there", "(code 208)");
        Assert.Equal("208", missing.NativeCode);
        Assert.DoesNotContain("NoSuchTable", missing.ToString(), StringComparison.Ordinal);
        await FailsAsync(() => source.NumbersAsync(Numbers("SELECT 'x' AS id")), "DAT001", "1 value that do not fit 64 bits");

        await using var wrong = Connector(Through(server, password: "not-the-password"));
        var refused = await Assert.ThrowsAsync<SourceException>(() => wrong.NumbersAsync(Numbers("SELECT CAST('1' AS bigint) AS id")));
        Assert.Equal("SRC003", refused.Problems[0].Code);
        Assert.DoesNotContain("not-the-password", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Number=229", "SRC006", "GRANT SELECT ON OBJECT::[dbo].[my ]]T]")]
    [InlineData("Number=230;SqlState=42000", "SRC006", "GRANT SELECT ON OBJECT::[dbo].[my ]]T]")]
    [InlineData("Number=297", "SRC006", "GRANT SELECT ON OBJECT::[dbo].[my ]]T]")]
    [InlineData("SqlState=42501", "SRC006", "GRANT SELECT ON OBJECT::[dbo].[my ]]T]")]
    [InlineData("Number=916", "SRC006", "GRANT CONNECT TO the account in [wh]")]
    // No SQLSTATE, though it looks like the class of one.
    [InlineData("Number=53", "SRC009", "driver's documentation")]
    public async Task A_refused_statement_names_the_grants_through_a_driver(string refusal, string code, string grant)
    {
        var driver = new DriverOptions("FederatedSegmentation.Testing.Drivers.RefusingFactory, FederatedSegmentation.Testing.Drivers", DriverFolder.Path, () => refusal + ";Text=tiger");
        await using var source = Connector(new FabricOptions { Database = "wh", Driver = driver });
        var failure = await FailsAsync(() => source.NumbersAsync(Scan(source, "my ]T")), code, grant);
        Assert.DoesNotContain("tiger", failure.ToString(), StringComparison.Ordinal);
    }

    [WarehouseFact]
    public async Task A_connection_string_that_the_driver_does_not_take_is_never_shown()
    {
        var server = await ServerAsync();
        await using var source = Connector(Through(server) with { Driver = new DriverOptions(Factory, DriverFolder.Path, () => "Pasword=tiger;Nonsense=lion") });
        var failure = await Assert.ThrowsAsync<FederatedSegmentationException>(() => source.NumbersAsync(Numbers("SELECT CAST('1' AS bigint) AS id")));
        Assert.Equal(("CFG006", "Driver:ConnectionString"), (failure.Problems[0].Code, failure.Problems[0].Pointer));
        Assert.All(WordsOfTheConnectionString, word => Assert.DoesNotContain(word, failure.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    [WarehouseFact]
    public async Task A_cancelled_statement_ends_at_the_server()
    {
        await using var server = await WarehouseServer.StartAsync("fabric", [], default);
        await using var source = Connector(Through(server));
        await server.FaultAsync("hang", "query", "42");
        using var stop = new CancellationTokenSource();
        var running = source.NumbersAsync(Numbers("SELECT CAST('42' AS bigint) AS id"), cancellationToken: stop.Token);
        await server.FaultsMetAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal([43], await source.NumbersAsync(Numbers("SELECT CAST('43' AS bigint) AS id")));
    }

    [WarehouseFact]
    public async Task A_statement_whose_deadline_passes_is_stopped_and_missed_it()
    {
        await using var server = await WarehouseServer.StartAsync("fabric", [], default);
        var clock = new ManualClock();
        await using var source = Connector(Through(server), clock);
        await server.FaultAsync("hang", "query", "42");
        var running = source.NumbersAsync(Numbers("SELECT CAST('42' AS bigint) AS id"), TimeSpan.FromMinutes(1));
        await server.FaultsMetAsync();
        await server.FaultAsync("ignoreAttention", "attention");

        // The driver's own cancellation is ignored by the server: it is given up after a while, its connection with it.
        clock.Advance(TimeSpan.FromMinutes(1));
        clock.Advance(StatementTimer.Patience);
        await FailsAsync(() => running, "SLA001", "deadline passed");
        Assert.Equal([43], await source.NumbersAsync(Numbers("SELECT CAST('43' AS bigint) AS id")));
    }

    [WarehouseFact]
    public async Task The_cases_of_the_conformance_kit_hold_through_a_driver()
    {
        var server = await ServerAsync();
        await WarehouseTables.LoadAsync(server.Control, "fabric", "kit", output);
        await using var source = new FabricConnector("cases", Through(server, "kit") with { Schema = SourceUnderTest.DefaultSchema, MaxConcurrent = 4 }, TimeProvider.System);
        await ConformanceChecks.HoldAsync(source, StandIn.WhyItRefuses, every: 12, isMatrixSource: false, output);
    }

    private static FabricOptions Through(WarehouseServer server, string database = "wh", string password = Password) => new()
    {
        Database = database,
        Driver = new DriverOptions(Factory, DriverFolder.Path, () => FormattableString.Invariant($"Server=tcp:localhost,{server.Port};Database={database};User ID=reader;Password={password};Encrypt=Mandatory;ServerCertificate={server.CertificateFile};ConnectRetryCount=0;Connect Timeout=300")),
    };
}
