using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Execution.Tests;

/// <summary>Fragments run side by side, and end together.</summary>
public sealed class FragmentExecutorTests
{
    private readonly ManualTime _time = new();
    private readonly Dictionary<string, List<long>> _received = new(StringComparer.Ordinal);
    private readonly List<(string Fragment, FragmentStep Step)> _steps = [];

    private async Task<ImmutableArray<FragmentOutcome>> RunAsync(ImmutableArray<FragmentTask> tasks, CancellationToken cancellationToken = default)
    {
        await using var engine = new FakeEngine(_received);
        return await new FragmentExecutor(_time).ExecuteAsync(
            tasks,
            engine,
            "run1",
            () => TimeSpan.FromMinutes(5),
            (outcome, step) =>
            {
                lock (_steps)
                {
                    _steps.Add((outcome.Fragment, step));
                }
            },
            cancellationToken);
    }

    [Fact]
    public async Task Every_fragment_reaches_the_engine_and_is_counted()
    {
        var (first, second) = (new FakeSource("a"), new FakeSource("b"));
        var outcomes = await RunAsync([second.Task("F1", Answers.Of([1, 2], [3])), first.Task("F2", Answers.Of()), second.Task("F3", Answers.Of([4]))]);
        Assert.Equal(["F1", "F2", "F3"], outcomes.Select(outcome => outcome.Fragment));
        Assert.Equal([3L, 0L, 1L], outcomes.Select(outcome => outcome.Rows));
        Assert.True(outcomes[0].Bytes >= 3 * sizeof(long));
        Assert.Equal([1L, 2L, 3L], _received["F1"]);
        Assert.Empty(_received["F2"]);
        Assert.Equal([FragmentStep.Running, FragmentStep.Fetching, FragmentStep.Fetching, FragmentStep.Done], _steps.Where(step => step.Fragment == "F1").Select(step => step.Step));
        Assert.Equal([FragmentStep.Running, FragmentStep.Done], _steps.Where(step => step.Fragment == "F2").Select(step => step.Step));
    }

    [Fact]
    public async Task All_fragments_of_a_source_share_one_session_which_knows_run_and_deadline()
    {
        var (first, second) = (new FakeSource("a"), new FakeSource("b"));
        await RunAsync([first.Task("F1", Answers.Of([1])), first.Task("F2", Answers.Of([2])), second.Task("F3", Answers.Of([3]))]);
        Assert.Equal(new Connectors.SourceRun("run1", TimeSpan.FromMinutes(5)), Assert.Single(first.Sessions));
        Assert.Single(second.Sessions);
        Assert.Equal((0, 0), (first.OpenSessions, second.OpenSessions));
    }

    [Fact]
    public async Task Fragments_of_one_source_and_of_several_run_side_by_side()
    {
        // Each of the three answers only when all have been asked.
        using var asked = new CountdownEvent(3);
        var all = new TaskCompletionSource();
        Answer Together(long value) => _ => TogetherAsync(value);
        async IAsyncEnumerable<RecordBatch> TogetherAsync(long value)
        {
            if (asked.Signal())
            {
                all.SetResult();
            }

            await all.Task;
            yield return FakeSource.Batch(value);
        }

        var (first, second) = (new FakeSource("a"), new FakeSource("b"));
        await RunAsync([first.Task("F1", Together(1)), first.Task("F2", Together(2)), second.Task("F3", Together(3))]);
        Assert.Equal(3, _received.Count);
    }

    [Fact]
    public async Task The_first_failure_stops_all_other_fragments_and_is_the_one_that_is_thrown()
    {
        var (first, second) = (new FakeSource("a"), new FakeSource("b"));
        var asked = new TaskCompletionSource();
        var stopped = 0;
        var refused = new SourceException(new Problem { Code = "SRC009", Stage = Stage.Execute, Message = "It failed.", Hint = "Look." });
        var failure = await Assert.ThrowsAsync<SourceException>(() => RunAsync(
        [
            first.Task("F1", Answers.Endless(asked, () => Interlocked.Increment(ref stopped))),
            second.Task("F2", Answers.Failing(refused, asked.Task)),
            first.Task("F3", Answers.Endless(asked, () => Interlocked.Increment(ref stopped))),
        ]));
        Assert.Same(refused, failure);
        Assert.Equal(2, stopped);
        Assert.Equal((0, 0, 0, 0), (first.OpenSessions, first.OpenStatements, second.OpenSessions, second.OpenStatements));
    }

    [Fact]
    public async Task A_source_that_does_not_open_stops_the_others()
    {
        var refused = new SourceException(new Problem { Code = "SRC001", Stage = Stage.Execute, Message = "It is not there.", Hint = "Look." });
        var (first, second) = (new FakeSource("a"), new FakeSource("b") { Closed = refused });
        Assert.Same(refused, await Assert.ThrowsAsync<SourceException>(() => RunAsync([first.Task("F1", Answers.Endless(new TaskCompletionSource())), second.Task("F2", Answers.Of())])));
        Assert.Equal(0, first.OpenSessions);
    }

    [Fact]
    public async Task The_caller_s_cancellation_stays_a_cancellation_even_where_a_fragment_fails_of_it()
    {
        using var cancellation = new CancellationTokenSource();
        var source = new FakeSource("a");
        var asked = new TaskCompletionSource();
        var broken = new IOException("The connection broke.");
        var cancelled = new TaskCompletionSource();
        var running = RunAsync([source.Task("F1", Answers.Endless(asked, cancelled.SetResult)), source.Task("F2", Answers.Failing(broken, cancelled.Task))], cancellation.Token);
        await asked.Task;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal((0, 0), (source.OpenSessions, source.OpenStatements));
    }

    [Fact]
    public async Task Times_to_the_first_rows_and_to_the_last_are_apart()
    {
        var source = new FakeSource("a");
        async IAsyncEnumerable<RecordBatch> SlowAsync()
        {
            await Task.Yield();
            _time.Advance(TimeSpan.FromSeconds(3));
            yield return FakeSource.Batch(1);
            _time.Advance(TimeSpan.FromSeconds(4));
            yield return FakeSource.Batch(2);
        }

        var outcome = Assert.Single(await RunAsync([source.Task("F1", _ => SlowAsync())]));
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4), 1), (outcome.RunTime, outcome.FetchTime, outcome.Attempts));
    }
}
