using System.Data.Common;
using System.Globalization;
using FederatedSegmentation.Connectors.Fabric.Dialect;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Fabric.Catalog;

/// <summary>A column's type as the catalogue tells it.</summary>
/// <param name="Name">The type's name, for instance <c>varchar</c>.</param>
/// <param name="Length">Bytes of text or binary, -1 for the greatest; null for other types.</param>
/// <param name="Precision">Digits of a number.</param>
/// <param name="Scale">Digits behind the point.</param>
/// <param name="Digits">Digits of the second.</param>
/// <param name="Collation">The collation of text.</param>
internal sealed record NativeType(string Name, int? Length, int? Precision, int? Scale, int? Digits, string? Collation)
{
    /// <summary>The type as T-SQL spells it.</summary>
    internal string Display => this switch
    {
        { Name: "decimal" or "numeric" } => string.Create(CultureInfo.InvariantCulture, $"{Name}({Precision},{Scale})"),
        { Length: -1 } => $"{Name}(max)",
        { Length: { } length } => string.Create(CultureInfo.InvariantCulture, $"{Name}({length})"),
        { Name: "datetime2" or "time" } => string.Create(CultureInfo.InvariantCulture, $"{Name}({Digits})"),
        _ => Name,
    };

    /// <summary>The six columns of a type in a row of <see cref="CatalogQueries.Columns"/>.</summary>
    internal static NativeType At(DbDataReader row, int ordinal)
    {
        int? Integer(int i) => row.IsDBNull(i) ? null : row.GetInt32(i);
        return new NativeType(
            row.GetString(ordinal),
            Integer(ordinal + 1),
            Integer(ordinal + 2),
            Integer(ordinal + 3),
            Integer(ordinal + 4),
            row.IsDBNull(ordinal + 5) ? null : row.GetString(ordinal + 5));
    }
}

/// <summary>Which storage a native type is.</summary>
internal static class FabricTypes
{
    private const int MostDigits = 6;

    /// <summary>The storage of a column.</summary>
    /// <remarks>Text of another UTF-8 collation takes part as text of the binary one, which the dialect names wherever it is read.</remarks>
    internal static StorageType StorageOf(NativeType type) => type switch
    {
        { Name: "bit" } => new StoredBoolean(),
        { Name: "tinyint" or "smallint" or "int" or "bigint" } => new StoredInteger(),
        { Name: "decimal" or "numeric", Precision: { } precision, Scale: { } scale } => new StoredDecimal(precision, scale),
        { Name: "real" } => new StoredFloat(32),
        { Name: "float" } => new StoredFloat(64),
        { Name: "varchar", Collation: FabricDialect.BinaryCollation } => new StoredText(),
        { Name: "varchar", Collation: { } collation } when collation.EndsWith("_UTF8", StringComparison.Ordinal) => new StoredText(collation),
        { Name: "char", Collation: { } collation } when collation.EndsWith("_UTF8", StringComparison.Ordinal) => new StoredCollatedText("char(n) is padded with spaces, which are no part of its value"),
        { Name: "date" } => new StoredDate(),
        { Name: "datetime2", Digits: <= MostDigits } => new StoredWallClock(),
        { Name: "varbinary" } => new StoredBinary(),
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
        StoredWallClock => "timestamp",
        StoredBinary => "binary",
        StoredOther when type.Name is "uniqueidentifier" or "time" or "nvarchar" or "nchar" or "char" or "varchar" => "string",
        StoredOther when type.Name == "datetime2" => "timestamp",
        StoredOther when type.Name is "money" or "smallmoney" => "decimal(19,4)",
        _ => null,
    };
}
