namespace FederatedSegmentation.Arrow;

/// <summary>Unit of a timestamp, counted from 1970-01-01T00:00:00.</summary>
public enum ArrowTimeUnit
{
    /// <summary>Seconds.</summary>
    Second = 0,

    /// <summary>Milliseconds.</summary>
    Millisecond = 1,

    /// <summary>Microseconds.</summary>
    Microsecond = 2,

    /// <summary>Nanoseconds.</summary>
    Nanosecond = 3,
}

/// <summary>The type of a column. The hierarchy is closed: every layout that batches can have is one of the records of this file.</summary>
public abstract record ArrowType
{
    private protected ArrowType()
    {
    }

    /// <summary>A column of NULL only.</summary>
    public static ArrowType Null { get; } = new NullType();

    /// <summary>True or false, one bit a row.</summary>
    public static ArrowType Boolean { get; } = new BooleanType();

    /// <summary>Signed integer of 8 bits.</summary>
    public static ArrowType Int8 { get; } = new IntegerType(8, true);

    /// <summary>Signed integer of 16 bits.</summary>
    public static ArrowType Int16 { get; } = new IntegerType(16, true);

    /// <summary>Signed integer of 32 bits.</summary>
    public static ArrowType Int32 { get; } = new IntegerType(32, true);

    /// <summary>Signed integer of 64 bits.</summary>
    public static ArrowType Int64 { get; } = new IntegerType(64, true);

    /// <summary>Unsigned integer of 8 bits.</summary>
    public static ArrowType UInt8 { get; } = new IntegerType(8, false);

    /// <summary>Unsigned integer of 16 bits.</summary>
    public static ArrowType UInt16 { get; } = new IntegerType(16, false);

    /// <summary>Unsigned integer of 32 bits.</summary>
    public static ArrowType UInt32 { get; } = new IntegerType(32, false);

    /// <summary>Unsigned integer of 64 bits.</summary>
    public static ArrowType UInt64 { get; } = new IntegerType(64, false);

    /// <summary>IEEE 754 number of 32 bits.</summary>
    public static ArrowType Float32 { get; } = new FloatingPointType(32);

    /// <summary>IEEE 754 number of 64 bits.</summary>
    public static ArrowType Float64 { get; } = new FloatingPointType(64);

    /// <summary>Text in UTF-8, at most 2 GiB a batch.</summary>
    public static ArrowType Utf8 { get; } = new TextType(false);

    /// <summary>Text in UTF-8 with 64-bit offsets.</summary>
    public static ArrowType LargeUtf8 { get; } = new TextType(true);

    /// <summary>Bytes, at most 2 GiB a batch.</summary>
    public static ArrowType Binary { get; } = new BinaryType(false);

    /// <summary>Bytes with 64-bit offsets.</summary>
    public static ArrowType LargeBinary { get; } = new BinaryType(true);

    /// <summary>Days since 1970-01-01, 32 bits.</summary>
    public static ArrowType Date32 { get; } = new DateType();

    /// <summary>Exact decimal number stored as a 128-bit integer of its smallest unit.</summary>
    /// <param name="precision">Digits in all, 1 to 38.</param>
    /// <param name="scale">Digits after the point, 0 to <paramref name="precision"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Precision or scale is out of range.</exception>
    public static ArrowType Decimal128(int precision, int scale)
    {
        if (precision is < 1 or > 38)
        {
            throw new ArgumentOutOfRangeException(nameof(precision), "A decimal has 1 to 38 digits.");
        }

        if (scale < 0 || scale > precision)
        {
            throw new ArgumentOutOfRangeException(nameof(scale), "The scale of a decimal is 0 to its precision.");
        }

        return new DecimalType(precision, scale);
    }

    /// <summary>A point in time, or a wall-clock time when there is no zone.</summary>
    /// <param name="unit">Unit of the stored 64-bit number.</param>
    /// <param name="timeZone">Name of a zone when the number is an instant in UTC; null for a wall-clock time.</param>
    public static ArrowType Timestamp(ArrowTimeUnit unit, string? timeZone = null) => new TimestampType(unit, timeZone);
}

/// <summary>Column of NULL only; it has no buffers.</summary>
public sealed record NullType : ArrowType;

/// <summary>Column of bits, least significant first.</summary>
public sealed record BooleanType : ArrowType;

/// <summary>Column of integers.</summary>
/// <param name="BitWidth">8, 16, 32 or 64.</param>
/// <param name="IsSigned">Whether negative numbers exist.</param>
public sealed record IntegerType(int BitWidth, bool IsSigned) : ArrowType;

/// <summary>Column of IEEE 754 numbers.</summary>
/// <param name="BitWidth">32 or 64.</param>
public sealed record FloatingPointType(int BitWidth) : ArrowType;

/// <summary>Column of exact decimals, 128 bits each.</summary>
/// <param name="Precision">Digits in all, 1 to 38.</param>
/// <param name="Scale">Digits after the point.</param>
public sealed record DecimalType(int Precision, int Scale) : ArrowType;

/// <summary>Column of UTF-8 text.</summary>
/// <param name="IsLarge">Whether the offsets have 64 bits rather than 32.</param>
public sealed record TextType(bool IsLarge) : ArrowType;

/// <summary>Column of byte strings.</summary>
/// <param name="IsLarge">Whether the offsets have 64 bits rather than 32.</param>
public sealed record BinaryType(bool IsLarge) : ArrowType;

/// <summary>Column of days since 1970-01-01.</summary>
public sealed record DateType : ArrowType;

/// <summary>Column of 64-bit times.</summary>
/// <param name="Unit">Unit of the number.</param>
/// <param name="TimeZone">Zone name for instants, null for wall-clock times.</param>
public sealed record TimestampType(ArrowTimeUnit Unit, string? TimeZone) : ArrowType;
