using System.Buffers;
using System.Collections.Immutable;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Kit.Storing;

/// <summary>A warehouse of Microsoft Fabric.</summary>
internal sealed class FabricSpelling : SqlSpelling
{
    private const string CollationWord = " collate ";

    private static readonly SearchValues<char> NotInTables = SearchValues.Create("/\\");

    public override string Kind => "fabric";

    public override string Title => "Fabric";

    protected override int LongestName => 128;

    public override string TypeOf(DataType type) => type.Kind switch
    {
        TypeKind.Boolean => "bit",
        TypeKind.Int64 => "bigint",
        TypeKind.Decimal => FormattableString.Invariant($"decimal({type.Precision},{type.Scale})"),
        TypeKind.Float64 => "float",
        TypeKind.String => "varchar(8000)",
        TypeKind.Date => "date",
        TypeKind.Timestamp or TypeKind.DateTime => "datetime2(6)",
        _ => "varbinary(8000)",
    };

    public override string? WhyNoTable(string name) => name.AsSpan().ContainsAny(NotInTables) ? "Fabric takes no slash or backslash in a table's name" : base.WhyNoTable(name);

    public override string? WhyNoValue(Value value) => value switch
    {
        Value.Float { Number: var number } when !double.IsFinite(number) => "Fabric stores neither NaN nor infinity",
        Value.Text text when text.Characters.Contains('\0', StringComparison.Ordinal) => "what Fabric does with U+0000 in text is not documented",
        _ => null,
    };

    protected override string CreateSchema(ImmutableArray<string> schema)
        => $"IF SCHEMA_ID('{schema[^1].Replace("'", "''", StringComparison.Ordinal)}') IS NULL EXEC('CREATE SCHEMA {Quote(schema[^1]).Replace("'", "''", StringComparison.Ordinal)}');\n";

    protected override string Quote(string name) => $"[{name.Replace("]", "]]", StringComparison.Ordinal)}]";

    // The collations of warehouses are of UTF-8, and so bytes become the text that they are.
    protected override string TextOfHex(string hex) => $"CAST(0x{hex} AS varchar(max))";

    protected override string BytesOfHex(string hex) => $"0x{hex}";

    protected override string CastType(string nativeType)
    {
        var collation = nativeType.IndexOf(CollationWord, StringComparison.Ordinal);
        return collation < 0 ? nativeType : nativeType[..collation];
    }
}
