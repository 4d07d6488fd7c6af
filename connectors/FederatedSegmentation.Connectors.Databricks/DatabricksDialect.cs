using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Connectors.Databricks;

/// <summary>
/// Databricks SQL (and Apache Spark 4), session in UTC and ANSI mode. Key differences: names in backticks; backslashes and <c>${}</c> are special in text;
/// text compares by its UTF-8 bytes unless a column has a collation; decimals end at 38 digits, and products and mixed comparisons beyond lose digits in
/// silence; NaN equals itself and is greatest; TIMESTAMP is an instant and TIMESTAMP_NTZ a wall clock, both of microseconds and years beyond 9999.
/// </summary>
/// <remarks>References: docs.databricks.com/sql/language-manual (string type, null semantics, ANSI mode, DECIMAL type).</remarks>
public sealed class DatabricksDialect : SqlDialect
{
    private const int MaximumPrecision = 38;

    /// <summary>The one instance.</summary>
    public static readonly DatabricksDialect Instance = new();

    private static readonly Capabilities Known = DescribeCapabilities();

    private DatabricksDialect()
    {
    }

    /// <inheritdoc />
    public override string Name => "Databricks SQL";

    /// <inheritdoc />
    public override Capabilities Capabilities => Known;

    /// <inheritdoc />
    public override bool HasSemiJoin => true;

    /// <inheritdoc />
    public override string CommonTableAs => " AS ";

    /// <inheritdoc />
    public override string QuoteIdentifier(string name) =>
        name.Length > 0 && !name.Contains('\0')
            ? $"`{name.Replace("`", "``", StringComparison.Ordinal)}`"
            : throw Excluded("a name that is empty or holds U+0000");

    /// <inheritdoc />
    public override bool IsBareColumn(string text) =>
        text is ['`', _, .., '`'] && !text[1..^1].Replace("``", string.Empty, StringComparison.Ordinal).Contains('`');

    /// <inheritdoc />
    public override string WriteLiteral(Literal value, StorageType storage) => (value, storage) switch
    {
        (BooleanLiteral literal, _) => literal.Value ? "TRUE" : "FALSE",
        (Int64Literal literal, StoredInteger) => $"CAST('{literal.Value.ToString(CultureInfo.InvariantCulture)}' AS BIGINT)",
        (Int64Literal or DecimalLiteral or Float64Literal, StoredFloat) => $"CAST('{LiteralText.Float(ExactNumber.ToDouble(value))}' AS DOUBLE)",
        (Int64Literal or DecimalLiteral, StoredDecimal { Precision: <= MaximumPrecision } exact) => $"CAST('{LiteralText.Decimal(value, exact.Scale)}' AS {TypeName(exact)})",
        (StringLiteral literal, _) => WriteText(literal.Value),
        (DateLiteral literal, _) => $"CAST('{LiteralText.Date(literal.Value)}' AS DATE)",
        (TimestampLiteral literal, StoredInstant) => $"CAST('{LiteralText.WallClock(literal.Microseconds)}+00:00' AS TIMESTAMP)",
        (TimestampLiteral literal, _) => $"CAST('{LiteralText.WallClock(literal.Microseconds)}' AS TIMESTAMP_NTZ)",
        (DateTimeLiteral literal, _) => $"CAST('{LiteralText.WallClock(literal.Microseconds)}' AS TIMESTAMP_NTZ)",
        (BinaryLiteral literal, _) => $"unhex('{LiteralText.Hex(literal)}')",
        _ => throw Excluded($"a {value.GetType().Name} as {storage.GetType().Name}"),
    };

    /// <summary>A text as a literal: whatever is not plain is written by its code, so that nothing in it can end the literal, escape or be substituted.</summary>
    internal static string WriteText(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('\'');
        foreach (var character in value)
        {
            // A backslash or quote ends or escapes; '$' begins a variable that Spark would substitute; '%' and '_' are plain outside of patterns.
            if (character is '\\' or '\'' or '$' || char.IsControl(character) || character is '\u2028' or '\u2029')
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
            else
            {
                text.Append(character);
            }
        }

        return text.Append('\'').ToString();
    }

    /// <inheritdoc />
    /// <remarks>The service binds no arrays: a text of JSON, every part of a key a text.</remarks>
    public override SqlSelect ReadKeys(KeyListPlan keys, ImmutableArray<StorageType> storages, ImmutableArray<string> names, string alias)
    {
        var outputs = storages.Select((storage, i) =>
        {
            var text = new SqlTemplate([string.Empty, FormattableString.Invariant($"[{i}]")], [new SqlColumn(alias, "one")]);
            return new SqlOutput(storage is StoredText ? text : new SqlCast(text, storage), names[i]);
        });
        return new SqlSelect([.. outputs], new SqlTable($"(SELECT explode(from_json(:{keys.PassageName}, 'array<array<string>>')) AS one)", alias));
    }

    /// <inheritdoc />
    public override string CreateKeyTable(string name, ImmutableArray<StorageType> storages, DateTimeOffset expires) => $"CREATE TABLE {name} ({KeyColumns(storages, TypeName)})";

    /// <inheritdoc />
    public override string TypeName(StorageType storage) => storage switch
    {
        StoredBoolean => "BOOLEAN",
        StoredInteger => "BIGINT",
        StoredDecimal exact => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({exact.Precision},{exact.Scale})"),
        StoredFloat => "DOUBLE",
        StoredDate => "DATE",
        StoredInstant => "TIMESTAMP",
        StoredWallClock => "TIMESTAMP_NTZ",
        StoredBinary => "BINARY",
        _ => "STRING",
    };

    /// <inheritdoc />
    /// <remarks>The bytes of text with rules of its own; whatever has no type of ours as text.</remarks>
    public override SqlExpression ScanOutput(SqlExpression column, PlanColumn output) => output.Storage switch
    {
        StoredCollatedText { Rule: DatabricksTypes.Padded } or StoredOther => new SqlCast(column, new StoredText()),
        StoredCollatedText => new SqlTemplate(["(", " COLLATE UTF8_BINARY)"], [column]),
        _ => column,
    };

    /// <inheritdoc />
    /// <remarks>Spark stores years before 0001 and after 9999, which the language does not know. CASE evaluates its branches only where they are chosen.</remarks>
    public override SqlCondition? Fits(SqlExpression column, PlanColumn output)
    {
        if (!NaturalStorage.IsNatural(output.Storage, output.Type))
        {
            return null;
        }

        var known = output.Storage switch
        {
            StoredDate => " BETWEEN CAST('0001-01-01' AS DATE) AND CAST('9999-12-31' AS DATE)",
            StoredInstant => " BETWEEN CAST('0001-01-01 00:00:00+00:00' AS TIMESTAMP) AND CAST('9999-12-31 23:59:59.999999+00:00' AS TIMESTAMP)",
            StoredWallClock => " BETWEEN CAST('0001-01-01 00:00:00' AS TIMESTAMP_NTZ) AND CAST('9999-12-31 23:59:59.999999' AS TIMESTAMP_NTZ)",
            _ => null,
        };
        return known is null
            ? null
            : new SqlIsTrue(new SqlTemplate(["CASE WHEN ", " IS NULL OR ", $"{known} THEN TRUE ELSE CAST(raise_error('{DatabricksErrors.RaisedMisfit}') AS BOOLEAN) END"], [column, column]));
    }

    /// <inheritdoc />
    public override SqlCondition IsNotNan(SqlExpression value) => new SqlComparison(ComparisonOperator.NotEqual, value, Nan);

    /// <inheritdoc />
    public override SqlExpression NanAsNull(SqlExpression value) => new SqlCall("nullif", [value, Nan]);

    /// <inheritdoc />
    public override SqlExpression InstantToUtc(SqlExpression instant) => new SqlCast(instant, new StoredWallClock());

    /// <inheritdoc />
    public override SqlExpression UtcToInstant(SqlExpression wallClock) => new SqlCast(wallClock, new StoredInstant());

    /// <inheritdoc />
    public override SqlExpression PartOf(SqlExpression value, DatePart part) => part switch
    {
        // weekday counts from Monday, 0.
        DatePart.DayOfWeek => new SqlTemplate(["CAST(weekday(", ") + 1 AS BIGINT)"], [value]),
        DatePart.DayOfMonth => new SqlTemplate(["CAST(day(", ") AS BIGINT)"], [value]),
        DatePart.Month => new SqlTemplate(["CAST(month(", ") AS BIGINT)"], [value]),
        DatePart.Year => new SqlTemplate(["CAST(year(", ") AS BIGINT)"], [value]),
        DatePart.Hour => new SqlTemplate(["CAST(hour(", ") AS BIGINT)"], [value]),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "Unknown part."),
    };

    /// <inheritdoc />
    public override SqlCondition Matches(TextMatch match, SqlExpression text, SqlExpression pattern) => new SqlIsTrue(new SqlCall(
        match switch
        {
            TextMatch.Contains => "contains",
            TextMatch.StartsWith => "startswith",
            TextMatch.EndsWith => "endswith",
            _ => throw new ArgumentOutOfRangeException(nameof(match), match, "Unknown match."),
        },
        [text, pattern]));

    /// <inheritdoc />
    /// <remarks>
    /// Where no decimal of 38 digits holds both sides, the common type loses digits: there equality is asked of a cast that is NULL for what does not fit, and
    /// order of whole parts and fractions.
    /// </remarks>
    public override SqlCondition CompareExact(ComparisonOperator comparison, SqlValue left, SqlValue right)
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

        var finest = new StoredDecimal(MaximumPrecision, scale);
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
                    new SqlComparison(strict, WholeOf(left), WholeOf(right)),
                    new SqlAnd(
                    [
                        new SqlComparison(ComparisonOperator.Equal, WholeOf(left), WholeOf(right)),
                        new SqlComparison(comparison, FractionOf(left, finest), FractionOf(right, finest)),
                    ]),
                ]);
        }
    }

    /// <inheritdoc />
    public override SqlExpression Aggregate(MeasureFunction function, SqlValue? input, StorageType result) => function switch
    {
        MeasureFunction.Count => new SqlCall("count", [], Star: true),
        MeasureFunction.CountValues => new SqlCall("count", [input!.Expression]),
        MeasureFunction.CountDistinct => new SqlCall("count", [input!.Expression], Distinct: true),
        MeasureFunction.Sum when input!.Storage is StoredFloat => new SqlCall("sum", [new SqlCast(input.Expression, new StoredFloat(64))]),
        // Summed as 38 digits from the start: the sum of fewer would be a type of ten more, and beyond 38 digits it is an error either way.
        MeasureFunction.Sum => new SqlCast(new SqlCall("sum", [new SqlCast(input!.Expression, new StoredDecimal(MaximumPrecision, ExactNumber.Shape(input.Storage).Scale))]), result),
        MeasureFunction.AverageFloat => new SqlCall("avg", [new SqlCast(input!.Expression, new StoredFloat(64))]),
        MeasureFunction.Minimum => new SqlCall("min", [input!.Expression]),
        MeasureFunction.Maximum => new SqlCall("max", [input!.Expression]),
        MeasureFunction.Any => new SqlCall("any_value", [input!.Expression]),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "Unknown function."),
    };

    /// <inheritdoc />
    public override SqlExpression Add(SqlValue time, Duration duration)
    {
        var sum = new SqlTemplate(["(", $" + {Interval(duration)})"], [time.Expression]);
        return time.Type is DateType ? new SqlCast(sum, new StoredDate()) : sum;
    }

    private static SqlTemplate Nan => new(["CAST('NaN' AS DOUBLE)"], []);

    private static string Interval(Duration duration)
    {
        if (duration.Months != 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"INTERVAL '{duration.Months}' MONTH");
        }

        var micros = BigInteger.Abs(duration.Microseconds);
        var days = BigInteger.DivRem(micros, 86_400_000_000, out var rest);
        var time = TimeSpan.FromMicroseconds((long)rest);
        return string.Create(CultureInfo.InvariantCulture, $"INTERVAL '{(duration.Microseconds < 0 ? "-" : "")}{days} {time:hh\\:mm\\:ss\\.ffffff}' DAY TO SECOND");
    }

    private static SqlExpression Cast(SqlValue value, StoredDecimal storage) => value switch
    {
        { Storage: var own } when own == storage => value.Expression,
        { Expression: SqlLiteral literal } => literal with { Storage = storage },
        _ => new SqlCast(value.Expression, storage),
    };

    private static SqlCast WholeOf(SqlValue value) => value.Storage is StoredInteger
        ? new SqlCast(value.Expression, new StoredDecimal(MaximumPrecision, 0))
        : new SqlCast(new SqlCall("floor", [value.Expression]), new StoredDecimal(MaximumPrecision, 0));

    // Of the remainder by one the type keeps all digits behind the point; a difference would not.
    private static SqlExpression FractionOf(SqlValue value, StoredDecimal finest) => value.Storage is StoredInteger
        ? new SqlLiteral(new Int64Literal(0), finest)
        : new SqlCast(new SqlTemplate(["pmod(", ", CAST(1 AS DECIMAL(1,0)))"], [value.Expression]), finest);

    private static Capabilities DescribeCapabilities() => new()
    {
        RunsInEngine = false,
        PlainComparison = Support.Full("the source compares these values as the language does"),
        TextEquality = Support.Full("text without a collation compares by its bytes"),
        TextOrder = Support.Full("text without a collation is ordered by its UTF-8 bytes"),
        TextMatch = Support.Full("contains, startswith and endswith compare literally"),
        AsciiFolding = Support.Full("translate folds A to Z and nothing else"),
        NulInText = Support.Full("text holds any character, and a literal names it by its code"),
        FloatComparison = Support.Full("DOUBLE is IEEE 754; NaN is excluded explicitly"),
        MixedExactComparison = Support.Full("both sides are cast to one decimal type, or compared by whole part and fraction where none holds them"),
        TemporalComparison = Support.Full("dates and times have microseconds and compare with literals in UTC"),
        BinaryComparison = Support.Full("BINARY compares by bytes"),
        DateParts = Support.Full("parts of a value without a zone need no rules"),
        DurationArithmetic = Support.Full("intervals are added in UTC and months clamp to the last day"),
        ZoneConversion = Support.None("time-zone rules differ between systems: the engine applies one pinned set"),
        Joins = Support.Full("both sides are in this source: a semi-join or join there"),
        Grouping = Support.Full("grouping there, only keys and aggregates travel"),
        ExactSum = Support.Full("sums are decimals of 38 digits, and an error beyond"),
        AverageComparison = Support.None("a product of decimals is rounded to 38 digits without an error"),
        FloatAggregates = Support.Full("float sums in any order are allowed"),
        Guards = Support.None("the error of raise_error may be raised for rows that the statement drops"),
        Windows = Support.Full("row_number is exact with a total order"),
        SetOperations = Support.Full("UNION, INTERSECT and EXCEPT compare as DISTINCT does"),
        MaxListedValues = 10_000,
        // A request may have 16 MiB.
        KeyRungs = [new KeyRung(KeyPassage.List, 1_000, 1_000_000, 40), new KeyRung(KeyPassage.Array, 200_000, 6_000_000, 8)],
        MaxStatementBytes = 15 * 1024 * 1024,
        MaxRelations = 40,
    };
}
