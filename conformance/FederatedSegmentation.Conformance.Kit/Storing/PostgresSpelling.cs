using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Conformance.Kit.Storing;

/// <summary>PostgreSQL.</summary>
internal sealed class PostgresSpelling : SqlSpelling
{
    public override string Kind => "postgres";

    public override string Title => "PostgreSQL";

    protected override int LongestName => 63;

    public override string? WhyNoRung(KeyPassage passage) => passage == KeyPassage.Table ? "PostgreSQL gets no tables of keys" : null;

    public override string TypeOf(DataType type) => type.Kind switch
    {
        TypeKind.Boolean => "boolean",
        TypeKind.Int64 => "bigint",
        TypeKind.Decimal => FormattableString.Invariant($"numeric({type.Precision},{type.Scale})"),
        TypeKind.Float64 => "double precision",
        TypeKind.String => "text",
        TypeKind.Date => "date",
        TypeKind.Timestamp => "timestamp with time zone",
        TypeKind.DateTime => "timestamp without time zone",
        _ => "bytea",
    };

    public override string? WhyNoValue(Value value)
        => value is Value.Text text && text.Characters.Contains('\0', StringComparison.Ordinal) ? "PostgreSQL stores no U+0000 in text" : null;

    protected override string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    protected override string TextOfHex(string hex) => $"convert_from(decode('{hex}', 'hex'), 'UTF8')";

    protected override string BytesOfHex(string hex) => $"decode('{hex}', 'hex')";
}
