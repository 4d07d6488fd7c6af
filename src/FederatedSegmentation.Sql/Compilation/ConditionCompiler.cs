using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>
/// Turns leaves of the algebra into SQL conditions. A condition is TRUE exactly where the leaf is; elsewhere it is false or unknown, so that a plain
/// comparison stays plain and reaches statistics and indexes, and <see cref="Complement"/> is written as <c>IS NOT TRUE</c>.
/// </summary>
internal sealed class ConditionCompiler(SqlDialect dialect, ExpressionCompiler expressions, bool mixedCollations)
{
    /// <summary>The condition of a leaf.</summary>
    public SqlCondition Leaf(LeafPlan leaf, QueryBlock block)
    {
        SqlValue Value(PlanExpression expression) => expressions.Compile(expression, block);
        switch (leaf)
        {
            case ComparisonPlan { Left: CoalesceExpression left } comparison when IsExact(left.Type):
                return WithDefault(
                    Value(left.Input), Leaf(comparison with { Left = left.Input }, block), Leaf(comparison with { Left = Default(left) }, block));

            case ComparisonPlan { Right: CoalesceExpression right } comparison when IsExact(right.Type):
                return WithDefault(
                    Value(right.Input), Leaf(comparison with { Right = right.Input }, block), Leaf(comparison with { Right = Default(right) }, block));

            case ComparisonPlan comparison:
                return Compare(comparison.Operator, Value(comparison.Left), Value(comparison.Right));

            case InListPlan { Value: CoalesceExpression coalesce } list when IsExact(coalesce.Type):
                var found = list.Items.Any(item => ExactComparisons.Holds(ComparisonOperator.Equal, coalesce.Default, item));
                return WithDefault(Value(coalesce.Input), InList(Value(coalesce.Input), list), new SqlConstant(found != list.Negated));

            case InListPlan list:
                return InList(Value(list.Value), list);

            case TextMatchPlan text:
                var (whole, part) = SameCollation(Value(text.Text), Value(text.Pattern));
                var matches = dialect.Matches(text.Match, whole.Expression, part.Expression);
                return text.Negated ? new SqlNot(matches) : matches;

            case PendingKeysPlan keys:
                var columns = keys.Columns.Select(column => Value(new ColumnExpression(column)).Expression).ToImmutableArray();
                return new SqlIsTrue(new SqlTemplate(
                    columns.Length == 1 ? [string.Empty, $" IN ({keys.Label})"] : ["(", .. Enumerable.Repeat(", ", columns.Length - 1), $") IN ({keys.Label})"], columns));

            case IsNullPlan test:
                return new SqlIsNull(Value(test.Value).Expression, test.Negated);

            case MonthDayPlan days:
                return MonthDay(expressions.InZone(Value(days.Value), days.Zone), days.Days);

            case AverageComparisonPlan average:
                return CompareAverage(average.Operator, Value(average.Sum), Value(average.Count).Expression, Value(average.Right));

            default:
                throw new ArgumentOutOfRangeException(nameof(leaf), leaf, "Unknown leaf.");
        }
    }

    /// <summary>TRUE exactly where the condition is not. A comparison of a column stays one, which statistics and indexes answer.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="nanIsGreatest">Whether NaN compares as the greatest value; elsewhere the opposite of a comparison does not hold for it either.</param>
    public static SqlCondition Complement(SqlCondition condition, bool nanIsGreatest = true) => condition switch
    {
        SqlComparison { Right: SqlLiteral { Storage: StoredFloat } } when !nanIsGreatest => new SqlIsNotTrue(condition),
        SqlComparison { Left: SqlColumn or SqlTemplate { Arguments: [] }, Right: SqlLiteral } comparison
            => new SqlOr([comparison with { Operator = ExactComparisons.Opposite(comparison.Operator) }, new SqlIsNull(comparison.Left, Negated: false)]),
        SqlIn { Value: SqlColumn or SqlTemplate { Arguments: [] } } list
            => new SqlOr([list with { Negated = !list.Negated }, new SqlIsNull(list.Value, Negated: false)]),
        SqlConstant constant => new SqlConstant(!constant.Value),
        SqlIsNull test => test with { Negated = !test.Negated },
        SqlExists exists => exists with { Negated = !exists.Negated },
        _ => new SqlIsNotTrue(condition),
    };

    /// <summary>The conditions under which two columns are a matching pair.</summary>
    public IEnumerable<SqlCondition> Key(JoinKey key, SqlValue probe, SqlValue build)
    {
        if (probe.Type is StringType != build.Type is StringType)
        {
            probe = AsText(probe);
            build = AsText(build);
        }

        (probe, build) = SameClock(probe, build);
        (probe, build) = SameCollation(probe, build);
        if (IsExact(probe.Type) && IsExact(build.Type) && probe.Storage != build.Storage)
        {
            var equal = dialect.CompareExact(ComparisonOperator.Equal, probe, build);
            yield return key.NullsMatch
                ? new SqlOr([equal, new SqlAnd([new SqlIsNull(probe.Expression, Negated: false), new SqlIsNull(build.Expression, Negated: false)])])
                : equal;
            yield break;
        }

        yield return (key.NullsMatch, probe.Type) switch
        {
            (true, StringType) => dialect.NullSafeTextEqual(probe.Expression, build.Expression),
            (true, _) => dialect.NullSafeEqual(probe.Expression, build.Expression),
            (false, StringType) => dialect.CompareText(ComparisonOperator.Equal, probe.Expression, build.Expression),
            _ => new SqlComparison(ComparisonOperator.Equal, probe.Expression, build.Expression),
        };
        if (probe.Type is Float64Type && !key.NullsMatch)
        {
            // NaN equals nothing, not even NaN. Where NULLs match, a value meets its own copy, and so does a NaN: every dialect's null-safe equality says so.
            yield return dialect.IsNotNan(build.Expression);
        }
    }

    private SqlCondition Compare(ComparisonOperator comparison, SqlValue left, SqlValue right)
    {
        if (left.Type is Float64Type || right.Type is Float64Type)
        {
            return CompareFloats(comparison, left, right);
        }

        if (IsExact(left.Type) && IsExact(right.Type))
        {
            return (left.Expression, right.Expression) switch
            {
                (not SqlLiteral, SqlLiteral constant) => ExactComparisons.WithConstant(comparison, left, constant.Value),
                (SqlLiteral constant, not SqlLiteral) => ExactComparisons.WithConstant(ExactComparisons.Flip(comparison), right, constant.Value),
                (SqlLiteral first, SqlLiteral second) => new SqlConstant(ExactComparisons.Holds(comparison, first.Value, second.Value)),
                _ => dialect.CompareExact(comparison, left, right),
            };
        }

        (left, right) = SameClock(left, right);
        if (left.Type is not StringType)
        {
            return new SqlComparison(comparison, left.Expression, right.Expression);
        }

        if (comparison is ComparisonOperator.Equal or ComparisonOperator.NotEqual)
        {
            (left, right) = SameCollation(left, right);
            return dialect.CompareText(comparison, left.Expression, right.Expression);
        }

        return new SqlComparison(comparison, dialect.ByBytes(left.Expression), dialect.ByBytes(right.Expression));
    }

    // To engines NaN equals itself and is the greatest value; to the language it satisfies nothing. Beside a constant, a guard is needed only where NaN would pass.
    private SqlCondition CompareFloats(ComparisonOperator comparison, SqlValue left, SqlValue right)
    {
        var (first, second) = (ExpressionCompiler.AsFloat(left), ExpressionCompiler.AsFloat(right));
        var conditions = ImmutableArray.Create<SqlCondition>(new SqlComparison(comparison, first, second));
        var bothVary = first is not SqlLiteral && second is not SqlLiteral;
        if (MayBeNan(left) && (bothVary || comparison is ComparisonOperator.NotEqual or ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual))
        {
            conditions = conditions.Add(dialect.IsNotNan(first));
        }

        if (MayBeNan(right) && (bothVary || comparison is ComparisonOperator.NotEqual or ComparisonOperator.Less or ComparisonOperator.LessOrEqual))
        {
            conditions = conditions.Add(dialect.IsNotNan(second));
        }

        return conditions.Length == 1 ? conditions[0] : new SqlAnd(conditions);
    }

    private SqlCondition InList(SqlValue value, InListPlan list)
    {
        // A constant that the column cannot hold equals none of its values.
        var items = IsExact(value.Type)
            ? list.Items
                .Select(item => ExactNumber.Normalise(ComparisonOperator.Equal, item, value.Storage).Constant)
                .OfType<Literal>()
                .Select(SqlExpression (item) => new SqlLiteral(item, value.Storage))
                .ToImmutableArray()
            : [.. list.Items.Select(SqlExpression (item) => new SqlLiteral(item, value.Type is Float64Type ? new StoredFloat(64) : value.Storage))];
        SqlCondition condition = (items.Length, list.Negated) switch
        {
            (0, false) => new SqlConstant(false),
            (0, true) => new SqlIsNull(value.Expression, Negated: true),
            (1, _) when value.Type is StringType => dialect.CompareText(list.Negated ? ComparisonOperator.NotEqual : ComparisonOperator.Equal, value.Expression, items[0]),
            (1, _) => new SqlComparison(list.Negated ? ComparisonOperator.NotEqual : ComparisonOperator.Equal, value.Expression, items[0]),
            _ when value.Type is StringType => dialect.AmongTexts(value.Expression, items, list.Negated),
            _ => new SqlIn(value.Expression, items, list.Negated),
        };
        return list.Negated && value.Type is Float64Type ? new SqlAnd([condition, dialect.IsNotNan(value.Expression)]) : condition;
    }

    // One number of month and day, so that a conversion between zones is done once.
    private SqlIn MonthDay(SqlExpression clock, ImmutableArray<(int Month, int Day)> days)
    {
        static SqlExpression Number(int value) => new SqlLiteral(new Int64Literal(value), new StoredInteger());
        var (month, day) = (dialect.PartOf(clock, DatePart.Month), dialect.PartOf(clock, DatePart.DayOfMonth));
        return new SqlIn(
            new SqlArithmetic('+', new SqlArithmetic('*', month, Number(100)), day), [.. days.Select(pair => Number(pair.Month * 100 + pair.Day))], Negated: false);
    }

    private SqlAnd CompareAverage(ComparisonOperator comparison, SqlValue sum, SqlExpression count, SqlValue bound)
    {
        var (precision, scale) = ExactNumber.Shape(bound.Storage);
        var product = dialect.ExactProduct(bound, count, precision <= 38 && scale <= 38);
        return new SqlAnd(
        [
            new SqlComparison(ComparisonOperator.Greater, count, new SqlLiteral(new Int64Literal(0), new StoredInteger())),
            dialect.CompareExact(comparison, sum, product),
        ]);
    }

    // The default need not be a number that the column could hold, so it is compared by itself.
    private static SqlCondition WithDefault(SqlValue input, SqlCondition present, SqlCondition missing)
    {
        var isMissing = new SqlIsNull(input.Expression, Negated: false);
        return missing switch
        {
            SqlConstant { Value: false } => present,
            SqlConstant => new SqlOr([present, isMissing]),
            _ => new SqlOr([present, new SqlAnd([isMissing, missing])]),
        };
    }

    private static LiteralExpression Default(CoalesceExpression coalesce) => new(coalesce.Default, coalesce.Type);

    // An instant and a wall clock in UTC of the same type meet as wall clocks; a constant is written like the column beside it.
    private (SqlValue Left, SqlValue Right) SameClock(SqlValue left, SqlValue right) => (left, right) switch
    {
        ({ Storage: StoredInstant }, { Expression: SqlLiteral literal }) => (left, right with { Expression = literal with { Storage = left.Storage }, Storage = left.Storage }),
        ({ Expression: SqlLiteral literal }, { Storage: StoredInstant }) => (left with { Expression = literal with { Storage = right.Storage }, Storage = right.Storage }, right),
        ({ Storage: StoredInstant }, { Storage: StoredWallClock }) => (expressions.AsUtc(left), right),
        ({ Storage: StoredWallClock }, { Storage: StoredInstant }) => (left, expressions.AsUtc(right)),
        _ => (left, right),
    };

    // Two columns of different collations cannot be compared unless the comparison names one.
    private (SqlValue Left, SqlValue Right) SameCollation(SqlValue left, SqlValue right) =>
        mixedCollations && left is { Type: StringType, Expression: not SqlLiteral } && right is { Type: StringType, Expression: not SqlLiteral }
            ? (left with { Expression = dialect.ByBytes(left.Expression) }, right with { Expression = dialect.ByBytes(right.Expression) })
            : (left, right);

    private static SqlValue AsText(SqlValue value) => value.Type is StringType
        ? value
        : new SqlValue(new SqlCast(value.Expression, new StoredText()), DataTypes.String, new StoredText());

    private static bool IsExact(DataType type) => type is Int64Type or DecimalType;

    private static bool MayBeNan(SqlValue value) => value is { Type: Float64Type, Expression: not SqlLiteral };
}
