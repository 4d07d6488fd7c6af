using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Connectors.Snowflake;

/// <summary>
/// Snowflake, session in UTC. Key differences: unquoted names are upper case, so every name is quoted; backslashes escape in text literals; every integer is a
/// decimal of 38 digits; times have nine digits of a second; text compares by UTF-8 bytes unless its column has a collation; NaN equals itself and is greatest.
/// </summary>
/// <remarks>References: docs.snowflake.com/en/sql-reference: identifiers-syntax, data-types-text, data-types-numeric, data-types-datetime, collation, functions/dateadd.</remarks>
public sealed class SnowflakeDialect : SqlDialect
{
    /// <summary>The one instance.</summary>
    public static readonly SnowflakeDialect Instance = new();

    private static readonly Capabilities Known = DescribeCapabilities();

    private SnowflakeDialect()
    {
    }

    /// <inheritdoc />
    public override string Name => "Snowflake";

    /// <inheritdoc />
    public override Capabilities Capabilities => Known;

    /// <inheritdoc />
    public override string CommonTableAs => " AS ";

    /// <inheritdoc />
    /// <remarks>IS TRUE is no predicate of every account; a condition is a value here.</remarks>
    public override (string Before, string Behind) IsNotTrue => ("(NOT COALESCE((", "), FALSE))");

    /// <inheritdoc />
    public override string WriteLiteral(Literal value, StorageType storage) => (value, storage) switch
    {
        (BooleanLiteral literal, _) => literal.Value ? "TRUE" : "FALSE",
        (Int64Literal literal, StoredInteger) => $"CAST('{literal.Value.ToString(CultureInfo.InvariantCulture)}' AS NUMBER(38,0))",
        (Int64Literal or DecimalLiteral or Float64Literal, StoredFloat) => $"CAST('{FloatText(ExactNumber.ToDouble(value))}' AS FLOAT)",
        (Int64Literal or DecimalLiteral, StoredDecimal exact) => string.Create(CultureInfo.InvariantCulture, $"CAST('{LiteralText.Decimal(value, exact.Scale)}' AS NUMBER(38,{exact.Scale}))"),
        (StringLiteral literal, _) when !literal.Value.Contains('\0') => Quote(literal.Value),
        (DateLiteral literal, _) => $"CAST('{LiteralText.Date(literal.Value)}' AS DATE)",
        (TimestampLiteral literal, StoredInstant) => $"CAST('{LiteralText.WallClock(literal.Microseconds)}+00:00' AS TIMESTAMP_LTZ)",
        (TimestampLiteral literal, _) => $"CAST('{LiteralText.WallClock(literal.Microseconds)}' AS TIMESTAMP_NTZ)",
        (DateTimeLiteral literal, _) => $"CAST('{LiteralText.WallClock(literal.Microseconds)}' AS TIMESTAMP_NTZ)",
        (BinaryLiteral literal, _) => $"X'{LiteralText.Hex(literal)}'",
        _ => throw Excluded($"a {value.GetType().Name} as {storage.GetType().Name}"),
    };

    /// <inheritdoc />
    public override string TypeName(StorageType storage) => storage switch
    {
        StoredBoolean => "BOOLEAN",
        StoredInteger => "NUMBER(38,0)",
        StoredDecimal exact => string.Create(CultureInfo.InvariantCulture, $"NUMBER({exact.Precision},{exact.Scale})"),
        // The same type as FLOAT.
        StoredFloat => "DOUBLE",
        StoredDate => "DATE",
        StoredInstant => "TIMESTAMP_LTZ",
        StoredWallClock => "TIMESTAMP_NTZ",
        StoredBinary => "BINARY",
        _ => "VARCHAR",
    };

    /// <inheritdoc />
    /// <remarks>
    /// Integers beyond int64 and times finer than microseconds compare like any value here and are none in the language. Their text is no boolean, so the cast
    /// fails (100037).
    /// </remarks>
    public override SqlCondition? Fits(SqlExpression column, PlanColumn output)
    {
        if (!NaturalStorage.IsNatural(output.Storage, output.Type))
        {
            return null;
        }

        SqlTemplate? known = output.Storage switch
        {
            StoredInteger => new SqlTemplate(["", $" BETWEEN CAST('{long.MinValue.ToString(CultureInfo.InvariantCulture)}' AS NUMBER(38,0)) AND CAST('{long.MaxValue.ToString(CultureInfo.InvariantCulture)}' AS NUMBER(38,0))"], [column]),
            StoredInstant => new SqlTemplate(["", " = CAST(", " AS TIMESTAMP_LTZ(6))"], [column, column]),
            StoredWallClock => new SqlTemplate(["", " = CAST(", " AS TIMESTAMP_NTZ(6))"], [column, column]),
            _ => null,
        };
        return known is null ? null : new SqlIsTrue(new SqlTemplate(["CASE WHEN ", " IS NULL OR ", " THEN TRUE ELSE CAST(CAST(", " AS VARCHAR) AS BOOLEAN) END"], [column, known, column]));
    }

    /// <inheritdoc />
    public override SqlCondition IsNotNan(SqlExpression value) => new SqlComparison(ComparisonOperator.NotEqual, value, Nan);

    /// <inheritdoc />
    public override SqlExpression NanAsNull(SqlExpression value) => new SqlCall("NULLIF", [value, Nan]);

    /// <inheritdoc />
    /// <remarks>Of a TIMESTAMP_TZ a bare cast would take the wall clock of its own offset.</remarks>
    public override SqlExpression InstantToUtc(SqlExpression instant) => new SqlTemplate(["CAST(CONVERT_TIMEZONE('UTC', ", ") AS TIMESTAMP_NTZ)"], [instant]);

    /// <inheritdoc />
    /// <remarks>The session's zone is UTC.</remarks>
    public override SqlExpression UtcToInstant(SqlExpression wallClock) => new SqlTemplate(["CAST(", " AS TIMESTAMP_LTZ)"], [wallClock]);

    /// <inheritdoc />
    /// <remarks>No setting of the account changes these; WEEK and DAYOFWEEK depend on WEEK_START.</remarks>
    public override SqlExpression PartOf(SqlExpression value, DatePart part) => new SqlCall(
        part switch
        {
            DatePart.DayOfWeek => "DAYOFWEEKISO",
            DatePart.DayOfMonth => "DAY",
            DatePart.Month => "MONTH",
            DatePart.Year => "YEAR",
            DatePart.Hour => "HOUR",
            _ => throw new ArgumentOutOfRangeException(nameof(part), part, "Unknown part."),
        },
        [value]);

    /// <inheritdoc />
    public override SqlCondition Matches(TextMatch match, SqlExpression text, SqlExpression pattern) => new SqlIsTrue(new SqlCall(
        match switch
        {
            TextMatch.Contains => "CONTAINS",
            TextMatch.StartsWith => "STARTSWITH",
            TextMatch.EndsWith => "ENDSWITH",
            _ => throw new ArgumentOutOfRangeException(nameof(match), match, "Unknown match."),
        },
        [text, pattern]));

    /// <inheritdoc />
    public override SqlCondition CompareExact(ComparisonOperator comparison, SqlValue left, SqlValue right) => new SqlComparison(comparison, left.Expression, right.Expression);

    /// <inheritdoc />
    public override SqlExpression Aggregate(MeasureFunction function, SqlValue? input, StorageType result) => function switch
    {
        MeasureFunction.Count => new SqlCall("COUNT", [], Star: true),
        MeasureFunction.CountValues => new SqlCall("COUNT", [input!.Expression]),
        MeasureFunction.CountDistinct => new SqlCall("COUNT", [input!.Expression], Distinct: true),
        MeasureFunction.Sum when input!.Storage is StoredFloat => new SqlCall("SUM", [new SqlCast(input.Expression, new StoredFloat(64))]),
        MeasureFunction.Sum => new SqlCast(new SqlCall("SUM", [input!.Expression]), result),
        MeasureFunction.AverageFloat => new SqlCall("AVG", [new SqlCast(input!.Expression, new StoredFloat(64))]),
        MeasureFunction.Minimum => new SqlCall("MIN", [input!.Expression]),
        MeasureFunction.Maximum => new SqlCall("MAX", [input!.Expression]),
        MeasureFunction.Any => new SqlCall("ANY_VALUE", [input!.Expression]),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "Unknown function."),
    };

    /// <inheritdoc />
    public override SqlExpression Add(SqlValue time, Duration duration)
    {
        var (unit, count) = duration.Months != 0 ? ("MONTH", (long)duration.Months) : ("MICROSECOND", duration.Microseconds);
        var sum = new SqlTemplate([string.Create(CultureInfo.InvariantCulture, $"DATEADD({unit}, {count}, "), ")"], [time.Expression]);
        return time.Type is DateType ? new SqlCast(sum, new StoredDate()) : sum;
    }

    /// <inheritdoc />
    /// <remarks>The SQL API binds no arrays: a text of JSON. Every part is text there, since numbers of JSON have fewer digits than ours.</remarks>
    public override SqlSelect ReadKeys(KeyListPlan keys, ImmutableArray<StorageType> storages, ImmutableArray<string> names, string alias)
    {
        var value = new SqlColumn(alias, "VALUE");
        var outputs = storages.Select((storage, i) =>
        {
            var text = new SqlCast(new SqlTemplate(["GET(", FormattableString.Invariant($", {i})")], [value]), new StoredText());
            return new SqlOutput(storage is StoredText ? text : new SqlCast(text, storage), names[i]);
        });
        return new SqlSelect([.. outputs], new SqlTable("TABLE(FLATTEN(INPUT => PARSE_JSON(:1)))", alias));
    }

    /// <inheritdoc />
    /// <remarks>The SQL API has no session that a temporary table could live in.</remarks>
    public override string CreateKeyTable(string name, ImmutableArray<StorageType> storages, DateTimeOffset expires)
        => $"CREATE TRANSIENT TABLE {name} ({KeyColumns(storages, TypeName)}) DATA_RETENTION_TIME_IN_DAYS = 0";

    private static SqlExpression Nan => new SqlTemplate(["CAST('NaN' AS FLOAT)"], []);

    /// <summary>Text in single quotes: quotes and backslashes doubled.</summary>
    internal static string Quote(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    private static string FloatText(double value) => value switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ => LiteralText.Float(value),
    };

    private static Capabilities DescribeCapabilities() => new()
    {
        RunsInEngine = false,
        PlainComparison = Support.Full("the source compares these values as the language does"),
        TextEquality = Support.Full("text without a collation is equal where its bytes are, trailing spaces included"),
        TextOrder = Support.Full("text without a collation is ordered by its UTF-8 bytes"),
        TextMatch = Support.Full("CONTAINS, STARTSWITH and ENDSWITH compare literally"),
        AsciiFolding = Support.Full("TRANSLATE folds A to Z and nothing else"),
        NulInText = Support.None("how Snowflake compares text with U+0000 is not documented"),
        FloatComparison = Support.Full("FLOAT is IEEE 754; NaN is excluded explicitly"),
        MixedExactComparison = Support.None("two numbers of different scale may need more digits than the 38 that Snowflake has"),
        TemporalComparison = Support.Full("dates and times compare with literals in UTC; times finer than microseconds are a data error"),
        BinaryComparison = Support.Full("binary values compare by their bytes"),
        DateParts = Support.Full("parts of a value without a zone need no rules"),
        DurationArithmetic = Support.Full("DATEADD adds in UTC, and months clamp to the last day"),
        ZoneConversion = Support.None("time-zone rules differ between databases: the engine applies one pinned set"),
        Joins = Support.Full("both sides are in this source: an EXISTS or join there"),
        Grouping = Support.Full("grouping there, only keys and aggregates travel"),
        ExactSum = Support.Full("NUMBER sums exactly, and fails beyond 38 digits"),
        AverageComparison = Support.None("a product that needs more than 38 digits is not proven to fail"),
        FloatAggregates = Support.Full("sums of floats in any order are allowed"),
        Guards = Support.None("Snowflake has no way to raise a data error inside a SELECT"),
        Windows = Support.Full("ROW_NUMBER is exact with a total order"),
        SetOperations = Support.Full("UNION, INTERSECT and EXCEPT compare as DISTINCT does"),
        // Accounts differ: 16,384 in some, 200,000 in others.
        MaxListedValues = 10_000,
        // A JSON text becomes one value, which may have 16 MB.
        KeyRungs = [new KeyRung(KeyPassage.List, 1_000, 450_000, 40), new KeyRung(KeyPassage.Array, 200_000, 8_000_000, 6)],
        // A statement may have about a megabyte.
        MaxStatementBytes = 900_000,
        MaxRelations = 40,
    };
}
