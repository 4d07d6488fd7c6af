using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.Snowflake.Protocol;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Snowflake.Decoding;

/// <summary>Which decoder reads a column of a result as a storage type, and which column holds it.</summary>
internal static class CellDecoders
{
    /// <summary>The column type of batches for a storage type.</summary>
    internal static ArrowType TypeOf(StorageType storage) => storage switch
    {
        StoredBoolean => ArrowType.Boolean,
        StoredInteger => ArrowType.Int64,
        StoredDecimal exact => ArrowType.Decimal128(exact.Precision, exact.Scale),
        StoredFloat => ArrowType.Float64,
        StoredText or StoredCollatedText or StoredOther => ArrowType.Utf8,
        StoredDate => ArrowType.Date32,
        StoredInstant => ArrowType.Timestamp(ArrowTimeUnit.Microsecond, "UTC"),
        StoredWallClock => ArrowType.Timestamp(ArrowTimeUnit.Microsecond),
        StoredBinary => ArrowType.Binary,
        _ => throw new ArgumentOutOfRangeException(nameof(storage), storage, "Unknown storage."),
    };

    /// <summary>The decoder, or null where the result has a type that is not this storage.</summary>
    /// <param name="column">The column as the result describes it; its type is spelled in either case.</param>
    /// <param name="storage">What the fragment says that the column is.</param>
    internal static CellDecoder? Find(ResultColumn column, StorageType storage) => (column.Type.ToLowerInvariant(), storage) switch
    {
        ("boolean", StoredBoolean) => new BooleanDecoder(),
        // Integers are decimals without a fraction.
        ("fixed", StoredInteger) => new IntegerDecoder(),
        ("fixed", StoredDecimal exact) => new DecimalDecoder(exact.Precision, exact.Scale),
        ("real", StoredFloat) => new FloatDecoder(),
        ("text", StoredText or StoredCollatedText or StoredOther) => new TextDecoder(),
        ("date", StoredDate) => new DateDecoder(),
        ("timestamp_ntz", StoredWallClock) => new TimestampDecoder(hasOffset: false),
        ("timestamp_ltz", StoredInstant) => new TimestampDecoder(hasOffset: false),
        ("timestamp_tz", StoredInstant) => new TimestampDecoder(hasOffset: true),
        ("binary", StoredBinary) => new BinaryDecoder(),
        _ => null,
    };
}
