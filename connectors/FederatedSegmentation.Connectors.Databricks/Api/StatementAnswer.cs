using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using FederatedSegmentation.Connectors.Http;

namespace FederatedSegmentation.Connectors.Databricks.Api;

/// <summary>What the service says of a statement.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Its state.</param>
/// <param name="ErrorCode">Why it failed, as <see cref="DatabricksErrors.CodeOf(JsonElement)"/> says; null unless it failed.</param>
/// <param name="Manifest">What its result is; null unless it succeeded.</param>
/// <param name="Links">The first links to it.</param>
internal sealed record StatementAnswer(string Id, StatementState State, string? ErrorCode, ResultManifest? Manifest, ImmutableArray<ChunkLink> Links)
{
    internal static StatementAnswer Read(JsonElement root, HttpCall call, HttpErrors errors)
    {
        try
        {
            var id = root.GetProperty("statement_id").GetString() ?? "";
            var status = root.GetProperty("status");
            var named = status.GetProperty("state").GetString();
            var manifest = root.TryGetProperty("manifest", out var described) ? ResultManifest.Read(described) : null;
            var state = named switch
            {
                "PENDING" => StatementState.Pending,
                "RUNNING" => StatementState.Running,
                "SUCCEEDED" => StatementState.Succeeded,
                "FAILED" => StatementState.Failed,
                "CANCELED" => StatementState.Canceled,

                // With a manifest the service closed a statement that succeeded; without one the result is gone.
                "CLOSED" => manifest is null ? StatementState.Closed : StatementState.Succeeded,
                _ => throw errors.Malformed("names a state that is not known", call),
            };
            if (!DatabricksApi.IsPlainId(id))
            {
                throw errors.Malformed("names no statement", call);
            }

            if (state == StatementState.Succeeded && manifest is null)
            {
                throw errors.Malformed("has no manifest of the result", call);
            }

            var links = root.TryGetProperty("result", out var result) && state == StatementState.Succeeded ? ChunkLink.ReadAll(result, call, errors) : [];
            return new StatementAnswer(id, state, state == StatementState.Failed ? DatabricksErrors.CodeOf(status) : null, manifest, links);
        }
        catch (Exception malformed) when (malformed is KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw errors.Malformed("is not what the Statement Execution API answers", call, malformed);
        }
    }
}

/// <summary>The states of a statement.</summary>
internal enum StatementState
{
    /// <summary>It waits for the warehouse.</summary>
    Pending,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>Its result is stored.</summary>
    Succeeded,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Canceled,

    /// <summary>Its result is gone.</summary>
    Closed,
}

/// <summary>What a result is.</summary>
/// <param name="Format">How it is stored.</param>
/// <param name="Columns">The names of the columns' types, as the service abbreviates them.</param>
/// <param name="ChunkCount">Into how many chunks it is cut.</param>
/// <param name="Chunks">The chunks that the manifest describes, rows and bytes by number.</param>
/// <param name="RowCount">Its rows.</param>
/// <param name="IsTruncated">Whether rows were left out.</param>
/// <param name="IsCompressed">Whether the chunks are compressed.</param>
internal sealed record ResultManifest(string Format, ImmutableArray<string> Columns, int ChunkCount, ImmutableDictionary<int, (long Rows, long? Bytes)> Chunks, long RowCount, bool IsTruncated, bool IsCompressed)
{
    private const int MostChunks = 1_000_000;

    internal static ResultManifest Read(JsonElement manifest)
    {
        var chunks = ImmutableDictionary.CreateBuilder<int, (long, long?)>();
        if (manifest.TryGetProperty("chunks", out var listed))
        {
            foreach (var chunk in listed.EnumerateArray())
            {
                chunks[chunk.GetProperty("chunk_index").GetInt32()] = (NotNegative(chunk.GetProperty("row_count").GetInt64()), chunk.TryGetProperty("byte_count", out var bytes) ? NotNegative(bytes.GetInt64()) : null);
            }
        }

        var count = manifest.TryGetProperty("total_chunk_count", out var total) ? total.GetInt32() : chunks.Count;
        return new ResultManifest(
            manifest.TryGetProperty("format", out var format) ? format.GetString() ?? "" : "",
            manifest.GetProperty("schema").TryGetProperty("columns", out var columns) ? [.. columns.EnumerateArray().Select(column => column.GetProperty("type_name").GetString() ?? "")] : [],
            count is >= 0 and <= MostChunks ? count : throw new FormatException("The number of chunks is out of range."),
            chunks.ToImmutable(),
            NotNegative(manifest.GetProperty("total_row_count").GetInt64()),
            manifest.TryGetProperty("truncated", out var truncated) && truncated.GetBoolean(),
            manifest.TryGetProperty("result_compression", out var compression) && compression.GetString() is not (null or "NONE"));
    }

    internal static long NotNegative(long value) => value >= 0 ? value : throw new FormatException("A count is negative.");
}

/// <summary>A link to a stored chunk. Whoever has it may read the chunk: it is never printed.</summary>
/// <param name="Chunk">The chunk's number.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Bytes">Its bytes as stored.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Expires">Until when the link is good.</param>
/// <param name="Headers">What has to be sent along.</param>
internal sealed record ChunkLink(int Chunk, long Rows, long? Bytes, Uri Address, DateTimeOffset Expires, ImmutableArray<KeyValuePair<string, string>> Headers)
{
    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"chunk {Chunk}");

    internal static ImmutableArray<ChunkLink> ReadAll(JsonElement result, HttpCall call, HttpErrors errors)
    {
        try
        {
            return result.TryGetProperty("external_links", out var links) ? [.. links.EnumerateArray().Select(Read)] : [];
        }
        catch (Exception malformed) when (malformed is KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw errors.Malformed("has links that cannot be read", call, malformed);
        }
    }

    private static ChunkLink Read(JsonElement link) => new(
        link.GetProperty("chunk_index").GetInt32(),
        ResultManifest.NotNegative(link.GetProperty("row_count").GetInt64()),
        link.TryGetProperty("byte_count", out var bytes) ? ResultManifest.NotNegative(bytes.GetInt64()) : null,
        Uri.TryCreate(link.GetProperty("external_link").GetString(), UriKind.Absolute, out var address) ? address : throw new FormatException("A link is no address."),
        link.TryGetProperty("expiration", out var expires) ? expires.GetDateTimeOffset() : DateTimeOffset.MaxValue,
        link.TryGetProperty("http_headers", out var headers) && headers.ValueKind == JsonValueKind.Object
            ? [.. headers.EnumerateObject().Where(header => !header.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)).Select(header => KeyValuePair.Create(header.Name, header.Value.GetString() ?? ""))]
            : []);
}
