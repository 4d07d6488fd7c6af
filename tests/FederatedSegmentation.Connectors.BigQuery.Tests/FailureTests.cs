using System.Text.Json.Nodes;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;
using Xunit;

namespace FederatedSegmentation.Connectors.BigQuery.Tests;

/// <summary>The server misbehaves; the run ends with a typed error that says whether to try again, or nothing is lost.</summary>
public sealed class FailureTests(LocalBigQuery server) : IClassFixture<LocalBigQuery>
{
    [WarehouseTheory]
    [InlineData("""{"kind": "status", "status": 429, "match": {"operation": "jobs.insert"}, "reason": "jobRateLimitExceeded"}""", "SRC008", true)]
    [InlineData("""{"kind": "status", "status": 403, "match": {"operation": "jobs.insert"}, "reason": "quotaExceeded"}""", "SRC008", true)]
    [InlineData("""{"kind": "status", "status": 503, "match": {"operation": "jobs.insert"}}""", "SRC009", true)]
    [InlineData("""{"kind": "status", "status": 502, "match": {"operation": "jobs.insert"}, "body": "<html>Bad gateway</html>", "headers": {"content-type": "text/html"}}""", "SRC007", true)]
    [InlineData("""{"kind": "status", "status": 500, "match": {"operation": "jobs.getQueryResults"}, "reason": "internalError"}""", "SRC009", true)]
    [InlineData("""{"kind": "status", "status": 400, "match": {"operation": "jobs.getQueryResults"}, "reason": "jobBackendError"}""", "SRC009", true)]
    [InlineData("""{"kind": "status", "status": 400, "match": {"operation": "jobs.getQueryResults"}, "reason": "resourcesExceeded"}""", "SRC009", false)]
    [InlineData("""{"kind": "status", "status": 403, "match": {"operation": "jobs.getQueryResults"}, "reason": "responseTooLarge"}""", "SRC012", false)]
    [InlineData("""{"kind": "status", "status": 500, "match": {"operation": "jobs.getQueryResults"}, "reason": "bytesBilledLimitExceeded", "message": "Query exceeded limit for bytes billed: 10. 10485760 or higher required."}""", "RES102", false)]
    [InlineData("""{"kind": "status", "status": 404, "match": {"operation": "jobs.getQueryResults"}, "reason": "notFound", "message": "Not found: Table p:shop.gone was not found in location EU"}""", "SRC004", false)]
    [InlineData("""{"kind": "status", "status": 403, "match": {"operation": "jobs.insert"}, "reason": "accessDenied", "message": "Access Denied: Project p: User does not have bigquery.jobs.create permission in project p."}""", "SRC006", false)]
    [InlineData("""{"kind": "drop", "match": {"operation": "jobs.insert"}}""", "SRC007", true)]
    [InlineData("""{"kind": "truncate", "bytes": 40, "match": {"operation": "jobs.getQueryResults"}}""", "SRC007", true)]
    [InlineData("""{"kind": "replaceBody", "body": "{\"jobComplete\": tru", "match": {"operation": "jobs.getQueryResults"}}""", "SRC010", true)]
    [InlineData("""{"kind": "replaceBody", "body": "[1]", "match": {"operation": "jobs.insert"}}""", "SRC010", true)]
    [InlineData("""{"kind": "replaceBody", "body": "{\"jobComplete\": true, \"totalRows\": \"1\", \"rows\": [{\"f\": [{\"v\": \"1x\"}]}]}", "match": {"operation": "jobs.getQueryResults"}}""", "SRC010", true)]
    [InlineData("""{"kind": "replaceBody", "body": "{\"jobComplete\": true, \"totalRows\": \"1\", \"rows\": [{\"f\": []}]}", "match": {"operation": "jobs.getQueryResults"}}""", "SRC010", true)]
    [InlineData("""{"kind": "replaceBody", "body": "{\"jobComplete\": true}", "match": {"operation": "jobs.getQueryResults"}}""", "SRC010", true)]
    [InlineData("""{"kind": "replaceBody", "body": "{\"jobComplete\": true, \"totalRows\": \"0\", \"schema\": {\"fields\": [{\"name\": \"c\", \"type\": \"STRING\"}]}}", "match": {"operation": "jobs.getQueryResults"}}""", "INT003", false)]
    [InlineData("""{"kind": "lieRows", "match": {"operation": "jobs.getQueryResults"}}""", "SRC010", true)]
    [InlineData("""{"kind": "bomb", "bytes": 200000000, "match": {"operation": "jobs.getQueryResults"}}""", "SRC012", false)]
    public async Task A_fault_of_the_REST_API_is_a_typed_error(string fault, string code, bool isTransient)
    {
        await server.ResetAsync();
        await server.FaultAsync(fault);
        await using var connector = server.Connect();

        var error = await Assert.ThrowsAsync<SourceException>(() => LocalBigQuery.RowsAsync(connector, "SELECT 1 AS one", new StoredInteger()));

        Assert.Equal((code, isTransient), (error.Problems[0].Code, error.Problems[0].IsTransient));
        Assert.Equal(0, await server.Control.WaitingFaultsAsync(CancellationToken.None));
        AssertNoSecret(error);
    }

    [WarehouseFact]
    public async Task A_lost_answer_leaves_it_open_whether_the_statement_runs()
    {
        await server.ResetAsync();
        await server.FaultAsync("""{"kind": "loseResponse", "match": {"operation": "jobs.insert"}}""");
        await using var connector = server.Connect();
        var error = await Assert.ThrowsAsync<SourceException>(() => LocalBigQuery.RowsAsync(connector, "SELECT 1 AS one", new StoredInteger()));
        Assert.Equal(SubmissionState.Unknown, error.Submission);
        Assert.Single(await server.JobsAsync());
    }

    [WarehouseTheory]
    [InlineData("jobs.insert")]
    [InlineData("CreateReadSession")]
    public async Task An_expired_token_is_replaced_and_nothing_runs_twice(string operation)
    {
        await server.ResetAsync();
        await LoadManyAsync();
        await server.FaultAsync($$$"""{"kind": "expire", "match": {"operation": "{{{operation}}}"}}""");
        await using var connector = server.Connect(options => options with { SmallResultRows = 10, ReadStreams = 1 });

        Assert.Equal(2_500, (await LocalBigQuery.RowsAsync(connector, "SELECT id FROM many", new StoredInteger())).Count);
        Assert.Single(await server.JobsAsync());
        Assert.Equal(2, (int)(await server.VendorAsync("""{"do": "state"}"""))["tokensIssued"]!);
    }

    [WarehouseTheory]
    [InlineData("""{"kind": "status", "code": "PERMISSION_DENIED", "match": {"operation": "CreateReadSession"}}""", "SRC006", false)]
    [InlineData("""{"kind": "throttle", "retryDelayMs": 1500, "match": {"operation": "CreateReadSession"}}""", "SRC008", true)]
    [InlineData("""{"kind": "status", "code": "UNAVAILABLE", "match": {"operation": "ReadRows"}}""", "SRC007", true)]
    [InlineData("""{"kind": "status", "code": "INTERNAL", "match": {"operation": "ReadRows"}}""", "SRC009", true)]
    [InlineData("""{"kind": "drop", "match": {"operation": "ReadRows"}, "afterBatches": 1}""", "SRC007", true)]
    [InlineData("""{"kind": "drop", "match": {"operation": "CreateReadSession"}}""", "SRC010", true)]
    public async Task A_fault_of_the_Storage_Read_API_is_a_typed_error(string fault, string code, bool isTransient)
    {
        await server.ResetAsync();
        await LoadManyAsync();
        await server.FaultAsync(fault);
        await using var connector = server.Connect(options => options with { SmallResultRows = 10, ReadStreams = 1 });

        var error = await Assert.ThrowsAsync<SourceException>(() => LocalBigQuery.RowsAsync(connector, "SELECT id FROM many", new StoredInteger()));

        Assert.Equal((code, isTransient), (error.Problems[0].Code, error.Problems[0].IsTransient));
        Assert.Equal(SubmissionState.Submitted, error.Submission);
        if (fault.Contains("retryDelayMs", StringComparison.Ordinal))
        {
            Assert.Equal(TimeSpan.FromMilliseconds(1500), error.Problems[0].RetryAfter);
        }

        AssertNoSecret(error);
    }

    [WarehouseFact]
    public async Task A_statement_over_its_limit_of_bytes_is_not_run()
    {
        await server.ResetAsync();
        await LoadManyAsync();
        await using var connector = server.Connect(options => options with { MaxBytesPerQuery = 1_000_000 });
        var error = await Assert.ThrowsAsync<SourceException>(() => LocalBigQuery.RowsAsync(connector, "SELECT id FROM many", new StoredInteger()));
        Assert.Equal("RES102 web: Fragment F1 would read 10,485,760 bytes; BigQuery did not run it. Raise Limits:MaxBytesPerQuery of the source, or ask for less.", error.Message);
        Assert.Equal(0, (int)(await server.VendorAsync("""{"do": "state"}"""))["executions"]!);
    }

    [WarehouseTheory]
    [InlineData("SELECT CAST(SUM(CAST(x AS BIGNUMERIC)) AS BIGNUMERIC(38, 0)) AS s FROM UNNEST([BIGNUMERIC '99999999999999999999999999999999999999', BIGNUMERIC '1']) AS x", "DAT004")]
    [InlineData("SELECT CAST(BIGNUMERIC '99999999999999999999999999999999999999' * 100 AS STRING) AS s", "DAT004")]
    [InlineData("SELECT 1/0 AS s", "SRC009")]
    [InlineData("SELECT nope AS s", "SRC005")]
    [InlineData("SELECT t.nope AS s FROM many AS t", "SRC005")]
    [InlineData("SELECT 1 AS s FROM missing", "SRC004")]
    [InlineData("DELETE FROM many WHERE true", "SRC009")]
    [InlineData("SELECT 1 AS s; SELECT 2 AS s", "SRC009")]
    public async Task What_fails_at_the_server_is_told_without_its_words(string sql, string code)
    {
        await server.ResetAsync();
        await LoadManyAsync();
        await using var connector = server.Connect();
        var error = await Assert.ThrowsAsync<SourceException>(() => LocalBigQuery.RowsAsync(connector, sql, new StoredText()));
        Assert.Equal(code, error.Problems[0].Code);
        Assert.DoesNotContain("nope", error.Message, StringComparison.Ordinal);
    }

    [WarehouseTheory]
    [InlineData("bigquery.tables.getData", "Grant the account roles/bigquery.dataViewer on dataset p.shop, and roles/bigquery.jobUser on project p.")]
    [InlineData("bigquery.jobs.create", "Grant it roles/bigquery.jobUser on project p.")]
    public async Task A_refused_statement_names_the_role_and_where_it_is_missing(string permission, string hint)
    {
        await server.ResetAsync();
        await LoadManyAsync();
        await server.FaultAsync($$"""{"kind": "status", "status": 403, "match": {"operation": "jobs.insert"}, "reason": "accessDenied", "message": "Access Denied: User does not have {{permission}} permission"}""");
        await using var connector = server.Connect();
        var error = await Assert.ThrowsAsync<SourceException>(() => LocalBigQuery.RowsAsync(connector, LocalBigQuery.Scan(connector, "many")));
        Assert.Equal(("SRC006", hint), (error.Problems[0].Code, error.Problems[0].Hint));
        Assert.Contains(permission, error.Problems[0].Message, StringComparison.Ordinal);
    }

    [WarehouseFact]
    public async Task Wrong_keys_are_refused_in_words()
    {
        await server.ResetAsync();
        var key = JsonNode.Parse(server.KeyFile)!.AsObject();
        using var other = System.Security.Cryptography.RSA.Create(2048);
        Assert.Equal("SRC003", await CodeOf(With(key, "private_key", other.ExportPkcs8PrivateKeyPem())));
        Assert.Equal("SRC003", await CodeOf(With(key, "client_email", "nobody@example.com")));
        Assert.Equal("CFG006", await CodeOf(With(key, "private_key", "rubbish")));
        Assert.Equal("CFG006", await CodeOf(With(key, "type", "authorized_user")));
        Assert.Equal("CFG006", await CodeOf(With(key, "token_uri", "http://example.com/token")));
        Assert.Equal("CFG006", await CodeOf("{"));
    }

    [WarehouseFact]
    public async Task A_failing_token_server_is_a_typed_error()
    {
        await server.ResetAsync();
        await server.FaultAsync("""{"kind": "drop", "match": {"operation": "token"}}""");
        await using var connector = server.Connect();
        var error = await Assert.ThrowsAsync<SourceException>(() => LocalBigQuery.RowsAsync(connector, "SELECT 1 AS one", new StoredInteger()));
        Assert.Equal(("SRC007", true), (error.Problems[0].Code, error.Problems[0].IsTransient));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_typed_error()
    {
        var options = new BigQueryOptions { Project = "p", Location = "EU", Http = new HttpTransportOptions { Endpoint = new Uri("http://127.0.0.1:9") } };
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var file = new JsonObject { ["type"] = "service_account", ["client_email"] = "a@b.c", ["private_key"] = key.ExportPkcs8PrivateKeyPem(), ["token_uri"] = "http://127.0.0.1:9/token" }.ToJsonString();
        await using var connector = new BigQueryConnector("web", options, _ => ValueTask.FromResult(file), TimeProvider.System);
        var session = await connector.OpenSessionAsync(new SourceRun("run", TimeSpan.FromMinutes(1)), CancellationToken.None);
        var error = await Assert.ThrowsAsync<SourceException>(() => session.SubmitAsync(LocalBigQuery.Fragment("SELECT 1", new StoredInteger()), CancellationToken.None));
        Assert.Equal(("SRC001", true), (error.Problems[0].Code, error.Problems[0].IsTransient));
    }

    private Task LoadManyAsync() => server.LoadAsync("many", [("id", "INT64")], [.. Enumerable.Range(0, 2_500).Select(i => new string?[] { FormattableString.Invariant($"{i}") })]);

    private async Task<string> CodeOf(string keyFile)
    {
        await using var connector = server.Connect(keyFile: keyFile);
        var error = await Assert.ThrowsAsync<SourceException>(() => LocalBigQuery.RowsAsync(connector, "SELECT 1 AS one", new StoredInteger()));
        Assert.DoesNotContain("PRIVATE KEY", error.ToString(), StringComparison.Ordinal);
        return error.Problems[0].Code;
    }

    private static string With(JsonObject key, string name, string value)
    {
        var changed = key.DeepClone().AsObject();
        changed[name] = value;
        return changed.ToJsonString();
    }

    private static void AssertNoSecret(Exception error) => Assert.DoesNotContain("local.", error.ToString(), StringComparison.Ordinal);
}
