using System.Collections.Immutable;
using System.Text;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>Runs cases of a group in one way at a time.</summary>
internal sealed class WayRunner(SourceUnderTest source, ConformanceGroup group)
{
    /// <summary>Whether a problem says that a table of the cases is missing.</summary>
    public static bool IsMissing(Problem problem) => problem.Code is SourceErrorCodes.TableMissing or "SRC101";

    /// <summary>Runs a case over a gateway; what fails is in the result.</summary>
    public async Task<CaseWay> GoAsync(ISegmentGateway gateway, ConformanceCase asked, bool explains, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var asOf = DateTimeOffset.UnixEpoch.AddTicks(group.AsOf * TimeSpan.TicksPerMicrosecond);
        ExplainReport? plan = null;
        try
        {
            plan = explains ? await gateway.ExplainAsync(new ExplainRequest(new SegmentById(asked.Id), asOf, EngineKind.DuckDb, source.Deadline), cancellationToken).ConfigureAwait(false) : null;
            using var stream = new MemoryStream();
            var report = await gateway.RunAsync(Request(asked, stream), NoProgress.Instance, cancellationToken).ConfigureAwait(false);
            var ofSource = report.Fragments.Where(fragment => string.Equals(fragment.Source, source.Connector.Source, StringComparison.Ordinal)).ToList();
            return Way(plan, [.. CsvText.Parse(Encoding.UTF8.GetString(stream.ToArray())).Skip(1).Select(record => string.Join('|', record))], null, started) with
            {
                Statements = plan is null ? [.. ofSource.Select(fragment => fragment.Sql)] : [.. plan.Fragments.Select(fragment => fragment.Sql)],
                Keys = [.. ofSource.Select(fragment => fragment.Keys).OfType<TravelledKeys>()],
                Rows = ofSource.Sum(fragment => fragment.Rows ?? 0),
            };
        }
        catch (FederatedSegmentationException failure)
        {
            return Way(plan, null, failure.Problems[0], started);
        }
    }

    /// <summary>Cancels a run of a case; says what is wrong where it does not end as cancelled, else null.</summary>
    public async Task<string?> CancelAsync(ISegmentGateway gateway, ConformanceCase asked, CancelPoint point, CancellationToken cancellationToken)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var progress = new Canceller(cancellation, point);
        if (point == CancelPoint.Before)
        {
            await cancellation.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            using var stream = new MemoryStream();
            await gateway.RunAsync(Request(asked, stream), progress, cancellation.Token).ConfigureAwait(false);
            return "it was cancelled, and ran to its end";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (FederatedSegmentationException failure) when (!IsMissing(failure.Problems[0]))
        {
            return $"it was cancelled, and failed with {failure.Problems[0].Code}: {failure.Problems[0].Message.TrimEnd('.')}";
        }
        catch (FederatedSegmentationException)
        {
            // The run that follows says so.
            return null;
        }
    }

    private RunRequest Request(ConformanceCase asked, Stream members) => new()
    {
        Segment = new SegmentById(asked.Id),
        Target = new MembershipStream(members, "memory", MembershipFormat.Csv),
        AsOf = DateTimeOffset.UnixEpoch.AddTicks(group.AsOf * TimeSpan.TicksPerMicrosecond),
        Engine = EngineKind.DuckDb,
        Deadline = source.Deadline,
        StartedAt = TimeProvider.System.GetTimestamp(),
        ShowsValues = false,
    };

    private sealed class Canceller(CancellationTokenSource cancellation, CancelPoint point) : IRunProgress
    {
        private readonly FragmentState _state = point == CancelPoint.Fetching ? FragmentState.Fetching : FragmentState.Running;

        // Files have no statement: their rows arrive while the engine joins.
        public void Report(RunEvent runEvent)
        {
            if (runEvent is ResidualStarted || (runEvent is FragmentProgress progress && progress.State >= _state))
            {
                _ = cancellation.CancelAsync();
            }
        }
    }

    private static CaseWay Way(ExplainReport? plan, ImmutableArray<string>? members, Problem? problem, long started) => new(
        plan is null ? [] : [.. plan.Fragments.Select(fragment => fragment.Sql)],
        plan is null || plan.Pushdown.IsEmpty ? null : plan.Pushdown.Max(predicate => predicate.Verdict),
        plan is null ? [] : [.. plan.Pushdown.Where(predicate => predicate.Verdict != PushdownVerdict.Full).Select(predicate => predicate.Reason).Distinct(StringComparer.Ordinal)],
        members,
        problem,
        TimeProvider.System.GetElapsedTime(started));
}
