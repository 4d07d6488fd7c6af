using System.Buffers;
using System.Globalization;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads constants by the type of what they are compared with; what does not fit is SDL005.</summary>
internal static class LiteralReader
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>One literal, or null after a report.</summary>
    /// <param name="node">Where it stands.</param>
    /// <param name="type">The type of the other side.</param>
    /// <param name="context">The segment.</param>
    /// <param name="anyNumber">Whether any number fits an int64 or decimal, as beside a sum or an average.</param>
    public static Literal? Read(DocumentNode node, DataType type, SegmentContext context, bool anyNumber = false)
    {
        if (!context.CountLiterals(1, node))
        {
            return null;
        }

        if (node is not ScalarNode scalar)
        {
            Misfit(node, context, $"A single value is expected, not a {(node is SequenceNode ? "list" : "mapping")}.", $"Write one {type}.");
            return null;
        }

        if (scalar.Kind == ScalarKind.Null)
        {
            Misfit(node, context, "NULL is not a value to compare with.", "Use {field: …, null: true} to find rows without a value.");
            return null;
        }

        var literal = Of(scalar, type, context.Calendar, anyNumber);
        if (literal is null)
        {
            Misfit(node, context, $"The literal does not fit the type {type}.", Expectation(type, scalar.Kind));
        }

        return literal;
    }

    /// <summary>The literal that a value of a definition spells, or null where it does not fit the type.</summary>
    public static Literal? Of(ScalarNode scalar, DataType type, RunCalendar calendar, bool anyNumber = false) => type switch
    {
        BooleanType => scalar.Kind == ScalarKind.Boolean ? new BooleanLiteral(scalar.IsTrue) : null,
        Int64Type when anyNumber => ReadAnyNumber(scalar),
        Int64Type => ReadInt64(scalar),
        DecimalType => ReadDecimal(scalar),
        Float64Type => ReadFloat64(scalar),
        StringType or DateType or TimestampType or DateTimeType or BinaryType => scalar.Kind == ScalarKind.String ? OfText(scalar.Text, type, calendar) : null,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The literal that a text spells, or null where it does not fit the type.</summary>
    /// <param name="text">The text.</param>
    /// <param name="type">A string, date, timestamp, datetime or binary.</param>
    /// <param name="calendar">Gives times without an offset their meaning.</param>
    public static Literal? OfText(string text, DataType type, RunCalendar calendar) => type switch
    {
        StringType => new StringLiteral(text),
        DateType => IsoTime.TryReadDate(text, out var day) ? new DateLiteral(day) : null,
        TimestampType or DateTimeType => ReadTime(text, type, calendar),
        BinaryType => ReadBinary(text),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>How a literal of a type is written.</summary>
    public static string Expectation(DataType type, ScalarKind found) => type switch
    {
        BooleanType => "Write true or false, without quotes.",
        Int64Type when found == ScalarKind.String => "Write an integer without quotes.",
        Int64Type => "Write an integer of at most 64 bits, without a fraction.",
        DecimalType => "Write a number: digits, with a point where needed.",
        Float64Type => "Write a finite number without quotes.",
        StringType => "Put it in quotes.",
        DateType => "Write a date in quotes: \"2026-01-31\".",
        TimestampType or DateTimeType => "Write ISO 8601 in quotes: \"2026-01-31T12:00:00Z\" (at most six digits of a second).",
        _ => "Write hexadecimal digits in quotes.",
    };

    /// <summary>The start of a day in the values of a timestamp or datetime column.</summary>
    public static Literal StartOfDay(DateOnly day, DataType type, RunCalendar calendar) => type is DateTimeType { Zone: null }
        ? new DateTimeLiteral(WallClock.Midnight(day))
        : OfInstant(calendar.StartOfDay(day), type, calendar);

    /// <summary>An instant in the values of a timestamp or datetime column.</summary>
    public static Literal OfInstant(long instant, DataType type, RunCalendar calendar) => type switch
    {
        TimestampType => new TimestampLiteral(instant),
        DateTimeType datetime => new DateTimeLiteral(ZoneOf(datetime, calendar).ToWallClock(instant)),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static ZoneRules ZoneOf(DateTimeType type, RunCalendar calendar) => type.Zone is null
        ? calendar.Zone
        : ZoneRules.Find(type.Zone) ?? throw new ArgumentException($"The model holds the unknown zone '{type.Zone}'.", nameof(type));

    private static Literal? ReadTime(string text, DataType type, RunCalendar calendar)
    {
        if (IsoTime.TryReadDate(text, out var day))
        {
            return StartOfDay(day, type, calendar);
        }

        if (!IsoTime.TryRead(text, out var wallClock, out var offset))
        {
            return null;
        }

        if (offset is { } given)
        {
            var instant = wallClock - given;
            return instant is >= ZoneRules.MinMicroseconds and <= ZoneRules.MaxMicroseconds ? OfInstant(instant, type, calendar) : null;
        }

        return type is DateTimeType { Zone: null } ? new DateTimeLiteral(wallClock) : OfInstant(calendar.Zone.ToInstant(wallClock), type, calendar);
    }

    private static Int64Literal? ReadInt64(ScalarNode scalar) =>
        NumberText.OfScalar(scalar) is { } number && NumberText.ToInt64(number) is { } value ? new Int64Literal(value) : null;

    private static Literal? ReadAnyNumber(ScalarNode scalar) => ReadDecimal(scalar) is { } number
        ? NumberText.ToInt64(number) is { } whole ? new Int64Literal(whole) : number
        : null;

    private static DecimalLiteral? ReadDecimal(ScalarNode scalar) =>
        scalar.Kind == ScalarKind.String ? NumberText.OfString(scalar.Text) : NumberText.OfScalar(scalar);

    private static Float64Literal? ReadFloat64(ScalarNode scalar)
    {
        if (NumberText.OfScalar(scalar) is not { } exact)
        {
            return null;
        }

        var value = scalar.Kind == ScalarKind.Integer && exact.Scale == 0
            ? (double)exact.Unscaled
            : double.Parse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? new Float64Literal(value) : null;
    }

    private static BinaryLiteral? ReadBinary(string text) =>
        text.Length % 2 == 0 && !text.AsSpan().ContainsAnyExcept(HexDigits) ? new BinaryLiteral([.. Convert.FromHexString(text)]) : null;

    private static void Misfit(DocumentNode node, SegmentContext context, string message, string hint) => context.Problems.Add("SDL005", node.Place, message, hint);
}
