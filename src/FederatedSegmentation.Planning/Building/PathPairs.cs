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
/// <param name="Link">The columns that match the next entity, in the order of <see cref="Far"/> of the step that leads there.</param>
internal sealed record PathPairs(LogicalPlan Plan, ImmutableArray<PlanColumn> Groups, ImmutableArray<PlanColumn> Link)
{
    /// <summary>The pairs of a path of two steps or more, or of one that is repeated, that match the path's last entity.</summary>
    public static PathPairs Of(PlanScope scope, EntityPath path)
    {
        var first = path.Steps[0];
        if (first.IsRepeated)
        {
            var (closure, start, end) = Closure.Of(scope, first, path.Depth);
            return new PathPairs(closure, start, end).Follow(scope, path, from: 0);
        }

        var (entity, frame) = scope.Scan(first.To);
        return Distinct(scope, entity, Far(first, frame), Near(path.Steps[1], frame)).Enter(scope, path, 1).Follow(scope, path, from: 1);
    }

    /// <summary>The pairs that match the path's last entity, from rows that hold the columns at its start.</summary>
    /// <param name="scope">Column ids and scans.</param>
    /// <param name="path">The path.</param>
    /// <param name="start">Pairs whose link are the columns at the start.</param>
    public static PathPairs From(PlanScope scope, EntityPath path, PathPairs start) => start.Enter(scope, path, 0).Follow(scope, path, from: 0);

    /// <summary>The rows of the entity that <paramref name="step"/> leads to, once per group.</summary>
    public PairPlan Join(LogicalPlan entity, PathStep step, Frame frame)
        => new(Plan, entity, [.. Far(step, frame).Select((column, i) => new JoinKey(Link[i], column, step.IsRepeated))]);

    /// <summary>The columns of a step's start, on a row there.</summary>
    public static ImmutableArray<PlanColumn> Near(PathStep step, Frame frame)
        => step.IsRepeated ? [.. step.From.Key.Select(frame.Own)] : [.. step.On.Select(pair => frame.Own(pair.From))];

    /// <summary>The columns of a step's end, on a row there.</summary>
    public static ImmutableArray<PlanColumn> Far(PathStep step, Frame frame)
        => step.IsRepeated ? [.. step.To.Key.Select(frame.Own)] : [.. step.On.Select(pair => frame.Own(pair.To))];

    // From pairs that match the entity where a step ends to those that match the entity where the last one ends.
    private PathPairs Follow(PlanScope scope, EntityPath path, int from)
    {
        var pairs = this;
        for (var i = from; i < path.Steps.Length - 1; i++)
        {
            var (entity, frame) = scope.Scan(path.Steps[i].To);
            pairs = Distinct(scope, pairs.Join(entity, path.Steps[i], frame), pairs.Groups, Near(path.Steps[i + 1], frame)).Enter(scope, path, i + 1);
        }

        return pairs;
    }

    // The link holds the columns at the start of a step; a repeated one is walked before its end is met.
    private PathPairs Enter(PlanScope scope, EntityPath path, int index)
    {
        var step = path.Steps[index];
        if (!step.IsRepeated)
        {
            return this;
        }

        var (closure, start, end) = Closure.Of(scope, step, path.Depth);
        var joined = new PairPlan(Plan, closure, [.. Link.Select((column, i) => new JoinKey(column, start[i], NullsMatch: true))]);
        return Distinct(scope, joined, Groups, end);
    }

    private static PathPairs Distinct(PlanScope scope, LogicalPlan input, ImmutableArray<PlanColumn> groups, ImmutableArray<PlanColumn> link)
    {
        var columns = scope.Copies([.. groups, .. link]);
        return new PathPairs(new DistinctPlan(input, [.. groups, .. link], columns), columns[..groups.Length], columns[groups.Length..]);
    }
}
