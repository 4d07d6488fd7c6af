using System.Globalization;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Snowflake.Catalog;

/// <summary>A column's type as INFORMATION_SCHEMA tells it.</summary>
/// <param name="Name">The type, for instance <c>NUMBER</c>.</param>
/// <param name="Precision">Digits of a number.</param>
/// <param name="Scale">Digits behind the point.</param>
/// <param name="Collation">The column's collation, or null.</param>
internal sealed record NativeType(string Name, int? Precision, int? Scale, string? Collation)
{
    /// <summary>The type as people write it.</summary>
    internal string Display => this is { Name: "NUMBER", Precision: { } precision, Scale: { } scale } ? string.Create(CultureInfo.InvariantCulture, $"NUMBER({precision},{scale})") : Name;
}

/// <summary>Which storage a native type is.</summary>
internal static class SnowflakeTypes
{
    // An int64 may have 19 digits, and no number of 18 lies outside of it.
    private const int DigitsOfInt64 = 18;

    /// <summary>The storage of a column.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="declared">What the model declares: a number without a fraction is read as int64 where that is declared, and values beyond it are a data error.</param>
    internal static StorageType StorageOf(NativeType type, DataType? declared) => type.Name.ToUpperInvariant() switch
    {
        "NUMBER" or "DECIMAL" or "NUMERIC" when type is { Precision: { } precision and >= 1 and <= 38, Scale: { } scale } && scale >= 0 && scale <= precision
            => scale == 0 && (declared is Int64Type || (declared is null && precision <= DigitsOfInt64)) ? new StoredInteger() : new StoredDecimal(precision, scale),
        "FLOAT" or "REAL" or "DOUBLE" => new StoredFloat(64),
        "TEXT" or "VARCHAR" => type.Collation is { Length: > 0 } collation && !string.Equals(collation, "utf8", StringComparison.OrdinalIgnoreCase)
            ? new StoredCollatedText($"collation '{collation}' compares by rules of its own")
            : new StoredText(),
        "BOOLEAN" => new StoredBoolean(),
        "DATE" => new StoredDate(),
        "TIMESTAMP_NTZ" => new StoredWallClock(),
        "TIMESTAMP_LTZ" or "TIMESTAMP_TZ" => new StoredInstant(),
        "BINARY" => new StoredBinary(),
        // TIME, VARIANT, OBJECT, ARRAY, GEOGRAPHY, GEOMETRY, VECTOR, DECFLOAT and what is still to come.
        _ => new StoredNested(type.Display),
    };

    /// <summary>The type that a model would declare for a column, or null where none fits.</summary>
    internal static string? SuggestedType(NativeType type) => StorageOf(type, null) switch
    {
        StoredBoolean => "boolean",
        StoredInteger => "int64",
        // What INT, BIGINT and the like are; people mean whole numbers of ordinary size.
        StoredDecimal { Precision: 38, Scale: 0 } => "int64",
        StoredDecimal exact => string.Create(CultureInfo.InvariantCulture, $"decimal({exact.Precision},{exact.Scale})"),
        StoredFloat => "float64",
        StoredText or StoredCollatedText => "string",
        StoredDate => "date",
        StoredInstant => "timestamp",
        StoredWallClock => "datetime",
        StoredBinary => "binary",
        _ => null,
    };
}
