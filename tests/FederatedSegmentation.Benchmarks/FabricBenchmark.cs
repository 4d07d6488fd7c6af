using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Fabric;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Benchmarks;

/// <summary>Rows a second over TDS into columnar batches, against tedious reading the same result of the same server.</summary>
internal static class FabricBenchmark
{
    private const double Goal = 2;
    private const int Runs = 5;
    private const string Statement = "SELECT canned";
    private const string Password = "Reader-of-wh-1";

    /// <summary>Measures.</summary>
    internal static async Task RunAsync(BenchmarkOptions options, ReportText report, CancellationToken cancellationToken)
    {
        if (NodeInstallation.WhyMissing is { } reason)
        {
            report.Paragraph($"NOT RUN: {reason}");
            return;
        }

        await using var server = await WarehouseServer.StartAsync("fabric", [], cancellationToken);
        var times = Math.Max((int)(1_000 * options.Scale), 1);
        await server.Control.AddCannedAsync(Canned(times), cancellationToken);
        var rows = 1_000L * times;
        var ours = new List<double>();
        await using (var source = Connect(server))
        {
            for (var run = 0; run < Runs; run++)
            {
                ours.Add(await ReadAsync(source, rows, cancellationToken));
            }
        }

        var theirs = await TediousAsync(server, rows, cancellationToken);
        var (best, other) = (rows / ours.Min(), rows / theirs.Min());
        report.Table(
            ["rows", "connector, rows/s", "tedious, rows/s", "ratio", "goal"],
            [[ReportText.Count(rows), ReportText.Number(best), ReportText.Number(other), ReportText.Ratio(best / other), $"≥ {ReportText.Ratio(Goal)}"]]);
    }

    private static JsonObject Canned(int times)
    {
        var rows = new JsonArray();
        for (var i = 0; i < 1_000; i++)
        {
            rows.Add((JsonNode)new JsonArray(
                (i * 7919).ToString(CultureInfo.InvariantCulture),
                $"customer {i}",
                string.Create(CultureInfo.InvariantCulture, $"{i}.{i % 100:00}"),
                i % 10 == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"2026-01-{1 + (i % 28):00} 10:{i % 60:00}:00.{i:000000}"),
                i % 3 == 0));
        }

        return new JsonObject
        {
            ["statement"] = Statement,
            ["columns"] = new JsonArray(Column("id", "bigint"), Column("name", "varchar(50)"), Column("amount", "decimal(12,2)"), Column("at", "datetime2(6)"), Column("active", "bit")),
            ["rows"] = rows,
            ["times"] = times,
        };
    }

    private static JsonObject Column(string name, string type) => new() { ["name"] = name, ["type"] = type };

    private static FabricConnector Connect(WarehouseServer server) => new(
        "wh",
        new FabricOptions { Server = "localhost", Port = server.Port, Database = "wh", Authentication = new FabricPassword("reader", () => Password), ServerCertificate = server.CertificateFile },
        TimeProvider.System);

    private static async Task<double> ReadAsync(FabricConnector source, long expected, CancellationToken cancellationToken)
    {
        var fragment = new CompiledFragment("F1", "wh", "fabric", Statement,
        [
            new PlanColumn(1, "id", DataTypes.Int64, new StoredInteger()),
            new PlanColumn(2, "name", DataTypes.String, new StoredText()),
            new PlanColumn(3, "amount", new Model.Types.DecimalType(12, 2), new StoredDecimal(12, 2)),
            new PlanColumn(4, "at", DataTypes.Timestamp, new StoredWallClock()),
            new PlanColumn(5, "active", DataTypes.Boolean, new StoredBoolean()),
        ]);
        var watch = Stopwatch.StartNew();
        var rows = 0L;
        await using var session = await source.OpenSessionAsync(new SourceRun("bench", TimeSpan.FromMinutes(10)), cancellationToken);
        await using var statement = await session.SubmitAsync(fragment, cancellationToken);
        await foreach (var batch in statement.FetchAsync(cancellationToken))
        {
            using (batch)
            {
                rows += batch.RowCount;
            }
        }

        return rows == expected ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException($"{rows} rows arrived, not {expected}.");
    }

    private static async Task<List<double>> TediousAsync(WarehouseServer server, long expected, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node", ["fabric/tedious-read.js", server.Port.ToString(CultureInfo.InvariantCulture), server.CertificateFile, Runs.ToString(CultureInfo.InvariantCulture), Statement])
        {
            WorkingDirectory = NodeInstallation.ServersFolder,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var seconds = new List<double>();
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            var result = JsonNode.Parse(line)!;
            seconds.Add((long)result["rows"]! == expected ? (double)result["milliseconds"]! / 1000 : throw new InvalidOperationException($"tedious reads {result["rows"]} rows, not {expected}."));
        }

        await process.WaitForExitAsync(cancellationToken);
        return seconds.Count == Runs ? seconds : throw new InvalidOperationException($"tedious ended with {process.ExitCode}.");
    }
}
