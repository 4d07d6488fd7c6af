using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Connectors.Fabric.Dialect;

/// <summary>Exact numbers of T-SQL, whose decimals end at 38 digits and are rounded where two meet that need more. Pure functions.</summary>
internal static class FabricNumbers
{
    private const int MaxPrecision = 38;

    /// <summary>Left compares so with right; unknown or false where one is NULL.</summary>
    internal static SqlCondition Compare(ComparisonOperator comparison, SqlValue left, SqlValue right)
    {
        if (left.Storage is StoredInteger && right.Storage is StoredInteger)
        {
            return new SqlComparison(comparison, left.Expression, right.Expression);
        }

        var (leftPrecision, leftScale) = ExactNumber.Shape(left.Storage);
        var (rightPrecision, rightScale) = ExactNumber.Shape(right.Storage);
        var scale = Math.Max(leftScale, rightScale);
        var whole = Math.Max(leftPrecision - leftScale, rightPrecision - rightScale);
        if (whole + scale <= MaxPrecision)
        {
            var common = new StoredDecimal(whole + scale, scale);
            return new SqlComparison(comparison, Cast(left, common), Cast(right, common));
        }

        return CompareWide(comparison, left, right, new StoredDecimal(MaxPrecision, scale));
    }

    /// <summary>The sum: of integers as decimals, because a sum of bigint is one and overflows.</summary>
    internal static SqlExpression Sum(SqlValue input, StorageType result)
    {
        var scale = ExactNumber.Shape(input.Storage).Scale;
        var finest = new StoredDecimal(MaxPrecision, scale);
        var sum = new SqlCall("SUM", [Cast(input, finest)]);
        return result == finest ? sum : new SqlCast(sum, result);
    }

    private static SqlCondition CompareWide(ComparisonOperator comparison, SqlValue left, SqlValue right, StoredDecimal finest)
    {
        // A value that does not fit the finer type equals no value of it.
        SqlCondition equal = new SqlComparison(ComparisonOperator.Equal, new SqlCast(left.Expression, finest, OrNull: true), new SqlCast(right.Expression, finest, OrNull: true));
        switch (comparison)
        {
            case ComparisonOperator.Equal:
                return equal;
            case ComparisonOperator.NotEqual:
                return new SqlAnd([new SqlIsNull(left.Expression, Negated: true), new SqlIsNull(right.Expression, Negated: true), new SqlIsNotTrue(equal)]);
            default:
                var strict = comparison is ComparisonOperator.Less or ComparisonOperator.LessOrEqual ? ComparisonOperator.Less : ComparisonOperator.Greater;
                return new SqlOr(
                [
                    new SqlComparison(strict, Whole(left), Whole(right)),
                    new SqlAnd(
                    [
                        new SqlComparison(ComparisonOperator.Equal, Whole(left), Whole(right)),
                        new SqlComparison(comparison, Fraction(left, finest.Scale), Fraction(right, finest.Scale)),
                    ]),
                ]);
        }
    }

    private static SqlExpression Cast(SqlValue value, StoredDecimal storage) => value switch
    {
        { Storage: var own } when own == storage => value.Expression,
        { Expression: SqlLiteral literal } => literal with { Storage = storage },
        _ => new SqlCast(value.Expression, storage),
    };

    // Towards zero, so that no digit is added; the fraction keeps the sign.
    private static SqlCast Whole(SqlValue value) => new(value.Storage is StoredInteger ? value.Expression : Cut(value.Expression), new StoredDecimal(MaxPrecision, 0));

    private static SqlExpression Fraction(SqlValue value, int scale)
    {
        var storage = new StoredDecimal(Math.Max(scale, 1), scale);
        return value.Storage is StoredInteger
            ? new SqlLiteral(new Int64Literal(0), storage)
            : new SqlCast(new SqlTemplate(["(", " % 1)"], [value.Expression]), storage);
    }

    private static SqlTemplate Cut(SqlExpression value) => new(["ROUND(", ", 0, 1)"], [value]);
}
