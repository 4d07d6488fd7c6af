using System.Globalization;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Sql.Dialects.DuckDb;

/// <summary>
/// Casts of stored values to declared types in the engine, as strict as the language: a value that does not fit is a data error, never a NULL.
/// Pure functions from an expression's text to an expression's text.
/// </summary>
/// <remarks>
/// What fits: text in the forms of the language (a decimal's surplus zeros do not count); exact numbers in range without surplus digits; a float as int64
/// or decimal where that number reads back as the same float; 0 and 1 as boolean and back; a time as the day it lies in (an instant: in UTC), a day as its
/// midnight; anything as string in its canonical form, binary as string where it is UTF-8, text as binary where it is hexadecimal. An instant read as datetime is the wall clock in the column's
/// zone. Nothing else fits. After the cast a column is stored as <see cref="NaturalStorage.Of"/> says.
/// </remarks>
public static class EngineConversion
{
    private const string DayPattern = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    private const string TimePattern = "[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?";
    private const string OffsetPattern = "(Z|[+-][0-9]{2}(:?[0-9]{2})?)";
    private const string FloatPattern = "[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?(?i:nan|inf|infinity)";

    /// <summary>The value as its declared type; a data error <c>FEDSEG|DAT001|entity|column</c> for one that does not fit. NULL stays NULL.</summary>
    /// <param name="expression">The arriving value: a quoted column, or any expression.</param>
    /// <param name="stored">How it arrives; a <see cref="StoredOther"/> as its text.</param>
    /// <param name="declared">The declared type.</param>
    /// <param name="entity">The entity, for the message.</param>
    /// <param name="column">The logical column, for the message.</param>
    public static string Strict(string expression, StorageType stored, DataType declared, string entity, string column)
    {
        if (NaturalStorage.IsNatural(stored, declared))
        {
            return expression;
        }

        var message = DuckDbDialect.Instance.WriteLiteral(new StringLiteral($"{DuckDbDialect.DataErrorPrefix}|DAT001|{entity}|{column}"), new StoredText());
        return $"coalesce({OrNull(expression, stored, declared)}, CASE WHEN {expression} IS NOT NULL THEN error({message}) END)";
    }

    /// <summary>A predicate that is TRUE for a value that does not fit, and FALSE for NULL and for one that fits.</summary>
    public static string DoesNotFit(string expression, StorageType stored, DataType declared) => NaturalStorage.IsNatural(stored, declared)
        ? "FALSE"
        : $"({expression} IS NOT NULL AND {OrNull(expression, stored, declared)} IS NULL)";

    /// <summary>The value as its declared type; NULL for one that does not fit.</summary>
    /// <param name="x">The arriving value, as an expression.</param>
    /// <param name="stored">How it arrives.</param>
    /// <param name="declared">The declared type.</param>
    public static string OrNull(string x, StorageType stored, DataType declared)
    {
        if (NaturalStorage.IsNatural(stored, declared))
        {
            return x;
        }

        return (stored, declared) switch
        {
            (StoredOther, _) => OrNull($"CAST({x} AS VARCHAR)", new StoredText(), declared),
            (StoredCollatedText, _) => OrNull(x, new StoredText(), declared),
            (_, BooleanType) => ToBoolean(x, stored),
            (_, Int64Type) => ToInt64(x, stored),
            (_, DecimalType exact) => ToDecimal(x, stored, exact),
            (_, Float64Type) => ToFloat(x, stored),
            (_, StringType) => ToText(x, stored),
            (_, DateType) => ToDate(x, stored),
            (_, TimestampType) => ToTimestamp(x, stored),
            (_, DateTimeType clock) => ToDateTime(x, stored, clock.Zone ?? "UTC"),
            (_, BinaryType) => stored is StoredText ? $"CASE WHEN {IsText(x, "([0-9a-fA-F]{2})*")} THEN from_hex({x}) END" : Never("BLOB"),
            _ => throw new ArgumentOutOfRangeException(nameof(declared), declared, "Unknown type."),
        };
    }

    private static string Never(string type) => $"CAST(NULL AS {type})";

    private static string IsText(string x, string pattern) => $"regexp_full_match({x}, '{pattern}')";

    private static string ToBoolean(string x, StorageType stored) => stored switch
    {
        StoredText => $"CASE {x} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END",
        StoredInteger or StoredDecimal => $"CASE {x} WHEN 1 THEN TRUE WHEN 0 THEN FALSE END",
        _ => Never("BOOLEAN"),
    };

    private static string ToInt64(string x, StorageType stored) => stored switch
    {
        StoredText => $"CASE WHEN {IsText(x, "[+-]?[0-9]+")} THEN TRY_CAST({x} AS BIGINT) END",
        StoredBoolean => $"CAST({x} AS BIGINT)",
        StoredDecimal => $"CASE WHEN {x} = trunc({x}) THEN TRY_CAST({x} AS BIGINT) END",
        StoredFloat => $"CASE WHEN {x} = trunc({x}) AND {x} >= -9223372036854775808 AND {x} < 9223372036854775808 THEN TRY_CAST({x} AS BIGINT) END",
        _ => Never("BIGINT"),
    };

    private static string ToDecimal(string x, StorageType stored, DecimalType declared)
    {
        var type = DuckDbDialect.Instance.TypeName(new StoredDecimal(declared.Precision, declared.Scale));
        var scale = declared.Scale.ToString(CultureInfo.InvariantCulture);
        return stored switch
        {
            StoredText when declared.Scale == 0 => $"CASE WHEN {IsText(x, "[+-]?[0-9]+(\\.0+)?")} THEN TRY_CAST({x} AS {type}) END",
            StoredText => $"CASE WHEN {IsText(x, $"[+-]?[0-9]+(\\.[0-9]{{1,{scale}}}0*)?")} THEN TRY_CAST({x} AS {type}) END",
            StoredInteger or StoredBoolean => $"TRY_CAST({x} AS {type})",
            StoredDecimal own when own.Scale <= declared.Scale => $"TRY_CAST({x} AS {type})",
            StoredDecimal own => $"CASE WHEN TRY_CAST(TRY_CAST({x} AS {type}) AS {DuckDbDialect.Instance.TypeName(own)}) = {x} THEN TRY_CAST({x} AS {type}) END",
            StoredFloat => FloatToDecimal(x, type),
            _ => Never(type),
        };
    }

    // Through text on both ways: the engine's own casts between floats and wide decimals are not correctly rounded.
    private static string FloatToDecimal(string x, string type)
    {
        var exact = $"TRY_CAST(CAST({x} AS VARCHAR) AS {type})";
        return $"CASE WHEN CAST(CAST({exact} AS VARCHAR) AS DOUBLE) = CAST(CAST({x} AS VARCHAR) AS DOUBLE) THEN {exact} END";
    }

    private static string ToFloat(string x, StorageType stored) => stored switch
    {
        StoredText => $"CASE WHEN {IsText(x, FloatPattern)} THEN TRY_CAST({x} AS DOUBLE) END",
        StoredInteger or StoredDecimal or StoredBoolean => $"CAST({x} AS DOUBLE)",
        _ => Never("DOUBLE"),
    };

    private static string ToText(string x, StorageType stored) => stored switch
    {
        // The engine leaves out the zero before the point where a decimal has no digits there: .50 for decimal(2,2).
        StoredDecimal { Scale: > 0 } fraction when fraction.Precision == fraction.Scale => $"regexp_replace(CAST({x} AS VARCHAR), '^(-?)\\.', '\\10.')",
        StoredText or StoredBoolean or StoredInteger or StoredDecimal or StoredFloat or StoredDate => $"CAST({x} AS VARCHAR)",
        StoredWallClock => $"strftime({x}, '%Y-%m-%dT%H:%M:%S.%f')",
        StoredInstant => $"strftime(CAST({x} AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%fZ')",
        StoredBinary => $"TRY(decode({x}))",
        _ => Never("VARCHAR"),
    };

    private static string ToDate(string x, StorageType stored) => stored switch
    {
        StoredText => $"CASE WHEN {IsText(x, DayPattern)} AND {x} >= '0001' THEN TRY_CAST({x} AS DATE) END",
        StoredWallClock => $"CAST({x} AS DATE)",
        StoredInstant => $"CAST(CAST({x} AS TIMESTAMP) AS DATE)",
        _ => Never("DATE"),
    };

    private static string ToTimestamp(string x, StorageType stored) => stored switch
    {
        StoredText => $"CASE WHEN {IsText(x, $"{DayPattern}({TimePattern}{OffsetPattern}?)?")} AND {x} >= '0001' THEN {ReadInstant(x)} END",
        StoredDate => $"CAST({x} AS TIMESTAMP)",
        _ => Never("TIMESTAMP"),
    };

    private static string ToDateTime(string x, StorageType stored, string zone) => stored switch
    {
        StoredText => $"CASE WHEN {IsText(x, $"{DayPattern}({TimePattern})?")} AND {x} >= '0001' THEN TRY_CAST({x} AS TIMESTAMP) "
            + $"WHEN {IsText(x, $"{DayPattern}{TimePattern}{OffsetPattern}")} AND {x} >= '0001' THEN {InZone(ReadInstant(x), zone)} END",
        StoredInstant => InZone($"CAST({x} AS TIMESTAMP)", zone),
        StoredDate => $"CAST({x} AS TIMESTAMP)",
        _ => Never("TIMESTAMP"),
    };

    // The engine ignores an offset when it casts to TIMESTAMP, and refuses one behind a time without seconds.
    private static string ReadInstant(string x) =>
        $"CAST(TRY_CAST(regexp_replace({x}, '^(.{{16}})({OffsetPattern}?)$', '\\1:00\\2') AS TIMESTAMPTZ) AS TIMESTAMP)";

    private static string InZone(string utc, string zone) => zone == "UTC"
        ? utc
        : $"{DuckDbDialect.WallClockFunction}({utc}, {LiteralText.Quote(zone)})";
}
