using System.Globalization;
using System.Text.Json.Nodes;
using FederatedSegmentation.Testing.Postgres;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>Between sources keys travel, not tables: what a large table is asked for depends on what a smaller one answered.</summary>
public sealed class KeysTravelTests : IAsyncLifetime, IDisposable
{
    private readonly Workspace _workspace = new();

    public async Task InitializeAsync()
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None);
        await database.ExecuteAsync(
            """
            CREATE TABLE customer AS SELECT i::bigint AS id, CASE WHEN i % 100 = 0 THEN 'DE' ELSE 'FR' END AS country, 'n''' || i || E'\\' AS name FROM generate_series(1, 30000) i;
            CREATE TABLE event AS SELECT i::bigint AS event_id, CASE WHEN i % 7 = 0 THEN NULL ELSE (i % 60000)::bigint END AS customer_id, 'n''' || (i % 60000) || E'\\' AS name, i % 3 = 0 AS bought FROM generate_series(1, 360000) i;
            ANALYZE;
            """,
            CancellationToken.None);
        var password = await database.CreateReaderAsync("reader_" + database.Name, CancellationToken.None);
        _workspace.Write("password", password);
        var source = string.Create(CultureInfo.InvariantCulture, $$$"""
            {"Kind": "postgres", "Host": "127.0.0.1", "Port": {{{database.Server.Port}}}, "Database": "{{{database.Name}}}", "SslMode": "Disable", "Auth": {"Kind": "password", "User": "reader_{{{database.Name}}}", "Password": {"File": "password"} } }
            """);
        _workspace.Write("appsettings.json", $$"""{"FederatedSegmentation": {"Sources": {"crm": {{source}}, "web": {{source}}, "lake": {"Kind": "files", "Root": "data"} } } }""");
        _workspace.Write("model.yaml", """
            model: shop
            entities:
              customer: {source: crm, table: [customer], key: [id], columns: {id: int64, country: string, name: string}}
              event: {source: web, table: [event], key: [event_id], columns: {event_id: int64, customer_id: int64, name: string, bought: boolean}}
              favourite: {source: lake, table: [favourites.csv], key: [id], columns: {id: int64}}
            relationships:
              - {name: events, from: customer, to: event, on: {id: customer_id}, cardinality: one_to_many}
              - {name: events_by_name, from: customer, to: event, on: {id: customer_id, name: name}, cardinality: one_to_many}
              - {name: activity, from: favourite, to: event, on: {id: customer_id}, cardinality: one_to_many}
            """);
        Directory.Delete(_workspace.PathOf("segments"), recursive: true);
        _workspace.Write("data/favourites.csv", "id\n5\n12\n59999\n60001\n\n");
    }

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_table_is_asked_only_for_the_rows_of_keys_that_another_source_has()
    {
        var (explained, run) = await AskAsync("germans", "customer", "{all: [{field: country, eq: DE}, {has: events, where: {field: bought, is: true}}]}");
        var web = FragmentOf(explained, "web");
        Assert.Equal(["F2"], web["dependsOn"]!.AsArray().Select(id => (string)id!));
        Assert.Contains("\"customer_id\" IN (⟨keys of F2, ≈", (string)web["sql"]!, StringComparison.Ordinal);
        Assert.Equal(
            ["a list of keys in the statement: up to 1,000 keys and 1,000,000 bytes", "one array of keys: up to 500,000 keys and 12,000,000 bytes, expected", "all rows, if there are more"],
            web["waits"]!["rungs"]!.AsArray().Select(rung => (string)rung!));

        // One in a hundred of 30,000 customers; of those the ones with a purchase.
        Assert.Equal(Expected(id => id % 100 == 0 && Enumerable.Range(0, 6).Any(round => IsPurchase(id + (60000 * round)))), (long)run["members"]!);
        Assert.Equal(300, (long)FragmentOf(run, "crm")["rows"]!);
        Assert.Equal(("list", 300), ((string)FragmentOf(run, "web")["keys"]!["rung"]!, (int)FragmentOf(run, "web")["keys"]!["count"]!));
        Assert.Null(FragmentOf(run, "crm")["keys"]);
        Assert.InRange((long)FragmentOf(run, "web")["rows"]!, 1, 300);
        Assert.DoesNotContain("29900", (string)FragmentOf(run, "web")["sql"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_several_columns_travel_together_whatever_their_texts_hold()
    {
        var (explained, run) = await AskAsync("germans", "customer", "{all: [{field: country, eq: DE}, {has: events_by_name, where: {field: bought, is: true}}]}");
        Assert.Contains(") IN (⟨keys of F2, ≈", (string)FragmentOf(explained, "web")["sql"]!, StringComparison.Ordinal);
        Assert.Equal(Expected(id => id % 100 == 0 && Enumerable.Range(0, 6).Any(round => IsPurchase(id + (60000 * round)))), (long)run["members"]!);
        Assert.InRange((long)FragmentOf(run, "web")["rows"]!, 1, 300);
    }

    [Fact]
    public async Task Keys_of_files_travel_too()
    {
        var (explained, run) = await AskAsync("active", "favourite", "{has: activity}");
        Assert.Contains("⟨keys of files", (string)FragmentOf(explained, "web")["sql"]!, StringComparison.Ordinal);
        Assert.Equal(3, (long)run["members"]!);
        Assert.InRange((long)FragmentOf(run, "web")["rows"]!, 3, 4);
    }

    [Fact]
    public async Task An_absence_asks_only_for_keys_that_could_be_members()
    {
        var (_, run) = await AskAsync("germans", "customer", "{all: [{field: country, eq: DE}, {none: events}]}");
        Assert.Equal(Expected(id => id % 100 == 0 && Enumerable.Range(0, 6).All(round => (id + (60000 * round)) % 7 == 0)), (long)run["members"]!);
        Assert.InRange((long)FragmentOf(run, "web")["rows"]!, 1, 300);
    }

    [Fact]
    public async Task More_keys_than_a_list_takes_travel_as_one_array()
    {
        var (_, run) = await AskAsync("french", "customer", "{all: [{not: {field: country, eq: DE}}, {field: name, ne: x}, {has: events, where: {field: bought, is: true}}]}");
        var expected = Expected(id => id % 100 != 0 && Enumerable.Range(0, 6).Any(round => IsPurchase(id + (60000 * round))));
        Assert.Equal(expected, (long)run["members"]!);
        var web = FragmentOf(run, "web");
        Assert.Equal(("array", 29700), ((string)web["keys"]!["rung"]!, (int)web["keys"]!["count"]!));
        Assert.Equal(expected, (long)web["rows"]!);
    }

    [Fact]
    public async Task Where_no_key_is_left_nothing_is_fetched()
    {
        var (_, run) = await AskAsync("nobody", "customer", "{all: [{field: country, eq: XX}, {has: events}]}");
        Assert.Equal((0, 0), ((long)run["members"]!, (long)FragmentOf(run, "web")["rows"]!));
    }

    private static bool IsPurchase(int number) => number is >= 1 and <= 360000 && number % 3 == 0 && number % 7 != 0;

    private static long Expected(Func<int, bool> isMember) => Enumerable.Range(1, 30000).LongCount(isMember);

    private async Task<(JsonNode Explained, JsonNode Run)> AskAsync(string id, string of, string where)
    {
        _workspace.Write($"segments/{id}.yaml", $"segment: {id}\nof: {of}\nwhere: {where}\n");
        return ((await _workspace.RunAsync("explain", id, "--json")).Done().Json, (await _workspace.RunAsync("count", id, "--json")).Done().Json);
    }

    private static JsonNode FragmentOf(JsonNode report, string source) => report["fragments"]!.AsArray().Single(fragment => (string)fragment!["source"]! == source)!;
}
