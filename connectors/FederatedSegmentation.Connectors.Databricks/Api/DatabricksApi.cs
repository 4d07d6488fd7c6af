using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Databricks.Api;

/// <summary>The requests of the SQL Statement Execution API. Nothing is repeated but once with a new token, where OAuth can give one. Safe for concurrent use.</summary>
internal sealed class DatabricksApi(HttpTransport transport, DatabricksOptions options, TokenSource tokens)
{
    private const string Base = "api/2.0/sql/";

    internal HttpErrors Errors => transport.Errors;

    internal DatabricksOptions Options => options;

    /// <summary>Reads JSON, or tells that it is none.</summary>
    internal static JsonDocument Parse(ReadOnlyMemory<byte> body, HttpCall call, HttpErrors errors)
    {
        try
        {
            // The memory of the body goes back to a pool before the document is read.
            var document = JsonDocument.Parse(body.ToArray());
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw errors.Malformed("is not a JSON object", call);
        }
        catch (JsonException invalid)
        {
            throw errors.Malformed("is not JSON", call, invalid);
        }
    }

    /// <summary>Opens a session in UTC, in ANSI mode, with a limit on its statements.</summary>
    internal async Task<string> OpenSessionAsync(string runId, TimeSpan limit, string what, Stage stage, CancellationToken cancellationToken)
    {
        var body = Write(json =>
        {
            json.WriteString("warehouse_id", options.WarehouseId);
            json.WriteString("catalog", options.Catalog);
            json.WriteString("schema", options.Schema);
            json.WriteStartObject("session_confs");
            json.WriteString("TIMEZONE", "UTC");
            json.WriteString("ANSI_MODE", "true");
            json.WriteString("STATEMENT_TIMEOUT", Math.Clamp((long)Math.Ceiling(limit.TotalSeconds), 1, 172_800).ToString(System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("QUERY_TAGS", $"fedseg_run:{runId}");
            json.WriteEndObject();
        });
        var call = new HttpCall { Method = HttpMethod.Post, Address = At("sessions"), Body = body, What = what, Stage = stage };
        using var answer = await SendAsync(call, SubmissionState.NotSubmitted, cancellationToken).ConfigureAwait(false);
        return answer.RootElement.TryGetProperty("session_id", out var id) && id.ValueKind == JsonValueKind.String && IsPlainId(id.GetString()!)
            ? id.GetString()!
            : throw Errors.Malformed("names no session", call);
    }

    /// <summary>Closes a session.</summary>
    internal async Task CloseSessionAsync(string session, CancellationToken cancellationToken)
    {
        var call = new HttpCall { Method = HttpMethod.Delete, Address = At($"sessions/{session}?warehouse_id={options.WarehouseId}"), What = "the end of a session" };
        using var answer = await SendAsync(call, SubmissionState.Submitted, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Submits a statement whose result is stored as Arrow streams; it runs on whatever becomes of this request.</summary>
    /// <remarks>Without a session it runs in the workspace's own settings, for the catalogue.</remarks>
    internal async Task<StatementAnswer> SubmitAsync(string? session, string statement, (string Name, string Value)? parameter, string runId, string fragment, string what, Stage stage, CancellationToken cancellationToken)
    {
        var body = Write(json =>
        {
            json.WriteString("warehouse_id", options.WarehouseId);
            if (session is not null)
            {
                json.WriteString("session_id", session);
            }
            else
            {
                json.WriteString("catalog", options.Catalog);
                json.WriteString("schema", options.Schema);
            }

            json.WriteString("statement", statement);
            if (parameter is var (name, value))
            {
                json.WriteStartArray("parameters");
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("type", "STRING");
                json.WriteString("value", value);
                json.WriteEndObject();
                json.WriteEndArray();
            }

            json.WriteString("disposition", "EXTERNAL_LINKS");
            json.WriteString("format", "ARROW_STREAM");
            json.WriteString("wait_timeout", "0s");
            json.WriteString("on_wait_timeout", "CONTINUE");
            json.WriteStartArray("query_tags");
            foreach (var (key, tag) in new[] { ("fedseg_run", runId), ("fedseg_fragment", fragment) })
            {
                json.WriteStartObject();
                json.WriteString("key", key);
                json.WriteString("value", tag);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        var call = new HttpCall { Method = HttpMethod.Post, Address = At("statements"), Body = body, What = what, Stage = stage, IfLost = SubmissionState.Unknown };
        using var answer = await SendAsync(call, SubmissionState.NotSubmitted, cancellationToken).ConfigureAwait(false);
        return StatementAnswer.Read(answer.RootElement, call, Errors);
    }

    /// <summary>Asks how a statement is doing.</summary>
    internal async Task<StatementAnswer> PollAsync(string statement, string what, Stage stage, CancellationToken cancellationToken)
    {
        var call = new HttpCall { Address = At($"statements/{statement}"), What = what, Stage = stage, IfLost = SubmissionState.Submitted };
        using var answer = await SendAsync(call, SubmissionState.Submitted, cancellationToken).ConfigureAwait(false);
        return StatementAnswer.Read(answer.RootElement, call, Errors);
    }

    /// <summary>New links, beginning with those to a chunk.</summary>
    internal async Task<ImmutableArray<ChunkLink>> LinksAsync(string statement, int chunk, string what, Stage stage, CancellationToken cancellationToken)
    {
        var call = new HttpCall { Address = At(FormattableString.Invariant($"statements/{statement}/result/chunks/{chunk}")), What = what, Stage = stage, IfLost = SubmissionState.Submitted };
        using var answer = await SendAsync(call, SubmissionState.Submitted, cancellationToken).ConfigureAwait(false);
        return ChunkLink.ReadAll(answer.RootElement, call, Errors);
    }

    /// <summary>Asks that a statement end.</summary>
    internal async Task CancelAsync(string statement, string what, Stage stage, CancellationToken cancellationToken)
    {
        var call = new HttpCall { Method = HttpMethod.Post, Address = At($"statements/{statement}/cancel"), What = what, Stage = stage, IfLost = SubmissionState.Submitted };
        using var answer = await SendAsync(call, SubmissionState.Submitted, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the service says of the warehouse: its name and state.</summary>
    internal async Task<(string Name, string State)> WarehouseAsync(CancellationToken cancellationToken)
    {
        var call = new HttpCall { Address = At($"warehouses/{options.WarehouseId}"), What = "a look at the SQL warehouse", Stage = Stage.Settings };
        using var answer = await SendAsync(call, SubmissionState.NotSubmitted, cancellationToken).ConfigureAwait(false);
        return (TextOf("name"), TextOf("state"));

        string TextOf(string member) => answer.RootElement.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "?";
    }

    /// <summary>Opens a stored chunk by its link, without the token; a body of more bytes than these is refused.</summary>
    /// <returns>The answer, to be disposed of.</returns>
    internal Task<HttpReply> OpenLinkAsync(ChunkLink link, long mostBytes, string what, Stage stage, CancellationToken cancellationToken)
    {
        if (!DatabricksOptions.IsStorage(link.Address))
        {
            throw Errors.Make(SourceErrorCodes.ForeignLink, stage, $"{Errors.Server} sends {what} to a host that is none of its storage.", "If the host belongs to the vendor or to your network, add it to LinkHosts.", submission: SubmissionState.Submitted);
        }

        return transport.SendAsync(
            new HttpCall { Address = link.Address, Headers = link.Headers, IsLink = true, AcceptGzip = false, MaxAnswerBytes = mostBytes, What = what, Stage = stage, IfLost = SubmissionState.Submitted },
            cancellationToken);
    }

    // An id becomes part of an address.
    internal static bool IsPlainId(string id) => id.Length is > 0 and <= 128 && id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    private static Uri At(string path) => new(Base + path, UriKind.Relative);

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private async Task<JsonDocument> SendAsync(HttpCall call, SubmissionState ifRefused, CancellationToken cancellationToken)
    {
        string? refused = null;
        while (true)
        {
            var token = await tokens.GetAsync(refused, call.Stage, cancellationToken).ConfigureAwait(false);
            var signed = call with { Headers = [KeyValuePair.Create("Authorization", "Bearer " + token), KeyValuePair.Create("User-Agent", "FederatedSegmentation/1.0")] };
            var reply = await transport.SendAsync(signed, cancellationToken).ConfigureAwait(false);
            await using var closing = reply.ConfigureAwait(false);
            using var body = await reply.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
            if (reply.IsSuccess)
            {
                return Parse(body.Memory, call, Errors);
            }

            var code = DatabricksErrors.CodeOf(body.Memory);
            if (reply.Status == 401 || (reply.Status == 403 && code == "403"))
            {
                // Whoever is not let in has not submitted anything: the same request may go out again, once.
                if (tokens.IsRenewable && refused is null)
                {
                    refused = token;
                    continue;
                }
            }

            throw reply.ToError(code, ifRefused);
        }
    }
}
