using System.Collections.Immutable;
using System.Numerics;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Connectors.Fabric.Dialect;

/// <summary>
/// T-SQL as Fabric Warehouse and SQL analytics endpoints take it. Key differences: comparisons, groups and sets ignore trailing spaces of text, so lengths
/// are compared as well; there are no boolean values; no NULLS LAST, no IS DISTINCT FROM, no materialized tables; whole numbers beyond int are decimals,
/// so every constant is cast.
/// </summary>
/// <remarks>References: learn.microsoft.com/fabric/data-warehouse/tsql-surface-area, /data-types, /collation; learn.microsoft.com/sql/t-sql.</remarks>
internal sealed class FabricDialect : SqlDialect
{
    /// <summary>The one instance.</summary>
    internal static readonly FabricDialect Instance = new();

    /// <summary>The collation under which texts are equal exactly if their bytes are, but for padding.</summary>
    internal const string BinaryCollation = "Latin1_General_100_BIN2_UTF8";

    private FabricDialect()
    {
    }

    /// <inheritdoc />
    public override string Name => "T-SQL (Fabric)";

    /// <inheritdoc />
    public override Capabilities Capabilities => FabricCapabilities.Known;

    /// <inheritdoc />
    public override string CommonTableAs => " AS ";

    /// <inheritdoc />
    public override bool HasNullsLast => false;

    /// <inheritdoc />
    public override bool LimitsByTop => true;

    /// <inheritdoc />
    public override SqlExpression AnyOrder => new SqlTemplate(["(SELECT NULL)"], []);

    /// <inheritdoc />
    public override (string Before, string Behind) IsNotTrue => ("(CASE WHEN ", " THEN 1 ELSE 0 END = 0)");

    /// <inheritdoc />
    public override string QuoteIdentifier(string name) => name.Length > 0 && !name.Contains('\0')
        ? $"[{name.Replace("]", "]]", StringComparison.Ordinal)}]"
        : throw Excluded("a name that is empty or holds U+0000");

    /// <inheritdoc />
    public override bool IsBareColumn(string text) => text is ['[', _, .., ']'] && !text[1..^1].Replace("]]", string.Empty, StringComparison.Ordinal).Contains(']');

    /// <inheritdoc />
    public override string WriteLiteral(Literal value, StorageType storage)
        => FabricLiterals.Write(value, storage) ?? throw Excluded($"a {value.GetType().Name} as {storage.GetType().Name}");

    /// <inheritdoc />
    /// <remarks>One constant: batches have no parameters here. OPENJSON converts the texts to the types of its columns.</remarks>
    public override SqlSelect ReadKeys(KeyListPlan keys, ImmutableArray<StorageType> storages, ImmutableArray<string> names, string alias)
    {
        var columns = names.Select((_, i) => FormattableString.Invariant($"c{i}")).ToImmutableArray();
        var types = storages.Select((storage, i) => FormattableString.Invariant($"{columns[i]} {(storage is StoredText ? "varchar(max)" : TypeName(storage))} '$[{i}]'"));
        var table = new SqlTable($"OPENJSON(N{LiteralText.Quote(SentKeys.JsonOf(keys.Keys))}) WITH ({string.Join(", ", types)})", alias);
        return new SqlSelect([.. names.Zip(columns, (name, column) => new SqlOutput(new SqlColumn(alias, column), name))], table);
    }

    /// <inheritdoc />
    public override string CreateKeyTable(string name, ImmutableArray<StorageType> storages, DateTimeOffset expires)
        => $"CREATE TABLE {name} ({KeyColumns(storages, storage => storage is StoredText ? "varchar(max)" : TypeName(storage))})";

    /// <inheritdoc />
    public override string TypeName(StorageType storage) => FabricLiterals.TypeName(storage);

    /// <inheritdoc />
    /// <remarks>Text of another collation than the binary one takes part everywhere as text of the binary one; the padding of char(n) is no part of its value.</remarks>
    public override SqlExpression ScanOutput(SqlExpression column, PlanColumn output) => output.Storage switch
    {
        StoredText { Collation: not null } => ByBytes(column),
        StoredCollatedText => new SqlCall("RTRIM", [column]),
        StoredOther => new SqlTemplate(["CAST(", " AS varchar(max))"], [column]),
        _ => column,
    };

    /// <inheritdoc />
    public override SqlExpression ByBytes(SqlExpression text) => new SqlTemplate(["(", $" COLLATE {BinaryCollation})"], [text]);

    /// <inheritdoc />
    public override SqlCondition NullSafeEqual(SqlExpression left, SqlExpression right) => OrBothNull(new SqlComparison(ComparisonOperator.Equal, left, right), left, right);

    /// <inheritdoc />
    public override SqlCondition NullSafeTextEqual(SqlExpression left, SqlExpression right) => OrBothNull(CompareText(ComparisonOperator.Equal, left, right), left, right);

    /// <inheritdoc />
    /// <remarks>Texts that are equal but for padding have different lengths.</remarks>
    public override SqlCondition CompareText(ComparisonOperator comparison, SqlExpression left, SqlExpression right) => FabricTexts.Compare(comparison, left, right);

    /// <inheritdoc />
    public override SqlCondition AmongTexts(SqlExpression text, ImmutableArray<SqlExpression> items, bool negated) => negated
        ? new SqlAnd([.. items.Select(item => CompareText(ComparisonOperator.NotEqual, text, item))])
        : new SqlOr([.. items.Select(item => CompareText(ComparisonOperator.Equal, text, item))]);

    /// <inheritdoc />
    public override SqlExpression TellsApart(SqlExpression text) => FabricTexts.Length(text);

    /// <inheritdoc />
    public override SqlCondition IsNotNan(SqlExpression value) => new SqlIsNull(value, Negated: true);

    /// <inheritdoc />
    public override SqlExpression NanAsNull(SqlExpression value) => value;

    /// <inheritdoc />
    public override SqlExpression InstantToUtc(SqlExpression instant) => throw Excluded("a stored instant");

    /// <inheritdoc />
    public override SqlExpression UtcToInstant(SqlExpression wallClock) => throw Excluded("a stored instant");

    /// <inheritdoc />
    /// <remarks>The first day of the year 1 is a Monday; DATEPART(weekday) depends on the session.</remarks>
    public override SqlExpression PartOf(SqlExpression value, DatePart part) => new SqlTemplate(
        part switch
        {
            DatePart.DayOfWeek => ["CAST(DATEDIFF(day, CAST('0001-01-01' AS date), ", ") % 7 + 1 AS bigint)"],
            DatePart.DayOfMonth => ["CAST(DATEPART(day, ", ") AS bigint)"],
            DatePart.Month => ["CAST(DATEPART(month, ", ") AS bigint)"],
            DatePart.Year => ["CAST(DATEPART(year, ", ") AS bigint)"],
            DatePart.Hour => ["CAST(DATEPART(hour, ", ") AS bigint)"],
            _ => throw new ArgumentOutOfRangeException(nameof(part), part, "Unknown part."),
        },
        [value]);

    /// <inheritdoc />
    public override SqlCondition Matches(TextMatch match, SqlExpression text, SqlExpression pattern) => FabricTexts.Matches(match, text, pattern);

    /// <inheritdoc />
    public override SqlCondition CompareExact(ComparisonOperator comparison, SqlValue left, SqlValue right) => FabricNumbers.Compare(comparison, left, right);

    /// <inheritdoc />
    public override SqlExpression Aggregate(MeasureFunction function, SqlValue? input, StorageType result) => function switch
    {
        MeasureFunction.Count => new SqlCall("COUNT_BIG", [], Star: true),
        MeasureFunction.CountValues => new SqlCall("COUNT_BIG", [input!.Expression]),
        MeasureFunction.CountDistinct => new SqlCall("COUNT_BIG", [input!.Type is StringType ? FabricTexts.WithEnd(input.Expression) : input.Expression], Distinct: true),
        MeasureFunction.Sum when input!.Storage is StoredFloat => new SqlCall("SUM", [new SqlCast(input.Expression, new StoredFloat(64))]),
        MeasureFunction.Sum => FabricNumbers.Sum(input!, result),
        MeasureFunction.AverageFloat => new SqlCall("AVG", [new SqlCast(input!.Expression, new StoredFloat(64))]),
        MeasureFunction.Minimum => new SqlCall("MIN", [input!.Expression]),
        MeasureFunction.Maximum => new SqlCall("MAX", [input!.Expression]),
        MeasureFunction.Any => Any(input!),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "Unknown function."),
    };

    /// <inheritdoc />
    public override SqlExpression Add(SqlValue time, Duration duration) => throw Excluded("a time plus a duration");

    // MAX takes neither bit nor, surely, varbinary.
    private static SqlExpression Any(SqlValue input) => input.Storage switch
    {
        StoredBoolean => new SqlTemplate(["CAST(MAX(CAST(", " AS int)) AS bit)"], [input.Expression]),
        StoredBinary => new SqlTemplate(["CONVERT(varbinary(max), MAX(CONVERT(varchar(max), ", ", 2)), 2)"], [input.Expression]),
        _ => new SqlCall("MAX", [input.Expression]),
    };

    private static SqlOr OrBothNull(SqlCondition equal, SqlExpression left, SqlExpression right)
        => new([equal, new SqlAnd([new SqlIsNull(left, Negated: false), new SqlIsNull(right, Negated: false)])]);
}
