using System.Globalization;
using System.Numerics;
using FederatedSegmentation.Conformance.Oracle.Time;

namespace FederatedSegmentation.Conformance.Oracle.Values;

/// <summary>The canonical text of a value (segment language, distribution): what keys look like in files.</summary>
public static class CanonicalText
{
    public static string Of(Value value) => value switch
    {
        Value.NullValue => throw new InvalidOperationException("NULL has no canonical text."),
        Value.Truth truth => truth.Holds ? "true" : "false",
        Value.Integer integer => integer.Number.ToString(CultureInfo.InvariantCulture),
        Value.Decimal number => OfDecimal(number.Unscaled, number.Scale),
        Value.Float number => OfDouble(number.Number),
        Value.Text text => text.Characters,
        Value.Date date => CivilCalendar.DateText(date.Days),
        Value.Timestamp timestamp => CivilCalendar.DateTimeText(timestamp.Micros) + "Z",
        Value.WallClock wallClock => CivilCalendar.DateTimeText(wallClock.Micros),
        Value.Binary binary => binary.Hex,
        _ => throw new InvalidOperationException($"{value.GetType().Name} has no canonical text."),
    };

    public static string OfKey(IEnumerable<Value> key) => string.Join('|', key.Select(Of));

    public static string OfDecimal(BigInteger unscaled, int scale)
    {
        var digits = Value.Digits(BigInteger.Abs(unscaled)).PadLeft(scale + 1, '0');
        var sign = unscaled.Sign < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    /// <summary>The shortest text that reads back as the same float64.</summary>
    public static string OfDouble(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
