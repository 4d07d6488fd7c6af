using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FederatedSegmentation.Connectors.Snowflake.Protocol;

/// <summary>The claims of a token.</summary>
internal sealed record Claims(
    [property: JsonPropertyName("iss")] string Issuer,
    [property: JsonPropertyName("sub")] string Subject,
    [property: JsonPropertyName("iat")] long IssuedAt,
    [property: JsonPropertyName("exp")] long ExpiresAt);

/// <summary>A statement to run. No parameter that changes the text of values is ever among them.</summary>
internal sealed record StatementRequest(string Statement, long Timeout, string Database, string Schema, string? Warehouse, string? Role, IReadOnlyDictionary<string, string> Parameters, IReadOnlyDictionary<string, Binding>? Bindings);

/// <summary>The value of a parameter.</summary>
internal sealed record Binding(string Type, string Value);

/// <summary>Everything but the rows of an answer.</summary>
internal sealed record AnswerHead(string? Code, string? SqlState, string? StatementHandle, ResultHead? ResultSetMetaData);

/// <summary>What a result consists of.</summary>
internal sealed record ResultHead(long NumRows, IReadOnlyList<PartitionHead>? PartitionInfo, IReadOnlyList<ResultColumn>? RowType);

/// <summary>A partition of a result.</summary>
internal sealed record PartitionHead(long RowCount, long UncompressedSize);

/// <summary>A column of a result.</summary>
internal sealed record ResultColumn(string Name, string Type, int? Precision, int? Scale);

/// <summary>The documents of the protocol.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Claims))]
[JsonSerializable(typeof(StatementRequest))]
[JsonSerializable(typeof(ResultHead))]
internal sealed partial class ProtocolJson : JsonSerializerContext
{
    /// <summary>For what is sent: keys are quotes for the most part, which need not have six bytes each.</summary>
    internal static ProtocolJson Short => ShortOptions.Context;

    // Made when the generated parts are.
    private static class ShortOptions
    {
        internal static readonly ProtocolJson Context = new(new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }
}
