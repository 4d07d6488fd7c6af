using System.Text;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Connectors.Fabric.Dialect;

/// <summary>Texts of T-SQL, compared by their bytes although it pads them. Pure functions.</summary>
internal static class FabricTexts
{
    /// <summary>The bytes of a text: its length in UTF-8.</summary>
    internal static SqlExpression Length(SqlExpression text) => text is SqlLiteral { Value: StringLiteral constant }
        ? Number(Encoding.UTF8.GetByteCount(constant.Value))
        : new SqlCall("DATALENGTH", [text]);

    /// <summary>Equal, or not: texts that are equal but for padding differ in length.</summary>
    internal static SqlCondition Compare(ComparisonOperator comparison, SqlExpression left, SqlExpression right)
    {
        SqlCondition texts = new SqlComparison(comparison, left, right);
        SqlCondition lengths = new SqlComparison(comparison, Length(left), Length(right));
        return comparison == ComparisonOperator.Equal ? new SqlAnd([texts, lengths]) : new SqlOr([texts, lengths]);
    }

    /// <summary>The text and a character behind it, so that its trailing spaces count.</summary>
    internal static SqlExpression WithEnd(SqlExpression text) => new SqlTemplate(["(", " + CAST('.' AS varchar(max)))"], [text]);

    /// <summary>Literal search. LIKE is not used: it ignores trailing spaces of the value, and brackets in a pattern are classes.</summary>
    internal static SqlCondition Matches(TextMatch match, SqlExpression text, SqlExpression pattern) => match switch
    {
        TextMatch.Contains => Contains(text, pattern),
        TextMatch.StartsWith => At(text, pattern, Number(1)),
        TextMatch.EndsWith => At(text, pattern, new SqlArithmetic('+', new SqlArithmetic('-', Length(text), Length(pattern)), Number(1))),
        _ => throw new ArgumentOutOfRangeException(nameof(match), match, "Unknown match."),
    };

    // CHARINDEX does not find an empty text.
    private static SqlCondition Contains(SqlExpression text, SqlExpression pattern)
    {
        SqlCondition found = new SqlComparison(ComparisonOperator.Greater, new SqlCall("CHARINDEX", [pattern, text]), Number(0));
        return pattern switch
        {
            SqlLiteral { Value: StringLiteral { Value.Length: > 0 } } => found,
            SqlLiteral => new SqlComparison(ComparisonOperator.GreaterOrEqual, Length(text), Number(0)),
            _ => new SqlOr([found, new SqlAnd([new SqlComparison(ComparisonOperator.Equal, Length(pattern), Number(0)), new SqlIsNull(text, Negated: true)])]),
        };
    }

    // Bytes of the same number compare without padding; UTF-8 has no character inside of another.
    private static SqlAnd At(SqlExpression text, SqlExpression pattern, SqlExpression start) => new(
    [
        new SqlComparison(ComparisonOperator.GreaterOrEqual, Length(text), Length(pattern)),
        new SqlComparison(ComparisonOperator.Equal, new SqlCall("SUBSTRING", [Bytes(text), start, Length(pattern)]), Bytes(pattern)),
    ]);

    private static SqlCast Bytes(SqlExpression text) => new(text, new StoredBinary());

    private static SqlLiteral Number(long value) => new(new Int64Literal(value), new StoredInteger());
}
