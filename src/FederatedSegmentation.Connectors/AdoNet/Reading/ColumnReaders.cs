using System.Data.Common;
using System.Data.SqlTypes;
using System.Numerics;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.AdoNet.Reading;

/// <summary>Which reader turns what a driver hands out into a storage type, and which column holds it.</summary>
public static class ColumnReaders
{
    // What a decimal of .NET holds without rounding.
    private const int DigitsOfDecimal = 28;

    /// <summary>The column type of batches for a storage type.</summary>
    public static ArrowType TypeOf(StorageType storage) => storage switch
    {
        StoredBoolean => ArrowType.Boolean,
        StoredInteger => ArrowType.Int64,
        StoredDecimal exact => ArrowType.Decimal128(exact.Precision, exact.Scale),
        StoredFloat { Bits: 32 } => ArrowType.Float32,
        StoredFloat => ArrowType.Float64,
        StoredText or StoredCollatedText or StoredOther => ArrowType.Utf8,
        StoredDate => ArrowType.Date32,
        StoredInstant => ArrowType.Timestamp(ArrowTimeUnit.Microsecond, "UTC"),
        StoredWallClock => ArrowType.Timestamp(ArrowTimeUnit.Microsecond),
        StoredBinary => ArrowType.Binary,
        _ => throw new ArgumentOutOfRangeException(nameof(storage), storage, "Unknown storage."),
    };

    /// <summary>The reader, or null where the driver hands out a type from which the storage cannot be read exactly.</summary>
    /// <param name="type">The type that the driver reports.</param>
    /// <param name="specific">The type of its own that it reports.</param>
    /// <param name="storage">What the fragment says that the column is.</param>
    /// <param name="sqlDecimal">Reads a <see cref="System.Data.SqlTypes.SqlDecimal"/> by a method of the driver's own; null for the method that all drivers have, which may box it.</param>
    public static ColumnReader? Find(Type type, Type specific, StorageType storage, ExactRead? sqlDecimal = null) => storage switch
    {
        StoredBoolean when type == typeof(bool) => new BooleanReader(),
        StoredBoolean when Whole(type) is { } read => new NumberBooleanReader((reader, ordinal) => read(reader, ordinal)),
        StoredInteger when Whole(type) is { } read => new IntegerReader(read),
        StoredInteger when Exact(type, specific, DigitsOfDecimal, sqlDecimal) is { } read => new ExactIntegerReader(read),
        StoredDecimal exact when Whole(type) is { } read => new ExactDecimalReader(exact.Precision, exact.Scale, ExactNumbers.Whole(read)),
        StoredDecimal exact when Exact(type, specific, exact.Precision, sqlDecimal) is { } read => new ExactDecimalReader(exact.Precision, exact.Scale, read),
        StoredFloat { Bits: 64 } when type == typeof(double) => new DoubleReader(),
        StoredFloat { Bits: 64 } when type == typeof(float) => new WideSingleReader(),
        StoredFloat { Bits: 32 } when type == typeof(float) => new SingleReader(),
        StoredFloat { Bits: 32 } when type == typeof(double) => new NarrowDoubleReader(),
        StoredText or StoredCollatedText or StoredOther when type == typeof(string) => new TextReader(),
        StoredDate when type == typeof(DateOnly) => new DateReader(),
        StoredDate when type == typeof(DateTime) => new MidnightReader(),
        StoredDate when type == typeof(string) => new TextDateReader(),
        StoredWallClock or StoredInstant when type == typeof(string) => new TextTimeReader(),
        StoredWallClock when type == typeof(DateTime) => new DateTimeReader(isInstant: false),
        StoredInstant when type == typeof(DateTime) => new DateTimeReader(isInstant: true),
        StoredInstant when type == typeof(DateTimeOffset) => new OffsetReader(),
        StoredBinary when type == typeof(byte[]) => new BinaryReader(),
        _ => null,
    };

    private static Func<DbDataReader, int, long>? Whole(Type type)
        => type == typeof(long) ? static (reader, ordinal) => reader.GetInt64(ordinal)
        : type == typeof(int) ? static (reader, ordinal) => reader.GetInt32(ordinal)
        : type == typeof(short) ? static (reader, ordinal) => reader.GetInt16(ordinal)
        : type == typeof(byte) ? static (reader, ordinal) => reader.GetByte(ordinal)
        : type == typeof(sbyte) ? static (reader, ordinal) => reader.GetFieldValue<sbyte>(ordinal)
        : type == typeof(ushort) ? static (reader, ordinal) => reader.GetFieldValue<ushort>(ordinal)
        : type == typeof(uint) ? static (reader, ordinal) => reader.GetFieldValue<uint>(ordinal)
        : null;

    private static ExactRead? Exact(Type type, Type specific, int precision, ExactRead? sqlDecimal)
        => specific == typeof(SqlDecimal) ? sqlDecimal ?? ExactNumbers.SqlDecimal
        // A driver may round to what its decimal holds: wider numbers are asked for as text, which some give of any type and others refuse.
        : type == typeof(decimal) ? precision <= DigitsOfDecimal ? ExactNumbers.Decimal : ExactNumbers.Text
        : type == typeof(BigInteger) ? ExactNumbers.Big
        : type == typeof(ulong) ? ExactNumbers.Unsigned
        : type == typeof(string) ? ExactNumbers.Text
        : null;
}
