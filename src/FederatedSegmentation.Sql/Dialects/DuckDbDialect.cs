using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects.DuckDb;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Dialects;

/// <summary>
/// DuckDB 1.5, session in UTC: the embedded engine. Key differences: SEMI JOIN and ANTI JOIN; TRY_CAST; decimals and integers of 38 digits, checked on
/// multiplication but not on addition; NaN equals itself and is greatest; text compares by bytes; NULLs last only when asked;
/// <c>error()</c> raises inside an expression, and is pushed below joins unless something volatile stands beside it.
/// </summary>
/// <remarks>
/// Two scalar functions are the engine's own: <c>fedseg_wall_clock(TIMESTAMP utc, VARCHAR zone)</c> and
/// <c>fedseg_convert_wall_clock(TIMESTAMP, VARCHAR from, VARCHAR to)</c>. An error whose text begins with <c>FEDSEG|code|subject</c> is a data error;
/// so is an out-of-range error of the engine (a sum or product beyond 38 digits). References: duckdb.org/docs/sql.
/// </remarks>
public sealed class DuckDbDialect : SqlDialect
{
    /// <summary>The function that turns UTC into the wall clock of a zone.</summary>
    public const string WallClockFunction = "fedseg_wall_clock";

    /// <summary>The function that turns the wall clock of a zone into that of another.</summary>
    public const string ConvertWallClockFunction = "fedseg_convert_wall_clock";

    /// <summary>The start of the text of an error that the gateway's own SQL raises; code and subject follow, divided by bars.</summary>
    public const string DataErrorPrefix = "FEDSEG";

    /// <summary>The one instance.</summary>
    public static readonly DuckDbDialect Instance = new();

    private static readonly Capabilities Everything = DescribeCapabilities();

    private DuckDbDialect()
    {
    }

    /// <inheritdoc />
    public override string Name => "DuckDB";

    /// <inheritdoc />
    public override Capabilities Capabilities => Everything;

    /// <inheritdoc />
    public override bool HasSemiJoin => true;

    /// <inheritdoc />
    public override bool CutsTime => true;

    /// <inheritdoc />
    public override string WriteLiteral(Literal value, StorageType storage) => (value, storage) switch
    {
        (BooleanLiteral literal, _) => literal.Value ? "TRUE" : "FALSE",
        (Int64Literal { Value: long.MinValue }, StoredInteger) => "CAST('-9223372036854775808' AS BIGINT)",
        (Int64Literal literal, StoredInteger) => literal.Value.ToString(CultureInfo.InvariantCulture),
        (Int64Literal or DecimalLiteral, StoredDecimal exact) => $"CAST('{LiteralText.Decimal(value, exact.Scale)}' AS {TypeName(exact)})",
        (Int64Literal or DecimalLiteral or Float64Literal, StoredFloat) => $"CAST('{LiteralText.Float(ExactNumber.ToDouble(value))}' AS DOUBLE)",
        (StringLiteral literal, _) => WriteText(literal.Value),
        (DateLiteral literal, _) => $"DATE '{LiteralText.Date(literal.Value)}'",
        (TimestampLiteral literal, StoredInstant) => $"TIMESTAMPTZ '{LiteralText.WallClock(literal.Microseconds)}+00'",
        (TimestampLiteral literal, _) => $"TIMESTAMP '{LiteralText.WallClock(literal.Microseconds)}'",
        (DateTimeLiteral literal, _) => $"TIMESTAMP '{LiteralText.WallClock(literal.Microseconds)}'",
        (BinaryLiteral literal, _) => $"from_hex('{LiteralText.Hex(literal)}')",
        _ => throw SqlErrors.Unsupported(Name, $"a {value.GetType().Name} as {storage.GetType().Name}"),
    };

    /// <inheritdoc />
    public override string TypeName(StorageType storage) => storage switch
    {
        StoredBoolean => "BOOLEAN",
        StoredInteger => "BIGINT",
        StoredDecimal exact => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({exact.Precision},{exact.Scale})"),
        StoredFloat => "DOUBLE",
        StoredDate => "DATE",
        StoredInstant => "TIMESTAMPTZ",
        StoredWallClock => "TIMESTAMP",
        StoredBinary => "BLOB",
        _ => "VARCHAR",
    };

    /// <inheritdoc />
    public override SqlCondition IsNotNan(SqlExpression value) => new SqlComparison(ComparisonOperator.NotEqual, value, Nan);

    /// <inheritdoc />
    public override SqlExpression NanAsNull(SqlExpression value) => new SqlCall("nullif", [value, Nan]);

    /// <inheritdoc />
    public override SqlExpression InstantToUtc(SqlExpression instant) => new SqlCast(instant, new StoredWallClock());

    /// <inheritdoc />
    public override SqlExpression UtcToInstant(SqlExpression wallClock) => new SqlCast(wallClock, new StoredInstant());

    /// <inheritdoc />
    public override SqlExpression ConvertZone(SqlExpression wallClock, string from, string to) => from == "UTC"
        ? new SqlCall(WallClockFunction, [wallClock, Text(to)])
        : new SqlCall(ConvertWallClockFunction, [wallClock, Text(from), Text(to)]);

    /// <inheritdoc />
    public override SqlExpression PartOf(SqlExpression value, DatePart part) => new SqlCall(
        part switch
        {
            DatePart.DayOfWeek => "isodow",
            DatePart.DayOfMonth => "day",
            DatePart.Month => "month",
            DatePart.Year => "year",
            DatePart.Hour => "hour",
            _ => throw new ArgumentOutOfRangeException(nameof(part), part, "Unknown part."),
        },
        [value]);

    /// <inheritdoc />
    public override SqlCondition Matches(TextMatch match, SqlExpression text, SqlExpression pattern) => new SqlIsTrue(new SqlCall(
        match switch { TextMatch.Contains => "contains", TextMatch.StartsWith => "starts_with", _ => "ends_with" },
        [text, pattern]));

    /// <inheritdoc />
    public override SqlCondition CompareExact(ComparisonOperator comparison, SqlValue left, SqlValue right) => ExactComparison.Compare(comparison, left, right);

    /// <inheritdoc />
    public override SqlValue ExactProduct(SqlValue value, SqlExpression count, bool fits)
    {
        if (!fits)
        {
            // The value alone has more than 38 digits: every group with a row needs them.
            var never = new SqlCase(
                new SqlComparison(ComparisonOperator.Greater, count, new SqlLiteral(new Int64Literal(0), new StoredInteger())),
                Raise(new DataGuard("DAT004", "an average compared with a number of more than 38 digits")),
                Else: null);
            return new SqlValue(new SqlCast(never, new StoredDecimal(38, 0)), new DecimalType(38, 0), new StoredDecimal(38, 0));
        }

        var (precision, scale) = ExactNumber.Shape(value.Storage);
        var factor = value.Storage is StoredInteger ? new SqlCast(value.Expression, new StoredDecimal(19, 0)) : value.Expression;
        var storage = new StoredDecimal(Math.Min(38, precision + 19), scale);
        // Where both precisions add up to more than 38 digits the engine checks the product itself.
        return new SqlValue(new SqlArithmetic('*', factor, new SqlCast(count, new StoredDecimal(19, 0))), new DecimalType(38, scale), storage);
    }

    /// <inheritdoc />
    public override SqlExpression Aggregate(MeasureFunction function, SqlValue? input, StorageType result) => function switch
    {
        MeasureFunction.Count => new SqlCall("count", [], Star: true),
        MeasureFunction.CountValues => new SqlCall("count", [input!.Expression]),
        MeasureFunction.CountDistinct => new SqlCall("count", [input!.Expression], Distinct: true),
        MeasureFunction.Sum when input!.Storage is StoredFloat => new SqlCall("sum", [new SqlCast(input.Expression, new StoredFloat(64))]),
        MeasureFunction.Sum => ExactSum(input!, result),
        MeasureFunction.AverageFloat => new SqlCall("avg", [new SqlCast(input!.Expression, new StoredFloat(64))]),
        MeasureFunction.Minimum => new SqlCall("min", [input!.Expression]),
        MeasureFunction.Maximum => new SqlCall("max", [input!.Expression]),
        MeasureFunction.Any => new SqlCall("first", [input!.Expression]),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "Unknown function."),
    };

    /// <inheritdoc />
    public override SqlExpression Guarded(SqlExpression input, SqlExpression rows, DataGuard guard)
    {
        // random() keeps the optimiser from evaluating the guard below a join, on rows that nothing reads; it decides nothing.
        var broken = new SqlAnd(
        [
            new SqlComparison(ComparisonOperator.Greater, rows, new SqlLiteral(new Int64Literal(1), new StoredInteger())),
            new SqlComparison(ComparisonOperator.GreaterOrEqual, new SqlCall("random", []), new SqlLiteral(new Int64Literal(0), new StoredInteger())),
        ]);
        return new SqlCase(broken, Raise(guard), input);
    }

    /// <inheritdoc />
    public override SqlExpression Add(SqlValue time, Duration duration)
    {
        static SqlLiteral Number(long value) => new(new Int64Literal(value), new StoredInteger());
        var interval = duration.Months != 0
            ? new SqlCall("to_months", [new SqlTemplate(["CAST(", " AS INTEGER)"], [Number(duration.Months)])])
            : new SqlCall("to_microseconds", [Number(duration.Microseconds)]);
        var sum = new SqlArithmetic('+', time.Expression, interval);
        return time.Type is DateType ? new SqlCast(sum, new StoredDate()) : sum;
    }

    /// <inheritdoc />
    public override SqlExpression Microseconds(SqlValue time) => new SqlCall("epoch_us", [time.Expression]);

    /// <inheritdoc />
    public override SqlExpression TimeCell(SqlExpression microseconds, long width)
    {
        // Division cuts off towards zero, so it starts from 2^62 microseconds before 1970, where no time is negative any more.
        return new SqlTemplate(["((", string.Create(CultureInfo.InvariantCulture, $" + {1L << 62}) // {width})")], [microseconds]);
    }

    /// <inheritdoc />
    public override SqlExpression SplitBucket(string salt, ImmutableArray<SqlValue> keys) => MemberSql.SplitBucket(salt, keys);

    /// <inheritdoc />
    public override SqlExpression OrderPart(SqlValue sum, SqlExpression? count, bool isFraction, (BigInteger Units, double Fraction)? missing) => MemberSql.OrderPart(sum, count, isFraction, missing);

    /// <inheritdoc />
    public override SqlExpression IsUnique(SqlExpression value, long least, long greatest)
    {
        // One bit for each value that occurs: as many bits as rows, or two rows share one. The range only has to be wide enough.
        var range = string.Create(CultureInfo.InvariantCulture, $"CAST({least} AS BIGINT), CAST({greatest} AS BIGINT)");
        return new SqlTemplate(
            [
                "coalesce(count(*) = bit_count(bitstring_agg(CASE WHEN CAST(",
                string.Create(CultureInfo.InvariantCulture, $" AS BIGINT) BETWEEN {least} AND {greatest} THEN CAST("),
                $" AS BIGINT) END, {range})), FALSE)",
            ],
            [value, value]);
    }

    /// <inheritdoc />
    public override SqlSelect ReadKeyFile(KeyFilePlan file, Func<PlanColumn, string> nameOf, string alias) => KeyFile.Read(this, file, nameOf, alias);

    private static SqlExpression Nan => new SqlTemplate(["CAST('NaN' AS DOUBLE)"], []);

    private static SqlCall Raise(DataGuard guard) => new("error", [Text($"{DataErrorPrefix}|{guard.Code}|{guard.Subject}")]);

    private static SqlExpression ExactSum(SqlValue input, StorageType result)
    {
        var (precision, scale) = ExactNumber.Shape(input.Storage);
        SqlExpression sum = new SqlCall("sum", [input.Expression]);
        if (input.Storage is StoredInteger)
        {
            return new SqlCast(sum, result);
        }

        if (precision > 19)
        {
            // Fewer digits cannot add up to 39 in 2^63 rows; more can, and the engine would not notice before 2^127.
            var greatest = new SqlLiteral(new DecimalLiteral(System.Numerics.BigInteger.Pow(10, 38) - 1, scale), new StoredDecimal(38, scale));
            sum = new SqlCase(
                new SqlComparison(ComparisonOperator.Greater, new SqlCall("abs", [sum]), greatest),
                Raise(new DataGuard("DAT004", "a sum of more than 38 digits")),
                sum);
        }

        return result == new StoredDecimal(38, scale) ? sum : new SqlCast(sum, result);
    }

    private static string WriteText(string value) => value.Contains('\0')
        ? $"({string.Join(" || chr(0) || ", value.Split('\0').Select(LiteralText.Quote))})"
        : LiteralText.Quote(value);

    private static Capabilities DescribeCapabilities()
    {
        var full = Support.Full("the engine reads the files itself");
        return new Capabilities
        {
            RunsInEngine = true,
            PlainComparison = full,
            TextEquality = full,
            TextOrder = full,
            TextMatch = full,
            AsciiFolding = full,
            NulInText = full,
            FloatComparison = full,
            MixedExactComparison = full,
            TemporalComparison = full,
            BinaryComparison = full,
            DateParts = full,
            DurationArithmetic = full,
            ZoneConversion = full,
            Joins = full,
            Grouping = full,
            ExactSum = full,
            AverageComparison = full,
            FloatAggregates = full,
            Guards = full,
            Windows = full,
            SetOperations = full,
            MaxListedValues = 10_000,
            KeyRungs = [],
            MaxStatementBytes = 64 * 1024 * 1024,
            MaxRelations = 24,
        };
    }
}
