using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>
/// Turns predicates of the algebra into SQL conditions. A condition is TRUE exactly where the predicate is; elsewhere it is false or unknown, so that a
/// plain comparison stays plain and reaches statistics and indexes, and a complement is written as <c>IS NOT TRUE</c>.
/// </summary>
internal sealed class ConditionCompiler(SqlDialect dialect, ExpressionCompiler expressions)
{
    /// <summary>The condition of a leaf.</summary>
    public SqlCondition Leaf(LeafPlan leaf, QueryBlock block)
    {
        SqlValue Value(PlanExpression expression) => expressions.Compile(expression, block);
        switch (leaf)
        {
            case ComparisonPlan comparison:
                return Compare(comparison.Operator, Value(comparison.Left), Value(comparison.Right));

            case InListPlan list:
                return InList(Value(list.Value), list);

            case TextMatchPlan text:
                var matches = dialect.Matches(text.Match, Value(text.Text).Expression, Value(text.Pattern).Expression);
                return text.Negated ? new SqlNot(matches) : matches;

            case IsNullPlan test:
                return new SqlIsNull(Value(test.Value).Expression, test.Negated);

            case MonthDayPlan days:
                var clock = expressions.InZone(Value(days.Value), days.Zone);
                return new SqlOr([.. days.Days.Select(SqlCondition (day) => new SqlAnd(
                    [Equals(dialect.PartOf(clock, DatePart.Month), day.Month), Equals(dialect.PartOf(clock, DatePart.DayOfMonth), day.Day)]))]);

            case AverageComparisonPlan average:
                var right = Value(average.Right);
                var (precision, scale) = ExactNumber.Shape(right.Storage);
                var product = dialect.ExactProduct(right, Value(average.Count).Expression, precision <= 38 && scale <= 38);
                return dialect.CompareExact(average.Operator, Value(average.Sum), product);

            default:
                throw new ArgumentOutOfRangeException(nameof(leaf), leaf, "Unknown leaf.");
        }
    }

    /// <summary>The condition that two columns are a matching pair.</summary>
    public SqlCondition Key(JoinKey key, SqlValue probe, SqlValue build)
    {
        if (probe.Type is StringType != build.Type is StringType)
        {
            probe = AsText(probe);
            build = AsText(build);
        }

        (probe, build) = SameClock(probe, build);
        if (key.NullsMatch)
        {
            return dialect.NullSafeEqual(probe.Expression, build.Expression);
        }

        return IsExact(probe) && IsExact(build) && probe.Storage != build.Storage
            ? dialect.CompareExact(ComparisonOperator.Equal, probe, build)
            : new SqlComparison(ComparisonOperator.Equal, probe.Expression, build.Expression);
    }

    private SqlCondition Compare(ComparisonOperator comparison, SqlValue left, SqlValue right)
    {
        if (left.Type is Float64Type || right.Type is Float64Type)
        {
            return CompareFloats(comparison, left, right);
        }

        if (IsExact(left) && IsExact(right))
        {
            return (left.Expression, right.Expression) switch
            {
                (not SqlLiteral, SqlLiteral constant) => CompareWithConstant(comparison, left, constant.Value),
                (SqlLiteral constant, not SqlLiteral) => CompareWithConstant(Flip(comparison), right, constant.Value),
                (SqlLiteral first, SqlLiteral second) => new SqlConstant(Holds(comparison, first.Value, second.Value)),
                _ => dialect.CompareExact(comparison, left, right),
            };
        }

        (left, right) = SameClock(left, right);
        return left.Type is StringType && comparison is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual)
            ? new SqlComparison(comparison, dialect.ByBytes(left.Expression), dialect.ByBytes(right.Expression))
            : new SqlComparison(comparison, left.Expression, right.Expression);
    }

    private static SqlCondition CompareWithConstant(ComparisonOperator comparison, SqlValue value, Literal constant)
    {
        var (normal, literal, always) = ExactNumber.Normalise(comparison, constant, value.Storage);
        return literal is null
            ? always ? new SqlIsNull(value.Expression, Negated: true) : new SqlConstant(false)
            : new SqlComparison(normal, value.Expression, new SqlLiteral(literal, value.Storage));
    }

    // To engines NaN equals itself and is the greatest value; to the language it satisfies nothing.
    private SqlCondition CompareFloats(ComparisonOperator comparison, SqlValue left, SqlValue right)
    {
        var (first, second) = (ExpressionCompiler.AsFloat(left), ExpressionCompiler.AsFloat(right));
        var conditions = ImmutableArray.Create<SqlCondition>(new SqlComparison(comparison, first, second));
        var bothVary = left.Expression is not SqlLiteral && right.Expression is not SqlLiteral;
        if (left.Expression is not SqlLiteral && left.Type is Float64Type
            && (bothVary || comparison is ComparisonOperator.NotEqual or ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual))
        {
            conditions = conditions.Add(dialect.IsNotNan(first));
        }

        if (right.Expression is not SqlLiteral && right.Type is Float64Type
            && (bothVary || comparison is ComparisonOperator.NotEqual or ComparisonOperator.Less or ComparisonOperator.LessOrEqual))
        {
            conditions = conditions.Add(dialect.IsNotNan(second));
        }

        return conditions.Length == 1 ? conditions[0] : new SqlAnd(conditions);
    }

    private SqlCondition InList(SqlValue value, InListPlan list)
    {
        IEnumerable<SqlExpression> items;
        if (value.Type is Float64Type)
        {
            items = list.Items.Select(SqlExpression (item) => new SqlLiteral(item, new StoredFloat(64)));
        }
        else if (IsExact(value))
        {
            // A constant that the column cannot hold equals none of its values.
            items = list.Items
                .Select(item => ExactNumber.Normalise(ComparisonOperator.Equal, item, value.Storage).Constant)
                .OfType<Literal>()
                .Select(SqlExpression (item) => new SqlLiteral(item, value.Storage));
        }
        else
        {
            items = list.Items.Select(SqlExpression (item) => new SqlLiteral(item, value.Storage));
        }

        var kept = items.ToImmutableArray();
        SqlCondition condition = kept.IsEmpty
            ? list.Negated ? new SqlIsNull(value.Expression, Negated: true) : new SqlConstant(false)
            : new SqlIn(value.Expression, kept, list.Negated);
        return list.Negated && value.Type is Float64Type ? new SqlAnd([condition, dialect.IsNotNan(value.Expression)]) : condition;
    }

    // An instant and a wall clock in UTC of the same type meet as wall clocks; a constant is written like the column beside it.
    private (SqlValue Left, SqlValue Right) SameClock(SqlValue left, SqlValue right) => (left, right) switch
    {
        ({ Storage: StoredInstant }, { Expression: SqlLiteral literal }) => (left, right with { Expression = literal with { Storage = left.Storage }, Storage = left.Storage }),
        ({ Expression: SqlLiteral literal }, { Storage: StoredInstant }) => (left with { Expression = literal with { Storage = right.Storage }, Storage = right.Storage }, right),
        ({ Storage: StoredInstant }, { Storage: StoredWallClock }) => (AsUtc(left), right),
        ({ Storage: StoredWallClock }, { Storage: StoredInstant }) => (left, AsUtc(right)),
        _ => (left, right),
    };

    private SqlValue AsUtc(SqlValue value) => value with { Expression = dialect.InstantToUtc(value.Expression), Storage = new StoredWallClock() };

    private static SqlValue AsText(SqlValue value) => value.Type is StringType
        ? value
        : new SqlValue(new SqlCast(value.Expression, new StoredText()), DataTypes.String, new StoredText());

    private static bool IsExact(SqlValue value) => value.Type is Int64Type or DecimalType;

    private static SqlComparison Equals(SqlExpression value, int constant)
        => new(ComparisonOperator.Equal, value, new SqlLiteral(new Int64Literal(constant), new StoredInteger()));

    private static ComparisonOperator Flip(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Less => ComparisonOperator.Greater,
        ComparisonOperator.LessOrEqual => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.Greater => ComparisonOperator.Less,
        ComparisonOperator.GreaterOrEqual => ComparisonOperator.LessOrEqual,
        _ => comparison,
    };

    private static bool Holds(ComparisonOperator comparison, Literal left, Literal right)
    {
        var ((first, firstScale), (second, secondScale)) = (ExactNumber.Of(left), ExactNumber.Of(right));
        var scale = Math.Max(firstScale, secondScale);
        var order = (first * System.Numerics.BigInteger.Pow(10, scale - firstScale)).CompareTo(second * System.Numerics.BigInteger.Pow(10, scale - secondScale));
        return comparison switch
        {
            ComparisonOperator.Equal => order == 0,
            ComparisonOperator.NotEqual => order != 0,
            ComparisonOperator.Less => order < 0,
            ComparisonOperator.LessOrEqual => order <= 0,
            ComparisonOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }
}
