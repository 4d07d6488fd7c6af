using System.Globalization;
using FederatedSegmentation.Connectors.Postgres;
using FederatedSegmentation.Planning.Reduction;
using FederatedSegmentation.Reports;
using FederatedSegmentation.Settings;
using FederatedSegmentation.Testing.Postgres;

namespace FederatedSegmentation.Benchmarks;

/// <summary>Bytes that a segment over two sources receives where one key in a hundred matches, against the least that a semi-join needs and against the tables.</summary>
internal static class KeysBenchmark
{
    private const double MostOfIdeal = 1.3;
    private const double LeastOfTables = 50;

    private const string Model = """
        model: two_places
        entities:
          customer: {source: crm, table: [customer], key: [id], columns: {id: int64, tier: string}}
          event: {source: web, table: [event], columns: {customer_id: int64, kind: string}}
        relationships:
          - {name: events, from: customer, to: event, on: {id: customer_id}, cardinality: one_to_many}
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
        var customers = Math.Max((long)(1_000_000 * options.Scale), 1000);
        await database.ExecuteAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
            CREATE TABLE customer AS SELECT CAST(i AS bigint) AS id, CASE WHEN i % 100 = 0 THEN 'gold' ELSE 'basic' END AS tier FROM generate_series(1, {customers}) t(i);
            CREATE TABLE event AS SELECT CAST(1 + i % {customers} AS bigint) AS customer_id, CASE WHEN (i / {customers}) % 2 = 0 THEN 'purchase' ELSE 'view' END AS kind FROM generate_series(1, {customers * 3}) t(i);
            ANALYZE
            """),
            cancellationToken);
        await CaseRunner.WriteDefinitionsAsync(
            folder,
            Model,
            [("selective", "of: customer\nwhere: {all: [{field: tier, eq: gold}, {has: events, where: {field: kind, eq: purchase}}]}")],
            cancellationToken);
        PostgresConnector Connect(string name) => new(
            name,
            new PostgresOptions { Host = PostgresServer.Host, Port = server.Port, Database = database.Name, User = PostgresServer.AdminUser, SslMode = PostgresSslMode.Disable, MaxConcurrent = 2 },
            _ => ValueTask.FromResult(server.AdminPassword),
            TimeProvider.System);
        var asOf = new DateTimeOffset(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

        async Task<RunReport> AskAsync(ReductionPolicy policy)
        {
            await using var gateway = CaseRunner.Gateway(folder, [new PlacedSource("crm"), new PlacedSource("web")], [Connect("crm"), Connect("web")], policy);
            return await gateway.RunAsync(CaseRunner.Request("selective", asOf, null), NoProgress.Instance, cancellationToken);
        }

        var travelling = await AskAsync(ReductionPolicy.Default);
        var whole = await AskAsync(ReductionPolicy.Default with { LeastRows = long.MaxValue });
        if (travelling.Members != whole.Members)
        {
            throw new InvalidOperationException("The members differ.");
        }

        static FragmentReport Of(RunReport run, string source) => run.Fragments.Single(fragment => fragment.Source == source);
        var received = travelling.Fragments.Sum(fragment => fragment.Bytes ?? 0);
        var perKey = (double)(Of(whole, "web").Bytes ?? 0) / Math.Max(Of(whole, "web").Rows ?? 0, 1);

        // The selected keys of one side, and of the other the keys that are among them and fulfil its condition: no join can know the members from less.
        var ideal = (Of(travelling, "crm").Bytes ?? 0) + (travelling.Members * perKey);
        var tables = (customers * (perKey + AverageTier)) + (customers * 3 * (perKey + AverageKind));
        var keys = Of(travelling, "crm").Rows ?? 0;
        report.Table(
            ["keys that match", "received, bytes", "the least for a semi-join, bytes", "ratio", "goal ≤ 1.3", "both tables, bytes", "how many times less", "goal ≥ 50", "keys sent, about bytes", "without travelling keys, bytes"],
            [
                [
                    ReportText.Count(keys), ReportText.Count(received), ReportText.Count((long)ideal), ReportText.Ratio(received / ideal), received / ideal <= MostOfIdeal ? "met" : "missed",
                    ReportText.Count((long)tables), ReportText.Number(tables / received), tables / received >= LeastOfTables ? "met" : "missed", ReportText.Count(keys * BytesOfListedKey),
                    ReportText.Count(whole.Fragments.Sum(fragment => fragment.Bytes ?? 0)),
                ],
            ]);
    }

    // Texts with their offsets; the letters of the two tables' values.
    private const double AverageTier = 4 + (0.01 * 4) + (0.99 * 5);
    private const double AverageKind = 4 + 6;
    private const long BytesOfListedKey = 8;

    private sealed record PlacedSource(string Name) : SourceOptions(Name, PostgresSourceOptions.PostgresKind);
}
