using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.BigQuery.Rest;

/// <summary>Requests to the REST API, version 2, with a token; a token that is refused is replaced once. Safe for concurrent use.</summary>
internal sealed class BigQueryApi(HttpTransport transport, BigQueryTokens tokens, BigQueryErrors errors)
{
    private const long MaxErrorBytes = 1 << 20;

    // Google compresses for clients whose name says that they expand.
    private const string UserAgent = "fedseg (gzip)";

    /// <summary>Sends a request and reads the whole answer as JSON.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<JsonDocument> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var bytes = await ReadAsync(request, cancellationToken).ConfigureAwait(false);
        return ParseJson(bytes.Memory, request);
    }

    /// <summary>Sends a request and reads the whole answer.</summary>
    internal async Task<PooledBytes> ReadAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(request.Stage, cancellationToken).ConfigureAwait(false);
        for (var isFirst = true; ; isFirst = false)
        {
            var call = CallOf(request, token);
            var reply = await transport.SendAsync(call, cancellationToken).ConfigureAwait(false);
            await using (reply.ConfigureAwait(false))
            {
                if (reply.IsSuccess)
                {
                    return await reply.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
                }

                if (reply.Status == 401 && isFirst)
                {
                    token = await tokens.RenewAsync(token, request.Stage, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                throw await ErrorAsync(reply, request, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<SourceException> ErrorAsync(HttpReply reply, ApiRequest request, CancellationToken cancellationToken)
    {
        var reported = ReportedError.Nothing;
        if (reply.ContentLength is null or <= MaxErrorBytes)
        {
            using var body = await reply.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
            reported = BigQueryErrors.Read(body.Memory);
        }

        return errors.Of(reply.Status, reported, reply.RetryAfter, request.Stage, request.IfRefused, request.What);
    }

    private static HttpCall CallOf(ApiRequest request, string token) => new()
    {
        Method = request.Method,
        Address = new Uri($"bigquery/v2/{request.Path}", UriKind.Relative),
        Headers =
        [
            KeyValuePair.Create("Authorization", $"Bearer {token}"),
            KeyValuePair.Create("User-Agent", UserAgent),
        ],
        Body = request.Body is { } write ? Write(write) : null,
        What = request.What,
        Stage = request.Stage,
        IfLost = request.IfLost,
        MaxAnswerBytes = request.MaxAnswerBytes,
    };

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private JsonDocument ParseJson(ReadOnlyMemory<byte> body, ApiRequest request)
    {
        try
        {
            var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw Malformed(request);
        }
        catch (JsonException malformed)
        {
            throw Malformed(request, malformed);
        }
    }

    /// <summary>The error for an answer that is not what it should be.</summary>
    internal SourceException Malformed(ApiRequest request, Exception? inner = null) => errors.Http.Malformed("is not what the API promises", CallOf(request, ""), inner);
}

/// <summary>A request to the REST API.</summary>
internal sealed record ApiRequest
{
    /// <summary>The method.</summary>
    internal HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>The path below <c>bigquery/v2/</c>, escaped, with its query.</summary>
    internal required string Path { get; init; }

    /// <summary>Writes the members of the body, or null for none.</summary>
    internal Action<Utf8JsonWriter>? Body { get; init; }

    /// <summary>What the request is for, to be read inside a sentence.</summary>
    internal required string What { get; init; }

    /// <summary>The stage that errors name.</summary>
    internal Stage Stage { get; init; } = Stage.Execute;

    /// <summary>What is known of the statement when the answer is lost.</summary>
    internal SubmissionState IfLost { get; init; } = SubmissionState.NotSubmitted;

    /// <summary>What is known of the statement when the request is refused.</summary>
    internal SubmissionState IfRefused { get; init; } = SubmissionState.NotSubmitted;

    /// <summary>The most bytes of the answer.</summary>
    internal long MaxAnswerBytes { get; init; } = 64L << 20;

    /// <summary>A part of a path, escaped.</summary>
    internal static string Escape(string part) => Uri.EscapeDataString(part);
}
