using System.Globalization;
using System.Numerics;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;

namespace FederatedSegmentation.Connectors.Fabric.Dialect;

/// <summary>Constants and type names of T-SQL. Pure functions.</summary>
internal static class FabricLiterals
{
    private const int MaxPrecision = 38;

    // Up to here a decimal text is one exact integer times or divided by one exact power of ten, so that every reader that rounds once reads the same float.
    private const int ExactDigits = 15;
    private const int ExactPower = 22;

    /// <summary>The constant, typed; null where T-SQL cannot write it.</summary>
    internal static string? Write(Literal value, StorageType storage) => (value, storage) switch
    {
        (BooleanLiteral literal, _) => literal.Value ? "CAST(1 AS bit)" : "CAST(0 AS bit)",
        (Int64Literal literal, StoredInteger) => $"CAST('{literal.Value.ToString(CultureInfo.InvariantCulture)}' AS bigint)",
        (Int64Literal or DecimalLiteral or Float64Literal, StoredFloat) => Float(ExactNumber.ToDouble(value)),
        (Int64Literal or DecimalLiteral, StoredDecimal exact) when exact.Precision <= MaxPrecision => $"CAST('{LiteralText.Decimal(value, exact.Scale)}' AS {TypeName(exact)})",
        (StringLiteral literal, _) when !literal.Value.Contains('\0') => Text(literal.Value),
        (DateLiteral literal, _) => $"CAST('{LiteralText.Date(literal.Value)}' AS date)",
        (TimestampLiteral literal, StoredWallClock) => WallClock(literal.Microseconds),
        (DateTimeLiteral literal, _) => WallClock(literal.Microseconds),
        (BinaryLiteral literal, _) => $"0x{LiteralText.Hex(literal)}",
        _ => null,
    };

    /// <summary>The name of a type in a cast.</summary>
    internal static string TypeName(StorageType storage) => storage switch
    {
        StoredBoolean => "bit",
        StoredInteger => "bigint",
        StoredDecimal exact => string.Create(CultureInfo.InvariantCulture, $"decimal({exact.Precision},{exact.Scale})"),
        StoredFloat => "float",
        StoredDate => "date",
        StoredInstant or StoredWallClock => "datetime2(6)",
        StoredBinary => "varbinary(max)",
        _ => "varchar(8000)",
    };

    /// <summary>
    /// A text constant. A backslash at the end of a line continues a string on the next line, and both vanish; here the pair stands twice, and the second
    /// takes itself away.
    /// </summary>
    internal static string Text(string value) => LiteralText.Quote(value.Contains('\\')
        ? value.Replace("\\\r\n", "\\\\\r\n\r\n", StringComparison.Ordinal).Replace("\\\n", "\\\\\n\n", StringComparison.Ordinal)
        : value);

    private static string WallClock(long microseconds) => $"CAST('{LiteralText.WallClock(microseconds)}' AS datetime2(6))";

    // Whether T-SQL reads every decimal text as the nearest float is not documented; an integer times powers of two is exact everywhere.
    private static string Float(double value)
    {
        var text = LiteralText.Float(value);
        var (digits, power) = Shape(text);
        if (digits <= ExactDigits && Math.Abs(power) <= ExactPower)
        {
            return $"CAST('{text}' AS float)";
        }

        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = bits & 0xF_FFFF_FFFF_FFFF;
        mantissa = exponent == 0 ? mantissa : mantissa | (1L << 52);
        exponent = Math.Max(exponent, 1) - 1075;
        var zeros = mantissa == 0 ? 0 : BitOperations.TrailingZeroCount(mantissa);
        (mantissa, exponent) = (mantissa >> zeros, exponent + zeros);
        var half = exponent / 2;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"(CAST(CAST('{(value < 0 ? -mantissa : mantissa)}' AS bigint) AS float) * POWER(CAST('2' AS float), CAST('{half}' AS int)) * POWER(CAST('2' AS float), CAST('{exponent - half}' AS int)))");
    }

    // The digits of the number without leading and trailing zeros, and the power of ten of the last one.
    private static (int Digits, int Power) Shape(string text)
    {
        var parts = text.TrimStart('-').Split('E');
        var power = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var digits = parts[0].Replace(".", string.Empty, StringComparison.Ordinal);
        power -= point < 0 ? 0 : parts[0].Length - point - 1;
        var trimmed = digits.TrimEnd('0');
        return (trimmed.TrimStart('0').Length, power + digits.Length - trimmed.Length);
    }
}
