using System.Globalization;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;
using Xunit;

namespace FederatedSegmentation.Connectors.BigQuery.Tests;

public sealed class FetchTests(LocalBigQuery server) : IClassFixture<LocalBigQuery>
{
    private static readonly (string, string)[] AllTypes =
    [
        ("b", "BOOL"), ("i", "INT64"), ("n", "NUMERIC(12, 2)"), ("w", "NUMERIC"), ("bn", "BIGNUMERIC(38, 20)"), ("f", "FLOAT64"), ("s", "STRING"), ("d", "DATE"), ("ts", "TIMESTAMP"), ("dt", "DATETIME"), ("x", "BYTES"), ("t", "TIME"),
    ];

    private static readonly StorageType[] AllStorages =
    [
        new StoredBoolean(), new StoredInteger(), new StoredDecimal(12, 2), new StoredDecimal(38, 9), new StoredDecimal(38, 20), new StoredFloat(64), new StoredText(), new StoredDate(), new StoredInstant(), new StoredWallClock(), new StoredBinary(), new StoredOther("TIME"),
    ];

    private const string AllColumns = "SELECT b, i, CAST(n AS NUMERIC) AS n, CAST(w AS NUMERIC) AS w, CAST(bn AS STRING) AS bn, f, s, d, ts, dt, x, CAST(t AS STRING) AS t FROM `all`";

    private static readonly string?[][] AllRows =
    [
        ["true", "-9223372036854775808", "-9999999999.99", "-99999999999999999999999999999.999999999", "-999999999999999999.99999999999999999999", "-1.7976931348623157E308", "a\0b\n\"'\\ é 😀", "0001-01-01", "0001-01-01 00:00:00+00", "0001-01-01 00:00:00", "00ff", "00:00:00"],
        ["false", "9223372036854775807", "0.01", "0.000000001", "0.00000000000000000001", "4.9406564584124654E-324", "", "9999-12-31", "9999-12-31 23:59:59.999999+00", "9999-12-31 23:59:59.999999", "", "23:59:59.999999"],
        ["false", "0", "12", "12", "12", "NaN", "x", "1970-01-01", "1969-12-31 23:59:59.999999+00", "1969-12-31 23:59:59.999999", "61", "12:00:00"],
        ["true", "1", "1.50", "1.5", "1.5", "-Infinity", "ü", "2024-02-29", "2024-02-29 12:00:00.5+00", "2024-02-29 12:00:00.5", "62", "12:00:00.5"],
        [null, null, null, null, null, null, null, null, null, null, null, null],
    ];

    private static readonly string[] AllExpected =
    [
        "true|-9223372036854775808|-999999999999|-99999999999999999999999999999999999999|-99999999999999999999999999999999999999|-1.7976931348623157E+308|a\0b\n\"'\\ é 😀|-719162|-62135596800000000|-62135596800000000|00ff|00:00:00",
        "false|9223372036854775807|1|1|1|5E-324||2932896|253402300799999999|253402300799999999||23:59:59.999999",
        "false|0|1200|12000000000|1200000000000000000000|NaN|x|0|-1|-1|61|12:00:00",
        "true|1|150|1500000000|150000000000000000000|-Infinity|ü|19782|1709208000500000|1709208000500000|62|12:00:00.500",
        "NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL",
    ];

    [WarehouseTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_type_arrives_exactly_at_its_extremes(bool byStorageApi)
    {
        await server.ResetAsync();
        await server.LoadAsync("all", AllTypes, AllRows);
        await using var connector = server.Connect(options => byStorageApi ? options with { SmallResultRows = 1 } : options with { Storage = null });

        var rows = await LocalBigQuery.RowsAsync(connector, AllColumns, AllStorages);

        Assert.Equal(AllExpected.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        Assert.Equal(byStorageApi, (await server.OperationsAsync()).Contains("ReadRows"));
    }

    [WarehouseTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_result_of_many_batches_or_pages_arrives_whole(bool byStorageApi)
    {
        await server.ResetAsync();
        await server.LoadAsync("many", [("id", "INT64"), ("name", "STRING")], Numbers(7_321));
        await using var connector = server.Connect(options => byStorageApi ? options with { SmallResultRows = 100 } : options with { Storage = null });

        var rows = await LocalBigQuery.RowsAsync(connector, "SELECT id, name FROM many", new StoredInteger(), new StoredText());

        Assert.Equal(Enumerable.Range(0, 7_321).Select(i => $"{i}|name {i}").Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [WarehouseFact]
    public async Task Pages_of_the_REST_API_follow_each_other()
    {
        await server.ResetAsync();
        await server.Control.AddCannedAsync(
            (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse("""{"statement": "SELECT canned", "columns": [{"name": "n", "type": "INT64"}], "rows": [["1"], ["2"], ["3"]], "repeat": 50}""")!, CancellationToken.None);
        await using var connector = server.Connect(options => options with { Storage = null });

        var rows = await LocalBigQuery.RowsAsync(connector, "SELECT canned", new StoredInteger());

        Assert.Equal(150, rows.Count);
        Assert.Equal(50, (await server.OperationsAsync()).Count(operation => operation == "jobs.getQueryResults"));
    }

    [WarehouseFact]
    public async Task An_empty_result_has_no_rows()
    {
        await server.ResetAsync();
        await using var connector = server.Connect();
        Assert.Empty(await LocalBigQuery.RowsAsync(connector, "SELECT 1 AS one LIMIT 0", new StoredInteger()));
    }

    [WarehouseFact]
    public async Task A_small_result_takes_two_requests()
    {
        await server.ResetAsync();
        await using var connector = server.Connect();
        Assert.Equal(["1"], await LocalBigQuery.RowsAsync(connector, "SELECT 1 AS one", new StoredInteger()));
        Assert.Equal("token jobs.insert jobs.getQueryResults", string.Join(' ', await server.OperationsAsync()));
    }

    [WarehouseFact]
    public async Task A_job_names_its_run_its_limits_and_nothing_is_legacy()
    {
        await server.ResetAsync();
        await using var connector = server.Connect(options => options with { MaxBytesPerQuery = 123_456_789, StatementTimeout = TimeSpan.FromSeconds(90) });
        await LocalBigQuery.RowsAsync(connector, "SELECT 1 AS one", new StoredInteger());

        var job = Assert.Single(await server.JobsAsync())!;
        Assert.StartsWith("fedseg_run-1_F1_", (string?)job["id"], StringComparison.Ordinal);
        Assert.Equal("run-1", (string?)job["labels"]!["fedseg-run"]);
        Assert.Equal("f1", (string?)job["labels"]!["fedseg-fragment"]);
        Assert.Equal("123456789", (string?)job["maximumBytesBilled"]);
        Assert.Equal("90000", (string?)job["jobTimeoutMs"]);
    }

    [WarehouseFact]
    public async Task A_number_that_exceeds_its_declared_digits_is_a_data_error()
    {
        await server.ResetAsync();
        await using var connector = server.Connect();
        foreach (var text in new[] { "NUMERIC '1.001'", "NUMERIC '10000000000'" })
        {
            var error = await Assert.ThrowsAsync<SourceException>(() => LocalBigQuery.RowsAsync(connector, $"SELECT {text} AS n", new StoredDecimal(12, 2)));
            Assert.Equal(SourceErrorCodes.ValueDoesNotFit, error.Problems[0].Code);
        }
    }

    [WarehouseFact]
    public async Task A_cancelled_fetch_cancels_the_job()
    {
        await server.ResetAsync();
        await server.VendorAsync("""{"do": "behaviour", "jobDelayMs": 60000}""");
        await using var connector = server.Connect();
        var session = await connector.OpenSessionAsync(new SourceRun("run", TimeSpan.FromMinutes(5)), CancellationToken.None);
        var statement = await session.SubmitAsync(LocalBigQuery.Fragment("SELECT 1 AS one", new StoredInteger()), CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var fetching = Task.Run(async () =>
        {
            await foreach (var batch in statement.FetchAsync(cancellation.Token))
            {
                batch.Dispose();
            }
        });
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
        var job = Assert.Single(await server.JobsAsync())!;
        Assert.Equal(("DONE", "stopped"), ((string?)job["state"], (string?)job["error"]));
        await statement.DisposeAsync();
    }

    [WarehouseFact]
    public async Task A_statement_that_is_never_read_is_cancelled_and_gives_its_slot_back()
    {
        await server.ResetAsync();
        await server.VendorAsync("""{"do": "behaviour", "jobDelayMs": 60000}""");
        await using var connector = server.Connect(options => options with { MaxConcurrent = 1 });
        var session = await connector.OpenSessionAsync(new SourceRun("run", TimeSpan.FromMinutes(5)), CancellationToken.None);
        for (var i = 0; i < 2; i++)
        {
            var statement = await session.SubmitAsync(LocalBigQuery.Fragment("SELECT 1 AS one", new StoredInteger()), CancellationToken.None);
            await statement.DisposeAsync();
        }

        Assert.All(await server.JobsAsync(), job => Assert.Equal("stopped", (string?)job!["error"]));
    }

    [WarehouseFact]
    public async Task A_statement_that_takes_too_long_is_told_from_a_missed_deadline()
    {
        await server.ResetAsync();
        await server.VendorAsync("""{"do": "behaviour", "jobDelayMs": 60000}""");
        await using var slow = server.Connect(options => options with { StatementTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal(SourceErrorCodes.StatementTimeout, await CodeOf(slow, TimeSpan.FromMinutes(5)));
        await using var late = server.Connect();
        Assert.Equal(SourceErrorCodes.DeadlineMissed, await CodeOf(late, TimeSpan.FromMilliseconds(300)));
        Assert.Equal(SourceErrorCodes.DeadlineMissed, await CodeOf(late, TimeSpan.Zero));
    }

    [WarehouseTheory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task A_server_with_an_authority_of_its_own_is_reached_through_a_proxy(bool isTrusted, bool byStorageApi)
    {
        await server.ResetAsync();
        await server.LoadAsync("long", [("id", "INT64"), ("name", "STRING")], Numbers(2_500));
        await using var proxy = new LocalProxy();
        var http = server.Options().Http with { Endpoint = server.Server.SecureEndpoint, Proxy = proxy.Address, RootCertificate = isTrusted ? server.Server.CertificateFile : null };
        await using var connector = server.Connect(options => options with { Http = http, Storage = byStorageApi ? http : null, SmallResultRows = 10 });
        var reading = LocalBigQuery.RowsAsync(connector, "SELECT id FROM long", new StoredInteger());
        if (!isTrusted)
        {
            Assert.Equal("SRC002", (await Assert.ThrowsAsync<SourceException>(() => reading)).Problems[0].Code);
            return;
        }

        Assert.Equal(2_500, (await reading).Count);
        Assert.Equal(byStorageApi, (await server.OperationsAsync()).Contains("ReadRows"));

        // The API, and the sign-in.
        Assert.Equal([FormattableString.Invariant($"CONNECT localhost:{server.Server.Port}"), FormattableString.Invariant($"POST http://127.0.0.1:{server.Server.Port}/token")], proxy.Requests.Distinct().Order(StringComparer.Ordinal));
    }

    private static string?[][] Numbers(int count)
        => [.. Enumerable.Range(0, count).Select(i => new string?[] { i.ToString(CultureInfo.InvariantCulture), $"name {i}" })];

    private static async Task<string> CodeOf(BigQueryConnector connector, TimeSpan remaining)
    {
        var session = await connector.OpenSessionAsync(new SourceRun("run", remaining), CancellationToken.None);
        var error = await Assert.ThrowsAsync<SourceException>(async () =>
        {
            await using var statement = await session.SubmitAsync(LocalBigQuery.Fragment("SELECT 1 AS one", new StoredInteger()), CancellationToken.None);
            await foreach (var batch in statement.FetchAsync(CancellationToken.None))
            {
                batch.Dispose();
            }
        });
        return error.Problems[0].Code;
    }
}
