using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Gateway.Demonstration;

/// <summary>The data set of the demonstration: a shop with customers, orders and web events, the same on every machine.</summary>
internal static class DemoData
{
    /// <summary>The instant of the runs.</summary>
    internal static readonly DateTimeOffset AsOf = new(2026, 7, 1, 9, 0, 0, TimeSpan.Zero);

    /// <summary>The segments, from simple to nasty, with the question that each asks.</summary>
    internal static readonly ImmutableArray<(string Id, string Question)> Segments =
    [
        ("german_vips", "customers in Germany with a score of at least 0.8"),
        ("lapsed", "customers who spent at least 900 in all, but nothing in the last 90 days"),
        ("window_shoppers", "not opted out, three or more product views in the last 30 days, never an order above the own limit, and no purchase event since the last order"),
    ];

    private const string Customers = """
        SELECT i AS id, ['DE', 'FR', 'NL', 'AT', 'PL', 'ES', NULL][1 + (hash(i) % 7)::INT] AS country, round((hash(i + 1) % 1000) / 1000, 3)::DECIMAL(4, 3) AS score,
               (hash(i + 2) % 20) = 0 AS opted_out, (50 + hash(i + 3) % 200)::DECIMAL(10, 2) AS spending_limit,
               (TIMESTAMP '2020-01-01' + INTERVAL (hash(i + 4) % 2300) DAY)::DATE AS signed_up
        FROM range(1, 100001) AS r(i)
        """;

    private const string Orders = """
        SELECT i AS id, 1 + (hash(i) % 90000)::BIGINT AS customer_id, TIMESTAMP '2024-07-01' + INTERVAL (hash(i + 5) % 63000000) SECOND AS placed_at,
               ((hash(i + 6) % 20000) / 100)::DECIMAL(10, 2) AS amount
        FROM range(1, 1000001) AS r(i)
        """;

    private const string Events = """
        SELECT i AS id, 1 + (hash(i * 3) % 100000)::BIGINT AS customer_id, TIMESTAMP '2026-01-01' + INTERVAL (hash(i + 7) % 15600000) SECOND AS happened_at,
               ['view', 'view', 'view', 'cart', 'purchase'][1 + (hash(i + 8) % 5)::INT] AS kind
        FROM range(1, 2000001) AS r(i)
        """;

    /// <summary>Writes data, model, segments and settings.</summary>
    /// <returns>The absolute path of the settings file.</returns>
    internal static async Task<string> CreateAsync(string folder, DemoDatabase? database, CancellationToken cancellationToken)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        var instance = DuckDbInstance.Open(new DuckDbOptions { TempDirectory = folder });
        await using (instance.ConfigureAwait(false))
        {
            var connection = instance.CreateConnection();
            await using (connection.ConfigureAwait(false))
            {
                Task Copy(string query, string file, string format) => connection.ExecuteAsync($"COPY ({query}) TO '{Path.Combine(data, file).Replace("'", "''", StringComparison.Ordinal)}' ({format})", cancellationToken);
                await Copy(Customers, "customers.csv", "FORMAT csv, HEADER").ConfigureAwait(false);
                await Copy(Orders, "orders.parquet", "FORMAT parquet").ConfigureAwait(false);
                await Copy(Events, "events.parquet", "FORMAT parquet").ConfigureAwait(false);
            }
        }

        if (database is not null)
        {
            await database.LoadCustomersAsync(Path.Combine(data, "customers.csv"), cancellationToken).ConfigureAwait(false);
        }

        var segments = Directory.CreateDirectory(Path.Combine(folder, "segments")).FullName;
        foreach (var (id, _) in Segments)
        {
            await WriteAsync(Path.Combine(segments, id + ".yaml"), Definition(id), cancellationToken).ConfigureAwait(false);
        }

        await WriteAsync(Path.Combine(folder, "model.yaml"), Model(database is null ? "source: lake, table: [customers.csv]" : "source: crm, table: [customers]"), cancellationToken).ConfigureAwait(false);
        var settings = Path.Combine(folder, "appsettings.json");
        await WriteAsync(settings, Settings(database), cancellationToken).ConfigureAwait(false);
        return settings;
    }

    private static Task WriteAsync(string path, string text, CancellationToken cancellationToken) => File.WriteAllTextAsync(path, text, new UTF8Encoding(false), cancellationToken);

    private static string Model(string customers) => $$"""
        model: demo_shop
        entities:
          customer: { {{customers}}, key: [id], columns: {id: int64, country: string, score: "decimal(4,3)", opted_out: boolean, spending_limit: "decimal(10,2)", signed_up: date} }
          order: {source: lake, table: [orders.parquet], key: [id], time: placed_at, columns: {id: int64, customer_id: int64, placed_at: timestamp, amount: "decimal(10,2)"} }
          event: {source: lake, table: [events.parquet], key: [id], time: happened_at, columns: {id: int64, customer_id: int64, happened_at: timestamp, kind: string} }
        relationships:
          - {name: orders, from: customer, to: order, on: {id: customer_id}, cardinality: one_to_many, inverse: customer}
          - {name: events, from: customer, to: event, on: {id: customer_id}, cardinality: one_to_many, inverse: customer}
        """;

    private static string Definition(string id) => id switch
    {
        "german_vips" => """
            segment: german_vips
            of: customer
            where:
              all:
                - {field: country, eq: DE}
                - {field: score, gte: 0.8}
            """,
        "lapsed" => """
            segment: lapsed
            of: customer
            time: {zone: Europe/Berlin}
            where:
              all:
                - {has: orders, agg: {sum: amount, gte: 900}}
                - {none: orders, where: {field: placed_at, within: {last: 90, unit: day}}}
            """,
        _ => """
            segment: window_shoppers
            of: customer
            time: {zone: Europe/Berlin}
            where:
              all:
                - {not: {field: opted_out, is: true}}
                - {has: events, where: {all: [{field: kind, eq: view}, {field: happened_at, within: {last: 30, unit: day}}]}, agg: {count: "*", gte: 3}}
                - {none: orders, where: {field: amount, gt: {ref: ^.spending_limit}}}
                - {every: orders, where: true, must: {none: customer.events, where: {all: [{field: kind, eq: purchase}, {field: happened_at, gt: {ref: ^.placed_at}}]}}, empty: pass}
            except:
              - {in_segment: german_vips}
            """,
    };

    private static string Settings(DemoDatabase? database)
    {
        var crm = database is null
            ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $$$"""
                , "crm": {"Kind": "postgres", "Host": "127.0.0.1", "Port": {{{database.Port}}}, "Database": "postgres", "SslMode": "Disable", "Auth": {"Kind": "password", "User": "{{{DemoDatabase.User}}}", "Password": {"File": "password"} } }
                """);
        return $$$"""
            {"FederatedSegmentation": {"Model": "model.yaml", "Segments": "segments", "Sources": {"lake": {"Kind": "files", "Root": "data"}{{{crm}}} } } }
            """;
    }
}
