using FederatedSegmentation.Connectors.Http;
using Xunit;

namespace FederatedSegmentation.Connectors.Tests.Http;

/// <summary>Parts of a result, side by side and bounded.</summary>
public sealed class ParallelPartsTests
{
    private readonly List<int> _started = [];
    private readonly Dictionary<int, TaskCompletionSource> _gates = [];
    private readonly List<Value> _values = [];

    [Fact]
    public async Task Parts_come_in_order_though_they_end_in_another()
    {
        var budget = new ByteBudget(100);
        await using var parts = Fetch(5, budget, parallelism: 3).GetAsyncEnumerator();
        var first = parts.MoveNextAsync().AsTask();

        Open(2);
        Open(1);
        Assert.False(first.IsCompleted);
        Open(0);
        Open(4);
        Open(3);

        var order = new List<int>();
        for (var more = await first; more; more = await parts.MoveNextAsync())
        {
            order.Add(parts.Current.Part.Number);
            parts.Current.Value.Dispose();
        }

        Assert.Equal([0, 1, 2, 3, 4], order);
        Assert.Equal(0, budget.InFlight);
    }

    [Fact]
    public async Task Parts_come_as_they_end_where_order_does_not_matter()
    {
        await using var parts = Fetch(3, new ByteBudget(100), parallelism: 3, inOrder: false).GetAsyncEnumerator();
        var order = new List<int>();
        foreach (var number in new[] { 2, 0, 1 })
        {
            var next = parts.MoveNextAsync();
            Open(number);
            Assert.True(await next);
            order.Add(parts.Current.Part.Number);
        }

        Assert.Equal([2, 0, 1], order);
    }

    [Theory]
    [InlineData(100, 2, 2)]
    [InlineData(25, 8, 2)]
    [InlineData(5, 8, 1)]
    public async Task No_more_parts_are_started_than_the_number_and_the_bytes_allow(long bytes, int parallelism, int expected)
    {
        await using var parts = Fetch(8, new ByteBudget(bytes), parallelism).GetAsyncEnumerator();
        var first = parts.MoveNextAsync().AsTask();

        Assert.Equal(Enumerable.Range(0, expected), _started);
        OpenAll();
        Assert.True(await first);
        // The first part is with its reader: its bytes still count.
        Assert.Equal(Enumerable.Range(0, expected), _started);
        while (await parts.MoveNextAsync())
        {
        }

        Assert.Equal(Enumerable.Range(0, 8), _started);
    }

    [Fact]
    public async Task A_statement_without_a_part_in_flight_goes_on_beyond_the_budget()
    {
        var budget = new ByteBudget(20);
        await using var greedy = Fetch(4, budget, parallelism: 4).GetAsyncEnumerator();
        var waiting = greedy.MoveNextAsync().AsTask();
        var other = new ParallelPartsTests();
        other.OpenAll();
        await using var small = other.Fetch(3, budget, parallelism: 4).GetAsyncEnumerator();

        // The first statement holds the whole budget and nobody reads it; the second comes to its end all the same.
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await small.MoveNextAsync());
        }

        Assert.False(await small.MoveNextAsync());
        OpenAll();
        Assert.True(await waiting);
    }

    [Fact]
    public async Task A_part_that_fails_ends_the_result_before_its_turn_and_the_others_are_stopped()
    {
        var budget = new ByteBudget(100);
        await using var parts = Fetch(4, budget, parallelism: 4).GetAsyncEnumerator();
        var first = parts.MoveNextAsync().AsTask();
        Open(1);

        _gates[2].SetException(new InvalidOperationException("broken"));

        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => first)).Message);
        Assert.Equal(0, budget.InFlight);
        Assert.All(_values, value => Assert.True(value.IsDisposed));
    }

    [Fact]
    public async Task A_part_with_another_number_of_rows_than_declared_is_an_error()
    {
        await using var parts = Fetch(2, new ByteBudget(100), parallelism: 2, rows: 6).GetAsyncEnumerator();
        OpenAll();

        var error = await Assert.ThrowsAsync<InvalidDataException>(async () => await parts.MoveNextAsync());

        Assert.Equal("part 0 has 7 rows", error.Message);
        Assert.All(_values, value => Assert.True(value.IsDisposed));
    }

    [Fact]
    public async Task A_reader_that_goes_stops_what_is_being_fetched_and_frees_what_it_did_not_read()
    {
        var budget = new ByteBudget(100);
        await using (var parts = Fetch(4, budget, parallelism: 4).GetAsyncEnumerator())
        {
            Open(0);
            Open(1);
            Assert.True(await parts.MoveNextAsync());
            parts.Current.Value.Dispose();
        }

        Assert.Equal(0, budget.InFlight);
        Assert.Equal(2, _values.Count);
        Assert.All(_values, value => Assert.True(value.IsDisposed));
    }

    [Fact]
    public async Task Cancelling_ends_the_wait()
    {
        var budget = new ByteBudget(10);
        using var cancel = new CancellationTokenSource();
        await using var parts = Fetch(4, budget, parallelism: 4).GetAsyncEnumerator(cancel.Token);
        var first = parts.MoveNextAsync().AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(0, budget.InFlight);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_that_comes_just_when_it_is_waited_for_is_not_missed(bool inOrder)
    {
        var budget = new ByteBudget(20);
        for (var round = 0; round < 5000; round++)
        {
            var parts = ParallelParts.FetchAsync(
                [.. Enumerable.Range(0, 3).Select(number => new ResultPart(number, 10, 7))],
                (part, cancellationToken) => Task.Run(() => new FetchedPart<Value>(part, 7, new Value()), cancellationToken),
                budget,
                3,
                inOrder,
                fetched => new InvalidDataException($"part {fetched.Part.Number}"),
                CancellationToken.None);
            var received = 0;
            await foreach (var part in parts)
            {
                part.Value.Dispose();
                received++;
            }

            Assert.Equal((3, 0), (received, budget.InFlight));
        }
    }

    private IAsyncEnumerable<FetchedPart<Value>> Fetch(int count, ByteBudget budget, int parallelism, bool inOrder = true, long? rows = 7)
        => ParallelParts.FetchAsync(
            [.. Enumerable.Range(0, count).Select(number => new ResultPart(number, 10, rows))],
            async (part, cancellationToken) =>
            {
                _started.Add(part.Number);
                await Gate(part.Number).Task.WaitAsync(cancellationToken);
                var value = new Value();
                lock (_values)
                {
                    _values.Add(value);
                }

                return new FetchedPart<Value>(part, 7, value);
            },
            budget,
            parallelism,
            inOrder,
            fetched => new InvalidDataException($"part {fetched.Part.Number} has {fetched.Rows} rows"),
            default);

    private TaskCompletionSource Gate(int number)
    {
        lock (_gates)
        {
            return _gates.TryGetValue(number, out var gate) ? gate : _gates[number] = new TaskCompletionSource();
        }
    }

    private void Open(int number) => Gate(number).TrySetResult();

    private void OpenAll()
    {
        for (var i = 0; i < 10; i++)
        {
            Open(i);
        }
    }

    private sealed class Value : IDisposable
    {
        internal bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
