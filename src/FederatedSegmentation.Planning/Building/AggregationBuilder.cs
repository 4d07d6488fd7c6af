using System.Collections.Immutable;
using System.Numerics;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Turns an aggregate over related rows into a semi-join with the groups that pass, or into a look-up where the tests read the outer row.</summary>
internal sealed class AggregationBuilder(PlanScope scope, PredicateBuilder predicates)
{
    /// <summary>TRUE for the rows whose aggregate passes.</summary>
    public PlanPredicate Build(RowContext row, RelatedRows rows, Aggregation aggregation, PredicateOrigin origin)
    {
        var measures = Measures(rows, aggregation.Function, aggregation.Input);
        var (groups, keys) = rows.Aggregate(scope, measures);
        var columns = measures.Select(measure => measure.Column).ToImmutableArray();
        var readsOuterRow = aggregation.Tests.Any(test => OuterReferences.In(test).Any());
        if (!readsOuterRow && aggregation.EmptyAs is null)
        {
            var passes = Tests(row, aggregation.Tests, Value(aggregation, columns, mayBeMissing: false, origin), origin);

            // A row without related rows is in no group. Where nothing passes, the groups that fail are looked for instead.
            return IsCount(aggregation.Function) && aggregation.Tests.All(HoldsForZero)
                ? Predicates.Not(new MatchPlan(Predicates.Filter(groups, Predicates.Not(passes)), keys, origin))
                : new MatchPlan(Predicates.Filter(groups, passes), keys, origin);
        }

        row.Plan = new LookupPlan(row.Plan, groups, keys, columns);
        var value = Value(aggregation, columns, mayBeMissing: true, origin);
        var tests = Tests(row, aggregation.Tests, value, origin);
        if (aggregation.EmptyAs is not { } empty || IsCount(aggregation.Function))
        {
            return tests;
        }

        var constant = new TestedExpression(new LiteralExpression(empty, aggregation.ResultType), origin);
        return Predicates.Or(
            tests,
            Predicates.And(Predicates.Not(value.HasValue()), Tests(row, aggregation.Tests, constant, origin)));
    }

    /// <summary>A value as aggregates take it: NaN counts as NULL.</summary>
    public static PlanExpression Input(PlanExpression value) => value.Type is Float64Type ? new NanAsNullExpression(value) : value;

    /// <summary>The aggregate of each row, looked up, as values to order by; NULL where there is none.</summary>
    public ImmutableArray<PlanExpression> Order(RowContext row, RelatedRows rows, AggregateOrder order)
    {
        var measures = Measures(rows, order.Function, order.Input);
        var (groups, keys) = rows.Aggregate(scope, measures);
        var columns = measures.Select(measure => new ColumnExpression(measure.Column)).ToImmutableArray();
        row.Plan = new LookupPlan(row.Plan, groups, keys, [.. columns.Select(column => column.Column)]);
        if (columns is [var sum, var count])
        {
            return InTwoParts(sum, count, order.EmptyAs);
        }

        var value = columns[0];
        if (IsCount(order.Function))
        {
            return [new CoalesceExpression(value, new Int64Literal(0))];
        }

        return order.EmptyAs switch
        {
            null => [value],
            DecimalLiteral exact when value.Type is Int64Type || (value.Type is DecimalType type && exact.Scale > type.Scale) => InTwoParts(value, null, exact),
            var empty => [new CoalesceExpression(value, empty)],
        };
    }

    private static ImmutableArray<PlanExpression> InTwoParts(PlanExpression sum, PlanExpression? count, Literal? empty)
        => [new ExactOrderExpression(sum, count, empty, IsFraction: false), new ExactOrderExpression(sum, count, empty, IsFraction: true)];

    private PlanPredicate Tests(RowContext row, ImmutableArray<ValueTest> tests, ITestedValue value, PredicateOrigin origin)
        => Predicates.And([.. tests.Select(test => ValueTests.ToPredicate(test, value, operand => predicates.Operand(row, operand), origin))]);

    private ImmutableArray<(Measure Measure, PlanColumn Column)> Measures(RelatedRows rows, AggregateFunction function, PathColumn? aggregated)
    {
        if (function == AggregateFunction.Count)
        {
            return [(new Measure(MeasureFunction.Count, null), scope.Column("count", DataTypes.Int64, new StoredInteger()))];
        }

        var operand = aggregated!;
        var value = predicates.Reference(rows.Row, new ReferenceOperand(0, operand.Path, operand.Column));
        var input = Input(value);

        // Look-ups of the input have extended the relation that was grouped by the same columns.
        return function switch
        {
            AggregateFunction.CountDistinct => [(new Measure(MeasureFunction.CountDistinct, input), scope.Column("distinct_values", DataTypes.Int64, new StoredInteger()))],
            AggregateFunction.Sum => [Sum(input)],
            AggregateFunction.Average when input.Type is Float64Type => [(new Measure(MeasureFunction.AverageFloat, input), scope.Column("average", DataTypes.Float64, new StoredFloat(64)))],
            AggregateFunction.Average => [Sum(input), (new Measure(MeasureFunction.CountValues, input), scope.Column("value_count", DataTypes.Int64, new StoredInteger()))],
            AggregateFunction.Minimum => [(new Measure(MeasureFunction.Minimum, input), Extreme("least", value))],
            AggregateFunction.Maximum => [(new Measure(MeasureFunction.Maximum, input), Extreme("greatest", value))],
            _ => throw new ArgumentOutOfRangeException(nameof(function), function, "Unknown function."),
        };
    }

    private (Measure Measure, PlanColumn Column) Sum(PlanExpression input)
    {
        DataType type = input.Type switch
        {
            Int64Type => new DecimalType(38, 0),
            DecimalType exact => new DecimalType(38, exact.Scale),
            _ => DataTypes.Float64,
        };
        return (new Measure(MeasureFunction.Sum, input), scope.Column("sum", type, NaturalStorage.Of(type)));
    }

    private PlanColumn Extreme(string name, PlanExpression value) => scope.Column(name, value.Type, StorageOf(value));

    private static StorageType StorageOf(PlanExpression value) => value switch
    {
        ColumnExpression column => column.Column.Storage,
        GuardedExpression guarded => StorageOf(guarded.Input),
        _ => NaturalStorage.Of(value.Type),
    };

    private static ITestedValue Value(Aggregation aggregation, ImmutableArray<PlanColumn> columns, bool mayBeMissing, PredicateOrigin origin)
    {
        if (columns.Length == 2)
        {
            return new TestedAverage(new ColumnExpression(columns[0]), new ColumnExpression(columns[1]), origin);
        }

        PlanExpression value = new ColumnExpression(columns[0]);
        return new TestedExpression(mayBeMissing && IsCount(aggregation.Function) ? new CoalesceExpression(value, new Int64Literal(0)) : value, origin);
    }

    private static bool IsCount(AggregateFunction function) => function is AggregateFunction.Count or AggregateFunction.CountDistinct;

    private static bool HoldsForZero(ValueTest test) => test switch
    {
        CompareTest { Operand: LiteralOperand literal } compare => Holds(compare.Operator, -Sign(literal.Value)),
        BetweenTest { Low: LiteralOperand low, High: LiteralOperand high } between => between.Negated != (Sign(low.Value) <= 0 && Sign(high.Value) >= 0),
        InTest list => list.Negated != list.Items.OfType<LiteralOperand>().Any(item => Sign(item.Value) == 0),
        _ => throw new ArgumentOutOfRangeException(nameof(test), test, "A count is compared with numbers."),
    };

    private static bool Holds(ComparisonOperator comparison, int order) => comparison switch
    {
        ComparisonOperator.Equal => order == 0,
        ComparisonOperator.NotEqual => order != 0,
        ComparisonOperator.Less => order < 0,
        ComparisonOperator.LessOrEqual => order <= 0,
        ComparisonOperator.Greater => order > 0,
        ComparisonOperator.GreaterOrEqual => order >= 0,
        _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "Unknown comparison."),
    };

    private static int Sign(Literal literal) => literal switch
    {
        Int64Literal number => Math.Sign(number.Value),
        DecimalLiteral number => BigInteger.Abs(number.Unscaled).IsZero ? 0 : number.Unscaled.Sign,
        Float64Literal number => Math.Sign(number.Value),
        _ => throw new ArgumentOutOfRangeException(nameof(literal), literal, "A count is compared with numbers."),
    };
}
