using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects.DuckDb;
using Xunit;

namespace FederatedSegmentation.Sql.Tests;

/// <summary>Casts of stored values to declared types; null expects that the value does not fit.</summary>
public sealed class EngineConversionTests(DuckDbEngine engine) : IClassFixture<DuckDbEngine>
{
    private static readonly StorageType Text = new StoredText();

    [Theory]
    [InlineData("0", "0"), InlineData("-5", "-5"), InlineData("+5", "5"), InlineData("0005", "5")]
    [InlineData("9223372036854775807", "9223372036854775807"), InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("00000000000000000000000000000000000000000000000001", "1")]
    [InlineData("9223372036854775808", null), InlineData("", null), InlineData(" 5", null), InlineData("5 ", null), InlineData("1_000", null), InlineData("0x10", null)]
    [InlineData("1.5", null), InlineData("1.0", null), InlineData("1e3", null), InlineData("--1", null), InlineData("١", null), InlineData("1\n", null), InlineData("5\0", null)]
    public Task Text_as_int64(string text, string? expected) => CheckTextAsync(text, DataTypes.Int64, expected);

    [Theory]
    [InlineData("1", "1.00"), InlineData("+1.5", "1.50"), InlineData("-0.01", "-0.01"), InlineData("999.99", "999.99"), InlineData("1.500", "1.50"), InlineData("1.0000000000000000000000000000000000000000000000", "1.00")]
    [InlineData("1000", null), InlineData("999.995", null), InlineData("1.005", null), InlineData(".5", null), InlineData("5.", null), InlineData("1e2", null), InlineData("1,5", null), InlineData("", null)]
    public Task Text_as_decimal(string text, string? expected) => CheckTextAsync(text, new DecimalType(5, 2), expected);

    [Theory]
    [InlineData("1", "1"), InlineData("1.0", "1"), InlineData("1.5", null), InlineData("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"), InlineData("100000000000000000000000000000000000000", null)]
    public Task Text_as_wide_decimal_without_scale(string text, string? expected) => CheckTextAsync(text, new DecimalType(38, 0), expected);

    [Theory]
    [InlineData("1.5", "1.5"), InlineData("1e3", "1000.0"), InlineData("-.5", "-0.5"), InlineData("5.", "5.0"), InlineData("NaN", "nan"), InlineData("-inf", "-inf"), InlineData("Infinity", "inf"), InlineData("+1E-2", "0.01")]
    [InlineData("", null), InlineData("1_000", null), InlineData("0x1p3", null), InlineData("one", null), InlineData("1.5f", null), InlineData(" 1", null)]
    public Task Text_as_float64(string text, string? expected) => CheckTextAsync(text, DataTypes.Float64, expected);

    [Theory]
    [InlineData("true", "true"), InlineData("false", "false"), InlineData("TRUE", null), InlineData("t", null), InlineData("1", null), InlineData("yes", null), InlineData("", null)]
    public Task Text_as_boolean(string text, string? expected) => CheckTextAsync(text, DataTypes.Boolean, expected);

    [Theory]
    [InlineData("2026-06-05", "2026-06-05"), InlineData("0001-01-01", "0001-01-01"), InlineData("9999-12-31", "9999-12-31"), InlineData("2024-02-29", "2024-02-29")]
    [InlineData("2026-6-5", null), InlineData("2023-02-29", null), InlineData("0000-01-01", null), InlineData("20260605", null), InlineData("2026/06/05", null), InlineData("2026-06-05T00:00:00", null), InlineData("infinity", null), InlineData("-2026-06-05", null)]
    public Task Text_as_date(string text, string? expected) => CheckTextAsync(text, DataTypes.Date, expected);

    [Theory]
    [InlineData("2026-06-05T10:00:00Z", "2026-06-05 10:00:00"), InlineData("2026-06-05 10:00:00", "2026-06-05 10:00:00"), InlineData("2026-06-05T10:00:00+02:00", "2026-06-05 08:00:00")]
    [InlineData("2026-06-05T10:00:00-0230", "2026-06-05 12:30:00"), InlineData("2026-06-05T10:00+02", "2026-06-05 08:00:00"), InlineData("2026-06-05T10:00Z", "2026-06-05 10:00:00")]
    [InlineData("2026-06-05T10:00:00.1234569Z", "2026-06-05 10:00:00.123456"), InlineData("2026-06-05T23:59:59.9999999", "2026-06-05 23:59:59.999999"), InlineData("2026-06-05", "2026-06-05 00:00:00")]
    [InlineData("2026-06-05T10:00", "2026-06-05 10:00:00"), InlineData("2026-06-05T10:00:00.5+01:00", "2026-06-05 09:00:00.5")]
    [InlineData("2026-06-05T24:00:00", null), InlineData("2026-06-05T10:60:00", null), InlineData("2026-06-05T10:00:60", null), InlineData("2026-06-05T10:00:00 Europe/Berlin", null), InlineData("2026-06-05t10:00:00z", null)]
    [InlineData("2026-02-30T10:00:00", null), InlineData("now", null), InlineData("", null), InlineData("2026-06-05T10", null), InlineData("2026-06-05T10:00:00,5", null)]
    public Task Text_as_timestamp(string text, string? expected) => CheckTextAsync(text, DataTypes.Timestamp, expected);

    [Theory]
    [InlineData("2026-06-05T10:00:00", "2026-06-05 10:00:00"), InlineData("2026-06-05T10:00", "2026-06-05 10:00:00"), InlineData("2026-06-05", "2026-06-05 00:00:00"), InlineData("2026-06-05 10:00:00.9999999", "2026-06-05 10:00:00.999999")]
    [InlineData("2026-06-05T10:00:00Z", "2026-06-05 11:00:00"), InlineData("2026-06-05T10:00:00+02:00", "2026-06-05 09:00:00"), InlineData("2026-06-05T10:00:00 CET", null)]
    public Task Text_as_datetime_of_a_zone(string text, string? expected) => CheckTextAsync(text, new DateTimeType("Europe/Berlin"), expected);

    [Fact]
    public async Task Numbers_fit_when_they_are_equal()
    {
        await CheckAsync("5", new StoredInteger(), new DecimalType(3, 2), "5.00");
        await CheckAsync("10", new StoredInteger(), new DecimalType(3, 2), null);
        await CheckAsync("CAST('1.50' AS DECIMAL(5,2))", new StoredDecimal(5, 2), new DecimalType(5, 1), "1.5");
        await CheckAsync("CAST('1.55' AS DECIMAL(5,2))", new StoredDecimal(5, 2), new DecimalType(5, 1), null);
        await CheckAsync("CAST('9.99' AS DECIMAL(5,2))", new StoredDecimal(5, 2), new DecimalType(2, 1), null);
        await CheckAsync("CAST('5.00' AS DECIMAL(5,2))", new StoredDecimal(5, 2), DataTypes.Int64, "5");
        await CheckAsync("CAST('5.50' AS DECIMAL(5,2))", new StoredDecimal(5, 2), DataTypes.Int64, null);
        await CheckAsync("CAST('9223372036854775808' AS DECIMAL(38,0))", new StoredDecimal(38, 0), DataTypes.Int64, null);
        await CheckAsync("CAST(19.99 AS DOUBLE)", new StoredFloat(64), new DecimalType(12, 2), "19.99");
        await CheckAsync("CAST(19.999 AS DOUBLE)", new StoredFloat(64), new DecimalType(12, 2), null);
        await CheckAsync("CAST(0.1 AS DOUBLE) + CAST(0.2 AS DOUBLE)", new StoredFloat(64), new DecimalType(12, 2), null);
        await CheckAsync("CAST('NaN' AS DOUBLE)", new StoredFloat(64), new DecimalType(12, 2), null);
        await CheckAsync("CAST('1e300' AS DOUBLE)", new StoredFloat(64), new DecimalType(38, 2), null);
        await CheckAsync("CAST(5 AS DOUBLE)", new StoredFloat(64), DataTypes.Int64, "5");
        await CheckAsync("CAST('-9223372036854775808' AS DOUBLE)", new StoredFloat(64), DataTypes.Int64, "-9223372036854775808");
        await CheckAsync("CAST('9223372036854775808' AS DOUBLE)", new StoredFloat(64), DataTypes.Int64, null);
        await CheckAsync("CAST(5.5 AS DOUBLE)", new StoredFloat(64), DataTypes.Int64, null);
        await CheckAsync("CAST('NaN' AS DOUBLE)", new StoredFloat(64), DataTypes.Int64, null);
        await CheckAsync("CAST('inf' AS DOUBLE)", new StoredFloat(64), DataTypes.Int64, null);
        await CheckAsync("5", new StoredInteger(), DataTypes.Float64, "5.0");
        await CheckAsync("1", new StoredInteger(), DataTypes.Boolean, "true");
        await CheckAsync("2", new StoredInteger(), DataTypes.Boolean, null);
        await CheckAsync("TRUE", new StoredBoolean(), DataTypes.Int64, "1");
        await CheckAsync("DATE '2026-06-05'", new StoredDate(), DataTypes.Int64, null);
    }

    [Fact]
    public async Task Times_and_text()
    {
        await CheckAsync("DATE '2026-06-05'", new StoredDate(), DataTypes.Timestamp, "2026-06-05 00:00:00");
        await CheckAsync("TIMESTAMP '2026-06-05 10:00:00'", new StoredWallClock(), DataTypes.Date, "2026-06-05");
        await CheckAsync("TIMESTAMPTZ '2026-06-05 00:30:00+02'", new StoredInstant(), DataTypes.Date, "2026-06-04");
        await CheckAsync("TIMESTAMPTZ '2026-06-05 10:00:00+00'", new StoredInstant(), new DateTimeType(null), "2026-06-05 10:00:00");
        await CheckAsync("TIMESTAMPTZ '2026-06-05 10:00:00+00'", new StoredInstant(), new DateTimeType("Europe/Berlin"), "2026-06-05 11:00:00");
        await CheckAsync("DATE '2026-06-05'", new StoredDate(), DataTypes.String, "2026-06-05");
        await CheckAsync("TIMESTAMP '0001-06-05 10:00:00.5'", new StoredWallClock(), DataTypes.String, "0001-06-05T10:00:00.500000");
        await CheckAsync("TIMESTAMPTZ '2026-06-05 10:00:00+00'", new StoredInstant(), DataTypes.String, "2026-06-05T10:00:00.000000Z");
        await CheckAsync("5", new StoredInteger(), DataTypes.String, "5");
        await CheckAsync("CAST('5.50' AS DECIMAL(5,2))", new StoredDecimal(5, 2), DataTypes.String, "5.50");
        await CheckAsync("CAST('0.50' AS DECIMAL(2,2))", new StoredDecimal(2, 2), DataTypes.String, "0.50");
        await CheckAsync("CAST('-0.05' AS DECIMAL(2,2))", new StoredDecimal(2, 2), DataTypes.String, "-0.05");
        await CheckAsync("CAST('0.00000000000000000000000000000000000001' AS DECIMAL(38,38))", new StoredDecimal(38, 38), DataTypes.String, "0.00000000000000000000000000000000000001");
        await CheckAsync("CAST('0.50' AS DECIMAL(3,2))", new StoredDecimal(3, 2), DataTypes.String, "0.50");
        await CheckAsync("from_hex('616263')", new StoredBinary(), DataTypes.String, "abc");
        await CheckAsync("from_hex('ff')", new StoredBinary(), DataTypes.String, null);
        await CheckAsync("'00Ff'", Text, DataTypes.Binary, "\\x00\\xFF");
        await CheckAsync("'0'", Text, DataTypes.Binary, null);
        await CheckAsync("CAST('2026-06-05 10:00:00.123456789' AS TIMESTAMP_NS)", new StoredOther("TIMESTAMP_NS"), DataTypes.Timestamp, "2026-06-05 10:00:00.123456");
        await CheckAsync("UUID '0e984725-c51c-4bf4-9960-e1c80e27aba0'", new StoredOther("UUID"), DataTypes.String, "0e984725-c51c-4bf4-9960-e1c80e27aba0");
    }

    [Fact]
    public async Task A_value_that_does_not_fit_names_entity_and_column_and_not_itself()
    {
        var sql = EngineConversion.Strict("x", Text, DataTypes.Int64, "cust'omer", "age");
        var failure = await Assert.ThrowsAsync<DuckDbException>(() => engine.TextAsync($"SELECT CAST(sum({sql}) AS varchar) FROM (VALUES ('1'), (NULL), ('secret')) AS v(x)"));
        Assert.Contains("FEDSEG|DAT001|cust'omer|age", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    private Task CheckTextAsync(string text, DataType declared, string? expected)
        => CheckAsync(Sql.Dialects.DuckDbDialect.Instance.WriteLiteral(new StringLiteral(text), Text), Text, declared, expected);

    private async Task CheckAsync(string value, StorageType stored, DataType declared, string? expected)
    {
        var from = $"FROM (SELECT {value} AS x UNION ALL SELECT NULL) AS v WHERE x IS NOT NULL";
        var misfit = await engine.TextAsync($"SELECT CAST({EngineConversion.DoesNotFit("x", stored, declared)} AS varchar) {from}");
        Assert.Equal(expected is null ? "true" : "false", misfit);
        var strict = $"SELECT CAST({EngineConversion.Strict("x", stored, declared, "e", "c")} AS varchar) {from}";
        if (expected is null)
        {
            await Assert.ThrowsAsync<DuckDbException>(() => engine.TextAsync(strict));
        }
        else
        {
            Assert.Equal(expected, await engine.TextAsync(strict));
            var type = Sql.Dialects.DuckDbDialect.Instance.TypeName(NaturalStorage.Of(declared)).Replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", StringComparison.Ordinal);
            Assert.Equal(type, await engine.TextAsync($"SELECT typeof({EngineConversion.Strict("x", stored, declared, "e", "c")}) {from}"));
        }

        Assert.Equal("false", await engine.TextAsync($"SELECT CAST({EngineConversion.DoesNotFit("x", stored, declared)} AS varchar) FROM (SELECT {value} AS x UNION ALL SELECT NULL) AS v WHERE x IS NULL"));
    }
}
