using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Dialects.DuckDb;

/// <summary>What ranks and splits of members need of DuckDB.</summary>
internal static class MemberSql
{
    /// <summary>The first 32 bits of the MD5 of salt and key, modulo the number of buckets.</summary>
    public static SqlExpression SplitBucket(string salt, ImmutableArray<SqlValue> keys)
    {
        ImmutableArray<SqlExpression> parts = [Text($"{salt}:"), .. keys.SelectMany((key, i) => i == 0 ? new[] { Canonical(key) } : [Text("|"), Canonical(key)])];
        var text = new SqlTemplate([string.Empty, .. parts.Skip(1).Select(_ => " || "), string.Empty], parts);
        return new SqlTemplate([$"(CAST('0x' || substr(md5(", $"), 1, 8) AS BIGINT) % {Split.Buckets})"], [text]);
    }

    /// <summary>The whole part or the fraction of a number in units of its last digit.</summary>
    public static SqlExpression OrderPart(SqlValue sum, SqlExpression? count, bool isFraction, (BigInteger Units, double Fraction)? missing)
    {
        var units = Units(sum);
        SqlExpression part = (count, isFraction) switch
        {
            (null, false) => units,
            (null, true) => new SqlCase(new SqlIsNull(sum.Expression, Negated: true), Float(0), Else: null),
            ({ } divisor, false) => new SqlTemplate(["(", " // nullif(", ", 0))"], [units, divisor]),
            ({ } divisor, true) => new SqlTemplate(["(CAST(", " % nullif(", ", 0) AS DOUBLE) / CAST(nullif(", ", 0) AS DOUBLE))"], [units, divisor, divisor]),
        };
        return missing is var (whole, fraction)
            ? new SqlCall("coalesce", [part, isFraction ? Float(fraction) : new SqlTemplate([$"CAST('{whole.ToString(CultureInfo.InvariantCulture)}' AS HUGEINT)"], [])])
            : part;
    }

    // Decimals lose their point: there is no cast that keeps all digits as an integer.
    private static SqlTemplate Units(SqlValue value) => value.Storage is StoredDecimal { Scale: > 0 }
        ? new SqlTemplate(["CAST(replace(CAST(", " AS VARCHAR), '.', '') AS HUGEINT)"], [value.Expression])
        : new SqlTemplate(["CAST(", " AS HUGEINT)"], [value.Expression]);

    private static SqlLiteral Float(double value) => new(new Float64Literal(value), new StoredFloat(64));

    private static SqlExpression Canonical(SqlValue key) => (key.Type, key.Storage) switch
    {
        (StringType, _) => key.Expression,
        (BinaryType, _) => new SqlTemplate(["lower(hex(", "))"], [key.Expression]),
        (DecimalType type, _) => Canonical(new SqlCast(new SqlCast(key.Expression, new StoredDecimal(type.Precision, type.Scale)), new StoredText()), type),
        (TimestampType, StoredInstant) => new SqlTemplate(["strftime(CAST(", " AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%fZ')"], [key.Expression]),
        (TimestampType, _) => new SqlTemplate(["strftime(", ", '%Y-%m-%dT%H:%M:%S.%fZ')"], [key.Expression]),
        (DateTimeType, _) => new SqlTemplate(["strftime(", ", '%Y-%m-%dT%H:%M:%S.%f')"], [key.Expression]),
        _ => new SqlCast(key.Expression, new StoredText()),
    };

    // DuckDB writes no zero before the point where the type has no digit there.
    private static SqlExpression Canonical(SqlExpression text, DecimalType type)
        => type.Precision == type.Scale ? new SqlTemplate(["regexp_replace(", @", '^(-?)\.', '\10.')"], [text]) : text;

    private static SqlLiteral Text(string value) => new(new StringLiteral(value), new StoredText());
}
