using System.Globalization;
using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Benchmarks.Questions;

/// <summary>Questions about behaviour over time and about ranks, over events of which one customer has a twentieth, and over customers who invited others.</summary>
internal static class Behaviour
{
    private const string Model = """
        model: behaviour
        entities:
          customer:
            source: lake
            table: [customers.parquet]
            key: [id]
            columns: {id: int64, country: string, balance: "decimal(12,2)", invited_by: int64}
          event:
            source: lake
            table: [events.parquet]
            key: [id]
            time: placed_at
            columns: {id: int64, customer_id: int64, kind: string, amount: "decimal(12,2)", placed_at: timestamp}
        relationships:
          - {name: events, from: customer, to: event, on: {id: customer_id}, cardinality: one_to_many, inverse: customer}
          - {name: inviter, from: customer, to: customer, on: {invited_by: id}, cardinality: many_to_one, inverse: invited}
        """;

    // One entry is one question.
    private static readonly Question[] Questions =
    [
        new("last_purchase_was_great", "{has: events, where: {field: kind, eq: purchase}, agg: {pick: last, must: {field: amount, gte: 500}}}",
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT customer_id FROM 'events.parquet' WHERE kind = 'purchase' GROUP BY customer_id HAVING arg_max(amount, (placed_at, id)) >= 500) e ON e.customer_id = id
            """,
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT customer_id FROM (FROM 'events.parquet' WHERE kind = 'purchase' QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY placed_at DESC, id DESC) = 1)
              WHERE amount >= 500) e ON e.customer_id = id
            """),

        new("cart_then_purchase", "{seq: events, steps: [{where: {field: kind, eq: cart}}, {where: {field: kind, eq: purchase}, within: {n: 3, unit: day}}]}",
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT p.customer_id FROM (FROM 'events.parquet' WHERE kind = 'purchase') p
              ASOF JOIN (FROM 'events.parquet' WHERE kind = 'cart') c ON c.customer_id = p.customer_id AND p.placed_at > c.placed_at
              WHERE p.placed_at <= c.placed_at + INTERVAL 3 DAY) e ON e.customer_id = id
            """,
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT customer_id FROM (
                SELECT customer_id, kind, placed_at, max(placed_at) FILTER (kind = 'cart') OVER (PARTITION BY customer_id ORDER BY placed_at RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING) AS cart
                FROM 'events.parquet' WHERE kind IN ('cart', 'purchase'))
              WHERE kind = 'purchase' AND placed_at <= cart + INTERVAL 3 DAY) e ON e.customer_id = id
            """,
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT p.customer_id FROM (FROM 'events.parquet' WHERE kind = 'purchase') p
              SEMI JOIN (FROM 'events.parquet' WHERE kind = 'cart') c
                ON c.customer_id = p.customer_id AND c.placed_at < p.placed_at AND p.placed_at <= c.placed_at + INTERVAL 3 DAY) e ON e.customer_id = id
            """,
            """
            WITH e AS (SELECT customer_id, kind, epoch_us(placed_at) AS at FROM 'events.parquet' WHERE kind IN ('cart', 'purchase'))
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT p.customer_id FROM (FROM e WHERE kind = 'purchase') p
              ASOF JOIN (FROM e WHERE kind = 'cart') c ON c.customer_id = p.customer_id AND p.at > c.at
              WHERE p.at <= c.at + 259200000000) s ON s.customer_id = id
            """),

        new("cart_purchase_return",
            "{seq: events, steps: [{where: {field: kind, eq: cart}}, {where: {field: kind, eq: purchase}, within: {n: 3, unit: day}}, {where: {field: kind, eq: return}, within: {n: 7, unit: day}}]}",
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT r.customer_id FROM (FROM 'events.parquet' WHERE kind = 'return') r
              ASOF JOIN (
                SELECT p.customer_id, p.placed_at FROM (FROM 'events.parquet' WHERE kind = 'purchase') p
                ASOF JOIN (FROM 'events.parquet' WHERE kind = 'cart') c ON c.customer_id = p.customer_id AND p.placed_at > c.placed_at
                WHERE p.placed_at <= c.placed_at + INTERVAL 3 DAY) q ON q.customer_id = r.customer_id AND r.placed_at > q.placed_at
              WHERE r.placed_at <= q.placed_at + INTERVAL 7 DAY) e ON e.customer_id = id
            """,
            """
            WITH e AS (SELECT customer_id, kind, epoch_us(placed_at) AS at FROM 'events.parquet' WHERE kind IN ('cart', 'purchase', 'return'))
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT r.customer_id FROM (FROM e WHERE kind = 'return') r
              ASOF JOIN (
                SELECT p.customer_id, p.at FROM (FROM e WHERE kind = 'purchase') p
                ASOF JOIN (FROM e WHERE kind = 'cart') c ON c.customer_id = p.customer_id AND p.at > c.at
                WHERE p.at <= c.at + 259200000000) q ON q.customer_id = r.customer_id AND r.at > q.at
              WHERE r.at <= q.at + 604800000000) s ON s.customer_id = id
            """),

        new("cart_without_purchase",
            "{seq: events, steps: [{where: {field: kind, eq: cart}}, {where: {field: kind, eq: purchase}, absent: true, within: {n: 30, unit: day}}]}",
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT c.customer_id FROM (FROM 'events.parquet' WHERE kind = 'cart' AND placed_at + INTERVAL 30 DAY <= TIMESTAMPTZ '2026-06-15 12:00:00+00') c
              ASOF LEFT JOIN (FROM 'events.parquet' WHERE kind = 'purchase') p ON p.customer_id = c.customer_id AND c.placed_at < p.placed_at
              WHERE p.placed_at IS NULL OR p.placed_at > c.placed_at + INTERVAL 30 DAY) e ON e.customer_id = id
            """,
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT c.customer_id FROM (FROM 'events.parquet' WHERE kind = 'cart' AND placed_at + INTERVAL 30 DAY <= TIMESTAMPTZ '2026-06-15 12:00:00+00') c
              ANTI JOIN (FROM 'events.parquet' WHERE kind = 'purchase') p
                ON p.customer_id = c.customer_id AND c.placed_at < p.placed_at AND p.placed_at <= c.placed_at + INTERVAL 30 DAY) e ON e.customer_id = id
            """),

        new("most_weeks", "{regular: events, per: {n: 1, unit: week}, in: 3, of_last: 8}",
            """
            SELECT id FROM 'customers.parquet' SEMI JOIN (
              SELECT customer_id FROM 'events.parquet'
              WHERE placed_at >= TIMESTAMPTZ '2026-04-20 12:00:00+00' AND placed_at < TIMESTAMPTZ '2026-06-15 12:00:00+00'
              GROUP BY customer_id HAVING count(DISTINCT (epoch_us(TIMESTAMPTZ '2026-06-15 12:00:00+00') - epoch_us(placed_at) - 1) // 604800000000) >= 3) e ON e.customer_id = id
            """),

        new("circle_of_buyers", "{has: 'invited*.events', where: {field: kind, eq: purchase}, agg: {sum: amount, gte: 20000}}",
            """
            WITH RECURSIVE circle AS (
              SELECT id AS start, id AS reached, 0 AS level FROM 'customers.parquet'
              UNION SELECT start, c.id, level + 1 FROM circle JOIN 'customers.parquet' c ON c.invited_by = reached WHERE level < 8),
            spent AS (SELECT customer_id, sum(amount) AS amount FROM 'events.parquet' WHERE kind = 'purchase' GROUP BY customer_id)
            SELECT start AS id FROM (SELECT DISTINCT start, reached FROM circle) JOIN spent ON customer_id = reached GROUP BY start HAVING sum(amount) >= 20000
            """),

        new("best_of_each_country", "true\nrank: [{per: [country], by: [{has: events, agg: {sum: amount}, dir: desc}], take: '10%'}]",
            """
            SELECT id FROM (
              SELECT id, row_number() OVER (PARTITION BY country ORDER BY spent DESC NULLS LAST, id) AS place, count(*) OVER (PARTITION BY country) AS size
              FROM 'customers.parquet' LEFT JOIN (SELECT customer_id, sum(amount) AS spent FROM 'events.parquet' GROUP BY customer_id) ON customer_id = id)
            WHERE place <= ceil(size * 10 / 100)
            """),

        new("three_tiers",
            """
            true
            tiers:
              - {name: rich, where: {field: balance, gte: 9000}, cap: 50000, by: [{field: balance, dir: desc}]}
              - {name: german, where: {field: country, eq: DE}, cap: 60000}
              - {name: rest, rest: true}
            """,
            """
            WITH rich AS (SELECT id FROM 'customers.parquet' WHERE balance >= 9000 ORDER BY balance DESC, id LIMIT 50000),
                 german AS (SELECT id FROM 'customers.parquet' ANTI JOIN rich USING (id) WHERE country = 'DE' ORDER BY id LIMIT 60000)
            SELECT c.id, CASE WHEN r.id IS NOT NULL THEN 'rich' WHEN g.id IS NOT NULL THEN 'german' ELSE 'rest' END AS tier
            FROM 'customers.parquet' c LEFT JOIN rich r ON r.id = c.id LEFT JOIN german g ON g.id = c.id
            """,
            """
            SELECT id, CASE WHEN is_rich THEN 'rich' WHEN country = 'DE' AND row_number() OVER (PARTITION BY NOT is_rich AND country = 'DE' ORDER BY id) <= 60000 THEN 'german' ELSE 'rest' END AS tier
            FROM (SELECT id, country, balance >= 9000 AND row_number() OVER (PARTITION BY balance >= 9000 ORDER BY balance DESC, id) <= 50000 AS is_rich FROM 'customers.parquet')
            """),

        new("two_arms", "true\nsplit: {salt: holiday26, parts: [{name: a, pct: 45}, {name: b, pct: 45}], holdout: 10}",
            """
            SELECT id, CASE WHEN bucket < 4500 THEN 'a' WHEN bucket < 9000 THEN 'b' ELSE 'holdout' END AS arm, bucket
            FROM (SELECT id, CAST('0x' || substr(md5('holiday26:' || id), 1, 8) AS BIGINT) % 10000 AS bucket FROM 'customers.parquet')
            """),

        new("at_least_a_parameter", "{field: balance, gte: {param: least}}\nparams: {least: {type: 'decimal(12,2)', default: 5000}}",
            "SELECT id FROM 'customers.parquet' WHERE balance >= 5000"),
    ];

    /// <summary>The questions; the data is made by <see cref="WriteAsync"/>.</summary>
    internal static Dataset Dataset { get; } = new("behaviour", Model, "customer", "id", new DateTimeOffset(2026, 6, 15, 12, 0, 0, TimeSpan.Zero), [.. Questions]) { Goal = 1.5 };

    /// <summary>Makes the files.</summary>
    internal static async Task WriteAsync(string folder, double scale, CancellationToken cancellationToken)
    {
        var customers = Math.Max((long)(1_000_000 * scale), 1);
        await using var instance = DuckDbInstance.Open(new DuckDbOptions { MemoryLimitBytes = BenchmarkOptions.MemoryLimitBytes, TempDirectory = folder });
        await using var connection = instance.CreateConnection();
        await connection.ExecuteAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
            COPY (SELECT i AS id, (['DE', 'AT', 'FR', 'ES', 'IT', 'PL', 'NL', 'SE'])[CAST(1 + hash(i) % 8 AS BIGINT)] AS country,
                         CAST((hash(i + 7) % 1000000) / 100.0 AS DECIMAL(12, 2)) AS balance, CASE WHEN i >= 10 THEN i // 10 END AS invited_by
                  FROM range({customers}) t(i)) TO '{folder}/customers.parquet' (FORMAT parquet)
            """),
            cancellationToken);
        await connection.ExecuteAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
            COPY (SELECT i AS id, CASE WHEN hash(i + 5) % 20 = 0 THEN 7 ELSE CAST(hash(i) % {customers} AS BIGINT) END AS customer_id,
                         (['view', 'cart', 'purchase', 'return'])[CAST(1 + hash(i + 1) % 4 AS BIGINT)] AS kind,
                         CAST((hash(i + 2) % 100000) / 100.0 AS DECIMAL(12, 2)) AS amount,
                         TIMESTAMPTZ '2025-06-15 12:00:00+00' + to_seconds(CAST(hash(i + 3) % 31536000 AS BIGINT)) AS placed_at
                  FROM range({customers * 10}) t(i)) TO '{folder}/events.parquet' (FORMAT parquet)
            """),
            cancellationToken);
    }
}
