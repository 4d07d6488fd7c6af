using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>Local servers that are asked to misbehave, one of each vendor, for the tests of one class.</summary>
public sealed class FailingWarehouses : IAsyncDisposable, IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<WarehouseServer>>> _servers = new(StringComparer.Ordinal);

    /// <summary>The server of a vendor, which has forgotten all faults.</summary>
    public async Task<WarehouseServer> GetAsync(string vendor)
    {
        var server = await _servers.GetOrAdd(vendor, name => new Lazy<Task<WarehouseServer>>(() => WarehouseServer.StartAsync(name, name == "databricks" ? ["--engine=duckdb"] : [], CancellationToken.None))).Value;
        await server.Control.ResetAsync(CancellationToken.None);
        return server;
    }

    /// <inheritdoc />
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc />
    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await (await server.Value).DisposeAsync();
        }
    }
}

/// <summary>Whatever goes wrong at a warehouse, also where its answer repeats what it was sent: no secret is in anything that is printed or written.</summary>
public sealed class SecretsStayTests(FailingWarehouses warehouses) : IClassFixture<FailingWarehouses>
{
    private const string Wrong = "wr0ng-s3cret-0123456789";

    [WarehouseTheory]
    [InlineData("snowflake", "wrong")]
    [InlineData("snowflake", """{"kind": "status", "status": 401, "body": "{\"code\":\"390318\",\"message\":\"Bearer SECRET has expired\"}"}""")]
    [InlineData("snowflake", """{"kind": "status", "status": 500, "body": "<html>SECRET</html>"}""")]
    [InlineData("snowflake", """{"kind": "status", "status": 302, "headers": {"location": "https://example.com/SECRET"}}""")]
    [InlineData("snowflake", """{"kind": "throttle", "headers": {"retry-after": "SECRET"}}""")]
    [InlineData("snowflake", """{"kind": "replaceBody", "body": "{\"code\":\"SECRET\",\"data\":[[\"SECRET\"", "match": {"operation": "poll"}}""")]
    [InlineData("snowflake", """{"kind": "status", "status": 422, "body": "{\"code\":\"SECRET\",\"sqlState\":\"SECRET\",\"message\":\"SECRET\"}", "match": {"operation": "poll"}}""")]
    [InlineData("snowflake", """{"kind": "loseResponse"}""")]
    [InlineData("databricks", "wrong")]
    [InlineData("databricks", """{"kind": "expire"}""")]
    [InlineData("databricks", """{"kind": "status", "status": 403, "body": "{\"error_code\":403,\"message\":\"Invalid access token: SECRET\"}"}""")]
    [InlineData("databricks", """{"kind": "status", "status": 400, "body": "{\"error_code\":\"SECRET\",\"message\":\"SECRET\"}"}""")]
    [InlineData("databricks", """{"kind": "replaceBody", "body": "{\"statement_id\":\"SECRET\",\"status\":{\"state\":\"SECRET\"}}", "match": {"operation": "submit"}}""")]
    [InlineData("databricks", """{"kind": "linkHost", "url": "https://storage.example.com/x?Signature=SECRET", "match": {"operation": "poll"}}""")]
    [InlineData("databricks", """{"kind": "status", "status": 403, "body": "<Error>SECRET</Error>", "match": {"operation": "link"}}""")]
    [InlineData("databricks", """{"kind": "truncate", "bytes": 20, "match": {"operation": "link"}}""")]
    [InlineData("bigquery", "wrong")]
    [InlineData("bigquery", """{"kind": "status", "status": 400, "body": "{\"error\":\"invalid_grant\",\"error_description\":\"SECRET\"}", "match": {"operation": "token"}}""")]
    [InlineData("bigquery", """{"kind": "replaceBody", "body": "{\"access_token\":\"SECRET\"", "match": {"operation": "token"}}""")]
    [InlineData("bigquery", """{"kind": "status", "status": 401, "reason": "authError", "message": "SECRET"}""")]
    [InlineData("bigquery", """{"kind": "status", "status": 403, "reason": "accessDenied", "message": "SECRET lacks bigquery.jobs.create"}""")]
    [InlineData("bigquery", """{"kind": "status", "status": 400, "reason": "SECRET", "message": "SECRET"}""")]
    [InlineData("bigquery", """{"kind": "replaceBody", "body": "{\"jobComplete\": true, \"totalRows\": \"SECRET\"}", "match": {"operation": "jobs.getQueryResults"}}""")]
    [InlineData("bigquery", """{"kind": "drop"}""")]
    [InlineData("fabric", "wrong")]
    [InlineData("fabric", """{"kind": "error", "number": 18456, "text": "Login failed for SECRET", "match": {"operation": "login"}}""")]
    [InlineData("fabric", """{"kind": "error", "number": 229, "text": "The SELECT permission was denied for SECRET", "match": {"operation": "query"}}""")]
    [InlineData("fabric", """{"kind": "error", "number": 50000, "text": "SECRET", "match": {"operation": "query"}}""")]
    [InlineData("fabric", """{"kind": "drop", "match": {"operation": "query"}}""")]
    [InlineData("fabric", """{"kind": "badToken", "match": {"operation": "query"}}""")]
    public async Task No_failure_shows_a_secret(string vendor, string failure)
    {
        var server = await warehouses.GetAsync(vendor);
        using var workspace = new Workspace();
        var secrets = await PrepareAsync(workspace, vendor, server);
        if (failure == "wrong")
        {
            workspace.Write("secret", vendor == "bigquery" ? File.ReadAllText(workspace.PathOf("secret")).Replace("reader@", "nobody@", StringComparison.Ordinal) : Wrong);
        }
        else
        {
            var fault = JsonNode.Parse(failure.Replace("SECRET", secrets[0], StringComparison.Ordinal))!.AsObject();
            fault["times"] = -1;
            await server.Control.AddFaultAsync(fault, CancellationToken.None);
        }

        Answer[] answers = [await workspace.RunAsync("run", "all", "--out", "members.csv", "--verbose")];
        if (failure == "wrong")
        {
            answers = [.. answers, await workspace.RunAsync("sources", "test", "src", "--verbose"), await workspace.RunAsync("explain", "all", "--verbose", "--json"), await workspace.RunAsync("sources", "discover", "src", "--verbose")];
        }

        Assert.NotEqual(0, answers[0].ExitCode);
        Assert.False(File.Exists(workspace.PathOf("members.csv")));
        var written = Directory.EnumerateFiles(workspace.Folder, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "secret").Select(File.ReadAllText);
        foreach (var text in answers.SelectMany(answer => new[] { answer.Output, answer.Errors }).Concat(written))
        {
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
        }
    }

    [WarehouseTheory]
    [InlineData("snowflake", "VARIANT")]
    [InlineData("databricks", "ARRAY<STRING>")]
    [InlineData("bigquery", "ARRAY<INT64>")]
    [InlineData("fabric", "uniqueidentifier")]
    public async Task A_column_of_a_type_that_has_no_plain_value_is_left_out_with_a_word_and_its_table_is_of_use(string vendor, string type)
    {
        var server = await warehouses.GetAsync(vendor);
        using var workspace = new Workspace();
        await PrepareAsync(workspace, vendor, server);
        var (database, schema) = PlaceOf(vendor);
        await server.Control.LoadAsync([new WarehouseTable(database, schema, "t", [new WarehouseColumn("id", NumberOf(vendor)), new WarehouseColumn("odd", type)], [["1", null], ["2", null]])], CancellationToken.None);
        var draft = (await workspace.RunAsync("sources", "discover", "src")).Done().Output;
        if (vendor == "fabric")
        {
            // It has no type without a text.
            Assert.Contains("odd: {type: \"string\"", draft, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains($"# \"odd\" is {type}, which no column can have", draft, StringComparison.OrdinalIgnoreCase);
        }

        // Declared all the same, it harms only those who read it.
        workspace.Replace("model.yaml", "columns: {id: int64}", "columns: {id: int64, odd: string}");
        Assert.Equal("2\n", (await workspace.RunAsync("count", "all")).Done().Output);
        workspace.Write("segments/odd.yaml", "segment: odd\nof: thing\nwhere: {field: odd, eq: x}\n");
        var answer = await workspace.RunAsync("count", "odd");
        Assert.True(vendor == "fabric" ? answer.Output == "0\n" : answer.Errors.StartsWith("SRC104 src: Column 'odd'", StringComparison.Ordinal), answer.Errors + answer.Output);
    }

    private static (string Database, string Schema) PlaceOf(string vendor) => vendor switch { "snowflake" => ("DB", "PUBLIC"), "databricks" => ("ml", "default"), "bigquery" => ("p", "shop"), _ => ("wh", "dbo") };

    private static string NumberOf(string vendor) => vendor == "bigquery" ? "INT64" : "BIGINT";

    // The settings and the tables of a vendor. What must not be seen: the first one stands for all in answers of the server.
    private static async Task<string[]> PrepareAsync(Workspace workspace, string vendor, WarehouseServer server)
    {
        var (database, schema) = PlaceOf(vendor);
        await server.Control.LoadAsync([new WarehouseTable(database, schema, "t", [new WarehouseColumn("id", NumberOf(vendor))], [["1"], ["2"]])], CancellationToken.None);
        var address = JsonSerializer.Serialize(server.Endpoint);
        var (source, secret) = vendor switch
        {
            "snowflake" => ($$$"""{"Kind": "snowflake", "Endpoint": {{{address}}}, "Account": "LOCAL", "Database": "DB", "Auth": {"Kind": "pat", "Token": {"File": "secret"} } }""", (string)server.Ready["pat"]!),
            "databricks" => (
                string.Create(CultureInfo.InvariantCulture, $$$"""{"Kind": "databricks", "Endpoint": {{{address}}}, "WarehouseId": "0123456789abcdef", "Catalog": "ml", "LinkHosts": "127.0.0.1:{{{(int)server.Ready["storagePort"]!}}}", "Auth": {"Kind": "pat", "Token": {"File": "secret"} } }"""),
                "dapi-local-token"),
            "bigquery" => (
                $$$"""{"Kind": "bigquery", "Project": "p", "Location": "EU", "Dataset": "shop", "Endpoint": {{{address}}}, "StorageEndpoint": {{{address}}}, "Auth": {"Kind": "service_account", "KeyFile": {"File": "secret"} } }""",
                (await server.Control.VendorAsync(new JsonObject { ["do"] = "key-file" }, CancellationToken.None)).ToJsonString()),
            _ => (
                string.Create(CultureInfo.InvariantCulture, $$$"""{"Kind": "fabric", "Server": "localhost", "Port": {{{server.Port}}}, "Database": "wh", "Encrypt": "Mandatory", "ServerCertificate": {{{JsonSerializer.Serialize(server.CertificateFile)}}}, "Auth": {"Kind": "password", "User": "reader", "Password": {"File": "secret"} } }"""),
                "Reader-of-wh-1"),
        };
        workspace.Write("secret", secret);
        workspace.Write("appsettings.json", $$"""{"FederatedSegmentation": {"Sources": {"src": {{source}} } } }""");
        workspace.Write("model.yaml", "model: m\nentities:\n  thing: {source: src, table: [t], key: [id], columns: {id: int64}}\nrelationships: []\n");
        Directory.Delete(workspace.PathOf("segments"), recursive: true);
        workspace.Write("segments/all.yaml", "segment: all\nof: thing\nwhere: {field: id, gt: 0}\n");
        if (vendor != "bigquery")
        {
            return [secret, Wrong, "Signature="];
        }

        // The key itself, line by line, and the tokens that it gets.
        var token = (string)(await server.Control.VendorAsync(new JsonObject { ["do"] = "token" }, CancellationToken.None))["access_token"]!;
        return [token, token[..6], .. ((string)JsonNode.Parse(secret)!["private_key"]!).Split('\n').Where(line => line.Length > 20)];
    }
}
