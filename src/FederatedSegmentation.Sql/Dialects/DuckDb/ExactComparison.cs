using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Dialects.DuckDb;

/// <summary>
/// Exact comparison of int64 and decimal values in DuckDB, whose decimals end at 38 digits: where both sides fit one such type they are cast to it,
/// elsewhere whole parts and fractions are compared.
/// </summary>
internal static class ExactComparison
{
    private const int MaximumPrecision = 38;

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
        if (whole + scale <= MaximumPrecision)
        {
            var common = new StoredDecimal(whole + scale, scale);
            return new SqlComparison(comparison, Cast(left, common), Cast(right, common));
        }

        return CompareWide(comparison, left, right, new StoredDecimal(MaximumPrecision, scale));
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
                        new SqlComparison(comparison, Fraction(left, finest), Fraction(right, finest)),
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
    private static SqlCast Whole(SqlValue value) =>
        new SqlCast(value.Storage is StoredInteger ? value.Expression : new SqlCall("trunc", [value.Expression]), new StoredDecimal(MaximumPrecision, 0));

    private static SqlExpression Fraction(SqlValue value, StoredDecimal finest) => value.Storage is StoredInteger
        ? new SqlLiteral(new Int64Literal(0), finest)
        : new SqlCast(new SqlArithmetic('-', value.Expression, new SqlCall("trunc", [value.Expression])), finest);
}
