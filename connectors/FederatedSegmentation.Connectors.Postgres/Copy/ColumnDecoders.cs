using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Postgres.Copy;

/// <summary>Which decoder reads a type of the server as a storage type, and which column holds it.</summary>
internal static class ColumnDecoders
{
    /// <summary>The column type of batches for a storage type.</summary>
    internal static ArrowType TypeOf(StorageType storage) => storage switch
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

    /// <summary>The decoder, or null where the statement yields a type that is not this storage.</summary>
    /// <param name="oid">The type's object id, fixed for built-in types.</param>
    /// <param name="storage">What the fragment says that the column is.</param>
    internal static ColumnDecoder? Find(uint oid, StorageType storage) => (oid, storage) switch
    {
        (Oids.Bool, StoredBoolean) => new BooleanDecoder(),
        (Oids.Int2 or Oids.Int4 or Oids.Int8, StoredInteger) => new IntegerDecoder(),
        (Oids.Numeric, StoredInteger) => new NumericIntegerDecoder(),
        (Oids.Numeric, StoredDecimal exact) => new DecimalDecoder(exact.Precision, exact.Scale),
        (Oids.Int2 or Oids.Int4 or Oids.Int8, StoredDecimal exact) => new IntegerDecimalDecoder(exact.Precision, exact.Scale),
        (Oids.Float4, StoredFloat { Bits: 32 }) => new SingleDecoder(),
        (Oids.Float4 or Oids.Float8, StoredFloat { Bits: 64 }) => new DoubleDecoder(),
        (Oids.Text or Oids.Varchar or Oids.Bpchar or Oids.Unknown, StoredText or StoredCollatedText or StoredOther) => new TextDecoder(),
        (Oids.Date, StoredDate) => new DateDecoder(),
        (Oids.Timestamptz, StoredInstant) => new TimestampDecoder(),
        (Oids.Timestamp, StoredWallClock) => new TimestampDecoder(),
        (Oids.Bytea, StoredBinary) => new BinaryDecoder(),
        _ => null,
    };

    private static class Oids
    {
        internal const uint Bool = 16;
        internal const uint Bytea = 17;
        internal const uint Int8 = 20;
        internal const uint Int2 = 21;
        internal const uint Int4 = 23;
        internal const uint Text = 25;
        internal const uint Float4 = 700;
        internal const uint Float8 = 701;
        internal const uint Unknown = 705;
        internal const uint Bpchar = 1042;
        internal const uint Varchar = 1043;
        internal const uint Date = 1082;
        internal const uint Timestamp = 1114;
        internal const uint Timestamptz = 1184;
        internal const uint Numeric = 1700;
    }
}
