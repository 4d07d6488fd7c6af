using System.Buffers;
using FederatedSegmentation.Conformance.Oracle.Schema;

namespace FederatedSegmentation.Conformance.Kit.Storing;

/// <summary>Databricks: tables of Unity Catalog.</summary>
internal sealed class DatabricksSpelling : SqlSpelling
{
    // Without a mapping of columns, Delta writes them into Parquet under their own names.
    private static readonly SearchValues<char> OddInParquet = SearchValues.Create(" ,;{}()\n\t=");

    public override string Kind => "databricks";

    public override string Title => "Databricks";

    protected override int LongestName => 255;

    public override string TypeOf(DataType type) => type.Kind switch
    {
        TypeKind.Boolean => "BOOLEAN",
        TypeKind.Int64 => "BIGINT",
        TypeKind.Decimal => FormattableString.Invariant($"DECIMAL({type.Precision},{type.Scale})"),
        TypeKind.Float64 => "DOUBLE",
        TypeKind.String => "STRING",
        TypeKind.Date => "DATE",
        TypeKind.Timestamp => "TIMESTAMP",
        TypeKind.DateTime => "TIMESTAMP_NTZ",
        _ => "BINARY",
    };

    public override string? WhyNoTable(string name) => name.AsSpan().ContainsAny(". /") || name.Any(char.IsControl)
        ? "Unity Catalog takes no dot, space, slash or control character in a table's name"
        : base.WhyNoTable(name);

    protected override string Quote(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    protected override string TextOfHex(string hex) => $"decode(unhex('{hex}'), 'UTF-8')";

    protected override string BytesOfHex(string hex) => $"unhex('{hex}')";

    protected override string TableOptions(CaseTable table)
        => table.Columns.Any(column => column.Name.AsSpan().ContainsAny(OddInParquet)) ? " TBLPROPERTIES ('delta.columnMapping.mode' = 'name')" : "";

    protected override string CastType(string nativeType)
    {
        // A cast names no collation; the column keeps its own.
        var collation = nativeType.IndexOf(" COLLATE ", StringComparison.Ordinal);
        return collation < 0 ? nativeType : nativeType[..collation];
    }
}
