using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Building;
using FederatedSegmentation.Planning.Rewriting;

namespace FederatedSegmentation.Planning;

/// <summary>
/// Plans the questions of a data check: one row of numbers per entity and per relationship end, counted at the source where it can. Pure, deterministic.
/// </summary>
public static class DataMeasurement
{
    /// <summary>Rows of an entity, then the non-NULL values of each column in model order.</summary>
    public static SegmentPlan Values(Entity entity, IReadOnlyDictionary<Entity, StoredTable> tables, IReadOnlyDictionary<string, Capabilities> sources)
    {
        var scope = new PlanScope(tables);
        var scan = Scan(scope, entity, out var columns);
        ImmutableArray<(Measure, PlanColumn)> measures =
        [
            (new Measure(MeasureFunction.Count, null), Number(scope, "rows")),
            .. columns.Select(column => (new Measure(MeasureFunction.CountValues, new ColumnExpression(column)), Number(scope, column.Name))),
        ];
        return Cut($"check {entity}", Total(scope, scan, columns, measures), scope, tables, sources);
    }

    /// <summary>The rows whose key has no NULL part, and the number of their distinct keys. The entity has a key.</summary>
    public static SegmentPlan Keys(Entity entity, IReadOnlyDictionary<Entity, StoredTable> tables, IReadOnlyDictionary<string, Capabilities> sources)
    {
        var scope = new PlanScope(tables);
        var groups = Grouped(scope, entity, [.. entity.Key], out var count);
        return Cut($"check {entity}", Total(scope, groups, [count], [(new Measure(MeasureFunction.Sum, new ColumnExpression(count)), Sum(scope)), (new Measure(MeasureFunction.Count, null), Number(scope, "keys"))]), scope, tables, sources);
    }

    /// <summary>
    /// Over the rows at the start of a step whose reference has no NULL part: their number, the number that match a row, the sum and the maximum of the
    /// rows that they match.
    /// </summary>
    public static SegmentPlan Matches(PathStep step, IReadOnlyDictionary<Entity, StoredTable> tables, IReadOnlyDictionary<string, Capabilities> sources)
    {
        var scope = new PlanScope(tables);
        var (start, frame) = scope.Scan(step.From);
        var near = PathPairs.Near(step, frame);
        var complete = Predicates.Filter(start, NotNull(near));
        var far = Grouped(scope, step.To, [.. step.On.Select(pair => pair.To)], out var count);
        var keys = near.Select((column, i) => new JoinKey(column, far.Columns[i])).ToImmutableArray();
        var found = new LookupPlan(complete, far, keys, [count]);
        ImmutableArray<(Measure, PlanColumn)> measures =
        [
            (new Measure(MeasureFunction.Count, null), Number(scope, "rows")),
            (new Measure(MeasureFunction.CountValues, new ColumnExpression(count)), Number(scope, "matching")),
            (new Measure(MeasureFunction.Sum, new ColumnExpression(count)), Sum(scope)),
            (new Measure(MeasureFunction.Maximum, new ColumnExpression(count)), Number(scope, "most")),
        ];
        return Cut($"check {step.From}.{step.Name}", Total(scope, found, [count], measures), scope, tables, sources);
    }

    private static LogicalPlan Scan(PlanScope scope, Entity entity, out ImmutableArray<PlanColumn> columns)
    {
        var (plan, frame) = scope.Scan(entity);
        columns = [.. entity.Columns.Select(frame.Own)];
        return plan;
    }

    private static AggregatePlan Grouped(PlanScope scope, Entity entity, ImmutableArray<Column> by, out PlanColumn count)
    {
        var (plan, frame) = scope.Scan(entity);
        ImmutableArray<PlanColumn> groups = [.. by.Select(frame.Own)];
        count = Number(scope, "count");
        return new AggregatePlan(Predicates.Filter(plan, NotNull(groups)), groups, [new Measure(MeasureFunction.Count, null)], [.. scope.Copies(groups), count]);
    }

    // One group of all rows: grouped by a constant, so that the algebra needs no other aggregate.
    private static AggregatePlan Total(PlanScope scope, LogicalPlan input, ImmutableArray<PlanColumn> read, ImmutableArray<(Measure Measure, PlanColumn Column)> measures)
    {
        var all = Number(scope, "all_rows");
        var projected = new ProjectPlan(
            input,
            [new LiteralExpression(new Int64Literal(1), DataTypes.Int64), .. read.Select(column => new ColumnExpression(column))],
            [all, .. read]);
        return new AggregatePlan(projected, [all], [.. measures.Select(item => item.Measure)], [scope.Copy(all), .. measures.Select(item => item.Column)]);
    }

    private static PlanPredicate NotNull(ImmutableArray<PlanColumn> columns)
        => Predicates.And(columns.Select(PlanPredicate (column) => new IsNullPlan(new ColumnExpression(column), Negated: true, Origin: null)));

    private static PlanColumn Number(PlanScope scope, string name) => scope.Column(name, DataTypes.Int64, new StoredInteger());

    private static PlanColumn Sum(PlanScope scope) => scope.Column("total", new DecimalType(38, 0), new StoredDecimal(38, 0));

    private static SegmentPlan Cut(string name, LogicalPlan plan, PlanScope scope, IReadOnlyDictionary<Entity, StoredTable> tables, IReadOnlyDictionary<string, Capabilities> sources)
        => SegmentPlanner.Finish(name, PruneColumns.Apply([plan])[0], plan.Columns.Length, scope, tables, sources, reductions: null);
}
