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
        ("window_shoppers", "not opted out, three or more product views in the last 30 days, never an order above the own limit, no purchase event after any order, and no German VIP"),
    ];

    /// <summary>The segment over the warehouses alone: the service desk's cases lie nowhere else.</summary>
    internal static readonly (string Id, string Question) OverWarehouses =
        ("angry_regulars", "not opted out, two or more urgent cases in the last 90 days, and an order in the last 180 days");

    private static string Customers(DemoSize size) => string.Create(CultureInfo.InvariantCulture, $"""
        SELECT i AS id, ['DE', 'FR', 'NL', 'AT', 'PL', 'ES', NULL][1 + (hash(i) % 7)::INT] AS country, round((hash(i + 1) % 1000) / 1000, 3)::DECIMAL(4, 3) AS score,
               (hash(i + 2) % 20) = 0 AS opted_out, (50 + hash(i + 3) % 200)::DECIMAL(10, 2) AS spending_limit,
               (TIMESTAMP '2020-01-01' + INTERVAL (hash(i + 4) % 2300) DAY)::DATE AS signed_up
        FROM range(1, {size.Customers + 1}) AS r(i)
        """);

    // One in ten customers never orders.
    private static string Orders(DemoSize size) => string.Create(CultureInfo.InvariantCulture, $"""
        SELECT i AS id, 1 + (hash(i) % {size.Customers * 9 / 10})::BIGINT AS customer_id, TIMESTAMP '2024-07-01' + INTERVAL (hash(i + 5) % 63000000) SECOND AS placed_at,
               ((hash(i + 6) % 20000) / 100)::DECIMAL(10, 2) AS amount
        FROM range(1, {size.Orders + 1}) AS r(i)
        """);

    private static string Events(DemoSize size) => string.Create(CultureInfo.InvariantCulture, $"""
        SELECT i AS id, 1 + (hash(i * 3) % {size.Customers})::BIGINT AS customer_id, TIMESTAMP '2026-01-01' + INTERVAL (hash(i + 7) % 15600000) SECOND AS happened_at,
               ['view', 'view', 'view', 'cart', 'purchase'][1 + (hash(i + 8) % 5)::INT] AS kind
        FROM range(1, {size.Events + 1}) AS r(i)
        """);

    private static string Cases(DemoSize size) => string.Create(CultureInfo.InvariantCulture, $"""
        SELECT i AS id, 1 + (hash(i * 5) % {size.Customers})::BIGINT AS customer_id, (DATE '2026-01-01' + (hash(i + 9) % 181)::INT) AS opened_on,
               ['P1', 'P2', 'P3', 'P4'][1 + (hash(i + 10) % 4)::INT] AS priority
        FROM range(1, {size.Cases + 1}) AS r(i)
        """);

    /// <summary>Writes data, model, segments and settings.</summary>
    /// <returns>The absolute path of the settings file, and the members that are to be expected.</returns>
    internal static async Task<(string Settings, DemoAnswers Answers)> CreateAsync(string folder, DemoSize size, DemoDatabase? database, CancellationToken cancellationToken)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        var answers = await MakeAsync(
            folder,
            size,
            async connection =>
            {
                await CopyAsync(connection, "customers", Path.Combine(data, "customers.csv"), "FORMAT csv, HEADER", cancellationToken).ConfigureAwait(false);
                await CopyAsync(connection, "orders", Path.Combine(data, "orders.parquet"), "FORMAT parquet", cancellationToken).ConfigureAwait(false);
                await CopyAsync(connection, "events", Path.Combine(data, "events.parquet"), "FORMAT parquet", cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        if (database is not null)
        {
            await database.LoadCustomersAsync(Path.Combine(data, "customers.csv"), cancellationToken).ConfigureAwait(false);
        }

        await WriteDefinitionsAsync(folder, Segments, Model(database is null ? "source: lake, table: [customers.csv]" : "source: crm, table: [customers]"), cancellationToken).ConfigureAwait(false);
        return (await WriteSettingsAsync(folder, Settings(database), cancellationToken).ConfigureAwait(false), answers);
    }

    /// <summary>Fills warehouses, and writes model, segments and settings.</summary>
    /// <returns>The absolute path of the settings file, and the members that are to be expected.</returns>
    internal static async Task<(string Settings, DemoAnswers Answers)> CreateAsync(string folder, DemoSize size, DemoWarehouses warehouses, CancellationToken cancellationToken)
    {
        var answers = await MakeAsync(
            folder,
            size,
            async connection =>
            {
                async Task Load(DemoTable table, string name, string format)
                {
                    var file = warehouses.FileOf(name, format);
                    await CopyAsync(connection, name, file, format == "csv" ? "FORMAT csv, HEADER false, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ'" : "FORMAT parquet", cancellationToken).ConfigureAwait(false);
                    await warehouses.LoadAsync(table, file, cancellationToken).ConfigureAwait(false);
                }

                await Load(DemoWarehouses.Customers, "customers", "csv").ConfigureAwait(false);
                await Load(DemoWarehouses.Orders, "orders", "parquet").ConfigureAwait(false);
                await Load(DemoWarehouses.Events, "events", "csv").ConfigureAwait(false);
                await Load(DemoWarehouses.Cases, "cases", "csv").ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        await WriteDefinitionsAsync(folder, Segments.Add(OverWarehouses), ModelOfWarehouses, cancellationToken).ConfigureAwait(false);
        return (await WriteSettingsAsync(folder, await warehouses.SettingsAsync(folder, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false), answers);
    }

    // The tables are made once: for whoever takes their rows, and for the members that are to be expected.
    private static async Task<DemoAnswers> MakeAsync(string folder, DemoSize size, Func<DuckDbConnection, Task> take, CancellationToken cancellationToken)
    {
        var instance = DuckDbInstance.Open(new DuckDbOptions { TempDirectory = folder });
        await using (instance.ConfigureAwait(false))
        {
            var connection = instance.CreateConnection();
            await using (connection.ConfigureAwait(false))
            {
                foreach (var (name, query) in new[] { ("customers", Customers(size)), ("orders", Orders(size)), ("events", Events(size)), ("cases", Cases(size)) })
                {
                    await connection.ExecuteAsync($"CREATE TABLE {name} AS {query}", cancellationToken).ConfigureAwait(false);
                }

                await take(connection).ConfigureAwait(false);
                return await DemoAnswers.ReadAsync(connection, size, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static Task<long> CopyAsync(DuckDbConnection connection, string table, string file, string format, CancellationToken cancellationToken)
        => connection.ExecuteAsync($"COPY {table} TO '{file.Replace("'", "''", StringComparison.Ordinal)}' ({format})", cancellationToken);

    private static async Task WriteDefinitionsAsync(string folder, ImmutableArray<(string Id, string Question)> asked, string model, CancellationToken cancellationToken)
    {
        var segments = Directory.CreateDirectory(Path.Combine(folder, "segments")).FullName;
        foreach (var (id, _) in asked)
        {
            await WriteAsync(Path.Combine(segments, id + ".yaml"), Definition(id), cancellationToken).ConfigureAwait(false);
        }

        await WriteAsync(Path.Combine(folder, "model.yaml"), model, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string> WriteSettingsAsync(string folder, string text, CancellationToken cancellationToken)
    {
        var settings = Path.Combine(folder, "appsettings.json");
        await WriteAsync(settings, text, cancellationToken).ConfigureAwait(false);
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

    private const string ModelOfWarehouses = """
        model: demo_shop
        entities:
          customer:
            source: crm
            table: [CUSTOMERS]
            key: [id]
            columns:
              id: {type: int64, column: ID}
              country: {type: string, column: COUNTRY}
              score: {type: "decimal(4,3)", column: SCORE}
              opted_out: {type: boolean, column: OPTED_OUT}
              spending_limit: {type: "decimal(10,2)", column: SPENDING_LIMIT}
              signed_up: {type: date, column: SIGNED_UP}
          order: {source: shop, table: [orders], key: [id], time: placed_at, columns: {id: int64, customer_id: int64, placed_at: timestamp, amount: "decimal(10,2)"} }
          event: {source: web, table: [events], key: [id], time: happened_at, columns: {id: int64, customer_id: int64, happened_at: timestamp, kind: string} }
          case: {source: desk, table: [service_case], key: [id], columns: {id: int64, customer_id: int64, opened_on: date, priority: string} }
        relationships:
          - {name: orders, from: customer, to: order, on: {id: customer_id}, cardinality: one_to_many, inverse: customer}
          - {name: events, from: customer, to: event, on: {id: customer_id}, cardinality: one_to_many, inverse: customer}
          - {name: cases, from: customer, to: case, on: {id: customer_id}, cardinality: one_to_many, inverse: customer}
        """;

    private static string Definition(string id) => id switch
    {
        "angry_regulars" => """
            segment: angry_regulars
            of: customer
            time: {zone: Europe/Berlin}
            where:
              all:
                - {not: {field: opted_out, is: true}}
                - {has: cases, where: {all: [{field: priority, in: [P1, P2]}, {field: opened_on, within: {last: 90, unit: day}}]}, agg: {count: "*", gte: 2}}
                - {has: orders, where: {field: placed_at, within: {last: 180, unit: day}}}
            """,
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
