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
        await using var source = Connect(server);
        await using var bare = await BareTds.ConnectAsync(server.Port, server.CertificateFile, "reader", Password, "wh", cancellationToken);
        using var client = Process.Start(new ProcessStartInfo("node", [Path.Combine("fabric", "tedious-read.js"), server.Port.ToString(CultureInfo.InvariantCulture), server.CertificateFile, Statement])
        {
            WorkingDirectory = NodeInstallation.ServersFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var (ours, theirs, ceiling, bytes) = (new List<double>(), new List<double>(), new List<double>(), 0L);
        await Figures.AlternateAsync(
            Math.Max(options.Repetitions, 5),
            async () =>
            {
                ours.Add(await ReadAsync(source, rows, cancellationToken));
                ceiling.Add(await Figures.TimeAsync(async () => bytes = await bare.ReadAsync(Statement, cancellationToken)));
            },
            async () =>
            {
                await client.StandardInput.WriteLineAsync("run".AsMemory(), cancellationToken);
                await client.StandardInput.FlushAsync(cancellationToken);
                var answer = JsonNode.Parse(await client.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("tedious has ended."))!;
                theirs.Add((long)answer["rows"]! == rows ? (double)answer["milliseconds"]! : throw new InvalidOperationException($"tedious reads {answer["rows"]} rows, not {rows}."));
            });
        client.StandardInput.Close();
        await client.WaitForExitAsync(cancellationToken);
        double Speed(List<double> milliseconds) => rows / Figures.Quantile([.. milliseconds.Skip(1)], 0.5);
        var (gateway, tedious, most) = (Speed(ours), Speed(theirs), Speed(ceiling));
        report.Table(
            ["rows", "bytes", "gateway, rows/ms", "tedious, rows/ms", "ratio", "goal ≥ 2", "bytes thrown away, rows/ms", "gateway's share of that"],
            [[ReportText.Count(rows), ReportText.Count(bytes), ReportText.Number(gateway), ReportText.Number(tedious), ReportText.Ratio(gateway / tedious), gateway / tedious >= Goal ? "met" : "missed", ReportText.Number(most), ReportText.Ratio(gateway / most)]]);
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
        var rows = 0L;
        var time = await Figures.TimeAsync(async () =>
        {
            await using var session = await source.OpenSessionAsync(new SourceRun("bench", TimeSpan.FromMinutes(10)), cancellationToken);
            await using var statement = await session.SubmitAsync(fragment, cancellationToken);
            await foreach (var batch in statement.FetchAsync(cancellationToken))
            {
                using (batch)
                {
                    rows += batch.RowCount;
                }
            }
        });
        return rows == expected ? time : throw new InvalidOperationException($"{rows} rows arrived, not {expected}.");
    }
}
