using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FederatedSegmentation.Testing.Postgres;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>A PostgreSQL source that is not there, refuses, or is not what the model says.</summary>
public sealed class PostgresInputTests
{
    private const string Model = """
        model: shop
        entities:
          customer: {source: ops, table: [customer], key: [id], columns: {id: int64, country: string, credit: "decimal(10,2)"}}
        relationships: []
        """;

    private static Workspace With(int port, string database, string user, string password)
    {
        var workspace = new Workspace();
        workspace.Write("password", password);
        workspace.Write("appsettings.json", string.Create(CultureInfo.InvariantCulture, $$$"""
            {"FederatedSegmentation": {"Sources": {"ops": {"Kind": "postgres", "Host": "127.0.0.1", "Port": {{{port}}}, "Database": "{{{database}}}", "SslMode": "Disable",
              "Auth": {"Kind": "password", "User": "{{{user}}}", "Password": {"File": "password"} } } } } }
            """));
        workspace.Write("model.yaml", Model);
        Directory.Delete(workspace.PathOf("segments"), recursive: true);
        workspace.Write("segments/germans.yaml", "segment: germans\nof: customer\nwhere: {field: country, eq: DE}\n");
        workspace.Write("segments/rich.yaml", "segment: rich\nof: customer\nwhere: {field: credit, gt: 5}\n");
        return workspace;
    }

    private static async Task<(Workspace Workspace, PostgresDatabase Database)> WithDatabaseAsync(string? setup)
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None);
        if (setup is not null)
        {
            await database.ExecuteAsync(setup, CancellationToken.None);
        }

        var password = await database.CreateReaderAsync("reader_" + database.Name, CancellationToken.None);
        return (With(database.Server.Port, database.Name, "reader_" + database.Name, password), database);
    }

    [Fact]
    public async Task A_port_on_which_nobody_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var workspace = With(port, "shop", "seg", "hunter2");
        (await workspace.RunAsync("run", "germans", "--out", "members.csv")).Failed(3, "SRC001", " ops: ", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "Check Host and Port");
        Assert.Empty(workspace.Left());

        var error = (await workspace.RunAsync("run", "germans", "--json")).Json["errors"]![0]!;
        Assert.Equal(("SRC001", "source", "ops", true), ((string?)error["code"], (string?)error["kind"], (string?)error["source"], (bool)error["transient"]!));
    }

    [Fact]
    public async Task A_name_that_no_name_server_knows()
    {
        using var workspace = With(5432, "shop", "seg", "hunter2");
        workspace.Replace("appsettings.json", "\"127.0.0.1\"", "\"nowhere.invalid\"");
        workspace.Replace("appsettings.json", ", \"SslMode\": \"Disable\"", "");
        (await workspace.RunAsync("count", "germans")).Failed(3, "SRC001", "nowhere.invalid");
    }

    [Fact]
    public async Task A_secret_that_is_not_where_its_reference_says()
    {
        using var workspace = With(5432, "shop", "seg", "hunter2");
        File.Delete(workspace.PathOf("password"));
        (await workspace.RunAsync("count", "germans")).Failed(1, "CFG008", "Sources:ops:Auth:Password", "cannot be read");
        workspace.Write("password", "\n");
        (await workspace.RunAsync("count", "germans")).Failed(1, "CFG008", "is empty");
        workspace.Replace("appsettings.json", "{\"File\": \"password\"}", "{\"Env\": \"FEDSEG_TEST_OF_A_VARIABLE_THAT_NOBODY_SETS\"}");
        (await workspace.RunAsync("count", "germans")).Failed(1, "CFG008", "FEDSEG_TEST_OF_A_VARIABLE_THAT_NOBODY_SETS is not set");
    }

    [PostgresFact]
    public async Task A_wrong_password_is_refused_and_never_printed()
    {
        var (workspace, _) = await WithDatabaseAsync("CREATE TABLE customer (id bigint, country text, credit numeric(10,2))");
        using var used = workspace;
        workspace.Write("password", "hunter2");
        (await workspace.RunAsync("run", "germans", "--out", "members.csv")).Failed(3, "SRC003", " ops: ");
        foreach (var arguments in new[] { new[] { "run", "germans", "--verbose", "--show-values" }, ["sources", "list"], ["sources", "test"], ["sources", "test", "--json"], ["explain", "germans", "--verbose"] })
        {
            var answer = await workspace.RunAsync(arguments);
            Assert.DoesNotContain("hunter2", answer.Output + answer.Errors, StringComparison.Ordinal);
        }

        Assert.Empty(workspace.Left());
    }

    [PostgresFact]
    public async Task A_database_or_role_that_is_not_there()
    {
        var (workspace, database) = await WithDatabaseAsync(null);
        using var used = workspace;
        workspace.Replace("appsettings.json", $"\"{database.Name}\"", "\"nowhere\"");
        (await workspace.RunAsync("count", "germans")).Failed(3, "SRC003", "nowhere");
    }

    [PostgresFact]
    public async Task A_table_or_column_that_is_not_there_or_may_not_be_read()
    {
        var (workspace, database) = await WithDatabaseAsync(null);
        using var used = workspace;
        (await workspace.RunAsync("count", "germans")).Failed(3, "SRC004", " ops: ", "customer");
        await database.ExecuteAsync("CREATE TABLE customer (id bigint, land text, credit numeric(10,2))", CancellationToken.None);
        (await workspace.RunAsync("count", "germans")).Failed(3, "SRC005", " ops: ", "country");
        await database.ExecuteAsync($"ALTER TABLE customer RENAME land TO country; REVOKE ALL ON customer FROM {PostgresDatabase.Quote("reader_" + database.Name)}", CancellationToken.None);
        (await workspace.RunAsync("count", "germans")).Failed(3, "SRC006", " ops: ");
    }

    [PostgresFact]
    public async Task Values_that_do_not_fit_are_counted_and_shown_only_on_request()
    {
        var (workspace, _) = await WithDatabaseAsync("CREATE TABLE customer (id bigint, country text, credit text); INSERT INTO customer SELECT i, 'DE', 'secret-' || i FROM generate_series(1, 5) AS s(i)");
        using var used = workspace;
        var silent = await workspace.RunAsync("run", "rich", "--out", "members.csv");
        silent.Failed(3, "DAT001", " ops: ", "5 values of customer.credit do not fit the declared type decimal(10,2). Correct");
        Assert.DoesNotContain("secret", silent.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", (await workspace.RunAsync("run", "rich", "--verbose")).Errors, StringComparison.Ordinal);
        (await workspace.RunAsync("run", "rich", "--show-values")).Failed(3, "DAT001", ": 'secret-1', 'secret-2', 'secret-3' and 2 more.");
        Assert.Empty(workspace.Left());
    }

    [PostgresFact]
    public async Task A_connection_is_tested_step_by_step()
    {
        var (workspace, database) = await WithDatabaseAsync("CREATE TABLE customer (id bigint)");
        using var used = workspace;
        var steps = (await workspace.RunAsync("sources", "test", "ops", "--json")).Done().Json["sources"]![0]!["checks"]!.AsArray();
        Assert.Equal(["DNS", "TCP", "TLS", "Login", "Role", "Read", "Write"], steps.Select(step => (string?)step!["step"]));
        Assert.All(steps, step => Assert.Equal("passed", (string?)step!["outcome"]));

        await database.ExecuteAsync($"GRANT INSERT ON customer TO {PostgresDatabase.Quote("reader_" + database.Name)}", CancellationToken.None);
        var answer = (await workspace.RunAsync("sources", "test", "ops")).Done();
        Assert.Contains("ops\twarning\tWrite\t", answer.Output, StringComparison.Ordinal);

        workspace.Write("password", "wrong");
        var refused = await workspace.RunAsync("sources", "test", "ops");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("ops\tfailed\tLogin\t", refused.Output, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task The_draft_for_a_database_passes_check_and_can_be_asked()
    {
        var (workspace, _) = await WithDatabaseAsync("""
            CREATE TABLE customer (id bigint PRIMARY KEY, "Größe €" int, "a.b" text, a_b text, tags text[], born date, at timestamptz, price numeric(12,2), loose numeric, u uuid, f float8);
            CREATE TABLE "Order" ("orderId" text PRIMARY KEY, customer bigint REFERENCES customer, small int REFERENCES customer(id));
            CREATE TABLE line (order_id text REFERENCES "Order", no int, amount numeric(10,2), PRIMARY KEY (order_id, no));
            CREATE VIEW seen AS SELECT id FROM customer;
            INSERT INTO customer (id) VALUES (1), (2); INSERT INTO "Order" VALUES ('o', 1, 1); INSERT INTO line VALUES ('o', 1, 5);
            """);
        using var used = workspace;
        var draft = (await workspace.RunAsync("sources", "discover", "ops")).Done().Output;
        workspace.Write("model.yaml", draft);
        Directory.Delete(workspace.PathOf("segments"), recursive: true);
        workspace.Write("segments/all.yaml", "segment: all\nof: customer\nwhere: true\n");
        var answer = await workspace.RunAsync("check", "--data");
        Assert.True(answer.ExitCode == 0, answer.Errors + draft);
        Assert.Contains("line.order_id_ref (many_to_one)", answer.Output, StringComparison.Ordinal);
        Assert.Equal("2\n", (await workspace.RunAsync("count", "all")).Done().Output);
    }
}
