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
            var rows = outer.IsEmpty ? Collect(row, related.Path, related.Where) : CollectCorrelated(row, related, outer);
            return new AggregationBuilder(scope, predicates).Build(row, rows, aggregation, related.Origin);
        }

        if (outer.IsEmpty)
        {
            return Exists(row, related.Path, related.Where, related.Origin);
        }

        return new OuterComparisonRewrite(scope, predicates, this).TryBuild(row, related)
            ?? CollectCorrelated(row, related, outer).Match(related.Origin);
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
        var steps = path.Steps;
        var probe = PathPairs.Near(steps[0], row.Current).Select(column => (column, NullsMatch: false)).ToImmutableArray();
        var (context, frame) = End(path, where);
        if (steps.Length == 1)
        {
            return new RelatedRows(context, PathPairs.Far(steps[0], frame), probe);
        }

        var pairs = PathPairs.Start(scope, steps[0], steps[1]);
        for (var i = 1; i < steps.Length - 1; i++)
        {
            pairs = pairs.Advance(scope, steps[i], steps[i + 1]);
        }

        context.Plan = pairs.Join(context.Plan, steps[^1], frame);
        return new RelatedRows(context, pairs.Groups, probe);
    }

    // 'has a.b where P' is 'has a where (has b where P)': a chain of semi-joins, evaluated from its end.
    private MatchPlan Exists(RowContext row, EntityPath path, ResolvedPredicate where, PredicateOrigin origin)
    {
        var (context, frame) = End(path, where);
        var plan = context.Plan;
        for (var i = path.Steps.Length - 1; i > 0; i--)
        {
            var step = path.Steps[i];
            var (middle, middleFrame) = scope.Scan(step.From);
            plan = new FilterPlan(middle, new MatchPlan(plan, Keys(step, middleFrame, frame), Origin: null));
            frame = middleFrame;
        }

        return new MatchPlan(plan, Keys(path.Steps[0], row.Current, frame), origin);
    }

    // The condition reads outer values. It is evaluated once per distinct combination of start keys and outer values, and matched by both: never once
    // per outer row.
    private RelatedRows CollectCorrelated(RowContext row, RelatedPredicate related, ImmutableArray<ReferenceOperand> outer)
    {
        var steps = related.Path.Steps;
        var values = outer.Select(reference => ColumnOf(row, predicates.Reference(row, reference))).ToImmutableArray();
        var start = PathPairs.Near(steps[0], row.Current);
        ImmutableArray<PlanColumn> wanted = [.. start, .. values];

        var (source, inSource) = Share(row);
        var groups = scope.Copies(wanted);
        var pairs = new PathPairs(new DistinctPlan(source, [.. wanted.Select(column => inSource[column.Id])], groups), groups, groups[..start.Length]);
        for (var i = 0; i < steps.Length - 1; i++)
        {
            pairs = pairs.Advance(scope, steps[i], steps[i + 1]);
        }

        var (end, endFrame) = scope.Scan(related.Path.End);
        var frames = Enumerable.Range(0, outer.Max(reference => reference.FramesUp) + 1).Select(_ => new Frame()).ToImmutableArray();
        for (var i = 0; i < outer.Length; i++)
        {
            frames[outer[i].FramesUp].Add(outer[i].Path.ToString(), outer[i].Column, new ColumnExpression(pairs.Groups[start.Length + i]));
        }

        var context = new RowContext(pairs.Join(end, steps[^1], endFrame), [endFrame, .. frames]);
        var predicate = predicates.Build(context, related.Where);
        context.Plan = Predicates.Filter(context.Plan, predicate);
        return new RelatedRows(context, pairs.Groups, [.. wanted.Select((column, i) => (column, NullsMatch: i >= start.Length))]);
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

    private PlanColumn ColumnOf(RowContext row, PlanExpression expression)
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

    private static ImmutableArray<JoinKey> Keys(PathStep step, Frame near, Frame far)
        => [.. PathPairs.Near(step, near).Zip(PathPairs.Far(step, far), (probe, build) => new JoinKey(probe, build))];
}
