using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Turns a repeated step into the pairs of keys that lead to each other. Only keys and edges leave the source; they are walked in the engine.</summary>
internal static class Closure
{
    /// <summary>The pairs, once for all uses of the step in a run.</summary>
    /// <param name="scope">Column ids and scans.</param>
    /// <param name="step">A repeated step.</param>
    /// <param name="depth">The most levels.</param>
    public static (LogicalPlan Plan, ImmutableArray<PlanColumn> Start, ImmutableArray<PlanColumn> End) Of(PlanScope scope, PathStep step, int depth)
    {
        var shared = scope.SharedOnce((step, depth), "hierarchy", () => Build(scope, step, depth));
        var width = step.From.Key.Length;
        return (shared, shared.Columns[..width], shared.Columns[width..]);
    }

    private static ClosurePlan Build(PlanScope scope, PathStep step, int depth)
    {
        var on = step.On.ToImmutableArray();
        var key = step.From.Key;
        var (rows, frame) = scope.Scan(step.From);
        var keys = key.Select(frame.Own).ToImmutableArray();
        ImmutableArray<PlanColumn> Outputs() => [.. scope.Copies(keys), .. scope.Copies(keys)];

        // A row that names its parent's key, or is named by its key, is an edge by itself: one pass over (key, parent).
        if (PartnersOf(key, on, pair => pair.To, pair => pair.From) is { } parent)
        {
            var columns = scope.Copies([.. keys, .. parent.Select(frame.Own)]);
            var (own, next) = (columns[..key.Length], columns[key.Length..]);
            return new ClosurePlan(new DistinctPlan(rows, [.. keys, .. parent.Select(frame.Own)], columns), own, own, next, Required: next, depth, Outputs());
        }

        if (PartnersOf(key, on, pair => pair.From, pair => pair.To) is { } back)
        {
            var columns = scope.Copies([.. keys, .. back.Select(frame.Own)]);
            var (own, previous) = (columns[..key.Length], columns[key.Length..]);
            return new ClosurePlan(new DistinctPlan(rows, [.. keys, .. back.Select(frame.Own)], columns), own, previous, own, Required: previous, depth, Outputs());
        }

        // Otherwise rows are joined with rows, and every key is a node by an edge to itself.
        var (ends, endFrame) = scope.Scan(step.To);
        var endKeys = key.Select(endFrame.Own).ToImmutableArray();
        var pairs = new PairPlan(rows, ends, [.. PathPairs.Near(step with { IsRepeated = false }, frame).Zip(PathPairs.Far(step with { IsRepeated = false }, endFrame), (near, far) => new JoinKey(near, far))]);
        var edges = new DistinctPlan(pairs, [.. keys, .. endKeys], scope.Copies([.. keys, .. endKeys]));
        var (again, againFrame) = scope.Scan(step.From);
        var againKeys = key.Select(againFrame.Own).ToImmutableArray();
        var nodes = new DistinctPlan(again, againKeys, scope.Copies(againKeys));
        var twice = new ProjectPlan(
            nodes, [.. nodes.Columns.Concat(nodes.Columns).Select(PlanExpression (column) => new ColumnExpression(column))], [.. scope.Copies(nodes.Columns), .. scope.Copies(nodes.Columns)]);
        var all = new SetPlan(SetKind.Union, [edges, twice], scope.Copies(edges.Columns));
        var (from, to) = (all.Columns[..key.Length], all.Columns[key.Length..]);
        return new ClosurePlan(all, from, from, to, Required: [], depth, Outputs());
    }

    // The column that is paired with each column of the key, where the pairs are exactly the key and of its types.
    private static ImmutableArray<Column>? PartnersOf(
        ImmutableArray<Column> key, ImmutableArray<(Column From, Column To)> on, Func<(Column From, Column To), Column> inKey, Func<(Column From, Column To), Column> partner)
    {
        if (on.Length != key.Length)
        {
            return null;
        }

        var partners = key.Select(column => on.Where(pair => ReferenceEquals(inKey(pair), column)).Select(partner).ToList()).ToList();
        return partners.All(found => found.Count == 1) && partners.Zip(key).All(pair => pair.First[0].Type == pair.Second.Type)
            ? [.. partners.Select(found => found[0])]
            : null;
    }
}
