using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;

namespace FederatedSegmentation.Planning.Building;

/// <summary>
/// The distinct combinations of the columns where a path starts and those that lead on to its next entity. Because they are distinct, joining them
/// with the path's end gives each stored row once per start, however many chains lead to it.
/// </summary>
/// <param name="Plan">The relation.</param>
/// <param name="Groups">The columns at the start, and the outer values that travel along.</param>
/// <param name="Link">The columns that match the next entity, in the order of the next step's pairs.</param>
internal sealed record PathPairs(LogicalPlan Plan, ImmutableArray<PlanColumn> Groups, ImmutableArray<PlanColumn> Link)
{
    /// <summary>The pairs of a path's first entity with the columns towards its second.</summary>
    public static PathPairs Start(PlanScope scope, PathStep first, PathStep next)
    {
        var (entity, frame) = scope.Scan(first.To);
        return Distinct(scope, entity, Far(first, frame), Near(next, frame));
    }

    /// <summary>One entity further: <paramref name="step"/> leads to it and <paramref name="next"/> away from it.</summary>
    public PathPairs Advance(PlanScope scope, PathStep step, PathStep next)
    {
        var (entity, frame) = scope.Scan(step.To);
        return Distinct(scope, Join(entity, step, frame), Groups, Near(next, frame));
    }

    /// <summary>The rows of the entity that <paramref name="step"/> leads to, once per group.</summary>
    public PairPlan Join(LogicalPlan entity, PathStep step, Frame frame)
        => new(Plan, entity, [.. Far(step, frame).Select((column, i) => new JoinKey(Link[i], column))]);

    /// <summary>The columns of a step's start, on a row there.</summary>
    public static ImmutableArray<PlanColumn> Near(PathStep step, Frame frame) => [.. step.On.Select(pair => frame.Own(pair.From))];

    /// <summary>The columns of a step's end, on a row there.</summary>
    public static ImmutableArray<PlanColumn> Far(PathStep step, Frame frame) => [.. step.On.Select(pair => frame.Own(pair.To))];

    private static PathPairs Distinct(PlanScope scope, LogicalPlan input, ImmutableArray<PlanColumn> groups, ImmutableArray<PlanColumn> link)
    {
        var columns = scope.Copies([.. groups, .. link]);
        return new PathPairs(new DistinctPlan(input, [.. groups, .. link], columns), columns[..groups.Length], columns[groups.Length..]);
    }
}
