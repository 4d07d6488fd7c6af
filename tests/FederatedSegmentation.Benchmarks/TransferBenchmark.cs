using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using FederatedSegmentation.Connectors.Files;
using FederatedSegmentation.Connectors.Postgres;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Planning.Reduction;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Settings;
using FederatedSegmentation.Testing.Postgres;
using Npgsql;

namespace FederatedSegmentation.Benchmarks;

/// <summary>Rows a second from PostgreSQL into the engine, against a bare binary COPY of the same statement whose bytes are thrown away.</summary>
internal static class TransferBenchmark
{
    private const double Goal = 0.7;

    // All rows shall travel, and the statement shall be one that COPY takes.
    private static readonly ReductionPolicy WithoutKeys = ReductionPolicy.Default with { LeastRows = long.MaxValue };

    private const string Model = """
        model: two_places
        entities:
          customer:
            source: lake
            table: [limits.parquet]
            key: [id]
            columns: {id: int64, least: "decimal(12,2)", until: timestamp, other: string}
          event:
            source: db
            table: [events]
            columns: {customer_id: int64, amount: "decimal(12,2)", at: timestamp, kind: string}
        relationships:
          - {name: events, from: customer, to: event, on: {id: customer_id}, cardinality: one_to_many, inverse: customer}
        """;

    // Each comparison is with the customer's own row, which is elsewhere: so every row is fetched, with all columns.
    private const string Segment = """
        of: customer
        where: {has: events, where: {all: [{field: amount, gte: {ref: ^.least}}, {field: at, lt: {ref: ^.until}}, {field: kind, ne: {ref: ^.other}}]}}
        """;

    /// <summary>Measures.</summary>
    internal static async Task RunAsync(string folder, BenchmarkOptions options, ReportText report, CancellationToken cancellationToken)
    {
        if (await PostgresServer.StartAsync(new PostgresServerOptions(), cancellationToken) is not PostgresStart.Running running)
        {
            report.Paragraph("NOT RUN: no PostgreSQL server is installed.");
            return;
        }

        await using var server = running.Server;
        var database = await server.CreateDatabaseAsync(null, cancellationToken);
        var events = Math.Max((long)(2_000_000 * options.Scale), 1);
        await database.ExecuteAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
            CREATE TABLE events AS SELECT CAST(i % 1000 AS bigint) AS customer_id, CAST(i % 100000 / 100.0 AS numeric(12, 2)) AS amount,
              timestamptz '2026-01-01 00:00:00+00' + i % 100000 * interval '1 second' AS at, (ARRAY['view', 'cart', 'purchase'])[1 + i % 3] AS kind
            FROM generate_series(1, {events}) t(i);
            ANALYZE events
            """),
            cancellationToken);
        await using (var instance = DuckDbInstance.Open(new DuckDbOptions()))
        {
            await using var connection = instance.CreateConnection();
            await connection.ExecuteAsync(
                $"COPY (SELECT i AS id, CAST(1 AS DECIMAL(12, 2)) AS least, TIMESTAMPTZ '2026-01-02 00:00:00+00' AS until, 'return' AS other FROM range(1000) t(i)) TO '{folder}/limits.parquet' (FORMAT parquet)",
                cancellationToken);
        }

        await CaseRunner.WriteDefinitionsAsync(folder, Model, [("exceeding", Segment)], cancellationToken);
        var connector = new PostgresConnector(
            "db",
            new PostgresOptions
            {
                Host = PostgresServer.Host, Port = server.Port, Database = database.Name, User = PostgresServer.AdminUser, SslMode = PostgresSslMode.Disable, MaxConcurrent = 2,
            },
            _ => ValueTask.FromResult(server.AdminPassword),
            TimeProvider.System);
        await using var gateway = CaseRunner.Gateway(folder, [new FilesSourceOptions("lake", folder), new NamedSource("db")], [new FilesConnector("lake", folder, TimeProvider.System), connector], WithoutKeys);
        var asOf = new DateTimeOffset(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

        async Task<FragmentReport> FetchAsync() => (await gateway.RunAsync(CaseRunner.Request("exceeding", asOf, null), NoProgress.Instance, cancellationToken))
            .Fragments.Single(fragment => fragment.Source == "db");
        var sample = await FetchAsync();
        var (ours, theirs, busy, busyTheirs) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        await Figures.AlternateAsync(
            Math.Max(options.Repetitions, 9),
            async () =>
            {
                var before = Process.GetCurrentProcess().TotalProcessorTime;
                var fragment = await FetchAsync();
                ours.Add(fragment.RunMs + fragment.FetchMs);
                busy.Add((Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds);
            },
            async () =>
            {
                // A large buffer, as the gateway has: with the default of 8 kB Npgsql is slower.
                await using var connection = new NpgsqlConnection(database.ConnectionString + ";Read Buffer Size=1048576");
                await connection.OpenAsync(cancellationToken);
                var before = Process.GetCurrentProcess().TotalProcessorTime;
                theirs.Add(await Figures.TimeAsync(async () =>
                {
                    await using var copy = await connection.BeginRawBinaryCopyAsync($"COPY ({sample.Sql}) TO STDOUT (FORMAT binary)", cancellationToken);
                    var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
                    while (await copy.ReadAsync(buffer, cancellationToken) > 0)
                    {
                    }

                    ArrayPool<byte>.Shared.Return(buffer);
                }));
                busyTheirs.Add((Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds);
            });

        var rows = sample.Rows ?? 0;
        var (fetched, bare) = (rows / Figures.Quantile([.. ours.Skip(1)], 0.5) * 1000, rows / Figures.Quantile([.. theirs.Skip(1)], 0.5) * 1000);
        report.Table(
            ["rows", "gateway, rows/s", "COPY, rows/s", "share", "goal ≥ 0.70", "processor time of this process: gateway, ms", "COPY, ms"],
            [
                [
                    ReportText.Count(rows), ReportText.Count((long)fetched), ReportText.Count((long)bare), ReportText.Ratio(fetched / bare), fetched / bare >= Goal ? "met" : "missed",
                    ReportText.Number(Figures.Quantile([.. busy.Skip(1)], 0.5)), ReportText.Number(Figures.Quantile([.. busyTheirs.Skip(1)], 0.5)),
                ],
            ]);
        report.Paragraph($"The statement: `{sample.Sql.ReplaceLineEndings(" ")}`.");
    }

    // The gateway reads of a source's settings only its name; the connector is here already.
    private sealed record NamedSource(string Name) : SourceOptions(Name, PostgresSourceOptions.PostgresKind);
}
