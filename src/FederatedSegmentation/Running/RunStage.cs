using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Execution;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Planning;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Residual;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Running;

/// <summary>Runs a planned segment: fetches the fragments, joins what is left, and writes the members whole or not at all.</summary>
internal sealed class RunStage(IReadOnlyDictionary<string, IDataSourceConnector> sources, IResidualEngine engine, TimeProvider time)
{
    private readonly ImmutableArray<string> _readableFolders = [.. sources.Values.OfType<IEngineSource>().SelectMany(source => source.AllowedDirectories).Order(StringComparer.Ordinal)];

    /// <summary>An id for a run.</summary>
    public static string NewRunId() => Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..16];

    /// <summary>Begins to open the engine for a run that is still to be planned.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="output">Where the members go; null where they are counted.</param>
    public IPreparedRun Prepare(string runId, MembershipOutput? output) => engine.Prepare(runId, _readableFolders, output is { IsWrittenByEngine: true } ? output.TemporaryPath : null);

    /// <summary>What a run needs of the engine.</summary>
    /// <param name="run">What is to be run.</param>
    /// <param name="showsValues">Whether data errors may name values.</param>
    public ResidualRunOptions Needs(ResolvedRun run, bool showsValues) => new([.. SegmentPlanner.KeyFilesOf(run).Select(pair => pair.File.Path)], showsValues)
    {
        HasSequences = SegmentPlanner.HasSequences(run),
        ReceivesFragments = SegmentPlanner.EntitiesOf(run).Any(entity => sources[entity.Source] is IRemoteSource),
    };

    /// <summary>Runs it.</summary>
    public async Task<RunReport> RunAsync(
        RunRequest request, PlannedSegment planned, string runId, IResidualRun run, MembershipOutput? output, Deadline deadline, IRunProgress progress, CancellationToken cancellationToken)
    {
        progress.Report(new RunPlanned(runId, [.. planned.Plan.Fragments.Select(fragment => new PlannedFragment(fragment.Id, fragment.Source, fragment.RunsInEngine))]));
        var used = planned.Plan.Fragments.Select(fragment => fragment.Source).Distinct(StringComparer.Ordinal).Select(name => sources[name]).ToList();

        // Beside the run, which reads the same files.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var truncation = FindTruncationAsync(planned.Tables, over.Token);
        try
        {
            return await RunAsync(request, planned, runId, run, output, truncation, deadline, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineFailure failure) when (failure.ConcernsOutput && request.Target is MembershipFile file)
        {
            throw OutputFailure.OfWords(failure.InnerException!, file.DisplayName);
        }
        catch (EngineFailure failure)
        {
            throw await ExplainAsync(failure, used, run, request.ShowsValues, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await ((Task)truncation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Runs a plan that counts, and returns the numbers of its only row; empty where it has none.</summary>
    public async Task<long[]> NumbersAsync(
        SegmentPlan plan, (ImmutableArray<CompiledFragment> Fragments, ResidualStatements Statements) compiled, Deadline deadline, bool showsValues, CancellationToken cancellationToken)
    {
        var runId = NewRunId();
        var used = plan.Fragments.Select(fragment => fragment.Source).Distinct(StringComparer.Ordinal).Select(name => sources[name]).ToList();
        var prepared = engine.Prepare(runId, _readableFolders, writableFile: null);
        await using var preparation = prepared.ConfigureAwait(false);
        prepared.LockDown(new ResidualRunOptions([], showsValues));
        var run = await prepared.StartAsync(cancellationToken).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            try
            {
                var fetched = plan.Fragments.Zip(compiled.Fragments)
                    .Where(pair => !pair.First.RunsInEngine)
                    .Select(pair => new FragmentTask(pair.First, pair.Second, (IRemoteSource)sources[pair.First.Source]))
                    .ToImmutableArray();
                await new FragmentExecutor(time).ExecuteAsync(fetched, run, runId, () => deadline.Remaining, (_, _) => { }, cancellationToken).ConfigureAwait(false);
                long[] numbers = [];
                await foreach (var batch in run.MembersAsync(compiled.Statements, cancellationToken).ConfigureAwait(false))
                {
                    using (batch)
                    {
                        numbers = [.. batch.Columns.Select(column => column.IsNull(0) ? 0 : column.Type is Arrow.DecimalType ? checked((long)column.Values<Int128>()[0]) : column.Values<long>()[0])];
                    }
                }

                return numbers;
            }
            catch (EngineFailure failure)
            {
                throw await ExplainAsync(failure, used, run, showsValues, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<RunReport> RunAsync(
        RunRequest request, PlannedSegment planned, string runId, IResidualRun run, MembershipOutput? output, Task<Problem?> truncation, Deadline deadline, IRunProgress progress, CancellationToken cancellationToken)
    {
        var fetched = planned.Plan.Fragments.Zip(planned.Fragments)
            .Where(pair => !pair.First.RunsInEngine)
            .Select(pair => TaskOf(planned, pair.First, pair.Second, runId, run))
            .ToImmutableArray();
        var started = time.GetTimestamp();
        var warnings = new ConcurrentQueue<string>();
        var outcomes = await new FragmentExecutor(time, Warn)
            .ExecuteAsync(fetched, run, runId, () => deadline.Remaining, (outcome, step) => progress.Report(Progress(outcome, step)), cancellationToken)
            .ConfigureAwait(false);
        var fragmentsTime = time.GetElapsedTime(started);

        // A run that fails has no report, and somebody has to look at it all the same.
        void Warn(string message)
        {
            warnings.Enqueue(message);
            progress.Report(new RunWarning(message));
        }

        progress.Report(new ResidualStarted());
        started = time.GetTimestamp();
        var members = await WriteAsync(planned, run, output, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfChanged(planned.Tables);
        if (await truncation.ConfigureAwait(false) is { } truncated)
        {
            throw new SourceException(truncated);
        }

        output?.Commit(); 
        var residualTime = time.GetElapsedTime(started);

        var byId = outcomes.ToDictionary(outcome => outcome.Fragment, StringComparer.Ordinal);
        return new RunReport(
            runId,
            planned.Run.Main.Id,
            planned.AsOf,
            members,
            planned.Engine,
            [.. planned.Fragments.Select(fragment => Report(fragment.Fragment, fragment.Source, fragment.Sql, byId.GetValueOrDefault(fragment.Fragment)))],
            new TimingsReport(
                planned.PlanTime.TotalMilliseconds, fragmentsTime.TotalMilliseconds, residualTime.TotalMilliseconds, time.GetElapsedTime(request.StartedAt).TotalMilliseconds),
            [.. warnings]);
    }

    private FragmentTask TaskOf(PlannedSegment planned, QueryFragment fragment, CompiledFragment compiled, string runId, IResidualRun run)
    {
        var source = (IRemoteSource)sources[fragment.Source];
        return planned.Keys.GetValueOrDefault(fragment.Id) is not { } statement
            ? new FragmentTask(fragment, compiled, source)
            : new FragmentTask(fragment, compiled, source)
            {
                CompileReduced = async token => ReducedStatement.Of(source, fragment, await run.KeysAsync(statement, token).ConfigureAwait(false), runId, planned.Tables),
            };
    }

    // The engine does not notice it in every case.
    private Task<Problem?> FindTruncationAsync(IReadOnlyDictionary<Entity, StoredTable> tables, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            var searches = tables
                .Where(table => sources[table.Key.Source] is IEngineSource)
                .Select(table => ((IEngineSource)sources[table.Key.Source]).FindTruncationAsync(table.Value, cancellationToken));
            return (await Task.WhenAll(searches).ConfigureAwait(false)).FirstOrDefault(problem => problem is not null);
        },
        cancellationToken);

    // Before anybody sees the result.
    private void ThrowIfChanged(IReadOnlyDictionary<Entity, StoredTable> tables)
    {
        foreach (var (entity, table) in tables)
        {
            if ((sources[entity.Source] as IEngineSource)?.FindChange(table) is { } change)
            {
                throw new SourceException(change);
            }
        }
    }

    private static async Task<long> WriteAsync(PlannedSegment planned, IResidualRun run, MembershipOutput? output, CancellationToken cancellationToken)
    {
        if (output is null)
        {
            return await run.CountAsync(planned.Statements, cancellationToken).ConfigureAwait(false);
        }

        if (output.IsWrittenByEngine)
        {
            return await run.WriteParquetAsync(planned.Statements, cancellationToken).ConfigureAwait(false);
        }

        var columns = SegmentPlanner.MemberNames(planned.Run.Main).Zip(planned.Plan.Members.Columns, (name, column) => new MembershipColumn(name, column.Type)).ToImmutableArray();
        return await output.WriteAsync(columns, run.MembersAsync(planned.Statements, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Exception> ExplainAsync(EngineFailure failure, List<IDataSourceConnector> used, IResidualRun run, bool showsValues, CancellationToken cancellationToken)
    {
        var files = used.OfType<IEngineSource>().ToList();
        if (failure.Misfit is var (entity, column))
        {
            var (source, queries) = files.Select(candidate => (candidate, Queries: candidate.FindMisfits(entity, column))).FirstOrDefault(pair => pair.Queries is not null);
            var count = queries is null ? null : await run.QueryNumberAsync(queries.Count, cancellationToken).ConfigureAwait(false);
            var values = queries is null || !showsValues ? [] : await run.QueryTextsAsync(queries.Values, cancellationToken).ConfigureAwait(false);
            return new FederatedSegmentationException(MisfitProblem.Of(source?.Source, entity, column, queries?.Type, count, values), failure);
        }

        Problem? problem = null;
        foreach (var source in files)
        {
            problem ??= await source.ExplainAsync(failure.InnerException!, cancellationToken).ConfigureAwait(false);
        }

        return problem is not null
            ? new SourceException(problem, failure)
            : new FederatedSegmentationException(
                new Problem
                {
                    Code = "INT003",
                    Stage = Stage.Residual,
                    Message = "The embedded engine refused a statement of the gateway.",
                    Hint = "This is a defect of the gateway; please report it with the output of explain and of --verbose.",
                },
                failure);
    }

    private static FragmentReport Report(string id, string source, string sql, FragmentOutcome? outcome) => outcome is null
        ? new FragmentReport(id, source, sql, null, null, 1, 0, 0, 0)
        : new FragmentReport(
            id, source, sql, outcome.Rows, outcome.Bytes, outcome.Attempts, outcome.WaitTime.TotalMilliseconds, outcome.RunTime.TotalMilliseconds, outcome.FetchTime.TotalMilliseconds)
        {
            Keys = outcome.Keys is { } keys ? new TravelledKeys(keys.Passage?.ToString().ToLowerInvariant() ?? "none", keys.Keys) : null,
        };

    private static FragmentProgress Progress(FragmentOutcome outcome, FragmentStep step) => new(
        outcome.Fragment,
        step switch { FragmentStep.Running => FragmentState.Running, FragmentStep.Fetching => FragmentState.Fetching, _ => FragmentState.Done },
        outcome.Rows,
        outcome.Bytes,
        outcome.Attempts,
        outcome.WaitTime);
}
