using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Snowflake;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Benchmarks;

/// <summary>Rows a second of Snowflake's SQL API into batches, against the vendor's own client for Node on the same server, which reads the same rows in chunks.</summary>
internal static class PartitionsBenchmark
{
    private const double Goal = 3;
    private const int RowsOfPartition = 20_000;
    private const string Statement = "SELECT \"CUSTOMER_ID\", \"AMOUNT\", \"AT\", \"KIND\" FROM \"CANNED\"";

    /// <summary>Measures.</summary>
    internal static async Task RunAsync(BenchmarkOptions options, ReportText report, CancellationToken cancellationToken)
    {
        if (NodeInstallation.WhyMissing is { } reason)
        {
            report.Paragraph($"NOT RUN: {reason}");
            return;
        }

        await using var server = await WarehouseServer.StartAsync("snowflake", [], cancellationToken);
        var partitions = Math.Max((int)(30 * options.Scale), 2);
        var rows = RowsOfPartition * (partitions + 1);
        await server.Control.AddCannedAsync(Canned(partitions), cancellationToken);
        await using var connector = new SnowflakeConnector(
            "src",
            new SnowflakeOptions { Endpoint = server.Endpoint, Account = "LOCAL", Authentication = SnowflakeAuthentication.ProgrammaticAccessToken, Database = "DB" },
            new SnowflakeSecrets(_ => ValueTask.FromResult((string)server.Ready["pat"]!)),
            TimeProvider.System);
        using var client = Process.Start(new ProcessStartInfo("node", [Path.Combine("snowflake", "clientBenchmark.js"), server.Endpoint.ToString().TrimEnd('/'), Statement])
        {
            WorkingDirectory = NodeInstallation.ServersFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var (ours, theirs) = (new List<double>(), new List<double>());
        await Figures.AlternateAsync(
            Math.Max(options.Repetitions, 5),
            async () => ours.Add(await FetchAsync(connector, rows, cancellationToken)),
            async () =>
            {
                await client.StandardInput.WriteLineAsync("run".AsMemory(), cancellationToken);
                await client.StandardInput.FlushAsync(cancellationToken);
                var answer = JsonNode.Parse(await client.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The vendor's client has ended."))!;
                theirs.Add((int)answer["rows"]! == rows ? (double)answer["milliseconds"]! : throw new InvalidOperationException("The vendor's client has read another number of rows."));
            });
        client.StandardInput.Close();
        await client.WaitForExitAsync(cancellationToken);
        var (gateway, vendor) = (rows / Figures.Quantile([.. ours.Skip(1)], 0.5), rows / Figures.Quantile([.. theirs.Skip(1)], 0.5));
        report.Table(
            ["rows", "partitions", "gateway, rows/ms", "snowflake-sdk, rows/ms", "ratio", "goal ≥ 3"],
            [[ReportText.Count(rows), ReportText.Count(partitions + 1), ReportText.Number(gateway), ReportText.Number(vendor), ReportText.Ratio(gateway / vendor), gateway / vendor >= Goal ? "met" : "missed"]]);
    }

    private static async Task<double> FetchAsync(SnowflakeConnector connector, long rows, CancellationToken cancellationToken)
    {
        var fragment = new CompiledFragment("F1", "src", "Snowflake", Statement,
        [
            new PlanColumn(0, "customer_id", new Int64Type(), new StoredInteger()), new PlanColumn(1, "amount", new DecimalType(12, 2), new StoredDecimal(12, 2)),
            new PlanColumn(2, "at", new DateTimeType(null), new StoredWallClock()), new PlanColumn(3, "kind", new StringType(), new StoredText()),
        ]);
        long read = 0;
        var time = await Figures.TimeAsync(async () =>
        {
            await using var session = await connector.OpenSessionAsync(new SourceRun("bench", TimeSpan.FromMinutes(5)), cancellationToken);
            await using var statement = await session.SubmitAsync(fragment, cancellationToken);
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

    private static JsonObject Canned(int partitions)
    {
        string[] kinds = ["view", "cart", "purchase"];
        JsonArray Rows() => new([.. Enumerable.Range(0, RowsOfPartition).Select(i => new JsonArray(
            i.ToString(CultureInfo.InvariantCulture),
            (i / 100m).ToString("0.00", CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{1_767_225_600 + i}.000000000"),
            kinds[i % 3]))]);
        static JsonObject Column(string name, string type, int scale) => new() { ["name"] = name, ["type"] = type, ["precision"] = 38, ["scale"] = scale, ["nullable"] = true };
        return new JsonObject
        {
            ["statement"] = Statement,
            ["rowType"] = new JsonArray(Column("CUSTOMER_ID", "fixed", 0), Column("AMOUNT", "fixed", 2), Column("AT", "timestamp_ntz", 9), Column("KIND", "text", 0)),
            ["partitions"] = new JsonArray(Rows(), Rows()),
            ["repeat"] = partitions,
        };
    }
}
