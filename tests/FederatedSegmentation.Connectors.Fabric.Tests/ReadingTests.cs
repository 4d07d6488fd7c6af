using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;
using static FederatedSegmentation.Connectors.Fabric.Tests.SourceOver;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

/// <summary>Statements on the local server, through the driver.</summary>
public sealed class ReadingTests
{
    [WarehouseFact]
    public async Task Every_type_arrives_as_it_is_stored()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        await server.LoadAsync(
            database,
            "T",
            [("b", "bit"), ("s", "smallint"), ("i", "int"), ("n", "bigint"), ("d", "decimal(10,2)"), ("wide", "decimal(38,10)"), ("r", "real"), ("f", "float"), ("t", "varchar(20)"), ("m", "varchar(max)"), ("c", "char(4)"), ("day", "date"), ("at", "datetime2(6)"), ("at0", "datetime2(0)"), ("x", "varbinary(8)")],
            ["true", "-32768", "-2147483648", "-9223372036854775808", "-99999999.99", "-9999999999999999999999999999.9999999999", "1.5", "-1.7976931348623157e308", "ü€😀", new string('y', 9000), "ab", "0001-01-01", "0001-01-01 00:00:00.000001", "2024-02-29 23:59:59", "00ff00"],
            ["false", "32767", "2147483647", "9223372036854775807", "99999999.99", "9999999999999999999999999999.9999999999", "-0.0", "4.9406564584124654e-324", "", "", "", "9999-12-31", "9999-12-31 23:59:59.999999", "1969-12-31 00:00:00", ""],
            [.. Enumerable.Repeat<string?>(null, 15)]);
        await using var source = Connector(Options(server, database));
        var fragment = Fragment(
            "SELECT t.b, t.s, t.i, t.n, t.d, t.wide, t.r, t.f, t.t, t.m, t.c, t.day, t.at, t.at0, t.x FROM dbo.T AS t ORDER BY CASE WHEN t.n IS NULL THEN 1 ELSE 0 END, t.n",
            ("b", DataTypes.Boolean, new StoredBoolean()), ("s", DataTypes.Int64, new StoredInteger()), ("i", DataTypes.Int64, new StoredInteger()), ("n", DataTypes.Int64, new StoredInteger()),
            ("d", new Model.Types.DecimalType(10, 2), new StoredDecimal(10, 2)), ("wide", new Model.Types.DecimalType(38, 10), new StoredDecimal(38, 10)), ("r", DataTypes.Float64, new StoredFloat(32)), ("f", DataTypes.Float64, new StoredFloat(64)),
            ("t", DataTypes.String, new StoredText()), ("m", DataTypes.String, new StoredText()), ("c", DataTypes.String, new StoredCollatedText("padded")), ("day", DataTypes.Date, new StoredDate()),
            ("at", DataTypes.Timestamp, new StoredWallClock()), ("at0", DataTypes.Timestamp, new StoredWallClock()), ("x", DataTypes.Binary, new StoredBinary()));
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
        Assert.Equal("ab  ", columns[10].GetString(0));
        Assert.Equal([-719162, 2932896], columns[11].Values<int>()[..2].ToArray());
        Assert.Equal([-62135596799999999, 253402300799999999], columns[12].Values<long>()[..2].ToArray());
        Assert.Equal(1709251199000000, columns[13].Values<long>()[0]);
        Assert.Equal([0, 255, 0], columns[14].GetBytes(0).ToArray());
        Assert.Equal([], columns[14].GetBytes(1).ToArray());
    }

    [WarehouseFact]
    public async Task Many_rows_arrive_in_several_batches_each_row_once()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        await server.LoadAsync(database, "T", [("id", "bigint")], [.. Enumerable.Range(0, 500).Select(i => new[] { i.ToString(System.Globalization.CultureInfo.InvariantCulture) })]);
        await using var source = Connector(Options(server, database));
        var numbers = await source.NumbersAsync(Numbers("SELECT a.id * CAST('500' AS bigint) + b.id AS id FROM T AS a CROSS JOIN T AS b"));
        Assert.Equal(Enumerable.Range(0, 250_000).Select(i => (long)i), numbers.Order());
    }

    [WarehouseFact]
    public async Task An_empty_result_has_a_schema_and_no_batch()
    {
        var server = await ServerAsync();
        await using var source = Connector(Options(server));
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(1)), default);
        await using var statement = await session.SubmitAsync(Numbers("SELECT CAST('1' AS bigint) AS id WHERE 1 = 0"), default);
        Assert.Equal([ArrowType.Int64], statement.Schema.Fields.Select(field => field.Type));
        Assert.Empty(await statement.FetchAsync(default).ToListAsync());
    }

    [WarehouseFact]
    public async Task The_warehouse_s_operator_finds_run_and_fragment_in_the_label()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        await server.LoadAsync(database, "T", [("id", "bigint")], ["7"]);
        await using var source = Connector(Options(server, database));
        Assert.Equal([7], await source.NumbersAsync(Numbers("SELECT t.id FROM T AS t")));
        var seen = Assert.Single(await server.Control.LogAsync(default), request => request.Operation == "query" && (request.Statement ?? "").StartsWith("SELECT t.id FROM T AS t\nOPTION", StringComparison.Ordinal) && (string?)request.Members["label"] == "fedseg run1 F1");
        Assert.Equal("fedseg", (string?)seen.Members["application"]);
    }

    [WarehouseFact]
    public async Task A_value_that_does_not_fit_is_counted_and_named()
    {
        var server = await ServerAsync();
        await using var source = Connector(Options(server));
        var fragment = Fragment("SELECT v.x FROM (VALUES (CAST('1.25' AS decimal(9,2))), (CAST('2' AS decimal(9,2))), (CAST('3.5' AS decimal(9,2)))) AS v(x)", ("x", DataTypes.Int64, new StoredInteger()));
        await FailsAsync(async () => await source.BatchesAsync(fragment).ToListAsync(), "DAT001", "Column 'x' of fragment F1 has 2 values that do not fit 64 bits");
    }

    [WarehouseFact]
    public async Task A_statement_that_yields_other_types_than_planned_is_a_defect()
    {
        var server = await ServerAsync();
        await using var source = Connector(Options(server));
        await FailsAsync(() => source.NumbersAsync(Numbers("SELECT 'x' AS id")), "INT003", "yields varchar for column 'id'");
        await FailsAsync(() => source.NumbersAsync(Numbers("SELECT 1 AS id, 2 AS other")), "INT003", "not as many columns");
    }

    [WarehouseFact]
    public async Task A_cancelled_statement_is_stopped_at_the_server_and_its_place_is_free_again()
    {
        await using var server = await WarehouseServer.StartAsync("fabric", [], default);
        await server.LoadAsync("wh", "T", [("id", "bigint")], [.. Enumerable.Range(0, 3000).Select(i => new[] { i.ToString(System.Globalization.CultureInfo.InvariantCulture) })]);
        await using var source = Connector(Options(server) with { MaxConcurrent = 1 });
        using (var cancellation = new CancellationTokenSource())
        {
            var running = source.NumbersAsync(Numbers("SELECT COUNT_BIG(*) AS id FROM T AS a CROSS JOIN T AS b CROSS JOIN T AS c"), null, cancellation.Token);
            await server.StatementsRunAsync(1);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }

        using (var cancellation = new CancellationTokenSource())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (var batch in source.BatchesAsync(Numbers("SELECT a.id AS id FROM T AS a CROSS JOIN T AS b"), null, cancellation.Token))
                {
                    batch.Dispose();
                    await cancellation.CancelAsync();
                }
            });
        }

        await foreach (var batch in source.BatchesAsync(Numbers("SELECT a.id AS id FROM T AS a CROSS JOIN T AS b")))
        {
            // The reader has enough of it.
            batch.Dispose();
            break;
        }

        Assert.Equal([1], await source.NumbersAsync(Numbers("SELECT CAST('1' AS bigint) AS id")));
        Assert.Equal(3, (int)(await server.Control.VendorAsync([], default))["attentions"]!);
        Assert.Equal("", server.Errors);
    }
}
