using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Planning.Building;

/// <summary>
/// Related rows of all outer rows at once: each stored row stands once per group, and an outer row's related rows are the group that matches its probe
/// columns.
/// </summary>
/// <param name="Row">The relation of the related rows, with the related row as its current row; look-ups may extend it.</param>
/// <param name="Groups">Columns of it that name the group.</param>
/// <param name="Probe">The outer row's column for each group column, and whether NULL matches NULL (outer values) or nothing (start keys).</param>
internal sealed record RelatedRows(RowContext Row, ImmutableArray<PlanColumn> Groups, ImmutableArray<(PlanColumn Column, bool NullsMatch)> Probe)
{
    /// <summary>TRUE for the outer rows that have a related row.</summary>
    public MatchPlan Match(PredicateOrigin origin) => new(Row.Plan, Keys(Groups), origin);

    /// <summary>One row per group with the measures, and the pairs that match it with the outer rows.</summary>
    public (AggregatePlan Plan, ImmutableArray<JoinKey> Keys) Aggregate(PlanScope scope, ImmutableArray<(Measure Measure, PlanColumn Column)> measures)
    {
        var groups = scope.Copies(Groups);
        var plan = new AggregatePlan(Row.Plan, Groups, [.. measures.Select(item => item.Measure)], [.. groups, .. measures.Select(item => item.Column)]);
        return (plan, Keys(groups));
    }

    private ImmutableArray<JoinKey> Keys(ImmutableArray<PlanColumn> groups) => [.. Probe.Select((probe, i) => new JoinKey(probe.Column, groups[i], probe.NullsMatch))];
}
