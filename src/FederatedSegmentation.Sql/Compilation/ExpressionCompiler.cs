using System.Numerics;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>Turns values of the algebra into SQL values. Pure.</summary>
internal sealed class ExpressionCompiler(SqlDialect dialect)
{
    /// <summary>The value of an expression in a block.</summary>
    public SqlValue Compile(PlanExpression expression, QueryBlock block)
    {
        switch (expression)
        {
            case ColumnExpression column:
                return block[column.Column];

            case LiteralExpression literal:
                return Literal(literal.Value, literal.LiteralType);

            case DatePartExpression part:
                return new SqlValue(dialect.PartOf(InZone(Compile(part.Input, block), part.Zone), part.Part), DataTypes.Int64, new StoredInteger());

            case AsciiLowerExpression lower:
                var text = Compile(lower.Input, block);
                return text with { Expression = Lower(text.Expression) };

            case CoalesceExpression coalesce:
                var input = Compile(coalesce.Input, block);
                var constant = input.Type is Int64Type or DecimalType ? ExactNumber.StorageOf(coalesce.Default) : input.Storage;
                return input with { Expression = new SqlCall("coalesce", [input.Expression, new SqlLiteral(coalesce.Default, constant)]) };

            case NanAsNullExpression nan:
                var real = Compile(nan.Input, block);
                return real with { Expression = dialect.NanAsNull(real.Expression) };

            case GuardedExpression guarded:
                var value = Compile(guarded.Input, block);
                return value with { Expression = dialect.Guarded(value.Expression, Compile(guarded.Rows, block).Expression, guarded.Guard) };

            case FloatQuotientExpression quotient:
                var count = Compile(quotient.Count, block);
                return new SqlValue(
                    new SqlCase(
                        new SqlComparison(ComparisonOperator.Greater, count.Expression, new SqlLiteral(new Int64Literal(0), new StoredInteger())),
                        new SqlArithmetic('/', AsFloat(Compile(quotient.Sum, block)), AsFloat(count)),
                        Else: null),
                    DataTypes.Float64,
                    new StoredFloat(64));

            case ShiftExpression shift:
                var time = AsUtc(Compile(shift.Input, block));
                return time with { Expression = Shift(time, shift.Duration) };

            case IntervalExpression interval:
                return Interval(interval, Compile(interval.Input, block));

            case SplitBucketExpression bucket:
                return new SqlValue(dialect.SplitBucket(bucket.Salt, [.. bucket.Keys.Select(key => block[key])]), DataTypes.Int64, new StoredInteger());

            case ExactOrderExpression order:
                return OrderPart(order, Compile(order.Sum, block), order.Count is { } values ? Compile(values, block).Expression : null);

            default:
                throw new ArgumentOutOfRangeException(nameof(expression), expression, "Unknown expression.");
        }
    }

    /// <summary>A time, as a date or wall clock, plus a duration.</summary>
    public SqlExpression Shift(SqlValue time, Duration duration) => duration.IsZero ? time.Expression : dialect.Add(time, duration);

    /// <summary>The same as the end of what lies at or before it.</summary>
    public SqlExpression ShiftForEnd(SqlValue time, Duration duration) => duration.IsZero ? time.Expression : dialect.AddForEnd(time, duration);

    /// <summary>A constant in the storage that holds it exactly.</summary>
    public static SqlValue Literal(Literal value, DataType type)
    {
        var storage = (value, type) switch
        {
            (Int64Literal, Int64Type) => new StoredInteger(),
            (Int64Literal or DecimalLiteral, Int64Type or DecimalType) => ExactNumber.StorageOf(value),
            _ => NaturalStorage.Of(type),
        };
        return new SqlValue(new SqlLiteral(value, storage), type, storage);
    }

    /// <summary>A temporal value as the wall clock of a zone, or as it is where no zone is named.</summary>
    public SqlExpression InZone(SqlValue value, string? zone)
    {
        var clock = value.Storage is StoredInstant ? dialect.InstantToUtc(value.Expression) : value.Expression;
        if (zone is null || value.Type is DateType)
        {
            return clock;
        }

        var from = value.Type is DateTimeType { Zone: { } own } ? own : "UTC";
        return string.Equals(from, zone, StringComparison.Ordinal) ? clock : dialect.ConvertZone(clock, from, zone);
    }

    /// <summary>An instant as the wall clock of UTC; anything else as it is.</summary>
    public SqlValue AsUtc(SqlValue value) => value.Storage is StoredInstant
        ? value with { Expression = dialect.InstantToUtc(value.Expression), Storage = new StoredWallClock() }
        : value;

    /// <summary>A time in the storage that a column promises; anything else as it is.</summary>
    public SqlValue As(StorageType storage, SqlValue value) => (storage, value.Storage) switch
    {
        (StoredWallClock, StoredInstant) => AsUtc(value),
        (StoredInstant, StoredWallClock) => value with { Expression = dialect.UtcToInstant(value.Expression), Storage = storage },
        _ => value,
    };

    /// <summary>A number as a float64.</summary>
    public static SqlExpression AsFloat(SqlValue value) => value switch
    {
        { Expression: SqlLiteral literal } => literal with { Storage = new StoredFloat(64) },
        { Storage: StoredFloat { Bits: 64 } } => value.Expression,
        _ => new SqlCast(value.Expression, new StoredFloat(64)),
    };

    private static SqlValue Interval(IntervalExpression interval, SqlValue input)
    {
        var storage = NaturalStorage.Of(interval.Type);
        SqlExpression Value(Literal value) => new SqlLiteral(value, storage);
        if (interval.Bounds.IsEmpty)
        {
            return new SqlValue(new SqlCase(new SqlIsNull(input.Expression, Negated: true), Value(interval.Values[0]), Else: null), interval.Type, storage);
        }

        var below = interval.Bounds.Select((bound, i) => (
            (SqlCondition)new SqlComparison(ComparisonOperator.Less, input.Expression, new SqlLiteral(bound, input.Storage)), Value(interval.Values[i])));
        var last = ((SqlCondition)new SqlIsNull(input.Expression, Negated: true), Value(interval.Values[^1]));
        return new SqlValue(new SqlSearchedCase([.. below, last], Else: null), interval.Type, storage);
    }

    private SqlValue OrderPart(ExactOrderExpression order, SqlValue sum, SqlExpression? count)
    {
        // In units of the sum's last digit, as the parts are.
        var missing = order.Default is { } constant ? ExactNumber.Units(constant, ExactNumber.Shape(sum.Storage).Scale) : ((BigInteger, double)?)null;
        var part = dialect.OrderPart(sum, count, order.IsFraction, missing);
        return new SqlValue(part, order.Type, NaturalStorage.Of(order.Type));
    }

    private SqlExpression Lower(SqlExpression text) => text is SqlLiteral { Value: StringLiteral constant } literal
        ? literal with { Value = new StringLiteral(string.Create(constant.Value.Length, constant.Value, (span, value) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = value[i] is >= 'A' and <= 'Z' ? (char)(value[i] + 32) : value[i];
            }
        })) }
        : dialect.AsciiLower(text);
}
