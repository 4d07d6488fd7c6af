using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FederatedSegmentation.Connectors.BigQuery;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Benchmarks;

/// <summary>
/// BigQuery's two ways out: the Storage Read API into the engine, against a bare HTTP/2 client that reads the same streams and throws the bytes away;
/// and pages of the REST API into batches, against Google's own client for Node.
/// </summary>
internal static class BigQueryBenchmark
{
    private const double StorageGoal = 0.35;
    private const double RestGoal = 3;
    private const int Streams = 4;
    private const string Project = "p";
    private const string Statement = "SELECT `customer_id`, `amount`, `at`, `kind` FROM `canned`";

    /// <summary>Measures.</summary>
    internal static async Task RunAsync(BenchmarkOptions options, ReportText report, CancellationToken cancellationToken)
    {
        if (NodeInstallation.WhyMissing is { } reason)
        {
            report.Paragraph($"NOT RUN: {reason}");
            return;
        }

        await using var server = await WarehouseServer.StartAsync("bigquery", [], cancellationToken);
        var keyFile = (await server.Control.VendorAsync(new JsonObject { ["do"] = "key-file" }, cancellationToken)).ToJsonString();
        var token = (string)(await server.Control.VendorAsync(new JsonObject { ["do"] = "token" }, cancellationToken))["access_token"]!;
        var transport = new HttpTransportOptions { Endpoint = server.Endpoint };
        BigQueryConnector Connect(HttpTransportOptions? storage) => new(
            "src", new BigQueryOptions { Project = Project, Location = "EU", Http = transport, Storage = storage, ReadStreams = Streams }, _ => ValueTask.FromResult(keyFile), TimeProvider.System);

        var lines = new List<string[]>();
        await using (var connector = Connect(transport))
        {
            foreach (var (shape, rowsOfBatch, padding) in new[] { ("id, decimal, instant, short text", 20_000, 0), ("id, decimal, instant, text of 200 bytes", 6_000, 200) })
            {
                lines.Add(await StorageAsync(connector, server, token, shape, rowsOfBatch, padding, Math.Max((int)(120 * options.Scale), 8), options, cancellationToken));
            }
        }

        report.Table(["columns", "bytes", "rows", "gateway into the engine, MB/s", "checked and thrown away, MB/s", "and every row hashed, MB/s", "into a table, MB/s", "bare HTTP/2, MB/s", "share", "goal ≥ 0.35"], lines);
        await using var rest = Connect(null);
        report.Table(
            ["rows over REST", "pages", "gateway, rows/ms", "@google-cloud/bigquery, rows/ms", "ratio", "goal ≥ 3"],
            [await RestAsync(rest, server, token, Math.Max((int)(20 * options.Scale), 2), options, cancellationToken)]);
    }

    private static async Task<string[]> StorageAsync(
        BigQueryConnector connector, WarehouseServer server, string token, string shape, int rowsOfBatch, int padding, int batches, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var statement = $"{Statement} /* {padding} */";
        await server.Control.AddCannedAsync(Canned(statement, rowsOfBatch, padding, batches), cancellationToken);
        var rows = (long)rowsOfBatch * batches;
        using var bare = new BareReadRows(server.Endpoint, Project, token);
        var (ours, received, hashed, stored, theirs, bytes) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>(), 0L);
        await Figures.AlternateAsync(
            Math.Max(options.Repetitions, 7),
            async () =>
            {
                ours.Add(await EngineTransfer.MeasureAsync(connector, Fragment(statement), rows, EngineTransfer.Into.Engine, cancellationToken));
                hashed.Add(await EngineTransfer.MeasureAsync(connector, Fragment(statement), rows, EngineTransfer.Into.Hash, cancellationToken));
                received.Add(await EngineTransfer.MeasureAsync(connector, Fragment(statement), rows, EngineTransfer.Into.Nothing, cancellationToken));
                stored.Add(await EngineTransfer.MeasureAsync(connector, Fragment(statement), rows, EngineTransfer.Into.Table, cancellationToken));
            },
            async () =>
            {
                var streams = await bare.StreamsAsync(statement, Streams, cancellationToken);
                theirs.Add(await Figures.TimeAsync(async () => bytes = await bare.ReadAsync(streams, cancellationToken)));
            });
        double Speed(List<double> times) => bytes / Figures.Quantile([.. times.Skip(1)], 0.5) / 1000;
        var share = Speed(ours) / Speed(theirs);
        return
        [
            shape, ReportText.Count(bytes), ReportText.Count(rows), ReportText.Number(Speed(ours)), ReportText.Number(Speed(received)), ReportText.Number(Speed(hashed)), ReportText.Number(Speed(stored)), ReportText.Number(Speed(theirs)), ReportText.Ratio(share), share >= StorageGoal ? "met" : "missed",
        ];
    }

    private static async Task<string[]> RestAsync(BigQueryConnector connector, WarehouseServer server, string token, int pages, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        const int RowsOfPage = 10_000;
        const string Text = Statement + " WHERE TRUE";
        await server.Control.AddCannedAsync(Canned(Text, RowsOfPage, 0, pages), cancellationToken);
        var rows = RowsOfPage * pages;
        using var client = Process.Start(new ProcessStartInfo("node", [Path.Combine("bigquery", "clientBenchmark.js"), server.Endpoint.ToString().TrimEnd('/'), token, Text])
        {
            WorkingDirectory = NodeInstallation.ServersFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var (ours, theirs) = (new List<double>(), new List<double>());
        await Figures.AlternateAsync(
            Math.Max(options.Repetitions, 5),
            async () => ours.Add(await FetchAsync(connector, Text, rows, cancellationToken)),
            async () =>
            {
                await client.StandardInput.WriteLineAsync("run".AsMemory(), cancellationToken);
                await client.StandardInput.FlushAsync(cancellationToken);
                var answer = JsonNode.Parse(await client.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("Google's client has ended."))!;
                theirs.Add((int)answer["rows"]! == rows ? (double)answer["milliseconds"]! : throw new InvalidOperationException("Google's client has read another number of rows."));
            });
        client.StandardInput.Close();
        await client.WaitForExitAsync(cancellationToken);
        var (gateway, vendor) = (rows / Figures.Quantile([.. ours.Skip(1)], 0.5), rows / Figures.Quantile([.. theirs.Skip(1)], 0.5));
        return [ReportText.Count(rows), ReportText.Count(pages), ReportText.Number(gateway), ReportText.Number(vendor), ReportText.Ratio(gateway / vendor), gateway / vendor >= RestGoal ? "met" : "missed"];
    }

    // From submitting the statement until the last row is in a batch.
    private static async Task<double> FetchAsync(BigQueryConnector connector, string text, long rows, CancellationToken cancellationToken)
    {
        long read = 0;
        var time = await Figures.TimeAsync(async () =>
        {
            await using var session = await connector.OpenSessionAsync(new Connectors.SourceRun("bench", TimeSpan.FromMinutes(5)), cancellationToken);
            await using var statement = await session.SubmitAsync(Fragment(text), cancellationToken);
            await foreach (var batch in statement.FetchAsync(cancellationToken))
            {
                using (batch)
                {
                    read += batch.RowCount;
                }
            }
        });
        return read == rows ? time : throw new InvalidOperationException($"{read} rows arrived, not {rows}.");
    }

    private static CompiledFragment Fragment(string statement) => new("F1", "src", "BigQuery", statement,
    [
        new PlanColumn(0, "customer_id", new Int64Type(), new StoredInteger()), new PlanColumn(1, "amount", new DecimalType(38, 9), new StoredDecimal(38, 9)),
        new PlanColumn(2, "at", new TimestampType(), new StoredInstant()), new PlanColumn(3, "kind", new StringType(), new StoredText()),
    ]);

    private static JsonObject Canned(string statement, int rows, int padding, int repeat)
    {
        string[] kinds = ["view".PadRight(padding, '.'), "cart".PadRight(padding, '.'), "purchase".PadRight(padding, '.')];
        static JsonObject Column(string name, string type) => new() { ["name"] = name, ["type"] = type };
        return new JsonObject
        {
            ["statement"] = statement,
            ["repeat"] = repeat,
            ["columns"] = new JsonArray(Column("customer_id", "INT64"), Column("amount", "NUMERIC"), Column("at", "TIMESTAMP"), Column("kind", "STRING")),
            ["rows"] = new JsonArray([.. Enumerable.Range(0, rows).Select(i => new JsonArray(
                (i % 1000).ToString(CultureInfo.InvariantCulture),
                (i / 100m).ToString("0.00", CultureInfo.InvariantCulture),
                DateTimeOffset.FromUnixTimeSeconds(1_767_225_600 + i).ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00'", CultureInfo.InvariantCulture),
                kinds[i % 3]))]),
        };
    }
}
