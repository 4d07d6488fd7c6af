using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Connectors.BigQuery.Storage.Messages;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;
using Google.Protobuf;

namespace FederatedSegmentation.Connectors.BigQuery.Storage;

/// <summary>Calls of the Storage Read API: gRPC over HTTP/2, framed by ourselves. Safe for concurrent use.</summary>
internal sealed class StorageApi(HttpTransport transport, BigQueryTokens tokens, BigQueryErrors errors)
{
    private const string Service = "google.cloud.bigquery.storage.v1.BigQueryRead";
    private const int PrefixLength = 5;

    // The codes of gRPC, in their order.
    private static readonly ImmutableArray<string> Codes =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    /// <summary>Begins to read a table, which may be the result of a job.</summary>
    /// <param name="project">The project that pays.</param>
    /// <param name="table">The table, as <c>projects/p/datasets/d/tables/t</c>.</param>
    /// <param name="streams">The most streams.</param>
    /// <param name="trace">What Google's support may be asked for.</param>
    /// <param name="what">What is read, to be read inside a sentence.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<ReadSession> CreateReadSessionAsync(string project, string table, int streams, string trace, string what, CancellationToken cancellationToken)
    {
        var request = new CreateReadSessionRequest
        {
            Parent = $"projects/{project}",
            MaxStreamCount = streams,
            ReadSession = new ReadSession { Table = table, DataFormat = DataFormat.Arrow, TraceId = trace },
        };
        var reply = await CallAsync("CreateReadSession", request, $"read_session.table={Uri.EscapeDataString(table)}", what, cancellationToken).ConfigureAwait(false);
        await using (reply.ConfigureAwait(false))
        {
            using var bytes = await reply.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
            ThrowIfFailed(reply, what);
            try
            {
                return bytes.Span is [0, ..] && bytes.Span.Length >= PrefixLength && BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[1..]) == bytes.Span.Length - PrefixLength
                    ? ReadSession.Parser.ParseFrom(bytes.Span[PrefixLength..])
                    : throw Malformed(what);
            }
            catch (InvalidProtocolBufferException malformed)
            {
                throw Malformed(what, malformed);
            }
        }
    }

    /// <summary>Begins to read a stream. The answer's body is gRPC frames; after them <see cref="ThrowIfFailed"/> has to be asked.</summary>
    internal Task<HttpReply> ReadRowsAsync(string stream, string what, CancellationToken cancellationToken)
        => CallAsync("ReadRows", new ReadRowsRequest { ReadStream = stream }, $"read_stream={Uri.EscapeDataString(stream)}", what, cancellationToken);

    /// <summary>The status of a call whose answer was read to its end.</summary>
    /// <exception cref="SourceException">It is not OK, or there is none.</exception>
    internal void ThrowIfFailed(HttpReply reply, string what)
    {
        if (!int.TryParse(StatusOf(reply), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw Malformed(what);
        }

        if (status != 0)
        {
            throw errors.Storage.OfStatus(0, status < Codes.Length ? Codes[status] : "UNKNOWN", RetryInfo(reply), Stage.Execute, SubmissionState.Submitted, what);
        }
    }

    /// <summary>The error for an answer that is not what it should be.</summary>
    internal SourceException Malformed(string what, Exception? inner = null) => errors.Storage.Malformed("is incomplete or malformed", CallOf("ReadRows", default, "", "", what), inner);

    private async Task<HttpReply> CallAsync(string method, IMessage message, string routing, string what, CancellationToken cancellationToken)
    {
        var frame = new byte[PrefixLength + message.CalculateSize()];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)(frame.Length - PrefixLength));
        message.WriteTo(frame.AsSpan(PrefixLength));
        var token = await tokens.GetAsync(Stage.Execute, cancellationToken).ConfigureAwait(false);
        for (var isFirst = true; ; isFirst = false)
        {
            var reply = await transport.SendAsync(CallOf(method, frame, routing, token, what), cancellationToken).ConfigureAwait(false);
            var isRefused = reply.Header("grpc-status") == "16" || reply.Status == 401;
            if (isRefused && isFirst)
            {
                await reply.DisposeAsync().ConfigureAwait(false);
                token = await tokens.RenewAsync(token, Stage.Execute, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (reply.IsSuccess)
            {
                return reply;
            }

            await using (reply.ConfigureAwait(false))
            {
                throw reply.ToError(null, SubmissionState.Submitted);
            }
        }
    }

    private static HttpCall CallOf(string method, ReadOnlyMemory<byte> frame, string routing, string token, string what) => new()
    {
        Method = HttpMethod.Post,
        Address = new Uri($"{Service}/{method}", UriKind.Relative),
        Headers =
        [
            KeyValuePair.Create("Authorization", $"Bearer {token}"),
            KeyValuePair.Create("TE", "trailers"),
            KeyValuePair.Create("User-Agent", "fedseg"),
            KeyValuePair.Create("x-goog-request-params", routing),
        ],
        Body = frame,
        ContentType = "application/grpc",
        What = what,
        IfLost = SubmissionState.Submitted,
        AcceptGzip = false,
        RequiresHttp2 = true,
        MaxAnswerBytes = method == "ReadRows" ? long.MaxValue : 64 << 20,
    };

    private static string? StatusOf(HttpReply reply) => reply.Trailer("grpc-status") ?? reply.Header("grpc-status");

    // google.rpc.Status with google.rpc.RetryInfo among its details; whatever else it may be says nothing.
    private static TimeSpan? RetryInfo(HttpReply reply)
    {
        var details = reply.Trailer("grpc-status-details-bin") ?? reply.Header("grpc-status-details-bin");
        if (details is not { Length: > 0 and < 16384 })
        {
            return null;
        }

        try
        {
            var status = RpcStatus.Parser.ParseFrom(Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')));
            var info = status.Details.FirstOrDefault(detail => detail.TypeUrl.EndsWith("/google.rpc.RetryInfo", StringComparison.Ordinal));
            return info is null ? null : Messages.RetryInfo.Parser.ParseFrom(info.Value).RetryDelay is { } delay && delay.Seconds is >= 0 and <= 86400 ? delay.ToTimeSpan() : null;
        }
        catch (Exception malformed) when (malformed is FormatException or InvalidProtocolBufferException or InvalidOperationException)
        {
            // A hint that cannot be read is none.
            return null;
        }
    }
}
