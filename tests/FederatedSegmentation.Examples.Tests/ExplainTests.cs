using System.Globalization;
using FederatedSegmentation.Testing.Postgres;
using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>What <c>explain</c> says of the constructs of behaviour over time and of distribution: which part of the work goes where, and why.</summary>
public sealed class ExplainTests
{
    private const string Model = """
        model: m
        entities:
          customer: {source: CUSTOMERS, table: [CUSTOMER_TABLE], key: [id], columns: {id: int64, country: string, invited_by: int64, worth: "decimal(12,2)"}}
          event: {source: EVENTS, table: [EVENT_TABLE], key: [no], time: at, columns: {no: int64, customer_id: int64, kind: string, at: timestamp}}
        relationships:
          - {name: inviter, from: customer, to: customer, on: {invited_by: id}, cardinality: many_to_one, inverse: invited}
          - {name: events, from: customer, to: event, on: {id: customer_id}, cardinality: one_to_many, inverse: customer}
        """;

    private const string Pick = "where: {has: events, where: {field: kind, ne: test}, agg: {pick: last, must: {field: kind, eq: buy}}}";
    private const string Sequence = "where: {seq: events, steps: [{where: {field: kind, eq: cart}}, {where: {field: kind, eq: buy}, absent: true, within: {n: 3, unit: day}}]}";
    private const string Months = "where: {seq: events, steps: [{where: {field: kind, eq: cart}}, {within: {n: 1, unit: month}}]}";
    private const string Regular = "where: {regular: events, where: {field: kind, eq: buy}, per: {n: 1, unit: week}, in: 3, of_last: 4}";
    private const string Hierarchy = "where: {has: inviter*, where: {field: country, eq: DE}}";
    private const string Distribution = """
        where: {field: country, eq: DE}
        rank: [{per: [country], by: [{has: events, where: {field: kind, eq: buy}, agg: {count: "*"}, dir: desc}], take: "10%"}]
        tiers: [{name: gold, where: {field: worth, gte: 500}, cap: 10}, {name: rest, rest: true}]
        split: {salt: s, parts: [{name: a, pct: 50}, {name: b, pct: 50}]}
        """;

    [Theory]
    [InlineData(
        Pick,
        "full    F1  where has events with pick last must kind eq \"buy\": the files are read by the engine itself",
        "full    F1  where/agg/must kind eq \"buy\": the files are read by the engine itself",
        "full    F1  where/where kind ne \"test\": the files are read by the engine itself")]
    [InlineData(
        Sequence,
        "full    F1  where seq events in 2 steps: the files are read by the engine itself",
        "full    F1  where/steps/0/where kind eq \"cart\": the files are read by the engine itself",
        "full    F1  where/steps/1/where kind eq \"buy\": the files are read by the engine itself")]
    [InlineData(
        Months,
        "full    F1  where seq events in 2 steps: the files are read by the engine itself",
        "full    F1  where/steps/0/where kind eq \"cart\": the files are read by the engine itself")]
    [InlineData(
        Regular,
        "full    F1  where regular events in 3 of 4 times 1 week: the files are read by the engine itself",
        "full    F1  where/where kind eq \"buy\": the files are read by the engine itself")]
    [InlineData(
        Hierarchy,
        "full    F2  where/where country eq \"DE\": the files are read by the engine itself",
        "none    -   where has inviter*: the related rows are joined in the engine: the edges are walked in the engine")]
    [InlineData(
        Distribution,
        "none    -   s/tiers/0/where worth gte 500: members are ranked and split once, in the engine",
        "full    F1  where country eq \"DE\": the files are read by the engine itself",
        "full    F1  s/rank/0/by/0/where kind eq \"buy\": the files are read by the engine itself",
        "none    -   s/rank/0 the first 10% per country: members are ranked and split once, in the engine",
        "none    -   s/tiers gold, rest: members are ranked and split once, in the engine",
        "none    -   s/split a, b: members are ranked and split once, in the engine")]
    public async Task Over_files(string segment, params string[] lines) => await ExplainsAsync("files", "files", segment, lines);

    [PostgresTheory]
    [InlineData(
        Pick,
        "full    F1  where has events with pick last must kind eq \"buy\": both sides are in this source: an EXISTS or join there",
        "full    F1  where/agg/must kind eq \"buy\": equality under a deterministic collation is equality of bytes",
        "full    F1  where/where kind ne \"test\": equality under a deterministic collation is equality of bytes")]
    [InlineData(
        Sequence,
        "full    F1  where seq events in 2 steps: both sides are in this source: an EXISTS or join there",
        "full    F1  where/steps/0/where kind eq \"cart\": equality under a deterministic collation is equality of bytes",
        "full    F1  where/steps/1/where kind eq \"buy\": equality under a deterministic collation is equality of bytes")]
    [InlineData(
        Months,
        "full    F1  where seq events in 2 steps: both sides are in this source: an EXISTS or join there",
        "full    F1  where/steps/0/where kind eq \"cart\": equality under a deterministic collation is equality of bytes")]
    [InlineData(
        Regular,
        "full    F1  where regular events in 3 of 4 times 1 week: both sides are in this source: an EXISTS or join there",
        "full    F1  where/where kind eq \"buy\": equality under a deterministic collation is equality of bytes")]
    [InlineData(
        Hierarchy,
        "full    F2  where/where country eq \"DE\": equality under a deterministic collation is equality of bytes",
        "none    -   where has inviter*: the related rows are joined in the engine: the edges are walked in the engine")]
    [InlineData(
        Distribution,
        "none    -   s/tiers/0/where worth gte 500: members are ranked and split once, in the engine",
        "full    F1  where country eq \"DE\": equality under a deterministic collation is equality of bytes",
        "full    F1  s/rank/0/by/0/where kind eq \"buy\": equality under a deterministic collation is equality of bytes",
        "none    -   s/rank/0 the first 10% per country: members are ranked and split once, in the engine",
        "none    -   s/tiers gold, rest: members are ranked and split once, in the engine",
        "none    -   s/split a, b: members are ranked and split once, in the engine")]
    public async Task Over_postgresql(string segment, params string[] lines) => await ExplainsAsync("database", "database", segment, lines);

    [PostgresTheory]
    [InlineData(
        Pick,
        "full    F1  where/agg/must kind eq \"buy\": the files are read by the engine itself",
        "full    F1  where/where kind ne \"test\": the files are read by the engine itself",
        "none    -   where has events with pick last must kind eq \"buy\": the related rows are in source files")]
    [InlineData(
        Sequence,
        "none    -   where seq events in 2 steps: the related rows are in source files",
        "full    F1  where/steps/0/where kind eq \"cart\": the files are read by the engine itself",
        "full    F1  where/steps/1/where kind eq \"buy\": the files are read by the engine itself")]
    [InlineData(
        Regular,
        "none    -   where regular events in 3 of 4 times 1 week: the related rows are in source files",
        "full    F1  where/where kind eq \"buy\": the files are read by the engine itself")]
    [InlineData(
        Distribution,
        "none    -   s/tiers/0/where worth gte 500: members are ranked and split once, in the engine",
        "full    F1  where country eq \"DE\": equality under a deterministic collation is equality of bytes",
        "full    F2  s/rank/0/by/0/where kind eq \"buy\": the files are read by the engine itself",
        "none    -   s/rank/0 the first 10% per country: members are ranked and split once, in the engine",
        "none    -   s/tiers gold, rest: members are ranked and split once, in the engine",
        "none    -   s/split a, b: members are ranked and split once, in the engine")]
    public async Task Over_customers_in_postgresql_and_events_in_files(string segment, params string[] lines) => await ExplainsAsync("database", "files", segment, lines);

    /// <summary>Asserts the lines under <c>predicates</c>: verdict, fragment, the predicate without the name of the segment, and the reason.</summary>
    private static async Task ExplainsAsync(string customers, string events, string segment, string[] lines)
    {
        var folder = Directory.CreateTempSubdirectory("explain");
        try
        {
            var database = customers == "database" || events == "database" ? await EmptyTablesAsync() : null;
            var model = Model
                .Replace("CUSTOMERS", customers, StringComparison.Ordinal).Replace("CUSTOMER_TABLE", customers == "files" ? "customer.csv" : "customer", StringComparison.Ordinal)
                .Replace("EVENTS", events, StringComparison.Ordinal).Replace("EVENT_TABLE", events == "files" ? "event.csv" : "event", StringComparison.Ordinal);
            await WriteAsync(folder, "model.yaml", model);
            await WriteAsync(folder, "segments/s.yaml", $"segment: s\nof: customer\n{segment}\n");
            await WriteAsync(folder, "data/customer.csv", "id,country,invited_by,worth\n");
            await WriteAsync(folder, "data/event.csv", "no,customer_id,kind,at\n");
            await WriteAsync(folder, "appsettings.json", Settings(database));
            if (database is not null)
            {
                await WriteAsync(folder, "password", database.Server.AdminPassword);
            }

            var result = await CommandLine.FedsegInAsync(folder.FullName, "explain", "s", "--as-of", "2026-07-01T10:00:00Z");
            Assert.True(result.ExitCode == 0, result.Errors);

            var text = result.Output.ReplaceLineEndings("\n");
            var from = text.IndexOf("\npredicates\n", StringComparison.Ordinal) + "\npredicates\n".Length;
            var predicates = text[from..text.IndexOf("\n\n", from, StringComparison.Ordinal)].Split('\n').Select(line => line.Trim().Replace("s/where", "where", StringComparison.Ordinal));
            Assert.True(lines.SequenceEqual(predicates), $"explain says:\n{string.Join('\n', predicates)}\nand not:\n{string.Join('\n', lines)}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<PostgresDatabase> EmptyTablesAsync()
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None);
        await database.ExecuteAsync(
            """
            CREATE TABLE customer (id bigint PRIMARY KEY, country text, invited_by bigint, worth numeric(12,2));
            CREATE TABLE event (no bigint PRIMARY KEY, customer_id bigint, kind text, at timestamptz);
            """,
            CancellationToken.None);
        return database;
    }

    private static string Settings(PostgresDatabase? database)
    {
        var source = database is null ? "" : string.Create(CultureInfo.InvariantCulture, $$"""
            , "database": { "Kind": "postgres", "Host": "{{PostgresServer.Host}}", "Port": {{database.Server.Port}}, "Database": "{{database.Name}}", "SslMode": "Disable",
              "Auth": { "Kind": "password", "User": "{{PostgresServer.AdminUser}}", "Password": { "File": "password" } } }
            """);
        return $$"""{ "FederatedSegmentation": { "Model": "model.yaml", "Segments": "segments", "Sources": { "files": { "Kind": "files", "Root": "data" }{{source}} } } }""";
    }

    private static async Task WriteAsync(DirectoryInfo folder, string relative, string text)
    {
        var path = Path.Combine(folder.FullName, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text);
    }
}
