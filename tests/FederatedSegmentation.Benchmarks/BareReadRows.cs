using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace FederatedSegmentation.Benchmarks;

/// <summary>A client that starts a statement of BigQuery, opens a session of the Storage Read API for its result, and only counts the bytes of its streams.</summary>
internal sealed class BareReadRows(Uri endpoint, string project, string token) : IDisposable
{
    private const string Service = "google.cloud.bigquery.storage.v1.BigQueryRead";
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = true });

    /// <summary>The streams of a statement's result.</summary>
    internal async Task<List<string>> StreamsAsync(string statement, int streams, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(HttpMethod.Post, $"bigquery/v2/projects/{project}/queries", new JsonObject { ["query"] = statement, ["useLegacySql"] = false, ["location"] = "EU", ["maxResults"] = 1 }, cancellationToken);
        var job = (string)answer["jobReference"]!["jobId"]!;
        var table = (await AskAsync(HttpMethod.Get, $"bigquery/v2/projects/{project}/jobs/{job}?location=EU", null, cancellationToken))["configuration"]!["query"]!["destinationTable"]!;
        var path = $"projects/{table["projectId"]}/datasets/{table["datasetId"]}/tables/{table["tableId"]}";

        // CreateReadSessionRequest: parent, read_session (data_format ARROW, table), max_stream_count.
        var session = Message(output =>
        {
            output.WriteTag(3, WireFormat.WireType.Varint);
            output.WriteEnum(2);
            Text(output, 6, path);
        });
        var request = Message(output =>
        {
            Text(output, 1, $"projects/{project}");
            output.WriteTag(2, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(session));
            output.WriteTag(3, WireFormat.WireType.Varint);
            output.WriteInt32(streams);
        });
        using var response = await CallAsync("CreateReadSession", request, $"read_session.table={Uri.EscapeDataString(path)}", cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var names = new List<string>();
        var input = new CodedInputStream(body, 5, body.Length - 5);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) != 10)
            {
                input.SkipLastField();
                continue;
            }

            var stream = new CodedInputStream(input.ReadBytes().ToByteArray());
            stream.ReadTag();
            names.Add(stream.ReadString());
        }

        return names;
    }

    /// <summary>Reads the streams side by side and returns the bytes of their answers.</summary>
    internal async Task<long> ReadAsync(IReadOnlyList<string> streams, CancellationToken cancellationToken)
    {
        long read = 0;
        await Parallel.ForEachAsync(streams, new ParallelOptions { MaxDegreeOfParallelism = streams.Count, CancellationToken = cancellationToken }, async (stream, token) =>
        {
            using var response = await CallAsync("ReadRows", Message(output => Text(output, 1, stream)), $"read_stream={Uri.EscapeDataString(stream)}", token);
            await using var body = await response.Content.ReadAsStreamAsync(token);
            var buffer = new byte[1 << 16];
            for (int count; (count = await body.ReadAsync(buffer, token)) > 0;)
            {
                Interlocked.Add(ref read, count);
            }
        });
        return read;
    }

    public void Dispose() => _client.Dispose();

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using var output = new CodedOutputStream(bytes);
        write(output);
        output.Flush();
        return bytes.ToArray();
    }

    private static void Text(CodedOutputStream output, int field, string text)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
    }

    private async Task<HttpResponseMessage> CallAsync(string method, byte[] message, string routing, CancellationToken cancellationToken)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame.AsSpan(5));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint, $"{Service}/{method}")) { Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.Add("x-goog-request-params", routing);
        request.Content = new ByteArrayContent(frame);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return response.EnsureSuccessStatusCode();
    }

    private async Task<JsonNode> AskAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(endpoint, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await _client.SendAsync(request, cancellationToken);
        return JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken))!;
    }
}
