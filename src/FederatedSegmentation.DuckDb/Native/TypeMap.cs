using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.DuckDb.Native;

/// <summary>Column types of batches and DuckDB's logical types.</summary>
internal static class TypeMap
{
    private const string Utc = "UTC";

    internal static LogicalTypeHandle ToDuckDb(ArrowType type) => type switch
    {
        DecimalType number => NativeMethods.duckdb_create_decimal_type((byte)number.Precision, (byte)number.Scale),
        _ => NativeMethods.duckdb_create_logical_type(ToNative(type)),
    };

    /// <exception cref="DuckDbException">Batches have no such type (kind <see cref="DuckDbErrorKind.NotImplemented"/>).</exception>
    internal static ArrowType ToArrow(LogicalTypeHandle type, string column) => NativeMethods.duckdb_get_type_id(type) switch
    {
        NativeType.Boolean => ArrowType.Boolean,
        NativeType.TinyInt => ArrowType.Int8,
        NativeType.SmallInt => ArrowType.Int16,
        NativeType.Integer => ArrowType.Int32,
        NativeType.BigInt => ArrowType.Int64,
        NativeType.UTinyInt => ArrowType.UInt8,
        NativeType.USmallInt => ArrowType.UInt16,
        NativeType.UInteger => ArrowType.UInt32,
        NativeType.UBigInt => ArrowType.UInt64,
        NativeType.Float => ArrowType.Float32,
        NativeType.Double => ArrowType.Float64,
        NativeType.Timestamp => ArrowType.Timestamp(ArrowTimeUnit.Microsecond),
        NativeType.TimestampSeconds => ArrowType.Timestamp(ArrowTimeUnit.Second),
        NativeType.TimestampMilliseconds => ArrowType.Timestamp(ArrowTimeUnit.Millisecond),
        NativeType.TimestampNanoseconds => ArrowType.Timestamp(ArrowTimeUnit.Nanosecond),
        NativeType.TimestampWithZone => ArrowType.Timestamp(ArrowTimeUnit.Microsecond, Utc),
        NativeType.Date => ArrowType.Date32,
        NativeType.Varchar => ArrowType.Utf8,
        NativeType.Blob => ArrowType.Binary,
        NativeType.HugeInt => ArrowType.Decimal128(38, 0),
        NativeType.Decimal => ArrowType.Decimal128(NativeMethods.duckdb_decimal_width(type), NativeMethods.duckdb_decimal_scale(type)),
        NativeType.SqlNull => ArrowType.Null,
        var other => throw new DuckDbException(DuckDbErrorKind.NotImplemented, $"Column '{column}' has DuckDB type {(int)other}, which batches do not have; cast it."),
    };

    private static NativeType ToNative(ArrowType type) => type switch
    {
        NullType => NativeType.SqlNull,
        BooleanType => NativeType.Boolean,
        IntegerType { IsSigned: true } integer => integer.BitWidth switch
        {
            8 => NativeType.TinyInt,
            16 => NativeType.SmallInt,
            32 => NativeType.Integer,
            _ => NativeType.BigInt,
        },
        IntegerType integer => integer.BitWidth switch
        {
            8 => NativeType.UTinyInt,
            16 => NativeType.USmallInt,
            32 => NativeType.UInteger,
            _ => NativeType.UBigInt,
        },
        FloatingPointType number => number.BitWidth == 32 ? NativeType.Float : NativeType.Double,
        DateType => NativeType.Date,
        TimestampType { TimeZone: not null } => NativeType.TimestampWithZone,
        TimestampType time => time.Unit switch
        {
            ArrowTimeUnit.Second => NativeType.TimestampSeconds,
            ArrowTimeUnit.Millisecond => NativeType.TimestampMilliseconds,
            ArrowTimeUnit.Microsecond => NativeType.Timestamp,
            _ => NativeType.TimestampNanoseconds,
        },
        TextType => NativeType.Varchar,
        BinaryType => NativeType.Blob,
        _ => throw new InvalidOperationException($"Unknown type {type}."),
    };
}
