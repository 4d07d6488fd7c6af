using System.Globalization;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Reports;

namespace FederatedSegmentation.Running;

/// <summary>Says what a plan does.</summary>
internal static class Explanation
{
    /// <summary>The report of a planned segment.</summary>
    /// <param name="planned">The segment.</param>
    /// <param name="reads">The bytes that sources would read, by the ids of fragments, where they say so.</param>
    public static ExplainReport Of(PlannedSegment planned, IReadOnlyDictionary<string, long> reads) => new(
        planned.Run.Main.Id,
        planned.AsOf,
        planned.Plan.Phase,
        planned.Plan.PhaseReason,
        [
            .. planned.Fragments.Zip(planned.Plan.Fragments).Select(pair => new ExplainedFragment(
                pair.First.Fragment,
                pair.First.Source,
                pair.First.Dialect,
                pair.First.Sql,
                [],
                [.. pair.First.Columns.Select(column => new ExplainedColumn(column.Name, column.Type.Name))],
                pair.Second.Estimate,
                pair.Second.Reduction?.DependsOn ?? [])
            {
                ReadsBytes = reads.TryGetValue(pair.First.Fragment, out var bytes) ? bytes : null,
                Waits = pair.Second.Reduction is { } reduction ? WaitOf(reduction) : null,
            }),
        ],
        [
            .. planned.Plan.Decisions.Select(decision => new ExplainedPredicate(
                $"{decision.Predicate.Segment}{decision.Predicate.Pointer} {decision.Predicate.Text}", decision.Fragment, decision.Verdict, decision.Reason)),
        ],
        new ExplainedResidual(
            planned.Engine,
            planned.Plan.Estimate,
            [.. planned.Statements.Stages.Select(stage => $"CREATE TABLE {stage.Name} AS {stage.Sql}"), planned.Statements.Members]),
        planned.PlanTime.TotalMilliseconds);

    // The rungs of the ladder, from the one that is tried first.
    private static ExplainedWait WaitOf(FragmentReduction reduction) => new(
        [.. reduction.Columns.Select(column => column.Name)],
        reduction.Estimate,
        [
            .. reduction.Rungs.Select(rung => string.Create(
                CultureInfo.InvariantCulture,
                $"{NameOf(rung.Passage)}: up to {reduction.MaxKeysOf(rung):N0} keys and {rung.MaxBytes:N0} bytes{(rung == reduction.Expected ? ", expected" : string.Empty)}")),
            "all rows, if there are more",
        ]);

    private static string NameOf(KeyPassage passage) => passage switch
    {
        KeyPassage.List => "a list of keys in the statement",
        KeyPassage.Array => "one array of keys",
        _ => "a table of keys in the scratch schema",
    };
}
