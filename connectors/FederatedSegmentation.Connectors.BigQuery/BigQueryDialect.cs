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

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>
/// GoogleSQL of BigQuery. Key differences: strings compare and sort by bytes; backslashes escape; NaN compares false with everything; NUMERIC has 29 digits
/// before the point and 9 behind it, BIGNUMERIC 38 and 38; DISTINCT is spelled in set operations; rows are written as an array of structures; times end with
/// the year 9999 and arithmetic beyond is an error.
/// </summary>
/// <remarks>Reference: cloud.google.com/bigquery/docs/reference/standard-sql.</remarks>
public sealed class BigQueryDialect : SqlDialect
{
    /// <summary>The one instance.</summary>
    public static readonly BigQueryDialect Instance = new();

    /// <summary>What a data error raised inside a statement begins with; the code follows.</summary>
    internal const string DataErrorPrefix = "fedseg data error";

    private const int NumericScale = 9;
    private const int NumericWhole = 29;

    private static readonly Capabilities Known = DescribeCapabilities();

    private BigQueryDialect()
    {
    }

    /// <inheritdoc />
    public override string Name => "BigQuery";

    /// <inheritdoc />
    public override Capabilities Capabilities => Known;

    /// <inheritdoc />
    public override string CommonTableAs => " AS ";

    /// <inheritdoc />
    public override bool HasValues => false;

    /// <inheritdoc />
    public override string OneRow => "UNNEST([1])";

    /// <inheritdoc />
    public override bool SpellsDistinctSets => true;

    /// <inheritdoc />
    public override bool NanIsGreatest => false;

    /// <inheritdoc />
    public override string QuoteIdentifier(string name) =>
        name.Length > 0 && !name.Contains('\0') ? BigQueryText.QuoteIdentifier(name) : base.QuoteIdentifier(name);

    /// <inheritdoc />
    public override bool IsBareColumn(string text) => BigQueryText.IsIdentifier(text);

    /// <inheritdoc />
    public override string WriteLiteral(Literal value, StorageType storage) => (value, storage) switch
    {
        (BooleanLiteral literal, _) => literal.Value ? "TRUE" : "FALSE",
        (Int64Literal literal, StoredInteger) => literal.Value < 0 ? $"({Digits(literal.Value)})" : Digits(literal.Value),
        (Int64Literal or DecimalLiteral or Float64Literal, StoredFloat) => $"CAST('{LiteralText.Float(ExactNumber.ToDouble(value))}' AS FLOAT64)",
        (Int64Literal or DecimalLiteral, StoredDecimal exact) => $"{DecimalName(exact)} '{LiteralText.Decimal(value, exact.Scale)}'",
        (StringLiteral literal, _) => BigQueryText.Quote(literal.Value),
        (DateLiteral literal, _) => $"DATE '{LiteralText.Date(literal.Value)}'",
        (TimestampLiteral literal, StoredInstant) => $"TIMESTAMP '{LiteralText.WallClock(literal.Microseconds)}+00'",
        (TimestampLiteral literal, _) => $"DATETIME '{LiteralText.WallClock(literal.Microseconds)}'",
        (DateTimeLiteral literal, _) => $"DATETIME '{LiteralText.WallClock(literal.Microseconds)}'",
        (BinaryLiteral literal, _) => $"FROM_HEX('{LiteralText.Hex(literal)}')",
        _ => throw Excluded($"a {value.GetType().Name} as {storage.GetType().Name}"),
    };

    /// <inheritdoc />
    public override string TypeName(StorageType storage) => storage switch
    {
        StoredBoolean => "BOOL",
        StoredInteger => "INT64",
        StoredDecimal exact => string.Create(CultureInfo.InvariantCulture, $"{DecimalName(exact)}({exact.Precision}, {exact.Scale})"),
        StoredFloat => "FLOAT64",
        StoredDate => "DATE",
        StoredInstant => "TIMESTAMP",
        StoredWallClock => "DATETIME",
        StoredBinary => "BYTES",
        _ => "STRING",
    };

    /// <summary>Whether every number of the storage is a NUMERIC; the others are BIGNUMERIC.</summary>
    internal static bool IsNumeric(StoredDecimal exact) => exact.Scale <= NumericScale && exact.Precision - exact.Scale <= NumericWhole;

    /// <inheritdoc />
    /// <remarks>A column with a collation is text like any other when it is read.</remarks>
    public override SqlExpression ScanOutput(SqlExpression column, PlanColumn output) => output.Storage switch
    {
        StoredOther { NativeName: "JSON" } => new SqlCall("TO_JSON_STRING", [column]),
        StoredOther { NativeName: "GEOGRAPHY" } => new SqlCall("ST_ASTEXT", [column]),
        StoredOther => new SqlCast(column, new StoredText()),
        _ => column,
    };

    /// <inheritdoc />
    public override SqlCondition IsNotNan(SqlExpression value) => new SqlNot(new SqlIsTrue(new SqlCall("IS_NAN", [value])));

    /// <inheritdoc />
    public override SqlExpression NanAsNull(SqlExpression value) => new SqlTemplate(["IF(IS_NAN(", "), NULL, ", ")"], [value, value]);

    /// <inheritdoc />
    public override SqlExpression InstantToUtc(SqlExpression instant) => new SqlTemplate(["DATETIME(", ", 'UTC')"], [instant]);

    /// <inheritdoc />
    public override SqlExpression UtcToInstant(SqlExpression wallClock) => new SqlTemplate(["TIMESTAMP(", ", 'UTC')"], [wallClock]);

    /// <inheritdoc />
    /// <remarks>DAYOFWEEK is 1 on Sundays.</remarks>
    public override SqlExpression PartOf(SqlExpression value, DatePart part) => part switch
    {
        DatePart.DayOfWeek => new SqlTemplate(["(MOD(EXTRACT(DAYOFWEEK FROM ", ") + 5, 7) + 1)"], [value]),
        DatePart.DayOfMonth => new SqlTemplate(["EXTRACT(DAY FROM ", ")"], [value]),
        DatePart.Month => new SqlTemplate(["EXTRACT(MONTH FROM ", ")"], [value]),
        DatePart.Year => new SqlTemplate(["EXTRACT(YEAR FROM ", ")"], [value]),
        DatePart.Hour => new SqlTemplate(["EXTRACT(HOUR FROM ", ")"], [value]),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "Unknown part."),
    };

    /// <inheritdoc />
    public override SqlCondition Matches(TextMatch match, SqlExpression text, SqlExpression pattern) => match switch
    {
        TextMatch.Contains => new SqlComparison(ComparisonOperator.Greater, new SqlCall("STRPOS", [text, pattern]), Number(0)),
        TextMatch.StartsWith => new SqlIsTrue(new SqlCall("STARTS_WITH", [text, pattern])),
        TextMatch.EndsWith => new SqlIsTrue(new SqlCall("ENDS_WITH", [text, pattern])),
        _ => throw new ArgumentOutOfRangeException(nameof(match), match, "Unknown match."),
    };

    /// <inheritdoc />
    /// <remarks>INT64 and NUMERIC widen to BIGNUMERIC without loss.</remarks>
    public override SqlCondition CompareExact(ComparisonOperator comparison, SqlValue left, SqlValue right)
        => new SqlComparison(comparison, left.Expression, right.Expression);

    /// <inheritdoc />
    public override SqlValue ExactProduct(SqlValue value, SqlExpression count, bool fits)
    {
        var storage = new StoredDecimal(38, fits ? ExactNumber.Shape(value.Storage).Scale : 0);

        // A product has the scale of the value, so BIGNUMERIC holds it exactly or fails; the cast refuses what needs more than 38 digits.
        SqlExpression product = fits
            ? new SqlArithmetic('*', Big(value.Expression), count)
            : new SqlCase(
                new SqlComparison(ComparisonOperator.Greater, count, Number(0)),
                new SqlTemplate(["CAST(ERROR(", ") AS BIGNUMERIC)"], [Text($"{DataErrorPrefix} {SourceErrorCodes.TooManyDigits}")]),
                Else: null);
        return new SqlValue(new SqlTemplate(["CAST(", string.Create(CultureInfo.InvariantCulture, $" AS BIGNUMERIC(38, {storage.Scale}))")], [product]), new DecimalType(38, storage.Scale), storage);
    }

    /// <inheritdoc />
    /// <remarks>SUM of INT64 is an INT64 and overflows; as BIGNUMERIC it has 38 digits before the point, and the cast refuses what needs more in all.</remarks>
    public override SqlExpression Aggregate(MeasureFunction function, SqlValue? input, StorageType result) => function switch
    {
        MeasureFunction.Count => new SqlCall("COUNT", [], Star: true),
        MeasureFunction.CountValues => new SqlCall("COUNT", [input!.Expression]),
        MeasureFunction.CountDistinct => new SqlCall("COUNT", [input!.Expression], Distinct: true),
        MeasureFunction.Sum when input!.Storage is StoredFloat => new SqlCall("SUM", [input.Expression]),
        MeasureFunction.Sum => new SqlTemplate(
            ["CAST(SUM(", string.Create(CultureInfo.InvariantCulture, $") AS BIGNUMERIC({((StoredDecimal)result).Precision}, {((StoredDecimal)result).Scale}))")], [Big(input!.Expression)]),
        MeasureFunction.AverageFloat => new SqlCall("AVG", [new SqlCast(input!.Expression, new StoredFloat(64))]),
        MeasureFunction.Minimum => new SqlCall("MIN", [input!.Expression]),
        MeasureFunction.Maximum => new SqlCall("MAX", [input!.Expression]),
        MeasureFunction.Any => new SqlTemplate(["ARRAY_AGG(", " LIMIT 1)[OFFSET(0)]"], [input!.Expression]),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "Unknown function."),
    };

    /// <inheritdoc />
    /// <remarks>NULL where the sum lies beyond the year 9999.</remarks>
    public override SqlExpression Add(SqlValue time, Duration duration)
    {
        var (function, part, count) = (time.Type, duration) switch
        {
            (DateType, { Months: not 0 }) => ("DATE_ADD", "MONTH", (long)duration.Months),
            (DateType, _) => ("DATE_ADD", "DAY", duration.Microseconds / MicrosecondsPerDay),
            (_, { Months: not 0 }) => ("DATETIME_ADD", "MONTH", duration.Months),
            _ => ("DATETIME_ADD", "MICROSECOND", duration.Microseconds),
        };
        return new SqlTemplate([$"SAFE.{function}(", string.Create(CultureInfo.InvariantCulture, $", INTERVAL {count} {part})")], [time.Expression]);
    }

    /// <inheritdoc />
    public override SqlExpression AddForEnd(SqlValue time, Duration duration)
        => new SqlTemplate(["IFNULL(", time.Type is DateType ? ", DATE '9999-12-31')" : ", DATETIME '9999-12-31 23:59:59.999999')"], [Add(time, duration)]);

    private const long MicrosecondsPerDay = 86_400_000_000;

    /// <inheritdoc />
    public override SqlSelect ReadKeys(KeyListPlan keys, ImmutableArray<StorageType> storages, ImmutableArray<string> names, string alias)
    {
        var table = new SqlTable($"UNNEST(@{keys.PassageName})", alias);
        return names is [var only]
            ? new SqlSelect([new SqlOutput(new SqlTemplate([alias], []), only)], table)
            : new SqlSelect([.. names.Select((name, i) => new SqlOutput(new SqlColumn(alias, FormattableString.Invariant($"c{i}")), name))], table);
    }

    /// <inheritdoc />
    public override string CreateKeyTable(string name, ImmutableArray<StorageType> storages, DateTimeOffset expires)
        => $"CREATE TABLE {name} ({KeyColumns(storages, BareTypeName)}) OPTIONS(expiration_timestamp = TIMESTAMP '{expires.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}+00')";

    /// <summary>The name of a type without its digits, as parameters have it.</summary>
    internal static string BareTypeName(StorageType storage) => storage is StoredDecimal exact ? DecimalName(exact) : Instance.TypeName(storage);

    private static string DecimalName(StoredDecimal exact) => IsNumeric(exact) ? "NUMERIC" : "BIGNUMERIC";

    private static SqlTemplate Big(SqlExpression value) => new(["CAST(", " AS BIGNUMERIC)"], [value]);

    private static SqlLiteral Number(long value) => new(new Int64Literal(value), new StoredInteger());

    private static string Digits(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static Capabilities DescribeCapabilities() => new()
    {
        RunsInEngine = false,
        PlainComparison = Support.Full("the source compares these values as the language does"),
        TextEquality = Support.Full("STRING compares by its bytes, trailing spaces included"),
        TextOrder = Support.Full("STRING without collation sorts by code points, which is the order of UTF-8"),
        TextMatch = Support.Full("STRPOS, STARTS_WITH and ENDS_WITH compare literally"),
        AsciiFolding = Support.Full("TRANSLATE folds A to Z and nothing else"),
        NulInText = Support.Full("a literal holds U+0000 as an escape"),
        FloatComparison = Support.Full("FLOAT64 is IEEE 754; NaN compares false"),
        MixedExactComparison = Support.Full("INT64 and NUMERIC widen to BIGNUMERIC without loss"),
        TemporalComparison = Support.Full("dates and times have microseconds and compare with literals in UTC"),
        BinaryComparison = Support.Full("BYTES compare by bytes"),
        DateParts = Support.Full("EXTRACT on a value without a zone needs no rules"),
        DurationArithmetic = Support.Full("DATE_ADD and DATETIME_ADD clamp months to the last day"),
        ZoneConversion = Support.None("time-zone rules differ between databases: the engine applies one pinned set"),
        Joins = Support.Full("both sides are in this source: an EXISTS or join there"),
        Grouping = Support.Full("grouping there, only keys and aggregates travel"),
        ExactSum = Support.Full("BIGNUMERIC sums exactly up to 38 digits"),
        AverageComparison = Support.Full("BIGNUMERIC multiplies exactly up to 38 digits"),
        FloatAggregates = Support.Full("FLOAT64 sums in any order are allowed"),
        Guards = Support.None("BigQuery does not promise in which order conditions are evaluated, so an error could be raised on rows that nothing reads"),
        Windows = Support.Full("ROW_NUMBER is exact with a total order"),
        SetOperations = Support.Full("UNION, INTERSECT and EXCEPT DISTINCT compare as DISTINCT does"),
        MaxListedValues = 10_000,
        // A request may have 10 MB.
        KeyRungs = [new KeyRung(KeyPassage.List, 1_000, 450_000, 40), new KeyRung(KeyPassage.Array, 200_000, 8_000_000, 60)],
        MaxStatementBytes = 900_000,
        MaxRelations = 40,
    };
}
