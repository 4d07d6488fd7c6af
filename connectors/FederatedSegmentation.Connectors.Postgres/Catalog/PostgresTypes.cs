using System.Globalization;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Postgres.Catalog;

/// <summary>A column's type as the catalogue tells it, domains resolved to what they are made of.</summary>
/// <param name="Schema">The type's schema.</param>
/// <param name="Name">The type's internal name, for instance <c>int4</c>.</param>
/// <param name="Kind">What sort of type it is, as <c>pg_type.typtype</c> says: <c>b</c> base, <c>e</c> enumeration, <c>c</c> row, …</param>
/// <param name="Display">The type as PostgreSQL prints it, for instance <c>character varying(20)</c>.</param>
/// <param name="Modifier">Length, or precision and scale, as PostgreSQL packs it; -1 for none.</param>
/// <param name="Collation">The quoted name of the column's collation where that is not the database's default, else null.</param>
/// <param name="IsDeterministic">Whether two texts that the collation takes as equal have equal bytes.</param>
/// <param name="Category">The type's group, as <c>pg_type.typcategory</c> says: <c>A</c> arrays, <c>R</c> ranges, …</param>
internal sealed record NativeType(string Schema, string Name, char Kind, string Display, int Modifier, string? Collation, bool IsDeterministic, char Category);

/// <summary>Which storage a native type is.</summary>
internal static class PostgresTypes
{
    private const int MaxPrecision = 38;

    /// <summary>The storage of a column.</summary>
    internal static StorageType StorageOf(NativeType type) => type switch
    {
        { Category: 'A' or 'C' or 'R' } or { Kind: 'c' or 'r' or 'm' } => new StoredNested(type.Display),
        { Schema: not "pg_catalog" } => new StoredOther(type.Display),
        _ => BuiltIn(type),
    };

    private static StorageType BuiltIn(NativeType type) => type.Name switch
    {
        "bool" => new StoredBoolean(),
        "int2" or "int4" or "int8" => new StoredInteger(),
        "numeric" => NumericOf(type),
        "float4" => new StoredFloat(32),
        "float8" => new StoredFloat(64),
        "text" or "varchar" => type.IsDeterministic
            ? new StoredText(type.Collation)
            : new StoredCollatedText($"collation {type.Collation} is not deterministic"),
        "bpchar" => new StoredCollatedText("character(n) ignores trailing spaces"),
        "date" => new StoredDate(),
        "timestamptz" => new StoredInstant(),
        "timestamp" => new StoredWallClock(),
        "bytea" => new StoredBinary(),
        _ => new StoredOther(type.Display),
    };

    /// <summary>The type that a model would declare for a column, or null where none fits.</summary>
    internal static string? SuggestedType(NativeType type) => StorageOf(type) switch
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
        // A numeric without bounds may hold anything; the author of the model decides, from a draft that holds what people store.
        StoredOther when type is { Schema: "pg_catalog", Name: "numeric" } => "decimal(38,10)",
        StoredOther when type is { Schema: "pg_catalog", Name: "uuid" or "name" or "json" or "jsonb" or "xml" or "inet" or "cidr" or "macaddr" or "time" or "timetz" or "interval" } => "string",
        StoredOther when type is { Schema: "pg_catalog", Name: "oid" } => "int64",
        StoredOther when type.Kind == 'e' || type.Name == "citext" => "string",
        _ => null,
    };

    private static StorageType NumericOf(NativeType type)
    {
        if (type.Modifier < 4)
        {
            return new StoredOther(type.Display);
        }

        var precision = ((type.Modifier - 4) >> 16) & 0xFFFF;
        // Eleven bits with a sign since PostgreSQL 15; before, the scale is small and positive, and reads the same.
        var scale = (((type.Modifier - 4) & 0x7FF) ^ 1024) - 1024;
        return precision <= MaxPrecision && scale >= 0 && scale <= precision ? new StoredDecimal(precision, scale) : new StoredOther(type.Display);
    }
}
