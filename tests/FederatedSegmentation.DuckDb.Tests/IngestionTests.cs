using System.Text;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb.Ingestion;
using Xunit;

namespace FederatedSegmentation.DuckDb.Tests;

public sealed class IngestionTests : IAsyncLifetime
{
    private static readonly ArrowSchema KeyAndText = new(new ArrowField("k", ArrowType.Int64), new ArrowField("t", ArrowType.Utf8), new ArrowField("b", ArrowType.Boolean));
    private readonly DuckDbInstance _instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 4 });
    private DuckDbConnection _connection = null!;

    public Task InitializeAsync()
    {
        _connection = _instance.CreateConnection();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _instance.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Extreme_values_of_every_type_arrive_and_come_back_unchanged(bool areKept)
    {
        var largest = Int128.Parse("99999999999999999999999999999999999999");
        var schema = new ArrowSchema(
            new ArrowField("null", ArrowType.Null),
            new ArrowField("boolean", ArrowType.Boolean),
            new ArrowField("int8", ArrowType.Int8),
            new ArrowField("int16", ArrowType.Int16),
            new ArrowField("int32", ArrowType.Int32),
            new ArrowField("int64", ArrowType.Int64),
            new ArrowField("uint8", ArrowType.UInt8),
            new ArrowField("uint16", ArrowType.UInt16),
            new ArrowField("uint32", ArrowType.UInt32),
            new ArrowField("uint64", ArrowType.UInt64),
            new ArrowField("float32", ArrowType.Float32),
            new ArrowField("float64", ArrowType.Float64),
            new ArrowField("decimal4", ArrowType.Decimal128(4, 2)),
            new ArrowField("decimal9", ArrowType.Decimal128(9, 0)),
            new ArrowField("decimal18", ArrowType.Decimal128(18, 6)),
            new ArrowField("decimal38", ArrowType.Decimal128(38, 0)),
            new ArrowField("utf8", ArrowType.Utf8),
            new ArrowField("largeutf8", ArrowType.LargeUtf8),
            new ArrowField("binary", ArrowType.Binary),
            new ArrowField("largebinary", ArrowType.LargeBinary),
            new ArrowField("date32", ArrowType.Date32),
            new ArrowField("second", ArrowType.Timestamp(ArrowTimeUnit.Second)),
            new ArrowField("millisecond", ArrowType.Timestamp(ArrowTimeUnit.Millisecond)),
            new ArrowField("microsecond", ArrowType.Timestamp(ArrowTimeUnit.Microsecond)),
            new ArrowField("nanosecond", ArrowType.Timestamp(ArrowTimeUnit.Nanosecond)),
            new ArrowField("instant", ArrowType.Timestamp(ArrowTimeUnit.Microsecond, "UTC")));
        string[] texts = ["", "a\0b", "👩‍👩‍👧 e\u0301", new string('x', 5000), "twelve bytes", "thirteen byte", "'\"\\\r\n\t"];
        byte[][] binaries = [[], [0], [0xFF, 0xFE, 0x00, 0x80], [.. Enumerable.Repeat((byte)0xC3, 40)]];
        var rows = 20;
        using var expected = Batches.Build(schema, rows, Append);
        using var kept = new KeptBatches(schema, [Batches.Build(schema, rows, Append)]);
        using var fragment = _instance.RegisterFragment(kept);
        if (!areKept)
        {
            Assert.Equal(rows, await _connection.CreateTableAsync(_instance, "t", Batches.Source(schema, Batches.Build(schema, rows, Append))));
        }

        await using var reader = await _connection.QueryAsync($"SELECT * FROM {(areKept ? fragment.TableExpression : "t")}", default);
        using var actual = await reader.ReadAsync(default);
        Assert.NotNull(actual);
        Assert.Equal(rows, actual.RowCount);
        for (var i = 0; i < schema.Fields.Length; i++)
        {
            for (var row = 0; row < rows; row++)
            {
                Assert.Equal(expected.Columns[i].IsNull(row), actual.Columns[i].IsNull(row));
                Assert.Equal(Show(expected.Columns[i], row), Show(actual.Columns[i], row));
            }
        }

        void Append(RecordBatchBuilder builder, int row)
        {
            var columns = builder.Columns;
            if (row % 5 == 4)
            {
                columns.ToList().ForEach(column => column.AppendNull());
                return;
            }

            var high = row % 5 == 0;
            var middle = row % 5 == 2;
            columns[0].AppendNull();
            columns[1].AppendBoolean(high);
            columns[2].AppendNumber(high ? sbyte.MaxValue : sbyte.MinValue);
            columns[3].AppendNumber(high ? short.MaxValue : short.MinValue);
            columns[4].AppendNumber(high ? int.MaxValue : int.MinValue);
            columns[5].AppendNumber(high ? long.MaxValue : long.MinValue);
            columns[6].AppendNumber(high ? byte.MaxValue : (byte)0);
            columns[7].AppendNumber(high ? ushort.MaxValue : (ushort)0);
            columns[8].AppendNumber(high ? uint.MaxValue : 0u);
            columns[9].AppendNumber(high ? ulong.MaxValue : 0ul);
            columns[10].AppendNumber(high ? float.NaN : middle ? -0f : float.NegativeInfinity);
            columns[11].AppendNumber(high ? double.NaN : middle ? double.Epsilon : double.PositiveInfinity);
            columns[12].AppendDecimal128(high ? 9999 : -9999);
            columns[13].AppendDecimal128(high ? 999_999_999 : -999_999_999);
            columns[14].AppendDecimal128(high ? 999_999_999_999_999_999 : -999_999_999_999_999_999);
            columns[15].AppendDecimal128(high ? largest : -largest);
            columns[16].AppendString(texts[row % texts.Length]);
            columns[17].AppendString(texts[(row + 1) % texts.Length]);
            columns[18].AppendBinary(binaries[row % binaries.Length]);
            columns[19].AppendBinary(binaries[(row + 1) % binaries.Length]);
            columns[20].AppendDate32(high ? Days(9999, 12, 31) : middle ? 0 : Days(1, 1, 1));
            columns[21].AppendTimestamp(high ? 253402300799 : -62135596800);
            columns[22].AppendTimestamp(high ? 253402300799999 : -62135596800000);
            columns[23].AppendTimestamp(high ? 253402300799999999 : middle ? -1 : -62135596800000000);
            columns[24].AppendTimestamp(high ? 9_000_000_000_000_000_001 : -1);
            columns[25].AppendTimestamp(high ? 253402300799999999 : -62135596800000000);
        }
    }

    [Fact]
    public async Task Dates_and_times_mean_the_same_to_sql()
    {
        var schema = new ArrowSchema(
            new ArrowField("d", ArrowType.Date32),
            new ArrowField("t", ArrowType.Timestamp(ArrowTimeUnit.Microsecond)),
            new ArrowField("z", ArrowType.Timestamp(ArrowTimeUnit.Microsecond, "UTC")),
            new ArrowField("n", ArrowType.Decimal128(38, 3)));
        await _connection.CreateTableAsync(_instance, "t", Batches.Source(schema, Batches.Build(schema, 2, (builder, row) =>
        {
            builder.Columns[0].AppendDate32(row == 0 ? Days(1, 1, 1) : Days(9999, 12, 31));
            builder.Columns[1].AppendTimestamp(row == 0 ? -62135596800000000 : 253402300799999999);
            builder.Columns[2].AppendTimestamp(row == 0 ? -1 : 0);
            builder.Columns[3].AppendDecimal128(row == 0 ? -1 : 1_000_500);
        })));
        Assert.Equal(
            [
                "0001-01-01|0001-01-01 00:00:00|1969-12-31 23:59:59.999999+00|-0.001",
                "9999-12-31|9999-12-31 23:59:59.999999|1970-01-01 00:00:00+00|1000.500",
            ],
            await _connection.RowsAsync("SELECT d::VARCHAR, t::VARCHAR, z::VARCHAR, n::VARCHAR FROM t ORDER BY d"));
    }

    [Fact]
    public async Task Many_batches_of_any_size_arrive_whole_and_in_order()
    {
        var before = RecordBatch.AllocatedBytes;
        int[] sizes = [1, 0, 2047, 2048, 2049, 100_000, 0, 7, 50_000];
        Assert.Equal(sizes.Sum(), await _connection.CreateTableAsync(_instance, "t", Batches.Source(KeyAndText, Sequence(sizes))));
        Assert.Equal(before, RecordBatch.AllocatedBytes);
        await AssertSequence("t", sizes.Sum());
    }

    [Fact]
    public async Task A_table_that_was_made_of_a_fragment_is_read_again_joined_with_itself_and_projected()
    {
        await _connection.CreateTableAsync(_instance, "t", Batches.Source(KeyAndText, Sequence(30_000, 30_000)));
        await AssertSequence("t", 60_000);
        await AssertSequence("t", 60_000);
        Assert.Equal(60_000, await _connection.QueryInt64Async("SELECT count(*) FROM t a JOIN t b ON a.k = b.k AND a.t IS NOT DISTINCT FROM b.t", default));
        Assert.Equal(30_000, await _connection.QueryInt64Async("SELECT count(*) FROM t WHERE b", default));
    }

    [Theory]
    [InlineData("t")]
    [InlineData("b")]
    [InlineData("k")]
    [InlineData("t, k")]
    [InlineData("upper(t) AS t, k")]
    public async Task A_projection_of_the_fragment_reads_live_memory(string projection)
    {
        using var fragment = _instance.RegisterFragment(Batches.Source(KeyAndText, Sequence(5000, 5000, 5000)));
        await _connection.ExecuteAsync($"CREATE TABLE p AS SELECT {projection} FROM {fragment.TableExpression}", default);
        await _connection.CreateTableAsync(_instance, "whole", Batches.Source(KeyAndText, Sequence(5000, 5000, 5000)));
        Assert.Equal(0, await _connection.QueryInt64Async($"SELECT count(*) FROM (SELECT {projection} FROM whole EXCEPT ALL SELECT * FROM p)", default));
        Assert.Equal(15_000, await _connection.QueryInt64Async("SELECT count(*) FROM p", default));
    }

    [Fact]
    public async Task Values_that_the_engine_keeps_outlive_the_batches()
    {
        // Aggregates, sorts and joins that keep values of early batches while later ones come and the early memory is poisoned.
        using var fragment = _instance.RegisterFragment(Batches.Source(KeyAndText, Sequence([.. Enumerable.Repeat(3000, 20)])));
        await _connection.ExecuteAsync(
            $"""
            CREATE TABLE a AS SELECT min(t) lo, max(t) hi, first(t ORDER BY k) f, list(t ORDER BY k)[2] l, string_agg(t, ',' ORDER BY k)[1:21] s
            FROM {fragment.TableExpression}
            """,
            default);
        Assert.Equal(
            ["|text of row 9998|NULL|text of row 1|text of row 1,text of"],
            await _connection.RowsAsync("SELECT lo, hi, f, l, s FROM a"));
        using var sorted = _instance.RegisterFragment(Batches.Source(KeyAndText, Sequence([.. Enumerable.Repeat(3000, 20)])));
        await using var reader = await _connection.QueryAsync($"SELECT k, t FROM {sorted.TableExpression} ORDER BY k DESC", default);
        long next = 59_999;
        await foreach (var batch in reader.ReadAllAsync(default))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++, next--)
                {
                    Assert.Equal(next, batch.Columns[0].Values<long>()[row]);
                    Assert.Equal(Text(next), batch.Columns[1].IsNull(row) ? null : batch.Columns[1].GetString(row));
                }
            }
        }

        Assert.Equal(-1, next);
    }

    [Fact]
    public async Task A_fragment_with_an_unfit_batch_or_no_columns_is_refused()
    {
        var before = RecordBatch.AllocatedBytes;
        var other = new ArrowSchema(new ArrowField("x", ArrowType.Int64));
        var error = await Assert.ThrowsAsync<DuckDbException>(() => _connection.CreateTableAsync(
            _instance, "t", Batches.Source(KeyAndText, Batches.Build(other, 3, (builder, row) => builder.Columns[0].AppendInt64(row)))));
        Assert.Equal(DuckDbErrorKind.InvalidInput, error.Kind);
        Assert.Equal(before, RecordBatch.AllocatedBytes);
        Assert.Throws<ArgumentException>(() => _instance.RegisterFragment(Batches.Source(new ArrowSchema())));
    }

    [Fact]
    public async Task A_second_read_of_a_fragment_is_an_error_and_not_an_empty_table()
    {
        using var fragment = _instance.RegisterFragment(Batches.Source(KeyAndText, Sequence(10)));
        await _connection.ExecuteAsync($"CREATE TABLE a AS SELECT * FROM {fragment.TableExpression}", default);
        await Assert.ThrowsAsync<DuckDbException>(() => _connection.ExecuteAsync($"CREATE TABLE b AS SELECT * FROM {fragment.TableExpression}", default));
        fragment.Dispose();
        await Assert.ThrowsAsync<DuckDbException>(() => _connection.ExecuteAsync($"SELECT * FROM {fragment.TableExpression}", default));
        Assert.Equal(10, await _connection.QueryInt64Async("SELECT count(*) FROM a", default));
    }

    [Fact]
    public async Task An_exception_of_the_producer_reaches_the_caller_as_it_is()
    {
        var before = RecordBatch.AllocatedBytes;
        var thrown = new TimeoutException("the source went away");
        var calls = 0;
        var source = new FragmentSource(KeyAndText, 10, _ => calls++ < 2 ? Sequence(3000).Single() : throw thrown);
        Assert.Same(thrown, await Assert.ThrowsAsync<TimeoutException>(() => _connection.CreateTableAsync(_instance, "t", source)));
        Assert.Equal(before, RecordBatch.AllocatedBytes);
        Assert.Equal(1, await _connection.QueryInt64Async("SELECT 1", default));
        await _connection.CreateTableAsync(_instance, "t", Batches.Source(KeyAndText, Sequence(5)));
    }

    [Fact]
    public async Task A_fragment_cannot_be_read_by_guessing()
    {
        using var fragment = _instance.RegisterFragment(Batches.Source(KeyAndText, Sequence(10)));
        var error = await Assert.ThrowsAsync<DuckDbException>(() => _connection.ExecuteAsync("SELECT * FROM fedseg_fragment(1)", default));
        Assert.Equal(DuckDbErrorKind.Catalog, error.Kind);
    }

    internal static string? Text(long row) => row % 7 == 0 ? null : row % 11 == 0 ? "" : $"text of row {row}";

    internal static IEnumerable<RecordBatch> Sequence(params int[] sizes)
    {
        var key = 0L;
        foreach (var size in sizes)
        {
            yield return Batches.Build(KeyAndText, size, (builder, _) =>
            {
                builder.Columns[0].AppendInt64(key);
                if (Text(key) is { } text)
                {
                    builder.Columns[1].AppendUtf8(Encoding.UTF8.GetBytes(text));
                }
                else
                {
                    builder.Columns[1].AppendNull();
                }

                builder.Columns[2].AppendBoolean(key % 2 == 1);
                key++;
            });
        }
    }

    private static int Days(int year, int month, int day) => new DateOnly(year, month, day).DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    private static string Show(ArrowColumn column, int row) => column.IsNull(row) ? "NULL" : column.Type switch
    {
        BooleanType => column.GetBoolean(row).ToString(),
        TextType or BinaryType => Convert.ToHexString(column.GetBytes(row)),
        DecimalType => column.Values<Int128>()[row].ToString(),
        _ => Convert.ToHexString(column.Bytes.Slice(row * column.Type.Width(), column.Type.Width())),
    };

    private async Task AssertSequence(string table, int rows)
    {
        await using var reader = await _connection.QueryAsync($"SELECT k, t, b FROM {table}", default);
        long next = 0;
        await foreach (var batch in reader.ReadAllAsync(default))
        {
            using (batch)
            {
                var keys = batch.Columns[0].Values<long>();
                for (var row = 0; row < batch.RowCount; row++, next++)
                {
                    Assert.Equal(next, keys[row]);
                    Assert.Equal(Text(next), batch.Columns[1].IsNull(row) ? null : batch.Columns[1].GetString(row));
                    Assert.Equal(next % 2 == 1, batch.Columns[2].GetBoolean(row));
                }
            }
        }

        Assert.Equal(rows, next);
    }
}
