using System.Collections.Concurrent;
using System.Collections.Immutable;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Planning.Reduction;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>Runs cases against a source.</summary>
public static class ConformanceRun
{
    /// <summary>Runs the chosen cases, several side by side. What is wrong with the source is in the report and never thrown.</summary>
    /// <param name="source">The source.</param>
    /// <param name="isChosen">Whether to run a case, by its group and itself.</param>
    /// <param name="onResult">Hears of each result; called from several threads.</param>
    /// <param name="cancellationToken">Cancels the runs and their statements.</param>
    public static Task<ConformanceReport> RunAsync(
        SourceUnderTest source, Func<ConformanceGroup, ConformanceCase, bool> isChosen, Action<CaseResult> onResult, CancellationToken cancellationToken)
        => RunAsync(source, CaseLibrary.All, isChosen, onResult, cancellationToken);

    /// <summary>Runs cases of the caller's own.</summary>
    /// <param name="source">The source.</param>
    /// <param name="library">The groups.</param>
    /// <param name="isChosen">Whether to run a case, by its group and itself.</param>
    /// <param name="onResult">Hears of each result; called from several threads.</param>
    /// <param name="cancellationToken">Cancels the runs and their statements.</param>
    public static async Task<ConformanceReport> RunAsync(
        SourceUnderTest source, ImmutableArray<ConformanceGroup> library, Func<ConformanceGroup, ConformanceCase, bool> isChosen, Action<CaseResult> onResult, CancellationToken cancellationToken)
    {
        var startedAt = TimeProvider.System.GetUtcNow();
        var started = TimeProvider.System.GetTimestamp();
        var groups = library
            .Select(group => (Group: group, Cases: group.Cases.Where(one => isChosen(group, one)).ToImmutableArray(), Tables: CaseTables.Of(group, source.Spelling, source.Schema)))
            .Where(work => !work.Cases.IsEmpty)
            .ToList();
        var stopped = groups.Find(work => work.Tables.WhyNone is null) is { Group: { } first } probe ? await WhyUnreachableAsync(source, first, probe.Tables.Tables, cancellationToken).ConfigureAwait(false) : null;
        var results = new ConcurrentDictionary<(string Group, string Case), CaseResult>();
        void Add(CaseResult result)
        {
            results.TryAdd((result.Group.Name, result.Case.Id), result);
            onResult(result);
        }

        await Parallel.ForEachAsync(
            groups,
            new ParallelOptions { MaxDegreeOfParallelism = source.SideBySide, CancellationToken = cancellationToken },
            async (work, token) =>
            {
                if (stopped is not null || work.Tables.WhyNone is not null)
                {
                    foreach (var one in work.Cases)
                    {
                        Add(work.Tables.WhyNone is { } reason ? new CaseResult(work.Group, one, CaseOutcome.DoesNotApply, reason) : new CaseResult(work.Group, one, CaseOutcome.NotRun, $"{stopped!.Code}: {stopped.Message.TrimEnd('.')}"));
                    }

                    return;
                }

                await RunGroupAsync(source, work.Group, work.Cases, work.Tables.Tables, Add, token).ConfigureAwait(false);
            }).ConfigureAwait(false);
        return new ConformanceReport(
            source.Connector.Source,
            source.Spelling,
            string.Join('.', source.Schema),
            source.Connector.Capabilities,
            startedAt,
            TimeProvider.System.GetElapsedTime(started),
            [.. groups.SelectMany(work => work.Cases.Select(one => results[(work.Group.Name, one.Id)]))],
            stopped);
    }

    private static async Task RunGroupAsync(
        SourceUnderTest source, ConformanceGroup group, ImmutableArray<ConformanceCase> cases, ImmutableArray<CaseTable> tables, Action<CaseResult> onResult, CancellationToken cancellationToken)
    {
        using var folder = await GroupFolder.CreateAsync(group, tables, source, cancellationToken).ConfigureAwait(false);
        if (!group.Elsewhere.IsEmpty)
        {
            var travelling = new KeyRunner(source, group, folder);
            await using var endOfTravelling = travelling.ConfigureAwait(false);
            foreach (var one in cases)
            {
                onResult(await travelling.RunAsync(one, cancellationToken).ConfigureAwait(false));
            }

            return;
        }

        if (cases.Any(one => one.Fills is not null))
        {
            foreach (var one in cases)
            {
                onResult(await FilledRunner.RunAsync(source, group, one, tables, cancellationToken).ConfigureAwait(false));
            }

            return;
        }

        var pushing = folder.Open(source.Connector.Capabilities, ReductionPolicy.Default);
        await using var endOfPushing = pushing.ConfigureAwait(false);
        var fetching = folder.Open(CapabilityTable.RowsOnly(source.Connector.Capabilities), ReductionPolicy.Default);
        await using var endOfFetching = fetching.ConfigureAwait(false);
        var runner = new CaseRunner(source, group, folder, pushing, fetching);
        foreach (var one in cases)
        {
            onResult(await runner.RunAsync(one, cancellationToken).ConfigureAwait(false));
        }
    }

    // One question for metadata tells whether there is any use in asking on: a source that does not answer takes its time to say so.
    private static async Task<Problem?> WhyUnreachableAsync(SourceUnderTest source, ConformanceGroup group, ImmutableArray<CaseTable> tables, CancellationToken cancellationToken)
    {
        using var folder = await GroupFolder.CreateAsync(group.Cases[0].IsUnfilled ? group.Filled(group.Cases[0], [0]) : group, tables, source, cancellationToken).ConfigureAwait(false);
        var gateway = folder.Open(source.Connector.Capabilities, ReductionPolicy.Default);
        await using var end = gateway.ConfigureAwait(false);
        try
        {
            await gateway.ExplainAsync(new ExplainRequest(new SegmentById(group.Cases[0].Id), null, Settings.EngineKind.DuckDb, source.Deadline), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (FederatedSegmentationException failure)
        {
            var problem = failure.Problems[0];
            return problem.Code is SourceErrorCodes.Unreachable or SourceErrorCodes.TransportSecurity or SourceErrorCodes.Refused or SourceErrorCodes.ConnectionLost or SourceErrorCodes.Busy
                || problem.Kind is ErrorKind.Definition or ErrorKind.Deadline
                ? problem
                : null;
        }
    }
}
