using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;
using static FederatedSegmentation.Connectors.Snowflake.Tests.LocalSnowflake;

namespace FederatedSegmentation.Connectors.Snowflake.Tests;

/// <summary>Results as they come.</summary>
public sealed class ReadingTests(LocalSnowflake snowflake) : IClassFixture<LocalSnowflake>
{
    [WarehouseFact]
    public async Task Every_type_arrives_exactly_at_its_extremes()
    {
        const string sql = "SELECT extremes";
        await snowflake.CannedAsync(
            sql,
            [("boolean", 0), ("FIXED", 0), ("fixed", 10), ("real", 0), ("text", 0), ("date", 0), ("timestamp_ltz", 9), ("timestamp_tz", 9), ("timestamp_ntz", 9), ("binary", 0)],
            [
                ["true", "-9223372036854775808", "-9999999999999999999999999999.9999999999", "-inf", "ü\"\\\n\u0000𝄞", "-719162", "-0.000001000", "1577836800.123456000 1860", "-62135596800.000000000", "00FFAB"],
                ["0", "9223372036854775807", "0.0000000001", "1.7976931348623157e+308", "", "2932896", "253402300799.999999000", "-1.500000000 0", "253402300799.999999000", ""],
            ],
            [
                ["1", "0", "12.5", "5e-324", " x ", "0", "0", "0 2880", "0.5", "00"],
                [null, null, null, null, null, null, null, null, null, null],
            ]);
        await using var source = snowflake.Connector();

        var batches = await RunAsync(source, Fragment(
            sql,
            (DataTypes.Boolean, new StoredBoolean()), (DataTypes.Int64, new StoredInteger()), (new DecimalType(38, 10), new StoredDecimal(38, 10)), (DataTypes.Float64, new StoredFloat(64)), (DataTypes.String, new StoredText()),
            (DataTypes.Date, new StoredDate()), (DataTypes.Timestamp, new StoredInstant()), (DataTypes.Timestamp, new StoredInstant()), (new DateTimeType(null), new StoredWallClock()), (DataTypes.Binary, new StoredBinary())));

        Assert.Equal([2, 2], batches.Select(batch => batch.RowCount));
        var (first, second) = (batches[0].Columns, batches[1].Columns);
        Assert.Equal([true, false, true], new[] { first[0].GetBoolean(0), first[0].GetBoolean(1), second[0].GetBoolean(0) });
        Assert.Equal([long.MinValue, long.MaxValue], first[1].Values<long>().ToArray());
        Assert.Equal([-Int128.Parse("99999999999999999999999999999999999999"), Int128.One], first[2].Values<Int128>().ToArray());
        Assert.Equal((Int128)125_000_000_000, second[2].Values<Int128>()[0]);
        Assert.Equal([double.NegativeInfinity, double.MaxValue], first[3].Values<double>().ToArray());
        Assert.Equal(double.Epsilon, second[3].Values<double>()[0]);
        Assert.Equal(["ü\"\\\n\0𝄞", "", " x "], new[] { first[4].GetString(0), first[4].GetString(1), second[4].GetString(0) });
        Assert.Equal([-719162, 2932896], first[5].Values<int>().ToArray());
        Assert.Equal([-1, 253402300799999999], first[6].Values<long>().ToArray());
        Assert.Equal([1577836800123456, -1500000], first[7].Values<long>().ToArray());
        Assert.Equal([-62135596800000000, 253402300799999999], first[8].Values<long>().ToArray());
        Assert.Equal(500_000, second[8].Values<long>()[0]);
        Assert.Equal([0, 255, 171], first[9].GetBytes(0).ToArray());
        Assert.All(second, column => Assert.True(column.IsNull(1) && !column.IsNull(0)));
        batches.ForEach(batch => batch.Dispose());
    }

    [WarehouseTheory]
    [InlineData("fixed", "9223372036854775808", "outside of int64")]
    [InlineData("fixed", "99999999999999999999999999999999999999", "outside of int64")]
    [InlineData("fixed", "0.1", "outside of int64")]
    [InlineData("timestamp_ntz", "0.000000001", "finer than microseconds")]
    [InlineData("timestamp_ntz", "253402300800", "years 0001 to 9999")]
    [InlineData("date", "2932897", "years 0001 to 9999")]
    public async Task Values_that_do_not_fit_are_counted_and_none_is_printed(string type, string value, string reason)
    {
        var sql = $"SELECT misfit {type} {value}";
        await snowflake.CannedAsync(sql, [(type, 9)], [["0"]], [[value], ["1"], [value]]);
        await using var source = snowflake.Connector();
        (DataType, StorageType) column = type switch { "fixed" => (DataTypes.Int64, new StoredInteger()), "date" => (DataTypes.Date, new StoredDate()), _ => (new DateTimeType(null), new StoredWallClock()) };

        var failure = await FailsAsync(() => RunAsync(source, Fragment(sql, column)), "DAT001", "Column 'c0' of fragment F1 has 2 values", reason);

        Assert.DoesNotContain(value, failure.Problems[0].ToString(), StringComparison.Ordinal);
    }

    [WarehouseTheory]
    [InlineData("fixed", "abc")]
    [InlineData("fixed", "")]
    [InlineData("fixed", "-")]
    [InlineData("fixed", "1.2.3")]
    [InlineData("boolean", "yes")]
    [InlineData("real", "1,5")]
    [InlineData("binary", "0G")]
    [InlineData("binary", "000")]
    [InlineData("timestamp_tz", "1")]
    [InlineData("timestamp_tz", "1 2881")]
    public async Task A_cell_that_is_none_of_its_type_is_malformed(string type, string value)
    {
        var sql = $"SELECT malformed {type} {value}";
        await snowflake.CannedAsync(sql, [(type, 0)], [["0"], [value]]);
        await using var source = snowflake.Connector();
        (DataType, StorageType) column = type switch
        {
            "fixed" => (DataTypes.Int64, new StoredInteger()),
            "boolean" => (DataTypes.Boolean, new StoredBoolean()),
            "real" => (DataTypes.Float64, new StoredFloat(64)),
            "binary" => (DataTypes.Binary, new StoredBinary()),
            _ => (DataTypes.Timestamp, new StoredInstant()),
        };

        await FailsAsync(() => RunAsync(source, Fragment(sql, column)), "SRC010", "malformed");
    }

    [WarehouseFact]
    public async Task A_column_of_another_type_than_planned_is_refused()
    {
        await using var source = snowflake.Connector();

        await FailsAsync(() => RunAsync(source, Numbers("SELECT 'a' AS X")), "INT003", "yields text for column 'c0', planned as StoredInteger");
        await FailsAsync(() => RunAsync(source, Numbers("SELECT 1 AS X, 2 AS Y")), "INT003", "has not as many columns as planned");
    }

    [WarehouseFact]
    public async Task Many_partitions_arrive_side_by_side_each_row_once()
    {
        await snowflake.LoadAsync("MANY", [new WarehouseColumn("I", "INT")], [.. Enumerable.Range(0, 9000).Select(i => new[] { $"{i}" })]);
        await using var source = snowflake.Connector();

        var before = (await snowflake.Control.LogAsync(default)).Length;

        var numbers = await NumbersAsync(source, "SELECT I FROM MANY");

        Assert.Equal(Enumerable.Range(0, 9000).Select(i => (long)i), numbers.Order());
        var log = await snowflake.Control.LogAsync(default);
        Assert.Equal(4, log.Skip(before).Count(request => request.Operation == "partition"));
    }

    [WarehouseFact]
    public async Task Statements_carry_the_run_and_the_fragment_and_pin_the_session()
    {
        await using var source = snowflake.Connector(options => options with { Role = "ANALYST", Warehouse = "W", StatementTimeout = TimeSpan.FromSeconds(90.5) });

        Assert.Equal([77L], await NumbersAsync(source, "SELECT 77 AS X"));

        var submitted = (await snowflake.Control.LogAsync(default)).Last(request => request.Statement == "SELECT 77 AS X");
        Assert.Equal(("fedseg run1 F1", "UTC", "1"), ((string?)submitted.Members["parameters"]!["QUERY_TAG"], (string?)submitted.Members["parameters"]!["TIMEZONE"], (string?)submitted.Members["parameters"]!["MULTI_STATEMENT_COUNT"]));
        Assert.Equal(("ANALYST", "W", 91), ((string?)submitted.Members["role"], (string?)submitted.Members["warehouse"], (int?)submitted.Members["timeout"]));
        Assert.Null((string?)submitted.Members["retry"]);
        Assert.True(Guid.TryParse((string?)submitted.Members["requestId"], out _));
        Assert.DoesNotContain("pat-local-1", submitted.Members.ToJsonString(), StringComparison.Ordinal);
    }
}
