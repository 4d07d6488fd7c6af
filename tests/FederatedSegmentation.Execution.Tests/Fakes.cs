using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Residual;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Execution.Tests;

/// <summary>What a source does for a fragment.</summary>
/// <param name="cancellationToken">Fires when the run gives up.</param>
internal delegate IAsyncEnumerable<RecordBatch> Answer(CancellationToken cancellationToken);

/// <summary>A source that answers as the test says, and remembers what was asked of it.</summary>
internal sealed class FakeSource(string name) : IRemoteSource
{
    private static readonly ArrowSchema Schema = new(new ArrowField("c0", ArrowType.Int64));

    private readonly Dictionary<string, Answer> _answers = new(StringComparer.Ordinal);

    public List<SourceRun> Sessions { get; } = [];

    public int OpenSessions { get; private set; }

    public int OpenStatements { get; private set; }

    /// <summary>What opening a session throws, or null.</summary>
    public Exception? Closed { get; init; }

    public string Source => name;

    public string Kind => "fake";

    public Capabilities Capabilities => throw new NotSupportedException();

    public FragmentTask Task(string fragment, Answer answer)
    {
        _answers.Add(fragment, answer);
        var column = new PlanColumn(1, "id", DataTypes.Int64, new StoredInteger());
        var plan = new ResultPlan(fragment, [column]);
        return new FragmentTask(new QueryFragment(fragment, name, plan, RunsInEngine: false, new PlanEstimate(null, null)), new CompiledFragment(fragment, name, "fake", "SELECT", [column]), this);
    }

    public Task<ISourceSession> OpenSessionAsync(SourceRun run, CancellationToken cancellationToken)
    {
        Sessions.Add(run);
        if (Closed is not null)
        {
            throw Closed;
        }

        OpenSessions++;
        return System.Threading.Tasks.Task.FromResult<ISourceSession>(new Session(this));
    }

    public CompiledFragment Compile(string fragment, LogicalPlan plan, IReadOnlyDictionary<Entity, StoredTable> tables) => throw new NotSupportedException();

    public Task<ImmutableArray<StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ConnectionCheck> TestAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A batch of a column of numbers.</summary>
    public static RecordBatch Batch(params long[] values)
    {
        using var builder = new RecordBatchBuilder(Schema);
        foreach (var value in values)
        {
            builder.Columns[0].AppendInt64(value);
        }

        return builder.Build();
    }

    private sealed class Session(FakeSource source) : ISourceSession
    {
        public Task<ISourceStatement> SubmitAsync(CompiledFragment fragment, CancellationToken cancellationToken)
        {
            source.OpenStatements++;
            return System.Threading.Tasks.Task.FromResult<ISourceStatement>(new Statement(source, source._answers[fragment.Fragment]));
        }

        public ValueTask DisposeAsync()
        {
            Assert.Equal(0, source.OpenStatements);
            source.OpenSessions--;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Statement(FakeSource source, Answer answer) : ISourceStatement
    {
        ArrowSchema ISourceStatement.Schema => Schema;

        public IAsyncEnumerable<RecordBatch> FetchAsync(CancellationToken cancellationToken) => answer(cancellationToken);

        public ValueTask DisposeAsync()
        {
            source.OpenStatements--;
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>An engine that keeps the numbers it receives.</summary>
internal sealed class FakeEngine(Dictionary<string, List<long>> received) : IResidualRun
{
    public async Task ReceiveAsync(QueryFragment fragment, CompiledFragment compiled, ArrowSchema schema, IAsyncEnumerable<RecordBatch> batches, CancellationToken cancellationToken)
    {
        Assert.Equal(fragment.Id, compiled.Fragment);
        var numbers = new List<long>();
        await foreach (var batch in batches.WithCancellation(cancellationToken))
        {
            using (batch)
            {
                numbers.AddRange(batch.Columns[0].Values<long>());
            }
        }

        lock (received)
        {
            received.Add(fragment.Id, numbers);
        }
    }

    public Task<TravellingKeys?> KeysAsync(KeyStatement statement, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long> CountAsync(ResidualStatements statements, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<RecordBatch> MembersAsync(ResidualStatements statements, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long> WriteParquetAsync(ResidualStatements statements, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long?> QueryNumberAsync(string sql, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> QueryTextsAsync(string sql, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(callback, state);
        timer.Change(dueTime, period);
        timer.Due = dueTime == Timeout.InfiniteTimeSpan ? null : _now + dueTime;
        _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        _now += time;
        foreach (var timer in _timers.Where(timer => timer.Due <= _now).ToList())
        {
            timer.Fire();
        }
    }

    private sealed class Timer(TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan? Due { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Fire()
        {
            Due = null;
            callback(state);
        }

        public void Dispose() => Due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Ways in which a source answers.</summary>
internal static class Answers
{
    public static Answer Of(params long[][] batches) => _ => batches.ToAsyncEnumerable().Select(values => FakeSource.Batch(values));

    /// <summary>Fails when the given task ends.</summary>
    public static Answer Failing(Exception failure, Task when) => _ => FailAsync(failure, when);

    /// <summary>Never answers, says when it was asked, and ends when it is cancelled.</summary>
    public static Answer Endless(TaskCompletionSource asked, Action? cancelled = null) => cancellationToken => WaitAsync(asked, cancelled, cancellationToken);

    private static async IAsyncEnumerable<RecordBatch> FailAsync(Exception failure, Task when)
    {
        yield return FakeSource.Batch(1);
        await when;
        throw failure;
    }

    private static async IAsyncEnumerable<RecordBatch> WaitAsync(TaskCompletionSource asked, Action? cancelled, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return FakeSource.Batch(1);
        asked.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            cancelled?.Invoke();
        }
    }
}
