using System.Globalization;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Postgres;

namespace FederatedSegmentation.Connectors.Tests.AdoNet;

public sealed class ReadingTests
{
    private static readonly Int128 Greatest = Int128.Parse(new string('9', 38), CultureInfo.InvariantCulture);

    // Numbers of many digits and times are texts where a driver's own types would round them, as the dialects write it.
    private const string Values = """
        SELECT true AS b, CAST(-32768 AS smallint) AS s, CAST(2147483647 AS int) AS i, CAST(-9223372036854775808 AS bigint) AS n,
          CAST(-99999999.99 AS numeric(10,2)) AS d, CAST(CAST(9999999999999999999999999999.9999999999 AS numeric(38,10)) AS text) AS wide,
          CAST(1.5 AS real) AS r, CAST('-1.7976931348623157e308' AS double precision) AS f, 'ü€😀' AS t, repeat('y', 9000) AS m,
          CAST('0001-01-01' AS date) AS day, CAST('9999-12-31 23:59:59.999999' AS timestamp) AS at, '1969-12-31 23:59:59.9999990' AS instant, CAST('\x00ff00' AS bytea) AS x
        UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        """;

    private static readonly StorageType[] Storages =
    [
        new StoredBoolean(), new StoredInteger(), new StoredInteger(), new StoredInteger(), new StoredDecimal(10, 2), new StoredDecimal(38, 10), new StoredFloat(32), new StoredFloat(64),
        new StoredText(), new StoredOther("any"), new StoredDate(), new StoredWallClock(), new StoredInstant(), new StoredBinary(),
    ];

    [PostgresFact]
    public async Task Every_type_arrives_exactly_through_Npgsql()
    {
        await using var transport = Through.Open(Through.Npgsql(await SharedPostgresServer.CreateDatabaseAsync(default)));
        Check(await transport.BatchAsync(Through.Fragment(Values, Storages)));
    }

    [OdbcFact]
    public async Task Every_type_arrives_exactly_through_ODBC()
    {
        await using var transport = Through.Open(Through.Odbc(await SharedPostgresServer.CreateDatabaseAsync(default)));
        Check(await transport.BatchAsync(Through.Fragment(Values, Storages)));
    }

    [OdbcFact]
    public async Task Wide_decimals_that_ODBC_cannot_give_are_refused_and_not_rounded()
    {
        await using var transport = Through.Open(Through.Odbc(await SharedPostgresServer.CreateDatabaseAsync(default)));
        var refused = await Assert.ThrowsAsync<SourceException>(() => transport.BatchesAsync(Through.Fragment($"SELECT CAST(-{new string('9', 38)} AS numeric(38,0)) AS d", new StoredDecimal(38, 0))));
        Assert.Equal("DAT001", refused.Problems[0].Code);
    }

    [Theory]
    [InlineData("'12.50'", "1250")]
    [InlineData("'-0.01'", "-1")]
    [InlineData("'0E-10'", "0")]
    [InlineData("'1.25E1'", "1250")]
    [InlineData("'1.2500000000000000000000000000000000000000000000'", "125")]
    [InlineData("'999999999999999999999999999999999999.99'", "99999999999999999999999999999999999999")]
    [InlineData("'0.001'", null)]
    [InlineData("'1E999'", null)]
    [InlineData("'9999999999999999999999999999999999999'", null)]
    [InlineData("'1,5'", null)]
    [InlineData("''", null)]
    [InlineData("'.'", null)]
    public async Task A_number_as_text_is_read_exactly_or_refused(string text, string? unscaled)
    {
        await using var transport = Through.Open(Through.Sqlite());
        var fragment = Through.Fragment($"SELECT {text}", new StoredDecimal(38, 2));
        if (unscaled is null)
        {
            var refused = await Assert.ThrowsAsync<SourceException>(() => transport.BatchesAsync(fragment));
            Assert.Equal("DAT001", refused.Problems[0].Code);
            Assert.Contains("Column 'c0' of fragment F1 has 1 value that do not fit decimal(38,2)", refused.Problems[0].Message, StringComparison.Ordinal);
            return;
        }

        using var batch = await transport.BatchAsync(fragment);
        Assert.Equal(Int128.Parse(unscaled, CultureInfo.InvariantCulture), batch.Columns[0].Values<Int128>()[0]);
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00.000001Z", 1L)]
    [InlineData("1970-01-01 00:00:01", 1_000_000L)]
    [InlineData("0001-01-01 00:00:00.000000000", -62_135_596_800_000_000L)]
    [InlineData("2024-02-29 23:59:59.9999990", 1_709_251_199_999_999L)]
    [InlineData("1970-01-01 00:00:00.0000001", null)]
    [InlineData("2023-02-29 00:00:00", null)]
    [InlineData("1970-01-01 24:00:00", null)]
    [InlineData("1970-01-01 00:00:00+01", null)]
    [InlineData("+10000-01-01 00:00:00", null)]
    public async Task A_time_as_text_is_read_to_the_microsecond_or_refused(string text, long? microseconds)
    {
        await using var transport = Through.Open(Through.Sqlite());
        var fragment = Through.Fragment($"SELECT '{text}', '{text}'", new StoredInstant(), new StoredWallClock());
        if (microseconds is null)
        {
            Assert.Equal("DAT001", (await Assert.ThrowsAsync<SourceException>(() => transport.BatchesAsync(fragment))).Problems[0].Code);
            return;
        }

        using var batch = await transport.BatchAsync(fragment);
        Assert.Equal((microseconds, microseconds), (batch.Columns[0].Values<long>()[0], batch.Columns[1].Values<long>()[0]));
    }

    [PostgresFact]
    public async Task Many_rows_arrive_in_batches_each_row_once_and_only_what_is_asked_for_is_read()
    {
        await using var transport = Through.Open(Through.Npgsql(await SharedPostgresServer.CreateDatabaseAsync(default)));
        var batches = await transport.BatchesAsync(Through.Fragment("SELECT i, repeat('x', 200) FROM generate_series(1::bigint, 200000) AS i", new StoredInteger(), new StoredText()));
        Assert.True(batches.Count > 3, $"{batches.Count} batches");
        Assert.All(batches, batch => Assert.True(batch.RowCount <= 65_536));
        Assert.Equal(200_000L * 200_001 / 2, batches.Sum(batch => batch.Columns[0].Values<long>().ToArray().Sum()));
        batches.ForEach(batch => batch.Dispose());
    }

    [Theory]
    [InlineData("SELECT 1.5", typeof(StoredInteger))]
    [InlineData("SELECT x'00'", typeof(StoredText))]
    [InlineData("SELECT 1", typeof(StoredText))]
    public async Task A_type_from_which_a_column_cannot_be_read_exactly_is_refused(string sql, Type storage)
    {
        await using var transport = Through.Open(Through.Sqlite());
        var refused = await Assert.ThrowsAsync<SourceException>(() => transport.BatchesAsync(Through.Fragment(sql, storage == typeof(StoredText) ? new StoredText() : new StoredInteger())));
        Assert.Equal("INT003", refused.Problems[0].Code);
        Assert.Contains("cannot be read exactly", refused.Problems[0].Message, StringComparison.Ordinal);
    }

    private static void Check(RecordBatch batch)
    {
        using (batch)
        {
            Assert.Equal(2, batch.RowCount);
            Assert.All(batch.Columns, column => Assert.True(!column.IsNull(0) && column.IsNull(1)));
            var columns = batch.Columns;
            Assert.True(columns[0].GetBoolean(0));
            Assert.Equal([-32768, 2147483647, long.MinValue], new[] { columns[1], columns[2], columns[3] }.Select(column => column.Values<long>()[0]));
            Assert.Equal((-9_999_999_999, Greatest), (columns[4].Values<Int128>()[0], columns[5].Values<Int128>()[0]));
            Assert.Equal((1.5f, double.MinValue), (columns[6].Values<float>()[0], columns[7].Values<double>()[0]));
            Assert.Equal(("ü€😀", 9000), (columns[8].GetString(0), columns[9].GetString(0).Length));
            Assert.Equal((-719162, 253402300799999999, -1), (columns[10].Values<int>()[0], columns[11].Values<long>()[0], columns[12].Values<long>()[0]));
            Assert.Equal([0, 255, 0], columns[13].GetBytes(0).ToArray());
        }
    }
}
