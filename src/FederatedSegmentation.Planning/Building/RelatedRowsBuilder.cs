using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Turns conditions on related rows into semi-joins, anti-joins and aggregates by key, so that rows never multiply.</summary>
internal sealed class RelatedRowsBuilder(PlanScope scope, PredicateBuilder predicates)
{
    /// <summary>TRUE for the rows whose related rows pass.</summary>
    public PlanPredicate Build(RowContext row, RelatedPredicate related)
    {
        var outer = OuterReferences.Of(related.Where);
        if (related.Aggregation is { } aggregation)
        {
            var rows = Collect(row, related.Path, related.Where, outer);
            return new AggregationBuilder(scope, predicates).Build(row, rows, aggregation, related.Origin);
        }

        if (outer.IsEmpty)
        {
            return Exists(row, related.Path, related.Where, related.Origin);
        }

        return new OuterComparisonRewrite(scope, predicates, this).TryBuild(row, related)
            ?? CollectCorrelated(row, related.Path, related.Where, outer).Match(related.Origin);
    }

    /// <summary>The value at the end of a to-one path of the current row, guarded against several rows there.</summary>
    public PlanExpression Lookup(RowContext row, EntityPath path, Column column)
    {
        var rows = Collect(row, path, new ConstantPredicate(true, new PredicateOrigin(string.Empty, string.Empty, string.Empty)));
        var value = rows.Row.Current.Own(column);
        var found = scope.Copy(value);
        var count = scope.Column("rows", DataTypes.Int64, new StoredInteger());
        var (build, keys) = rows.Aggregate(
            scope, [(new Measure(MeasureFunction.Any, new ColumnExpression(value)), found), (new Measure(MeasureFunction.Count, null), count)]);
        row.Plan = new LookupPlan(row.Plan, build, keys, [found, count]);
        return new GuardedExpression(
            new ColumnExpression(found), new ColumnExpression(count), new DataGuard("DAT003", $"{path.Start}.{path} leads to several rows of {path.End}"));
    }

    /// <summary>The related rows under a condition that reads nothing of the outer row.</summary>
    public RelatedRows Collect(RowContext row, EntityPath path, ResolvedPredicate where)
    {
        var probe = PathPairs.Near(path.Steps[0], row.Current).Select(column => (column, NullsMatch: path.Steps[0].IsRepeated)).ToImmutableArray();
        var (context, frame) = End(path, where);
        if (path.Steps is [{ IsRepeated: false } only])
        {
            return new RelatedRows(context, PathPairs.Far(only, frame), probe);
        }

        var pairs = PathPairs.Of(scope, path);
        context.Plan = pairs.Join(context.Plan, path.Steps[^1], frame);
        return new RelatedRows(context, pairs.Groups, probe);
    }

    /// <summary>The related rows under a condition that may read the outer row; <paramref name="outer"/> is what the condition, or one that is applied later, reads of it.</summary>
    public RelatedRows Collect(RowContext row, EntityPath path, ResolvedPredicate where, ImmutableArray<ReferenceOperand> outer)
        => outer.IsEmpty ? Collect(row, path, where) : CollectCorrelated(row, path, where, outer);

    // 'has a.b where P' is 'has a where (has b where P)': a chain of semi-joins, evaluated from its end.
    private MatchPlan Exists(RowContext row, EntityPath path, ResolvedPredicate where, PredicateOrigin origin)
    {
        var (context, frame) = End(path, where);
        var (plan, far) = Arrive(path, path.Steps.Length - 1, context.Plan, frame);
        for (var i = path.Steps.Length - 1; i > 0; i--)
        {
            var (middle, middleFrame) = scope.Scan(path.Steps[i].From);
            (plan, far) = Arrive(path, i - 1, new FilterPlan(middle, new MatchPlan(plan, Keys(path.Steps[i], middleFrame, far), Origin: null)), middleFrame);
        }

        return new MatchPlan(plan, Keys(path.Steps[0], row.Current, far), origin);
    }

    // What the start of a step is matched with: the rows at its end, or, where it is repeated, the keys from which they are reached.
    private (LogicalPlan Plan, ImmutableArray<PlanColumn> Far) Arrive(EntityPath path, int index, LogicalPlan end, Frame frame)
    {
        var step = path.Steps[index];
        var far = PathPairs.Far(step, frame);
        if (!step.IsRepeated)
        {
            return (end, far);
        }

        var (closure, start, reached) = Closure.Of(scope, step, path.Depth);
        return (new FilterPlan(closure, new MatchPlan(end, [.. reached.Zip(far, (probe, build) => new JoinKey(probe, build, NullsMatch: true))], Origin: null)), start);
    }

    // The condition reads outer values. It is evaluated once per distinct combination of start keys and outer values, and matched by both: never once
    // per outer row.
    private RelatedRows CollectCorrelated(RowContext row, EntityPath path, ResolvedPredicate where, ImmutableArray<ReferenceOperand> outer)
    {
        var steps = path.Steps;
        var values = outer.Select(reference => ColumnOf(row, predicates.Reference(row, reference))).ToImmutableArray();
        var start = PathPairs.Near(steps[0], row.Current);
        ImmutableArray<PlanColumn> wanted = [.. start, .. values];

        var (source, inSource) = Share(row);
        var groups = scope.Copies(wanted);
        var pairs = new PathPairs(new DistinctPlan(source, [.. wanted.Select(column => inSource[column.Id])], groups), groups, groups[..start.Length]);
        pairs = PathPairs.From(scope, path, pairs);

        var (end, endFrame) = scope.Scan(path.End);
        var frames = Enumerable.Range(0, outer.Max(reference => reference.FramesUp) + 1).Select(_ => new Frame()).ToImmutableArray();
        for (var i = 0; i < outer.Length; i++)
        {
            frames[outer[i].FramesUp].Add(outer[i].Path.ToString(), outer[i].Column, new ColumnExpression(pairs.Groups[start.Length + i]));
        }

        var context = new RowContext(pairs.Join(end, steps[^1], endFrame), [endFrame, .. frames]);
        var predicate = predicates.Build(context, where);
        context.Plan = Predicates.Filter(context.Plan, predicate);
        return new RelatedRows(context, pairs.Groups, [.. wanted.Select((column, i) => (column, NullsMatch: steps[0].IsRepeated || i >= start.Length))]);
    }

    private (RowContext Context, Frame Frame) End(EntityPath path, ResolvedPredicate where)
    {
        var (plan, frame) = scope.Scan(path.End);
        var context = new RowContext(plan, [frame]);
        var predicate = predicates.Build(context, where);
        context.Plan = Predicates.Filter(context.Plan, predicate);
        return (context, frame);
    }

    // The relation is read twice from here on: for the rows themselves and for the combinations to look at. A bare table is simply read again.
    private (LogicalPlan Source, IReadOnlyDictionary<int, PlanColumn> Columns) Share(RowContext row)
    {
        var columns = scope.Copies(row.Plan.Columns);
        var mapping = row.Plan.Columns.Zip(columns).ToDictionary(pair => pair.First.Id, pair => pair.Second);
        if (row.Plan is ScanPlan scan)
        {
            return (scan with { Columns = columns }, mapping);
        }

        var name = row.Plan is SharedPlan shared ? shared.Name : scope.SharedName("rows");
        var definition = row.Plan is SharedPlan known ? known.Shared : row.Plan;
        row.Plan = new SharedPlan(name, definition, row.Plan.Columns);
        return (new SharedPlan(name, definition, columns), mapping);
    }

    /// <summary>The value as a column of the relation, which is extended where it is none yet.</summary>
    public PlanColumn ColumnOf(RowContext row, PlanExpression expression)
    {
        if (expression is ColumnExpression column)
        {
            return column.Column;
        }

        var computed = scope.Column("outer", expression.Type, StorageOf(expression));
        row.Plan = new ProjectPlan(
            row.Plan,
            [.. row.Plan.Columns.Select(kept => new ColumnExpression(kept)), expression],
            row.Plan.Columns.Add(computed));
        return computed;
    }

    private static StorageType StorageOf(PlanExpression expression) => expression switch
    {
        ColumnExpression column => column.Column.Storage,
        GuardedExpression guarded => StorageOf(guarded.Input),
        _ => NaturalStorage.Of(expression.Type),
    };

    private static ImmutableArray<JoinKey> Keys(PathStep step, Frame near, ImmutableArray<PlanColumn> far)
        => [.. PathPairs.Near(step, near).Zip(far, (probe, build) => new JoinKey(probe, build, step.IsRepeated))];
}
