using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Residual;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Execution;

/// <summary>Runs the fragments of a plan at their sources, side by side, and hands the results to the engine. Safe for concurrent use.</summary>
/// <param name="time">The clock.</param>
/// <param name="warn">Hears what sources warn of, from any thread; null for nobody.</param>
public sealed class FragmentExecutor(TimeProvider time, Action<string>? warn = null)
{
    /// <summary>Runs all fragments to their end. The first failure cancels the others, and is thrown when all have ended.</summary>
    /// <param name="tasks">The fragments that are fetched.</param>
    /// <param name="engine">Who takes the results.</param>
    /// <param name="runId">The run's id, for the sources.</param>
    /// <param name="remaining">The time left, for the limits of the statements at the sources.</param>
    /// <param name="progress">Hears of each change, from any thread.</param>
    /// <param name="cancellationToken">Cancels the statements at the sources.</param>
    /// <returns>What each fragment did, in the order of the tasks.</returns>
    public async Task<ImmutableArray<FragmentOutcome>> ExecuteAsync(
        ImmutableArray<FragmentTask> tasks,
        IResidualRun engine,
        string runId,
        Func<TimeSpan> remaining,
        Action<FragmentOutcome, FragmentStep> progress,
        CancellationToken cancellationToken)
    {
        var received = tasks.ToDictionary(task => task.Fragment.Id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), StringComparer.Ordinal);
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var bySource = tasks.GroupBy(task => task.Source).ToList();
        var running = bySource.Select(group => AtSourceAsync(group.Key, [.. group], engine, runId, remaining, progress, received, failure)).ToList();
        var outcomes = await AllOrFirstFailureAsync(running, failure, cancellationToken).ConfigureAwait(false);
        var byFragment = outcomes.SelectMany(group => group).ToDictionary(outcome => outcome.Fragment, StringComparer.Ordinal);
        return [.. tasks.Select(task => byFragment[task.Fragment.Id])];
    }

    // One session a source: all its fragments see the same data.
    private async Task<FragmentOutcome[]> AtSourceAsync(
        IRemoteSource source,
        ImmutableArray<FragmentTask> tasks,
        IResidualRun engine,
        string runId,
        Func<TimeSpan> remaining,
        Action<FragmentOutcome, FragmentStep> progress,
        Dictionary<string, TaskCompletionSource> received,
        CancellationTokenSource failure)
    {
        var session = await source.OpenSessionAsync(new SourceRun(runId, remaining()) { Warn = warn }, failure.Token).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var running = tasks.Select(task => FetchAsync(session, task, engine, progress, received, failure.Token)).ToList();
            return await AllOrFirstFailureAsync(running, failure, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<FragmentOutcome> FetchAsync(
        ISourceSession session,
        FragmentTask task,
        IResidualRun engine,
        Action<FragmentOutcome, FragmentStep> progress,
        Dictionary<string, TaskCompletionSource> received,
        CancellationToken cancellationToken)
    {
        var outcome = new FragmentOutcome(task.Fragment.Id);
        var compiled = await CompileAsync(task, outcome, received, cancellationToken).ConfigureAwait(false);
        var submitted = time.GetTimestamp();
        progress(outcome, FragmentStep.Running);
        var statement = await session.SubmitAsync(compiled, cancellationToken).ConfigureAwait(false);
        await using (statement.ConfigureAwait(false))
        {
            var counted = CountAsync(statement.FetchAsync(cancellationToken), outcome, submitted, progress, cancellationToken);
            await engine.ReceiveAsync(task.Fragment, compiled, statement.Schema, counted, cancellationToken).ConfigureAwait(false);
        }

        var ended = time.GetElapsedTime(submitted);
        outcome.FetchTime = ended - outcome.RunTime;
        progress(outcome, FragmentStep.Done);
        received[task.Fragment.Id].SetResult();
        return outcome;
    }

    // What fails ends the wait, because it cancels all others.
    private async Task<CompiledFragment> CompileAsync(
        FragmentTask task, FragmentOutcome outcome, Dictionary<string, TaskCompletionSource> received, CancellationToken cancellationToken)
    {
        if (task.CompileReduced is not { } compile)
        {
            return task.Compiled;
        }

        var waiting = time.GetTimestamp();
        foreach (var needed in task.Fragment.Reduction!.DependsOn)
        {
            await received[needed].Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        var compiled = await compile(cancellationToken).ConfigureAwait(false);
        outcome.WaitTime = time.GetElapsedTime(waiting);
        outcome.Keys = compiled.Waited;
        return compiled;
    }

    private async IAsyncEnumerable<RecordBatch> CountAsync(
        IAsyncEnumerable<RecordBatch> batches,
        FragmentOutcome outcome,
        long submitted,
        Action<FragmentOutcome, FragmentStep> progress,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isFirst = true;
        await foreach (var batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (isFirst)
            {
                outcome.RunTime = time.GetElapsedTime(submitted);
                isFirst = false;
            }

            checked
            {
                outcome.Rows += batch.RowCount;
                outcome.Bytes += batch.ByteSize;
            }

            progress(outcome, FragmentStep.Fetching);
            yield return batch;
        }

        if (isFirst)
        {
            outcome.RunTime = time.GetElapsedTime(submitted);
        }
    }

    // Waits for all, so that nothing runs on behind a failure; the failure that came first is the one that is thrown, not the cancellations it caused.
    private static async Task<T[]> AllOrFirstFailureAsync<T>(List<Task<T>> running, CancellationTokenSource failure, CancellationToken caller)
    {
        ExceptionDispatchInfo? first = null;
        var pending = new List<Task<T>>(running);
        while (pending.Count > 0)
        {
            var ended = await Task.WhenAny(pending).ConfigureAwait(false);
            pending.Remove(ended);
            if (ended.IsCompletedSuccessfully)
            {
                continue;
            }

            await failure.CancelAsync().ConfigureAwait(false);
            var exception = ended.Exception?.InnerException ?? new OperationCanceledException(caller);
            if (first is null || (first.SourceException is OperationCanceledException && exception is not OperationCanceledException))
            {
                first = ExceptionDispatchInfo.Capture(exception);
            }
        }

        caller.ThrowIfCancellationRequested();
        first?.Throw();
        return await Task.WhenAll(running).ConfigureAwait(false);
    }
}
