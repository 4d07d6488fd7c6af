using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Fabric.Reading;

/// <summary>Which reader turns a type of the server into a storage type, and which column holds it.</summary>
internal static class ColumnReaders
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

    /// <summary>The reader, or null where the statement yields a type that is not this storage.</summary>
    /// <param name="type">The type's name at the server.</param>
    /// <param name="storage">What the fragment says that the column is.</param>
    internal static ColumnReader? Find(string type, StorageType storage) => (type, storage) switch
    {
        ("bit", StoredBoolean) => new BooleanReader(),
        ("bigint", StoredInteger) => new BigIntReader(),
        ("int", StoredInteger) => new IntReader(),
        ("smallint", StoredInteger) => new SmallIntReader(),
        ("tinyint", StoredInteger) => new TinyIntReader(),
        ("decimal" or "numeric", StoredInteger) => new DecimalIntegerReader(),
        ("decimal" or "numeric", StoredDecimal exact) => new DecimalReader(exact.Precision, exact.Scale),
        ("bigint", StoredDecimal exact) => new IntegerDecimalReader(exact.Precision, exact.Scale, (reader, ordinal) => reader.GetInt64(ordinal)),
        ("int", StoredDecimal exact) => new IntegerDecimalReader(exact.Precision, exact.Scale, (reader, ordinal) => reader.GetInt32(ordinal)),
        ("real", StoredFloat { Bits: 32 }) => new RealReader(),
        ("real", StoredFloat { Bits: 64 }) => new WideRealReader(),
        ("float", StoredFloat { Bits: 64 }) => new FloatReader(),
        ("varchar" or "nvarchar" or "char" or "nchar", StoredText or StoredCollatedText or StoredOther) => new TextReader(),
        ("date", StoredDate) => new DateReader(),
        ("datetime2", StoredWallClock) => new DateTime2Reader(),
        ("varbinary" or "binary", StoredBinary) => new BinaryReader(),
        _ => null,
    };
}
