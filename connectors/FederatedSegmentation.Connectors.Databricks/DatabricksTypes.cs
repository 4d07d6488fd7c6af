using System.Globalization;
using System.Text.RegularExpressions;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Databricks;

/// <summary>Which storage a type of Databricks SQL is, by its full name in <c>information_schema</c>, and which Arrow columns carry it.</summary>
internal static partial class DatabricksTypes
{
    /// <summary>Why text of a fixed length does not compare by its bytes.</summary>
    internal const string Padded = "char(n) is padded with spaces";

    /// <summary>The storage of a column.</summary>
    internal static StorageType StorageOf(string fullType)
    {
        var type = fullType.Trim().ToLowerInvariant();
        if (DecimalType().Match(type) is { Success: true } exact)
        {
            return new StoredDecimal(int.Parse(exact.Groups[1].ValueSpan, CultureInfo.InvariantCulture), exact.Groups[2].Success ? int.Parse(exact.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : 0);
        }

        if (CollatedType().Match(type) is { Success: true } collated)
        {
            return collated.Groups[1].Value == "utf8_binary" ? new StoredText() : new StoredCollatedText($"collation {collated.Groups[1].Value.ToUpperInvariant()} has rules of its own");
        }

        return type switch
        {
            "boolean" => new StoredBoolean(),
            "tinyint" or "byte" or "smallint" or "short" or "int" or "integer" or "bigint" or "long" => new StoredInteger(),
            "decimal" => new StoredDecimal(10, 0),
            "float" or "real" => new StoredFloat(32),
            "double" => new StoredFloat(64),
            "string" => new StoredText(),
            "binary" => new StoredBinary(),
            "date" => new StoredDate(),
            "timestamp" or "timestamp_ltz" => new StoredInstant(),
            "timestamp_ntz" => new StoredWallClock(),
            _ when type.StartsWith("varchar", StringComparison.Ordinal) => new StoredText(),
            _ when type.StartsWith("char", StringComparison.Ordinal) => new StoredCollatedText(Padded),
            // Arrays, maps, structs, variants, geographies, intervals: nothing that a segment could read.
            _ => new StoredNested(fullType),
        };
    }

    /// <summary>The type that a model would declare for a column, or null where none fits.</summary>
    internal static string? SuggestedType(string fullType) => StorageOf(fullType) switch
    {
        StoredBoolean => "boolean",
        StoredInteger => "int64",
        StoredDecimal exact => string.Create(CultureInfo.InvariantCulture, $"decimal({exact.Precision},{exact.Scale})"),
        StoredFloat => "float64",
        StoredText or StoredCollatedText => "string",
        StoredDate => "date",
        StoredInstant => "timestamp",
        StoredWallClock => "datetime",
        StoredBinary => "binary",
        _ => null,
    };

    /// <summary>The Arrow column that carries a storage, where the service names the type of the result's column so; null where it should be another one.</summary>
    /// <param name="typeName">The service's name of the type, for instance <c>LONG</c>.</param>
    /// <param name="storage">What the fragment says that the column is.</param>
    internal static ArrowType? ArrowOf(string typeName, StorageType storage) => (typeName, storage) switch
    {
        ("BOOLEAN", StoredBoolean) => ArrowType.Boolean,
        ("BYTE", StoredInteger) => ArrowType.Int8,
        ("SHORT", StoredInteger) => ArrowType.Int16,
        ("INT", StoredInteger) => ArrowType.Int32,
        ("LONG", StoredInteger) => ArrowType.Int64,
        ("DECIMAL", StoredDecimal exact) => ArrowType.Decimal128(exact.Precision, exact.Scale),
        ("FLOAT", StoredFloat { Bits: 32 }) => ArrowType.Float32,
        ("DOUBLE", StoredFloat { Bits: 64 }) => ArrowType.Float64,
        ("STRING" or "CHAR", StoredText or StoredCollatedText or StoredOther) => ArrowType.Utf8,
        ("BINARY", StoredBinary) => ArrowType.Binary,
        ("DATE", StoredDate) => ArrowType.Date32,
        ("TIMESTAMP", StoredInstant) => ArrowType.Timestamp(ArrowTimeUnit.Microsecond, "UTC"),
        ("TIMESTAMP_NTZ", StoredWallClock) => ArrowType.Timestamp(ArrowTimeUnit.Microsecond),
        _ => null,
    };

    [GeneratedRegex(@"^(?:decimal|dec|numeric)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)$")]
    private static partial Regex DecimalType();

    [GeneratedRegex(@"^string\s+collate\s+(\w+)$")]
    private static partial Regex CollatedType();
}
