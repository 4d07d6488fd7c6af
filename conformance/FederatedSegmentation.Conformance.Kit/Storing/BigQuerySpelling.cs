using System.Buffers;
using FederatedSegmentation.Conformance.Oracle.Schema;

namespace FederatedSegmentation.Conformance.Kit.Storing;

/// <summary>BigQuery: the schema is a dataset.</summary>
internal sealed class BigQuerySpelling : SqlSpelling
{
    private const string NotInColumns = "!\"$()*,./;?@[\\]^`{}~";

    private static readonly SearchValues<char> Refused = SearchValues.Create(NotInColumns);

    public override string Kind => "bigquery";

    public override string Title => "BigQuery";

    protected override int LongestName => 300;

    public override string TypeOf(DataType type) => type.Kind switch
    {
        TypeKind.Boolean => "BOOL",
        TypeKind.Int64 => "INT64",
        TypeKind.Decimal => FormattableString.Invariant($"{(type.Scale <= 9 && type.Precision - type.Scale <= 29 ? "NUMERIC" : "BIGNUMERIC")}({type.Precision}, {type.Scale})"),
        TypeKind.Float64 => "FLOAT64",
        TypeKind.String => "STRING",
        TypeKind.Date => "DATE",
        TypeKind.Timestamp => "TIMESTAMP",
        TypeKind.DateTime => "DATETIME",
        _ => "BYTES",
    };

    public override string? WhyNoTable(string name) => name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or ' ')
        ? base.WhyNoTable(name)
        : "BigQuery takes only letters, digits, spaces, dashes and underscores in a table's name";

    public override string? WhyNoColumn(string name) => name.AsSpan().ContainsAny(Refused)
        ? $"BigQuery takes none of {NotInColumns} in a column's name"
        : name.Any(char.IsControl) ? "BigQuery takes no control character in a column's name" : base.WhyNoColumn(name);

    protected override string Quote(string name) => $"`{name}`";

    protected override string TextOfHex(string hex) => $"CAST(FROM_HEX('{hex}') AS STRING)";

    protected override string BytesOfHex(string hex) => $"FROM_HEX('{hex}')";

    protected override string CastType(string nativeType)
    {
        // The digits of a cast round; those of the column refuse.
        var digits = nativeType.IndexOf('(', StringComparison.Ordinal);
        return digits < 0 ? nativeType : nativeType[..digits];
    }
}
