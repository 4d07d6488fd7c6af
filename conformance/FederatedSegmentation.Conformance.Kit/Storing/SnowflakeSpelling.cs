using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Kit.Storing;

/// <summary>Snowflake. Names are quoted and so stay in lower case.</summary>
internal sealed class SnowflakeSpelling : SqlSpelling
{
    private const int MostDecimals = 37;

    public override string Kind => "snowflake";

    public override string Title => "Snowflake";

    protected override int LongestName => 255;

    public override string? WhyNoType(DataType type) => type.Scale > MostDecimals ? "Snowflake has at most 37 decimals" : null;

    public override string TypeOf(DataType type) => type.Kind switch
    {
        TypeKind.Boolean => "BOOLEAN",
        TypeKind.Int64 => "BIGINT",
        TypeKind.Decimal => FormattableString.Invariant($"NUMBER({type.Precision},{type.Scale})"),
        TypeKind.Float64 => "FLOAT",
        TypeKind.String => "VARCHAR",
        TypeKind.Date => "DATE",
        TypeKind.Timestamp => "TIMESTAMP_LTZ",
        TypeKind.DateTime => "TIMESTAMP_NTZ",
        _ => "BINARY",
    };

    public override string? WhyNoValue(Value value)
        => value is Value.Text text && text.Characters.Contains('\0', StringComparison.Ordinal) ? "what Snowflake does with U+0000 in text is not documented" : null;

    protected override string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    protected override string TextOfHex(string hex) => $"HEX_DECODE_STRING('{hex}')";

    protected override string BytesOfHex(string hex) => $"TO_BINARY('{hex}', 'HEX')";
}
