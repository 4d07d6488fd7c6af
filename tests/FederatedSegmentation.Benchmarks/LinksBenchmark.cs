using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Arrow.Ipc;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Databricks;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Benchmarks;

/// <summary>Bytes a second of Databricks' external links into a table of the engine, against a bare HttpClient that reads the same links with the same parallelism and throws the bytes away.</summary>
internal static class LinksBenchmark
{
    private const double Goal = 0.35;
    private const int Parallelism = 4;
    private const long InFlightBytes = 256L << 20;
    private const string Statement = "SELECT `customer_id`, `amount`, `at`, `kind` FROM `canned`";

    private static readonly ArrowSchema Schema = new(
        new ArrowField("customer_id", ArrowType.Int64), new ArrowField("amount", ArrowType.Decimal128(12, 2)), new ArrowField("at", ArrowType.Timestamp(ArrowTimeUnit.Microsecond, "UTC")), new ArrowField("kind", ArrowType.Utf8));

    /// <summary>Measures.</summary>
    internal static async Task RunAsync(BenchmarkOptions options, ReportText report, CancellationToken cancellationToken)
    {
        if (NodeInstallation.WhyMissing is { } reason)
        {
            report.Paragraph($"NOT RUN: {reason}");
            return;
        }

        await using var server = await WarehouseServer.StartAsync("databricks", ["--engine=duckdb"], cancellationToken);
        await using var connector = new DatabricksConnector(
            "src",
            new DatabricksOptions
            {
                Transport = new HttpTransportOptions { Endpoint = server.Endpoint, LinkHosts = [string.Create(CultureInfo.InvariantCulture, $"{WarehouseServer.Host}:{(int)server.Ready["storagePort"]!}")] },
                WarehouseId = "0123456789abcdef",
                Catalog = "ml",
                FetchParallelism = Parallelism,
                InFlightBytes = InFlightBytes,
            },
            _ => ValueTask.FromResult("dapi-local-token"),
            TimeProvider.System);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 16 });
        var lines = new List<string[]>();
        byte[] chunk = [];
        foreach (var (shape, rowsOfChunk, padding) in new[] { ("id, decimal, instant, short text", 200_000, 0), ("id, decimal, instant, text of 200 bytes", 60_000, 200) })
        {
            chunk = await ChunkAsync(rowsOfChunk, padding, cancellationToken);
            var chunks = Math.Max((int)(16 * options.Scale), 1);
            var statement = $"{Statement} /* {padding} */";
            await CanAsync(server, statement, chunk, rowsOfChunk, chunks, cancellationToken);
            var bytes = (long)chunk.Length * chunks;
            var rows = (long)chunks * rowsOfChunk;
            var (ours, received, hashed, stored, theirs) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
            await Figures.AlternateAsync(
                Math.Max(options.Repetitions, 7),
                async () =>
                {
                    ours.Add(await EngineTransfer.MeasureAsync(connector, Fragment(statement), rows, EngineTransfer.Into.Engine, cancellationToken));
                    hashed.Add(await EngineTransfer.MeasureAsync(connector, Fragment(statement), rows, EngineTransfer.Into.Hash, cancellationToken));
                    received.Add(await EngineTransfer.MeasureAsync(connector, Fragment(statement), rows, EngineTransfer.Into.Nothing, cancellationToken));
                    stored.Add(await EngineTransfer.MeasureAsync(connector, Fragment(statement), rows, EngineTransfer.Into.Table, cancellationToken));
                },
                async () => theirs.Add(await BareAsync(client, server, statement, bytes, cancellationToken)));
            double Speed(List<double> times) => bytes / Figures.Quantile([.. times.Skip(1)], 0.5) / 1000;
            var share = Speed(ours) / Speed(theirs);
            lines.Add(
            [
                shape, ReportText.Count(bytes), ReportText.Count(rows), ReportText.Number(Speed(ours)), ReportText.Number(Speed(received)), ReportText.Number(Speed(hashed)), ReportText.Number(Speed(stored)), ReportText.Number(Speed(theirs)), ReportText.Ratio(share), share >= Goal ? "met" : "missed",
            ]);
        }

        report.Table(["columns", "bytes", "rows", "gateway into the engine, MB/s", "checked and thrown away, MB/s", "and every row hashed, MB/s", "into a table, MB/s", "bare HttpClient, MB/s", "share", "goal ≥ 0.35"], lines);

        var (peak, total) = await PeakAsync(connector, server, chunk, 60_000, (int)Math.Max((2L << 30) * options.Scale / chunk.Length, 1), cancellationToken);
        report.Paragraph(string.Create(
            CultureInfo.InvariantCulture,
            $"Of a result of {total:N0} bytes at most {peak:N0} were held at once while its batches were thrown away one by one (goal: the 268,435,456 of `InFlightBytes`, {(peak <= InFlightBytes ? "met" : "missed")})."));
    }

    // The most bytes of batches that this process held while it read a large result.
    private static async Task<(long Peak, long Received)> PeakAsync(DatabricksConnector connector, WarehouseServer server, byte[] chunk, int rowsOfChunk, int chunks, CancellationToken cancellationToken)
    {
        const string Large = Statement + " WHERE TRUE";
        await CanAsync(server, Large, chunk, rowsOfChunk, chunks, cancellationToken);
        await using var session = await connector.OpenSessionAsync(new SourceRun("bench", TimeSpan.FromMinutes(5)), cancellationToken);
        await using var statement = await session.SubmitAsync(Fragment(Large), cancellationToken);
        var (peak, received, before) = (0L, 0L, RecordBatch.AllocatedBytes);
        await foreach (var batch in statement.FetchAsync(cancellationToken))
        {
            peak = Math.Max(peak, RecordBatch.AllocatedBytes - before);
            received += batch.ByteSize;
            batch.Dispose();
        }

        return (peak, received);
    }

    private static Task CanAsync(WarehouseServer server, string statement, byte[] chunk, int rowsOfChunk, int chunks, CancellationToken cancellationToken) => server.Control.AddCannedAsync(
        new JsonObject
        {
            ["statement"] = statement,
            ["repeat"] = chunks,
            ["columns"] = new JsonArray(Column("customer_id", "BIGINT"), Column("amount", "DECIMAL(12,2)"), Column("at", "TIMESTAMP"), Column("kind", "STRING")),
            ["chunks"] = new JsonArray(new JsonObject { ["rowCount"] = rowsOfChunk, ["base64"] = Convert.ToBase64String(chunk) }),
        },
        cancellationToken);

    private static CompiledFragment Fragment(string statement) => new("F1", "src", "Databricks SQL", statement,
    [
        new PlanColumn(0, "customer_id", new Int64Type(), new StoredInteger()), new PlanColumn(1, "amount", new Model.Types.DecimalType(12, 2), new StoredDecimal(12, 2)),
        new PlanColumn(2, "at", new Model.Types.TimestampType(), new StoredInstant()), new PlanColumn(3, "kind", new StringType(), new StoredText()),
    ]);

    private static async Task<double> BareAsync(HttpClient client, WarehouseServer server, string statement, long bytes, CancellationToken cancellationToken)
    {
        var links = await LinksAsync(client, server, statement, cancellationToken);
        long read = 0;
        var time = await Figures.TimeAsync(() => Parallel.ForEachAsync(links, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken }, async (link, token) =>
        {
            await using var body = await client.GetStreamAsync(link, token);
            var buffer = new byte[1 << 16];
            for (int count; (count = await body.ReadAsync(buffer, token)) > 0;)
            {
                Interlocked.Add(ref read, count);
            }
        }));
        return read == bytes ? time : throw new InvalidOperationException($"{read} bytes arrived, not {bytes}.");
    }

    private static async Task<List<Uri>> LinksAsync(HttpClient client, WarehouseServer server, string statement, CancellationToken cancellationToken)
    {
        async Task<JsonNode> AskAsync(HttpMethod method, string path, JsonNode? body)
        {
            using var request = new HttpRequestMessage(method, new Uri(server.Endpoint, path));
            request.Headers.Add("Authorization", "Bearer dapi-local-token");
            request.Content = body is null ? null : JsonContent.Create(body);
            using var response = await client.SendAsync(request, cancellationToken);
            return JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
        }

        var answer = await AskAsync(HttpMethod.Post, "api/2.0/sql/statements", new JsonObject
        {
            ["warehouse_id"] = "0123456789abcdef", ["statement"] = statement, ["disposition"] = "EXTERNAL_LINKS", ["format"] = "ARROW_STREAM", ["wait_timeout"] = "30s",
        });
        var links = new List<Uri>();
        var result = answer["result"];
        while (true)
        {
            var given = result!["external_links"]!.AsArray();
            links.AddRange(given.Select(link => new Uri((string)link!["external_link"]!)));
            if (given[^1]!["next_chunk_index"] is not { } next)
            {
                return links;
            }

            result = await AskAsync(HttpMethod.Get, $"api/2.0/sql/statements/{(string)answer["statement_id"]!}/result/chunks/{(int)next}", null);
        }
    }

    private static JsonObject Column(string name, string type) => new() { ["name"] = name, ["type"] = type };

    private static async Task<byte[]> ChunkAsync(int rows, int padding, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream();
        var writer = new ArrowStreamWriter(stream, Schema);
        string[] kinds = ["view".PadRight(padding, '.'), "cart".PadRight(padding, '.'), "purchase".PadRight(padding, '.')];
        using var builder = new RecordBatchBuilder(Schema);
        for (var row = 0; row < rows; row++)
        {
            builder.Columns[0].AppendInt64(row % 1000);
            builder.Columns[1].AppendDecimal128(row % 100_000);
            builder.Columns[2].AppendTimestamp(1_767_225_600_000_000 + (row * 1_000_000L));
            builder.Columns[3].AppendString(kinds[row % 3]);
            if (builder.RowCount == 20_000)
            {
                using var batch = builder.Build();
                await writer.WriteAsync(batch, cancellationToken);
            }
        }

        await writer.CompleteAsync(cancellationToken);
        return stream.ToArray();
    }
}
