using System.Globalization;
using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Benchmarks.Questions;

/// <summary>Made-up customers of a shop and what they did in a year.</summary>
internal static class Shop
{
    private const string Model = """
        model: shop
        entities:
          customer:
            source: lake
            table: [customers.parquet]
            key: [id]
            columns: {id: int64, country: string, balance: "decimal(12,2)"}
          event:
            source: lake
            table: [events.parquet]
            key: [id]
            time: placed_at
            columns: {id: int64, customer_id: int64, kind: string, amount: "decimal(12,2)", placed_at: timestamp}
        relationships:
          - {name: events, from: customer, to: event, on: {id: customer_id}, cardinality: one_to_many, inverse: customer}
        """;

    // One entry is one question.
    private static readonly Question[] Questions =
    [
        new("leaf_filter", "{all: [{field: country, in: [DE, AT]}, {field: balance, gte: 5000}]}",
            "SELECT id FROM 'customers.parquet' WHERE country IN ('DE', 'AT') AND balance >= 5000"),

        new("frequent_buyers", "{has: events, where: {all: [{field: kind, eq: purchase}, {field: placed_at, within: {last: 90, unit: day}}]}, agg: {count: '*', gte: 3}}",
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT customer_id FROM 'events.parquet'
              WHERE kind = 'purchase' AND placed_at >= TIMESTAMPTZ '2026-03-17 00:00:00+00' AND placed_at < TIMESTAMPTZ '2026-06-15 12:00:00+00'
              GROUP BY customer_id HAVING count(*) >= 3) e ON e.customer_id = id
            """),

        new("lapsed_spenders", "{all: [{has: events, agg: {sum: amount, gte: 5500}}, {none: events, where: {field: placed_at, within: {last: 30, unit: day}}}]}",
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT customer_id FROM 'events.parquet' GROUP BY customer_id
              HAVING sum(amount) >= 5500 AND count(*) FILTER (placed_at >= TIMESTAMPTZ '2026-05-16 00:00:00+00' AND placed_at < TIMESTAMPTZ '2026-06-15 12:00:00+00') = 0) e ON e.customer_id = id
            """,
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT customer_id FROM 'events.parquet' GROUP BY customer_id
              HAVING sum(amount) >= 5500 AND max(placed_at) < TIMESTAMPTZ '2026-05-16 00:00:00+00') e ON e.customer_id = id
            """,
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT customer_id FROM 'events.parquet' GROUP BY customer_id HAVING sum(amount) >= 5500) e ON e.customer_id = id
            ANTI JOIN (
              SELECT customer_id FROM 'events.parquet'
              WHERE placed_at >= TIMESTAMPTZ '2026-05-16 00:00:00+00' AND placed_at < TIMESTAMPTZ '2026-06-15 12:00:00+00') r ON r.customer_id = id
            """),

        new("careful_regulars", "{all: [{in_segment: leaf_filter}, {every: events, where: {field: kind, eq: purchase}, must: {field: amount, lte: 900}}]}",
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT customer_id FROM 'events.parquet' WHERE kind = 'purchase' GROUP BY customer_id HAVING max(amount) <= 900) e ON e.customer_id = id
            WHERE country IN ('DE', 'AT') AND balance >= 5000
            """,
            """
            SELECT customer_id AS id FROM 'events.parquet' SEMI JOIN (
              SELECT id FROM 'customers.parquet' WHERE country IN ('DE', 'AT') AND balance >= 5000) c ON customer_id = c.id
            WHERE kind = 'purchase' GROUP BY customer_id HAVING max(amount) <= 900
            """,
            """
            SELECT id FROM 'customers.parquet'
            ANTI JOIN (SELECT customer_id FROM 'events.parquet' WHERE kind = 'purchase' AND amount > 900) d ON d.customer_id = id
            SEMI JOIN (SELECT customer_id FROM 'events.parquet' WHERE kind = 'purchase') e ON e.customer_id = id
            WHERE country IN ('DE', 'AT') AND balance >= 5000
            """),
    ];

    /// <summary>The questions; the data is made by <see cref="WriteAsync"/>.</summary>
    internal static Dataset Dataset { get; } = new("shop", Model, "customer", "id", new DateTimeOffset(2026, 6, 15, 12, 0, 0, TimeSpan.Zero), [.. Questions]);

    /// <summary>Makes the files.</summary>
    internal static async Task WriteAsync(string folder, double scale, CancellationToken cancellationToken)
    {
        var customers = Math.Max((long)(1_000_000 * scale), 1);
        await using var instance = DuckDbInstance.Open(new DuckDbOptions { MemoryLimitBytes = BenchmarkOptions.MemoryLimitBytes, TempDirectory = folder });
        await using var connection = instance.CreateConnection();
        await connection.ExecuteAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
            COPY (SELECT i AS id, (['DE', 'AT', 'FR', 'ES', 'IT', 'PL', 'NL', 'SE'])[CAST(1 + hash(i) % 8 AS BIGINT)] AS country,
                         CAST((hash(i + 7) % 1000000) / 100.0 AS DECIMAL(12, 2)) AS balance
                  FROM range({customers}) t(i)) TO '{folder}/customers.parquet' (FORMAT parquet)
            """),
            cancellationToken);
        await connection.ExecuteAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
            COPY (SELECT i AS id, CAST(hash(i) % {customers} AS BIGINT) AS customer_id, (['view', 'cart', 'purchase', 'return'])[CAST(1 + hash(i + 1) % 4 AS BIGINT)] AS kind,
                         CAST((hash(i + 2) % 100000) / 100.0 AS DECIMAL(12, 2)) AS amount,
                         TIMESTAMPTZ '2025-06-15 12:00:00+00' + to_seconds(CAST(hash(i + 3) % 31536000 AS BIGINT)) AS placed_at
                  FROM range({customers * 10}) t(i)) TO '{folder}/events.parquet' (FORMAT parquet)
            """),
            cancellationToken);
    }
}
