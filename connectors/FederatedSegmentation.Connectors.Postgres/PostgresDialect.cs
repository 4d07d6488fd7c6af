using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>
/// PostgreSQL 12 and later, session in UTC, standard strings. Key differences: text sorts by the database's collation unless COLLATE "C" is named;
/// equality under a deterministic collation is equality of bytes; NaN equals itself and is greatest; numeric is exact without limit; no semi-join syntax.
/// </summary>
/// <remarks>References: postgresql.org/docs/current/collation.html, datatype-numeric.html, functions-string.html.</remarks>
public sealed class PostgresDialect : SqlDialect
{
    /// <summary>The one instance.</summary>
    public static readonly PostgresDialect Instance = new();

    private static readonly Capabilities Known = DescribeCapabilities();

    private PostgresDialect()
    {
    }

    /// <inheritdoc />
    public override string Name => "PostgreSQL";

    /// <inheritdoc />
    public override Capabilities Capabilities => Known;

    /// <inheritdoc />
    public override string WriteLiteral(Literal value, StorageType storage) => (value, storage) switch
    {
        (BooleanLiteral literal, _) => literal.Value ? "TRUE" : "FALSE",
        (Int64Literal literal, StoredInteger) => $"CAST('{literal.Value.ToString(CultureInfo.InvariantCulture)}' AS bigint)",
        (Int64Literal or DecimalLiteral or Float64Literal, StoredFloat) => $"CAST('{LiteralText.Float(ExactNumber.ToDouble(value))}' AS float8)",
        (Int64Literal or DecimalLiteral, StoredDecimal exact) => $"CAST('{LiteralText.Decimal(value, exact.Scale)}' AS numeric)",
        (StringLiteral literal, _) when !literal.Value.Contains('\0') => LiteralText.Quote(literal.Value),
        (DateLiteral literal, _) => $"DATE '{LiteralText.Date(literal.Value)}'",
        (TimestampLiteral literal, StoredInstant) => $"TIMESTAMPTZ '{LiteralText.WallClock(literal.Microseconds)}+00'",
        (TimestampLiteral literal, _) => $"TIMESTAMP '{LiteralText.WallClock(literal.Microseconds)}'",
        (DateTimeLiteral literal, _) => $"TIMESTAMP '{LiteralText.WallClock(literal.Microseconds)}'",
        (BinaryLiteral literal, _) => $"decode('{LiteralText.Hex(literal)}', 'hex')",
        _ => throw Excluded($"a {value.GetType().Name} as {storage.GetType().Name}"),
    };

    /// <inheritdoc />
    public override string TypeName(StorageType storage) => storage switch
    {
        StoredBoolean => "boolean",
        StoredInteger => "bigint",
        StoredDecimal exact => string.Create(CultureInfo.InvariantCulture, $"numeric({exact.Precision},{exact.Scale})"),
        StoredFloat => "float8",
        StoredDate => "date",
        StoredInstant => "timestamptz",
        StoredWallClock => "timestamp",
        StoredBinary => "bytea",
        _ => "text",
    };

    /// <inheritdoc />
    /// <remarks>The text of character(n) comes without its padding: to PostgreSQL it is no part of the value.</remarks>
    public override SqlExpression ScanOutput(SqlExpression column, PlanColumn output) => output.Storage is StoredOther or StoredCollatedText ? new SqlCast(column, new StoredText()) : column;

    /// <inheritdoc />
    /// <remarks>
    /// Infinite times, years before 0001 and after 9999, and NaN compare like any value here and are none in the language. Their text is no boolean, so the
    /// cast raises invalid_text_representation. An OR of range and cast keeps the estimates of the planner right, which a CASE would not.
    /// </remarks>
    public override SqlCondition? Fits(SqlExpression column, PlanColumn output)
    {
        if (!NaturalStorage.IsNatural(output.Storage, output.Type))
        {
            return null;
        }

        var known = output.Storage switch
        {
            StoredDate => " BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'",
            StoredInstant => " BETWEEN TIMESTAMPTZ '0001-01-01 00:00:00+00' AND TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'",
            StoredWallClock => " BETWEEN TIMESTAMP '0001-01-01 00:00:00' AND TIMESTAMP '9999-12-31 23:59:59.999999'",
            StoredDecimal => " <> CAST('NaN' AS numeric)",
            _ => null,
        };
        return known is null ? null : new SqlIsTrue(new SqlTemplate(["(", " IS NULL OR ", $"{known} OR CAST(CAST(", " AS text) AS boolean))"], [column, column, column]));
    }

    /// <inheritdoc />
    public override SqlExpression ByBytes(SqlExpression text) => new SqlTemplate(["(", " COLLATE \"C\")"], [text]);

    /// <inheritdoc />
    /// <remarks>IS NOT DISTINCT FROM compares every pair; arrays treat NULLs as equal and can be sorted and hashed.</remarks>
    public override SqlCondition NullSafeEqual(SqlExpression left, SqlExpression right) => new SqlComparison(ComparisonOperator.Equal, NullSafeKey(left), NullSafeKey(right));

    private static SqlTemplate NullSafeKey(SqlExpression value) => new(["ARRAY[", "]"], [value]);

    /// <inheritdoc />
    public override SqlCondition IsNotNan(SqlExpression value) => new SqlComparison(ComparisonOperator.NotEqual, value, Nan);

    /// <inheritdoc />
    public override SqlExpression NanAsNull(SqlExpression value) => new SqlCall("nullif", [value, Nan]);

    /// <inheritdoc />
    public override SqlExpression InstantToUtc(SqlExpression instant) => new SqlTemplate(["(", " AT TIME ZONE 'UTC')"], [instant]);

    /// <inheritdoc />
    public override SqlExpression UtcToInstant(SqlExpression wallClock) => new SqlTemplate(["(", " AT TIME ZONE 'UTC')"], [wallClock]);

    /// <inheritdoc />
    public override SqlExpression PartOf(SqlExpression value, DatePart part) => new SqlTemplate(
        [
            part switch
            {
                DatePart.DayOfWeek => "CAST(extract(isodow FROM ",
                DatePart.DayOfMonth => "CAST(extract(day FROM ",
                DatePart.Month => "CAST(extract(month FROM ",
                DatePart.Year => "CAST(extract(year FROM ",
                DatePart.Hour => "CAST(extract(hour FROM ",
                _ => throw new ArgumentOutOfRangeException(nameof(part), part, "Unknown part."),
            },
            ") AS bigint)",
        ],
        [value]);

    /// <inheritdoc />
    public override SqlCondition Matches(TextMatch match, SqlExpression text, SqlExpression pattern) => match switch
    {
        TextMatch.Contains => new SqlComparison(ComparisonOperator.Greater, new SqlCall("strpos", [text, pattern]), new SqlLiteral(new Int64Literal(0), new StoredInteger())),
        TextMatch.StartsWith => new SqlIsTrue(new SqlCall("starts_with", [text, pattern])),
        TextMatch.EndsWith => new SqlComparison(ComparisonOperator.Equal, new SqlCall("right", [text, new SqlCall("length", [pattern])]), pattern),
        _ => throw new ArgumentOutOfRangeException(nameof(match), match, "Unknown match."),
    };

    /// <inheritdoc />
    public override SqlCondition CompareExact(ComparisonOperator comparison, SqlValue left, SqlValue right)
        => new SqlComparison(comparison, left.Expression, right.Expression);

    /// <inheritdoc />
    public override SqlValue ExactProduct(SqlValue value, SqlExpression count, bool fits)
    {
        var storage = new StoredDecimal(38, Math.Min(38, ExactNumber.Shape(value.Storage).Scale));
        SqlExpression product = new SqlArithmetic('*', value.Expression, count);

        // The cast refuses what needs more than 38 digits (numeric_value_out_of_range); a value that needs them by itself is compared as it is.
        return new SqlValue(fits ? new SqlCast(product, storage) : product, new DecimalType(38, storage.Scale), storage);
    }

    /// <inheritdoc />
    public override SqlExpression Aggregate(MeasureFunction function, SqlValue? input, StorageType result) => function switch
    {
        MeasureFunction.Count => new SqlCall("count", [], Star: true),
        MeasureFunction.CountValues => new SqlCall("count", [input!.Expression]),
        MeasureFunction.CountDistinct => new SqlCall("count", [input!.Expression], Distinct: true),
        MeasureFunction.Sum when input!.Storage is StoredFloat => new SqlCall("sum", [new SqlCast(input.Expression, new StoredFloat(64))]),
        MeasureFunction.Sum => new SqlCast(new SqlCall("sum", [input!.Expression]), result),
        MeasureFunction.AverageFloat => new SqlCall("avg", [new SqlCast(input!.Expression, new StoredFloat(64))]),
        MeasureFunction.Minimum when input!.Type is BinaryType => FirstBinary(input, "ASC"),
        MeasureFunction.Maximum when input!.Type is BinaryType => FirstBinary(input, "DESC"),
        MeasureFunction.Minimum => new SqlCall("min", [Sortable(input!)]),
        MeasureFunction.Maximum => new SqlCall("max", [Sortable(input!)]),
        MeasureFunction.Any => new SqlTemplate(["(array_agg(", "))[1]"], [input!.Expression]),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "Unknown function."),
    };

    /// <inheritdoc />
    public override SqlExpression Add(SqlValue time, Duration duration)
    {
        var interval = duration.Months != 0
            ? string.Create(CultureInfo.InvariantCulture, $"{duration.Months} months")
            : string.Create(CultureInfo.InvariantCulture, $"{duration.Microseconds} microseconds");
        var sum = new SqlTemplate(["(", $" + INTERVAL '{interval}')"], [time.Expression]);
        return time.Type is DateType ? new SqlCast(sum, new StoredDate()) : sum;
    }

    /// <inheritdoc />
    /// <remarks>COPY takes no parameters: an array for each column, each one constant. Elements are quoted, so that only quotes and backslashes are special.</remarks>
    public override SqlSelect ReadKeys(KeyListPlan keys, ImmutableArray<StorageType> storages, ImmutableArray<string> names, string alias)
    {
        var arrays = storages.Select((storage, part) => $"CAST({LiteralText.Quote(ArrayOf(keys, part))} AS {(storage is StoredDecimal ? "numeric" : TypeName(storage))}[])");
        var columns = names.Select((_, i) => FormattableString.Invariant($"c{i}")).ToImmutableArray();
        var table = new SqlTable($"unnest({string.Join(", ", arrays)})", $"{alias}({string.Join(", ", columns)})");
        return new SqlSelect([.. names.Zip(columns, (name, column) => new SqlOutput(new SqlColumn(alias, column), name))], table);
    }

    private static string ArrayOf(KeyListPlan keys, int part)
    {
        var text = new StringBuilder("{");
        foreach (var key in keys.Keys)
        {
            text.Append(text.Length > 1 ? ",\"" : "\"").Append(SentKeys.TextOf(key[part]).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        return text.Append('}').ToString();
    }

    private static SqlExpression Nan => new SqlTemplate(["CAST('NaN' AS float8)"], []);

    // min and max take bytea from version 18 on only.
    private static SqlTemplate FirstBinary(SqlValue input, string order)
        => new(["(array_agg(", " ORDER BY ", $" {order} NULLS LAST))[1]"], [input.Expression, input.Expression]);

    private SqlExpression Sortable(SqlValue input) => input.Type is StringType ? ByBytes(input.Expression) : input.Expression;

    private static Capabilities DescribeCapabilities() => new()
    {
        RunsInEngine = false,
        PlainComparison = Support.Full("the source compares these values as the language does"),
        TextEquality = Support.Full("equality under a deterministic collation is equality of bytes"),
        TextOrder = Support.Full("COLLATE \"C\" orders UTF-8 by bytes"),
        TextMatch = Support.Full("strpos, starts_with and right compare literally"),
        AsciiFolding = Support.Full("translate folds A to Z and nothing else"),
        NulInText = Support.None("PostgreSQL text cannot hold U+0000"),
        FloatComparison = Support.Full("float8 is IEEE 754; NaN is excluded explicitly"),
        MixedExactComparison = Support.Full("numeric compares exactly"),
        TemporalComparison = Support.Full("dates and times have microseconds and compare with literals in UTC"),
        BinaryComparison = Support.Full("bytea compares by bytes"),
        DateParts = Support.Full("extract on a value without a zone needs no rules"),
        DurationArithmetic = Support.Full("intervals are added in UTC and months clamp to the last day"),
        ZoneConversion = Support.None("time-zone rules differ between databases: the engine applies one pinned set"),
        Joins = Support.Full("both sides are in this source: an EXISTS or join there"),
        Grouping = Support.Full("grouping there, only keys and aggregates travel"),
        ExactSum = Support.Full("numeric sums exactly"),
        AverageComparison = Support.Full("numeric sums exactly"),
        FloatAggregates = Support.Full("float8 sums in any order are allowed"),
        Guards = Support.None("PostgreSQL has no way to raise a data error inside a SELECT"),
        Windows = Support.Full("row_number is exact with a total order"),
        SetOperations = Support.Full("UNION, INTERSECT and EXCEPT compare as DISTINCT does"),
        MaxListedValues = 10_000,
        KeyRungs = [new KeyRung(KeyPassage.List, 1_000, 1_000_000, 40), new KeyRung(KeyPassage.Array, 500_000, 12_000_000, 3)],
        MaxStatementBytes = 16 * 1024 * 1024,
        MaxRelations = 40,
    };
}
