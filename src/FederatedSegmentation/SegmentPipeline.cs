using FederatedSegmentation.Execution;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Running;

namespace FederatedSegmentation;

/// <summary>The road of a segment: definition → resolve → plan → compile → execute and fetch → residual join → membership.</summary>
internal sealed class SegmentPipeline(DefinitionStage definitions, PlanningStage planning, RunStage running)
{
    /// <summary>Goes down the whole road.</summary>
    public async Task<RunReport> RunAsync(RunRequest request, Deadline deadline, IRunProgress progress, CancellationToken cancellationToken)
    {
        var runId = RunStage.NewRunId();
        using var output = request.Target is { } target ? MembershipOutput.Open(target) : null;
        var prepared = running.Prepare(runId, output);
        await using (prepared.ConfigureAwait(false))
        {
            var resolved = await definitions.ResolveAsync(request.Segment, request.AsOf, request.Parameters, cancellationToken).ConfigureAwait(false);

            // What the engine may touch is known by now, so that it is locked while the run is planned.
            prepared.LockDown(running.Needs(resolved.Run, request.ShowsValues));
            var planned = await planning.PlanAsync(resolved, cancellationToken).ConfigureAwait(false);
            var run = await prepared.StartAsync(cancellationToken).ConfigureAwait(false);
            await using (run.ConfigureAwait(false))
            {
                return await running.RunAsync(request, planned, runId, run, output, deadline, progress, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Goes down the road as far as it can be gone without asking a source for data.</summary>
    public async Task<ExplainReport> ExplainAsync(ExplainRequest request, CancellationToken cancellationToken)
    {
        var resolved = await definitions.ResolveAsync(request.Segment, request.AsOf, request.Parameters, cancellationToken).ConfigureAwait(false);
        var planned = await planning.PlanAsync(resolved, cancellationToken).ConfigureAwait(false);
        return Explanation.Of(planned, await planning.ReadsAsync(planned, cancellationToken).ConfigureAwait(false));
    }
}
