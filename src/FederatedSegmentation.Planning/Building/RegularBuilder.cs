using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Turns regularity into a count per window of literal bounds, and a count of the windows that have enough.</summary>
internal sealed class RegularBuilder(PlanScope scope, RelatedRowsBuilder related)
{
    /// <summary>TRUE for the rows whose related rows fall into enough of the windows.</summary>
    public MatchPlan Build(RowContext row, RegularPredicate regular)
    {
        var rows = related.Collect(row, regular.Path, regular.Where, OuterReferences.Of(regular.Where));
        var time = new ColumnExpression(rows.Row.Current.Own(regular.Time));
        rows.Row.Plan = Predicates.Filter(
            rows.Row.Plan,
            Predicates.And(
                new ComparisonPlan(ComparisonOperator.GreaterOrEqual, time, new LiteralExpression(regular.Bounds[0], time.Type), regular.Origin),
                new ComparisonPlan(ComparisonOperator.Less, time, new LiteralExpression(regular.Bounds[^1], time.Type), regular.Origin)));

        PlanExpression window = new IntervalExpression(
            time, regular.Bounds[1..^1], [.. Enumerable.Range(0, regular.Bounds.Length - 1).Select(Literal (i) => new Int64Literal(i))], DataTypes.Int64);
        var (plan, keys, measure) = regular.AtLeast == 1
            ? Count(rows, new Measure(MeasureFunction.CountDistinct, window))
            : Count(WithEnough(rows, window, regular), new Measure(MeasureFunction.Count, null));
        var enough = new ComparisonPlan(ComparisonOperator.GreaterOrEqual, new ColumnExpression(measure), Number(regular.Windows), regular.Origin);
        return new MatchPlan(Predicates.Filter(plan, enough), keys, regular.Origin);
    }

    private (AggregatePlan Plan, ImmutableArray<JoinKey> Keys, PlanColumn Measure) Count(RelatedRows rows, Measure measure)
    {
        var column = scope.Column("windows", DataTypes.Int64, new StoredInteger());
        var (plan, keys) = rows.Aggregate(scope, [(measure, column)]);
        return (plan, keys, column);
    }

    // One row for each group and window that holds enough rows.
    private RelatedRows WithEnough(RelatedRows rows, PlanExpression window, RegularPredicate regular)
    {
        var index = related.ColumnOf(rows.Row, window);
        var groups = scope.Copies([.. rows.Groups, index]);
        var count = scope.Column("count", DataTypes.Int64, new StoredInteger());
        var counted = new AggregatePlan(rows.Row.Plan, [.. rows.Groups, index], [new Measure(MeasureFunction.Count, null)], [.. groups, count]);
        var enough = new ComparisonPlan(ComparisonOperator.GreaterOrEqual, new ColumnExpression(count), Number(regular.AtLeast), regular.Origin);
        return rows with { Row = new RowContext(Predicates.Filter(counted, enough), []), Groups = groups[..^1] };
    }

    private static LiteralExpression Number(long value) => new(new Int64Literal(value), DataTypes.Int64);
}
