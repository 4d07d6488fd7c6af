using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb.Ingestion;
using Xunit;

namespace FederatedSegmentation.DuckDb.Tests;

public sealed class CancellationTests : IAsyncLifetime
{
    private const string Endless = "SELECT count(*) FROM range(100000000000) a(i), range(1000) b(j) WHERE i + j = -1";
    private static readonly ArrowSchema Keys = new(new ArrowField("k", ArrowType.Int64));
    private readonly DuckDbInstance _instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 2 });
    private DuckDbConnection _connection = null!;

    public Task InitializeAsync()
    {
        _connection = _instance.CreateConnection();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _instance.DisposeAsync();

    [Fact]
    public async Task A_running_statement_is_interrupted_and_later_ones_work()
    {
        for (var round = 0; round < 5; round++)
        {
            using var cancellation = new CancellationTokenSource();
            var running = round % 2 == 0 ? _connection.ExecuteAsync(Endless, cancellation.Token) : (Task)_connection.QueryInt64Async(Endless, cancellation.Token);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
            Assert.Equal(round, await _connection.QueryInt64Async($"SELECT {round}", default));
        }
    }

    [Fact]
    public async Task A_token_that_fired_before_stops_the_statement_before_it_starts()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _connection.ExecuteAsync("CREATE TABLE t (i INT)", new CancellationToken(true)));
        await _connection.ExecuteAsync("CREATE TABLE t (i INT)", default);
    }

    [Fact]
    public async Task A_cancellation_after_the_end_does_not_hit_the_next_statement()
    {
        for (var i = 0; i < 200; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var first = _connection.QueryInt64Async("SELECT count(*) FROM range(1000)", cancellation.Token);
            var cancel = cancellation.CancelAsync();
            try
            {
                await first;
            }
            catch (OperationCanceledException)
            {
                // Either outcome is right for this one; the next one must not notice.
            }

            await cancel;
            Assert.Equal(100_000, await _connection.QueryInt64Async("SELECT count(*) FROM range(100000) t(i) WHERE i >= 0", default));
        }
    }

    [Fact]
    public async Task A_result_that_is_being_read_is_cancelled_and_the_connection_is_free_after_its_disposal()
    {
        using var cancellation = new CancellationTokenSource();
        await using (var reader = await _connection.QueryAsync("SELECT i FROM range(100000000000) t(i)", default))
        {
            (await reader.ReadAsync(cancellation.Token))!.Dispose();
            await Assert.ThrowsAsync<InvalidOperationException>(() => _connection.ExecuteAsync("SELECT 1", default));
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadAsync(cancellation.Token));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadAsync(default));
        }

        Assert.Equal(1, await _connection.QueryInt64Async("SELECT 1", default));
    }

    [Fact]
    public async Task A_result_may_be_left_half_read()
    {
        var before = RecordBatch.AllocatedBytes;
        var reader = await _connection.QueryAsync("SELECT i FROM range(100000000000) t(i)", default);
        (await reader.ReadAsync(default))!.Dispose();
        await reader.DisposeAsync();
        await reader.DisposeAsync();
        Assert.Equal(before, RecordBatch.AllocatedBytes);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reader.ReadAsync(default));
        Assert.Equal(1, await _connection.QueryInt64Async("SELECT 1", default));
    }

    [Fact]
    public async Task An_ingestion_that_waits_for_its_source_is_cancelled_without_a_leak()
    {
        var before = RecordBatch.AllocatedBytes;
        using var cancellation = new CancellationTokenSource();
        using (var queue = new FragmentQueue(Keys, new InFlightBudget(1)))
        {
            var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var source = queue.ToSource(1000);
            var calls = 0;
            var watched = source with
            {
                Pull = token =>
                {
                    if (++calls == 2)
                    {
                        waiting.SetResult();
                    }

                    return source.Pull(token);
                },
            };
            Assert.True(await queue.WriteAsync(Batch(5000), default));
            using var fragment = _instance.RegisterFragment(watched);
            var running = _connection.ExecuteAsync($"CREATE TABLE t AS SELECT * FROM {fragment.TableExpression}", cancellation.Token);
            await waiting.Task;
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }

        Assert.Equal(before, RecordBatch.AllocatedBytes);
        Assert.Equal(0, await _connection.QueryInt64Async("SELECT count(*) FROM duckdb_tables()", default));
    }

    [Fact]
    public async Task Disposing_of_a_connection_ends_its_statement()
    {
        var running = _connection.ExecuteAsync(Endless, default);
        await _connection.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => running);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _connection.ExecuteAsync("SELECT 1", default));
        await using var other = _instance.CreateConnection();
        Assert.Equal(1, await other.QueryInt64Async("SELECT 1", default));
    }

    [Fact]
    public async Task Disposing_of_the_instance_ends_everything_also_an_open_result()
    {
        var instance = DuckDbInstance.Open(new DuckDbOptions());
        var first = instance.CreateConnection();
        var second = instance.CreateConnection();
        var reader = await first.QueryAsync("SELECT i FROM range(100000000000) t(i)", default);
        var running = second.ExecuteAsync(Endless, default);
        await instance.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => running);
        await reader.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => instance.CreateConnection());
    }

    internal static RecordBatch Batch(int rows, long first = 0) => Batches.Build(Keys, rows, (builder, row) => builder.Columns[0].AppendInt64(first + row));
}
