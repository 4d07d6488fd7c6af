using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb.Ingestion;
using Xunit;

namespace FederatedSegmentation.DuckDb.Tests;

public sealed class KeptBatchesTests : IAsyncLifetime
{
    private static readonly ArrowSchema KeyAndText = new(new ArrowField("k", ArrowType.Int64), new ArrowField("t", ArrowType.Utf8), new ArrowField("b", ArrowType.Boolean));
    private readonly DuckDbInstance _instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 4, KeepsOrder = false });
    private DuckDbConnection _connection = null!;

    public Task InitializeAsync()
    {
        _connection = _instance.CreateConnection();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _instance.DisposeAsync();

    [Fact]
    public async Task Threads_read_each_row_once_and_statements_as_often_as_they_like()
    {
        int[] sizes = [1, 0, 2047, 2048, 2049, 100_000, 0, 7, 150_001];
        var rows = sizes.Sum();
        using var kept = new KeptBatches(KeyAndText, [.. IngestionTests.Sequence(sizes)]);
        Assert.Equal(rows, kept.RowCount);
        using var fragment = _instance.RegisterFragment(kept);
        var (table, expected) = (fragment.TableExpression, Batches.Source(KeyAndText, IngestionTests.Sequence(sizes)));
        await _connection.CreateTableAsync(_instance, "t", expected);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(rows, await _connection.QueryInt64Async($"SELECT count(*) FROM {table}", default));
            Assert.Equal(0, await _connection.QueryInt64Async($"SELECT count(*) FROM (SELECT * FROM {table} EXCEPT ALL SELECT * FROM t)", default));
            Assert.Equal(0, await _connection.QueryInt64Async($"SELECT count(*) FROM (SELECT * FROM t EXCEPT ALL SELECT * FROM {table})", default));
            Assert.Equal(rows, await _connection.QueryInt64Async($"SELECT count(*) FROM {table} a JOIN {table} b ON a.k = b.k AND a.t IS NOT DISTINCT FROM b.t", default));
            Assert.Equal(
                await _connection.QueryInt64Async("SELECT sum(length(t)) FROM t WHERE b", default),
                await _connection.QueryInt64Async($"SELECT sum(length(t)) FROM {table} WHERE b", default));
        }

        Assert.Equal(rows, await _connection.ExecuteAsync($"CREATE TABLE copied AS SELECT t, k FROM {table}", default));
        Assert.Equal(0, await _connection.QueryInt64Async("SELECT count(*) FROM (SELECT k, t FROM copied EXCEPT ALL SELECT k, t FROM t)", default));
    }

    [Fact]
    public async Task A_view_of_them_is_read_by_every_connection()
    {
        using var kept = new KeptBatches(KeyAndText, [.. IngestionTests.Sequence(5000, 5000)]);
        using var fragment = _instance.RegisterFragment(kept);
        await _connection.ExecuteAsync($"CREATE VIEW v AS SELECT k AS c0, t AS c1 FROM {fragment.TableExpression}", default);
        await using var other = _instance.CreateConnection();
        var both = await Task.WhenAll(new[] { _connection, other }.Select(connection => connection.QueryInt64Async("SELECT sum(c0) FROM v WHERE c1 IS NOT NULL OR c0 = 0", default)));
        Assert.Equal(both[0], both[1]);
        Assert.Equal(Enumerable.Range(0, 10_000).Where(row => IngestionTests.Text(row) is not null).Sum(row => (long)row), both[0]);
    }

    [Fact]
    public async Task Their_memory_is_given_back_with_them()
    {
        var before = RecordBatch.AllocatedBytes;
        using (var kept = new KeptBatches(KeyAndText, [.. IngestionTests.Sequence(5000)]))
        {
            using var fragment = _instance.RegisterFragment(kept);
            Assert.Equal(5000, await _connection.QueryInt64Async($"SELECT count(DISTINCT k) FROM {fragment.TableExpression}", default));
        }

        Assert.Equal(before, RecordBatch.AllocatedBytes);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(18)]
    public async Task A_decimal_with_more_digits_than_its_column_is_an_error_and_never_another_number(int precision)
    {
        var schema = new ArrowSchema(new ArrowField("n", ArrowType.Decimal128(38, 0)));
        var declared = new ArrowSchema(new ArrowField("n", ArrowType.Decimal128(precision, 0)));
        foreach (var value in new[] { Int128.Parse("99999999999999999999999999999999999999"), Int128.Parse("-99999999999999999999999999999999999999"), (Int128)1 << 64, -((Int128)1 << 64) })
        {
            using var stream = new MemoryStream();
            using (var batch = Batches.Build(schema, 3, (builder, row) => builder.Columns[0].AppendDecimal128(row == 1 ? value : 7)))
            {
                var writer = new Arrow.Ipc.ArrowStreamWriter(stream, schema);
                await writer.WriteAsync(batch, default);
                await writer.CompleteAsync(default);
            }

            // The same bytes under a schema of fewer digits, as a server may send them.
            using var header = new MemoryStream();
            await new Arrow.Ipc.ArrowStreamWriter(header, declared).CompleteAsync(default);
            using var wide = new MemoryStream();
            await new Arrow.Ipc.ArrowStreamWriter(wide, schema).CompleteAsync(default);
            var end = 8;
            var body = stream.ToArray()[(int)(wide.Length - end)..];
            using var sent = new MemoryStream([.. header.ToArray()[..^end], .. body]);
            var reader = new Arrow.Ipc.ArrowStreamReader(sent);
            using var kept = new KeptBatches(await reader.ReadSchemaAsync(default), [(await reader.ReadBatchAsync(default))!]);
            using var fragment = _instance.RegisterFragment(kept);
            var error = await Assert.ThrowsAsync<DuckDbException>(() => _connection.QueryInt64Async($"SELECT count(*) FROM {fragment.TableExpression} WHERE n > 8", default));
            Assert.Equal("A decimal has more digits than its column.", error.Message);
        }
    }
}
