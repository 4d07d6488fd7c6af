namespace FederatedSegmentation.Model.Types;

/// <summary>Which storage of a column is the declared type itself, so that predicates may be answered where it is stored; any other is cast in the engine.</summary>
public static class NaturalStorage
{
    /// <summary>Whether values stored so are values of the type, without a conversion that could fail or round.</summary>
    public static bool IsNatural(StorageType storage, DataType type) => (storage, type) switch
    {
        (StoredBoolean, BooleanType) => true,
        (StoredInteger, Int64Type) => true,
        (StoredDecimal stored, DecimalType declared) => stored.Scale <= declared.Scale && stored.Precision - stored.Scale <= declared.Precision - declared.Scale,
        (StoredFloat, Float64Type) => true,
        (StoredText, StringType) => true,
        (StoredDate, DateType) => true,
        (StoredInstant or StoredWallClock, TimestampType) => true,
        (StoredWallClock, DateTimeType) => true,
        (StoredBinary, BinaryType) => true,
        _ => false,
    };

    /// <summary>The storage that the engine gives a value of the type after a conversion: an instant becomes a wall clock in UTC.</summary>
    public static StorageType Of(DataType type) => type switch
    {
        BooleanType => new StoredBoolean(),
        Int64Type => new StoredInteger(),
        DecimalType exact => new StoredDecimal(exact.Precision, exact.Scale),
        Float64Type => new StoredFloat(64),
        StringType => new StoredText(),
        DateType => new StoredDate(),
        TimestampType or DateTimeType => new StoredWallClock(),
        BinaryType => new StoredBinary(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown type."),
    };
}
