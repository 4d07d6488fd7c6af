using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.BigQuery.Catalog;

/// <summary>A column as the API describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type in the standard spelling, for instance <c>NUMERIC</c>.</param>
/// <param name="IsRepeated">Whether it is an array.</param>
/// <param name="Precision">Declared digits, or null.</param>
/// <param name="Scale">Declared digits behind the point, or null.</param>
/// <param name="Collation">Its collation, or null.</param>
/// <param name="TimestampDigits">Declared digits of a timestamp's seconds, or null for six.</param>
internal sealed partial record ApiColumn(string Name, string Type, bool IsRepeated, int? Precision, int? Scale, string? Collation, int? TimestampDigits)
{
    /// <summary>The type as BigQuery prints it; no digits behind the point are not written, whether they were declared or not.</summary>
    internal string Display
    {
        get
        {
            var type = Precision is { } precision
                ? string.Create(CultureInfo.InvariantCulture, $"{Type}({precision}{(Scale is { } scale and > 0 ? string.Create(CultureInfo.InvariantCulture, $", {scale}") : "")})")
                : Type;
            return IsRepeated ? $"ARRAY<{type}>" : type;
        }
    }

    /// <summary>A column as <c>INFORMATION_SCHEMA.COLUMNS</c> describes it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dataType">Its type in GoogleSQL: <c>NUMERIC(10, 2)</c>, <c>ARRAY&lt;STRUCT&lt;a INT64&gt;&gt;</c>.</param>
    /// <param name="collation">Its collation; null, empty or <c>NULL</c> for none.</param>
    internal static ApiColumn Of(string name, string dataType, string? collation)
    {
        var isRepeated = dataType.StartsWith(ArrayStart, StringComparison.OrdinalIgnoreCase);
        // What a type is made of follows its name: fields, digits, a length.
        var parts = TypeText().Match(isRepeated ? dataType[ArrayStart.Length..] : dataType);
        int? Number(int group) => int.TryParse(parts.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        var type = parts.Groups[1].Value.ToUpperInvariant();
        var isExact = type is "NUMERIC" or "BIGNUMERIC";
        return new ApiColumn(
            name,
            type,
            isRepeated,
            isExact ? Number(2) : null,
            isExact ? Number(3) : null,
            collation is null or "" or "NULL" ? null : collation,
            type == "TIMESTAMP" ? Number(2) : null);
    }

    private const string ArrayStart = "ARRAY<";

    [GeneratedRegex(@"^\s*([A-Za-z0-9_]+)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?")]
    private static partial Regex TypeText();

    /// <summary>Reads a field of a schema.</summary>
    internal static ApiColumn Read(JsonElement field)
    {
        string? Text(string name) => field.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        int? Number(string name) => int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return new ApiColumn(
            Text("name") ?? "",
            BigQueryTypes.Standard(Text("type") ?? ""),
            Text("mode") == "REPEATED",
            Number("precision"),
            Number("scale"),
            Text("collation") is { Length: > 0 } collation ? collation : null,
            Number("timestampPrecision"));
    }
}

/// <summary>Which storage a type is, and how it arrives.</summary>
internal static class BigQueryTypes
{
    private const int MaxPrecision = 38;

    /// <summary>The standard spelling of a name that the API spells in the old way.</summary>
    internal static string Standard(string type) => type switch
    {
        "INTEGER" => "INT64",
        "FLOAT" => "FLOAT64",
        "BOOLEAN" => "BOOL",
        "RECORD" => "STRUCT",
        _ => type,
    };

    /// <summary>The storage of a column.</summary>
    internal static StorageType StorageOf(ApiColumn column) => column switch
    {
        { IsRepeated: true } or { Type: "STRUCT" or "RANGE" } => new StoredNested(column.Display),
        { Type: "BOOL" } => new StoredBoolean(),
        { Type: "INT64" } => new StoredInteger(),
        { Type: "FLOAT64" } => new StoredFloat(64),
        { Type: "NUMERIC", Precision: null } => new StoredDecimal(MaxPrecision, 9),
        { Type: "NUMERIC" or "BIGNUMERIC", Precision: { } precision and <= MaxPrecision } => new StoredDecimal(precision, column.Scale ?? 0),
        { Type: "STRING", Collation: { } collation } => new StoredCollatedText($"collation {collation} of BigQuery"),
        { Type: "STRING" } => new StoredText(),
        { Type: "BYTES" } => new StoredBinary(),
        { Type: "DATE" } => new StoredDate(),
        { Type: "DATETIME" } => new StoredWallClock(),
        { Type: "TIMESTAMP", TimestampDigits: null or <= 6 } => new StoredInstant(),
        _ => new StoredOther(column.Type),
    };

    /// <summary>The type that a model would declare for a column, or null where none fits.</summary>
    internal static string? SuggestedType(ApiColumn column) => StorageOf(column) switch
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
        // It may hold anything; the author of the model decides, from a draft that holds what people store.
        StoredOther { NativeName: "BIGNUMERIC" } => "decimal(38,10)",
        StoredOther { NativeName: "TIMESTAMP" } => "timestamp",
        StoredOther { NativeName: "TIME" or "JSON" or "INTERVAL" or "GEOGRAPHY" } => "string",
        _ => null,
    };

    /// <summary>How a column of a storage is handed on.</summary>
    internal static ArrowType ArrowOf(StorageType storage) => storage switch
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

    /// <summary>The type, in the standard spelling, in which the result of a statement brings a column of a storage.</summary>
    internal static string ResultType(StorageType storage) => storage switch
    {
        StoredBoolean => "BOOL",
        StoredInteger => "INT64",
        StoredDecimal exact => BigQueryDialect.IsNumeric(exact) ? "NUMERIC" : "STRING",
        StoredFloat => "FLOAT64",
        StoredDate => "DATE",
        StoredInstant => "TIMESTAMP",
        StoredWallClock => "DATETIME",
        StoredBinary => "BYTES",
        _ => "STRING",
    };
}
