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
        var outer = OuterReferences.Of(regular.Where);
        var runs = Runs(regular.Bounds);
        var rows = runs switch
        {
            [] => InWindow(row, regular, outer, 0..1),
            [var only] => InWindow(row, regular, outer, only),
            _ => Append([.. runs.Select(run => InWindow(row, regular, outer, run))]),
        };
        var (related, window) = rows;
        var (plan, keys, measure) = regular.AtLeast == 1
            ? Count(related, new Measure(MeasureFunction.CountDistinct, new ColumnExpression(window)))
            : Count(WithEnough(related, window, regular), new Measure(MeasureFunction.Count, null));
        var enough = new ComparisonPlan(ComparisonOperator.GreaterOrEqual, new ColumnExpression(measure), Number(regular.Windows), regular.Origin);
        return new MatchPlan(Predicates.Filter(plan, enough), keys, regular.Origin);
    }

    // Windows between ascending bounds, by the places of their first and last bound. On a wall clock an hour that comes twice turns bounds back: the window
    // there is empty, and those after it may overlap those before.
    private static ImmutableArray<Range> Runs(ImmutableArray<Literal> bounds)
    {
        var runs = ImmutableArray.CreateBuilder<Range>();
        var start = 0;
        for (var i = 1; i <= bounds.Length; i++)
        {
            if (i == bounds.Length || Order(bounds[i]) <= Order(bounds[i - 1]))
            {
                if (i - start > 1)
                {
                    runs.Add(start..(i - 1));
                }

                start = i;
            }
        }

        return runs.ToImmutable();
    }

    private static long Order(Literal time) => time switch
    {
        DateLiteral date => date.Value.DayNumber,
        TimestampLiteral instant => instant.Microseconds,
        DateTimeLiteral clock => clock.Microseconds,
        _ => throw new ArgumentOutOfRangeException(nameof(time), time, "A bound is a time."),
    };

    // The related rows in a run of windows, with the number of the window.
    private (RelatedRows Rows, PlanColumn Window) InWindow(RowContext row, RegularPredicate regular, ImmutableArray<ReferenceOperand> outer, Range run)
    {
        var (first, last) = (run.Start.Value, run.End.Value);
        var rows = related.Collect(row, regular.Path, regular.Where, outer);
        var time = new ColumnExpression(rows.Row.Current.Own(regular.Time));
        rows.Row.Plan = Predicates.Filter(
            rows.Row.Plan,
            Predicates.And(
                new ComparisonPlan(ComparisonOperator.GreaterOrEqual, time, new LiteralExpression(regular.Bounds[first], time.Type), regular.Origin),
                new ComparisonPlan(ComparisonOperator.Less, time, new LiteralExpression(regular.Bounds[last], time.Type), regular.Origin)));
        var window = related.ColumnOf(rows.Row, new IntervalExpression(
            time, regular.Bounds[(first + 1)..last], [.. Enumerable.Range(first, last - first).Select(Literal (i) => new Int64Literal(i))], DataTypes.Int64));
        return (rows, window);
    }

    private (RelatedRows Rows, PlanColumn Window) Append(ImmutableArray<(RelatedRows Rows, PlanColumn Window)> runs)
    {
        var inputs = runs.Select(LogicalPlan (run) =>
        {
            var columns = run.Rows.Groups.Add(run.Window);
            return new ProjectPlan(run.Rows.Row.Plan, [.. columns.Select(PlanExpression (column) => new ColumnExpression(column))], scope.Copies(columns));
        }).ToImmutableArray();
        var append = new AppendPlan(inputs, scope.Copies(inputs[0].Columns));
        return (runs[0].Rows with { Row = new RowContext(append, []), Groups = append.Columns[..^1] }, append.Columns[^1]);
    }

    private (AggregatePlan Plan, ImmutableArray<JoinKey> Keys, PlanColumn Measure) Count(RelatedRows rows, Measure measure)
    {
        var column = scope.Column("windows", DataTypes.Int64, new StoredInteger());
        var (plan, keys) = rows.Aggregate(scope, [(measure, column)]);
        return (plan, keys, column);
    }

    // One row for each group and window that holds enough rows.
    private RelatedRows WithEnough(RelatedRows rows, PlanColumn window, RegularPredicate regular)
    {
        var groups = scope.Copies([.. rows.Groups, window]);
        var count = scope.Column("count", DataTypes.Int64, new StoredInteger());
        var counted = new AggregatePlan(rows.Row.Plan, [.. rows.Groups, window], [new Measure(MeasureFunction.Count, null)], [.. groups, count]);
        var enough = new ComparisonPlan(ComparisonOperator.GreaterOrEqual, new ColumnExpression(count), Number(regular.AtLeast), regular.Origin);
        return rows with { Row = new RowContext(Predicates.Filter(counted, enough), []), Groups = groups[..^1] };
    }

    private static LiteralExpression Number(long value) => new(new Int64Literal(value), DataTypes.Int64);
}
