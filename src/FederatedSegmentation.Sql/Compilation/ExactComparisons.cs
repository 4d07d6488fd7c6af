using System.Numerics;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>Comparisons of exact numbers of which one side or both are constants. Pure functions.</summary>
internal static class ExactComparisons
{
    /// <summary>A column against a constant of any scale and magnitude, written as a constant that the column could hold.</summary>
    public static SqlCondition WithConstant(ComparisonOperator comparison, SqlValue value, Literal constant)
    {
        var (normal, literal, always) = ExactNumber.Normalise(comparison, constant, value.Storage);
        return literal is null
            ? always ? new SqlIsNull(value.Expression, Negated: true) : new SqlConstant(false)
            : new SqlComparison(normal, value.Expression, new SqlLiteral(literal, value.Storage));
    }

    /// <summary>Whether one constant compares so with another.</summary>
    public static bool Holds(ComparisonOperator comparison, Literal left, Literal right)
    {
        var ((first, firstScale), (second, secondScale)) = (ExactNumber.Of(left), ExactNumber.Of(right));
        var scale = Math.Max(firstScale, secondScale);
        var order = (first * BigInteger.Pow(10, scale - firstScale)).CompareTo(second * BigInteger.Pow(10, scale - secondScale));
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

    /// <summary>The comparison with its sides exchanged.</summary>
    public static ComparisonOperator Flip(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Less => ComparisonOperator.Greater,
        ComparisonOperator.LessOrEqual => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.Greater => ComparisonOperator.Less,
        ComparisonOperator.GreaterOrEqual => ComparisonOperator.LessOrEqual,
        _ => comparison,
    };

    /// <summary>The comparison that holds for every other value, NaN included as the greatest.</summary>
    public static ComparisonOperator Opposite(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Less => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.LessOrEqual => ComparisonOperator.Greater,
        ComparisonOperator.Greater => ComparisonOperator.LessOrEqual,
        ComparisonOperator.GreaterOrEqual => ComparisonOperator.Less,
        ComparisonOperator.Equal => ComparisonOperator.NotEqual,
        _ => ComparisonOperator.Equal,
    };
}
