using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb.Ingestion;
using Xunit;

namespace FederatedSegmentation.DuckDb.Tests;

public sealed class FragmentQueueTests
{
    private static readonly ArrowSchema Keys = new(new ArrowField("k", ArrowType.Int64));

    [Fact]
    public async Task A_writer_waits_for_the_budget_and_goes_on_when_the_reader_comes_back()
    {
        using var first = Batch();
        var budget = new InFlightBudget(first.ByteSize);
        using var queue = new FragmentQueue(Keys, budget);
        var source = queue.ToSource(null);
        Assert.True(await queue.WriteAsync(Batch(), default));
        var second = queue.WriteAsync(Batch(), default).AsTask();
        Assert.False(second.IsCompleted);
        using var taken = source.Pull(default);
        Assert.False(second.IsCompleted);
        Assert.Equal(budget.Bytes, budget.UsedBytes);
        var next = Task.Run(() => source.Pull(default)!);
        Assert.True(await second);
        (await next).Dispose();
        queue.Complete();
        Assert.Null(source.Pull(default));
        Assert.Equal(0, budget.UsedBytes);
    }

    [Fact]
    public async Task A_batch_larger_than_the_budget_passes()
    {
        var budget = new InFlightBudget(1);
        using var queue = new FragmentQueue(Keys, budget);
        using var other = new FragmentQueue(Keys, budget);
        Assert.True(await queue.WriteAsync(Batch(), default));
        Assert.True(await other.WriteAsync(Batch(), default));
    }

    [Fact]
    public async Task A_writer_that_waits_is_let_go_when_the_reader_is_gone()
    {
        var before = RecordBatch.AllocatedBytes;
        var budget = new InFlightBudget(1);
        var queue = new FragmentQueue(Keys, budget);
        Assert.True(await queue.WriteAsync(Batch(), default));
        var waiting = queue.WriteAsync(Batch(), default);
        queue.Dispose();
        Assert.False(await waiting);
        Assert.False(await queue.WriteAsync(Batch(), default));
        Assert.Equal(0, budget.UsedBytes);
        Assert.Equal(before, RecordBatch.AllocatedBytes);
    }

    [Fact]
    public async Task A_cancelled_writer_gives_its_batch_and_its_place_back()
    {
        var before = RecordBatch.AllocatedBytes;
        var budget = new InFlightBudget(1);
        using (var queue = new FragmentQueue(Keys, budget))
        {
            Assert.True(await queue.WriteAsync(Batch(), default));
            var used = budget.UsedBytes;
            using var cancellation = new CancellationTokenSource();
            var waiting = queue.WriteAsync(Batch(), cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            Assert.Equal(used, budget.UsedBytes);
        }

        Assert.Equal(0, budget.UsedBytes);
        Assert.Equal(before, RecordBatch.AllocatedBytes);
    }

    [Fact]
    public async Task A_fault_of_the_fetch_ends_the_reader_with_it()
    {
        var budget = new InFlightBudget(1_000_000);
        using var queue = new FragmentQueue(Keys, budget);
        Assert.True(await queue.WriteAsync(Batch(), default));
        var fault = new IOException("connection reset");
        queue.Fault(fault);
        queue.Complete();
        Assert.Same(fault, Assert.Throws<IOException>(() => queue.ToSource(null).Pull(default)));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await queue.WriteAsync(Batch(), default));
    }

    [Fact]
    public async Task Many_fragments_are_read_side_by_side_under_a_tiny_budget()
    {
        const int Fragments = 8;
        const int BatchesEach = 60;
        const int Rows = 700;
        var before = RecordBatch.AllocatedBytes;
        var budget = new InFlightBudget(10_000);
        await using (var instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 2 }))
        {
            await Task.WhenAll(Enumerable.Range(0, Fragments).Select(number => Task.Run(async () =>
            {
                await using var connection = instance.CreateConnection();
                using var queue = new FragmentQueue(Keys, budget);
                using var fragment = instance.RegisterFragment(queue.ToSource(BatchesEach * Rows));
                var reading = connection.ExecuteAsync($"CREATE TABLE f{number} AS SELECT * FROM {fragment.TableExpression}", default);
                for (var batch = 0; batch < BatchesEach; batch++)
                {
                    Assert.True(await queue.WriteAsync(CancellationTests.Batch(Rows, batch * Rows), default));
                    await Task.Yield();
                }

                queue.Complete();
                Assert.Equal(BatchesEach * Rows, await reading);
                Assert.Equal(
                    (long)BatchesEach * Rows * ((BatchesEach * Rows) - 1) / 2,
                    await connection.QueryInt64Async($"SELECT sum(k) FROM f{number}", default));
            })));
        }

        Assert.Equal(0, budget.UsedBytes);
        Assert.Equal(before, RecordBatch.AllocatedBytes);
    }

    [Fact]
    public async Task One_failing_fragment_leaves_the_others_alone()
    {
        var budget = new InFlightBudget(1);
        await using var instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 2 });
        await using var bad = instance.CreateConnection();
        await using var good = instance.CreateConnection();
        using var badQueue = new FragmentQueue(Keys, budget);
        using var goodQueue = new FragmentQueue(Keys, budget);
        using var badFragment = instance.RegisterFragment(badQueue.ToSource(null));
        using var goodFragment = instance.RegisterFragment(goodQueue.ToSource(null));
        var failing = bad.ExecuteAsync($"CREATE TABLE bad AS SELECT * FROM {badFragment.TableExpression}", default);
        var working = good.ExecuteAsync($"CREATE TABLE good AS SELECT * FROM {goodFragment.TableExpression}", default);
        Assert.True(await badQueue.WriteAsync(Batch(), default));
        Assert.True(await goodQueue.WriteAsync(Batch(), default));
        badQueue.Fault(new IOException("reset"));
        await Assert.ThrowsAsync<IOException>(() => failing);
        Assert.True(await goodQueue.WriteAsync(Batch(), default));
        goodQueue.Complete();
        Assert.Equal(2000, await working);
        Assert.Equal("good", await good.QueryStringAsync("SELECT string_agg(table_name, ',') FROM duckdb_tables()", default));
    }

    private static RecordBatch Batch() => CancellationTests.Batch(1000);
}
