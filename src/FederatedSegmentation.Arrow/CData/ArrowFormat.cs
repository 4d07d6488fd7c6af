using System.Globalization;

namespace FederatedSegmentation.Arrow.CData;

/// <summary>Format strings of the C data interface.</summary>
internal static class ArrowFormat
{
    internal static string Encode(ArrowType type) => type switch
    {
        NullType => "n",
        BooleanType => "b",
        IntegerType { IsSigned: true } integer => integer.BitWidth switch { 8 => "c", 16 => "s", 32 => "i", _ => "l" },
        IntegerType integer => integer.BitWidth switch { 8 => "C", 16 => "S", 32 => "I", _ => "L" },
        FloatingPointType number => number.BitWidth == 32 ? "f" : "g",
        DecimalType number => string.Create(CultureInfo.InvariantCulture, $"d:{number.Precision},{number.Scale}"),
        TextType text => text.IsLarge ? "U" : "u",
        BinaryType binary => binary.IsLarge ? "Z" : "z",
        DateType => "tdD",
        TimestampType time => $"ts{"smun"[(int)time.Unit]}:{time.TimeZone}",
        _ => throw new InvalidOperationException($"Unknown type {type}."),
    };

    internal static ArrowType Decode(string format) => format switch
    {
        "n" => ArrowType.Null,
        "b" => ArrowType.Boolean,
        "c" => ArrowType.Int8,
        "s" => ArrowType.Int16,
        "i" => ArrowType.Int32,
        "l" => ArrowType.Int64,
        "C" => ArrowType.UInt8,
        "S" => ArrowType.UInt16,
        "I" => ArrowType.UInt32,
        "L" => ArrowType.UInt64,
        "f" => ArrowType.Float32,
        "g" => ArrowType.Float64,
        "u" => ArrowType.Utf8,
        "U" => ArrowType.LargeUtf8,
        "z" => ArrowType.Binary,
        "Z" => ArrowType.LargeBinary,
        "tdD" => ArrowType.Date32,
        _ when format.StartsWith("d:", StringComparison.Ordinal) => DecodeDecimal(format),
        _ when format.StartsWith("ts", StringComparison.Ordinal) && format.Length >= 4 && format[3] == ':' => DecodeTimestamp(format),
        _ => throw new ArrowFormatException($"Arrow format '{format}' is not supported."),
    };

    private static ArrowType DecodeDecimal(string format)
    {
        var parts = format[2..].Split(',');
        return parts.Length is 2 or 3
            && (parts.Length == 2 || parts[2] == "128")
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var precision)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var scale)
            && precision is >= 1 and <= 38 && scale <= precision
            ? ArrowType.Decimal128(precision, scale)
            : throw new ArrowFormatException($"Arrow format '{format}' is not supported.");
    }

    private static ArrowType DecodeTimestamp(string format)
    {
        var unit = "smun".IndexOf(format[2], StringComparison.Ordinal);
        return unit < 0
            ? throw new ArrowFormatException($"Arrow format '{format}' is not supported.")
            : ArrowType.Timestamp((ArrowTimeUnit)unit, format.Length == 4 ? null : format[4..]);
    }
}
