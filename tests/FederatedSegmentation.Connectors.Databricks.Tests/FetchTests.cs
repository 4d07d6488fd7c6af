using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Databricks.Tests;

/// <summary>Statements and their results.</summary>
public sealed class FetchTests(Workspace workspace) : IClassFixture<Workspace>
{
    private static readonly (DataType, StorageType) Number = (new Int64Type(), new StoredInteger());
    private static readonly (DataType, StorageType) String = (new StringType(), new StoredText());

    [WarehouseFact]
    public async Task Every_type_arrives_exactly_with_its_extremes()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using var connector = workspace.Connect();
        var rows = await Workspace.ReadAsync(
            connector,
            Workspace.Fragment(
                "SELECT b, i8, i16, i32, i64, f, d, dec, s, x, day, at AS moment, clock FROM `all types` ORDER BY i64 NULLS LAST".Replace("at AS", "`at` AS", StringComparison.Ordinal),
                (new BooleanType(), new StoredBoolean()),
                Number,
                Number,
                Number,
                Number,
                (new Float64Type(), new StoredFloat(32)),
                (new Float64Type(), new StoredFloat(64)),
                (new DecimalType(38, 10), new StoredDecimal(38, 10)),
                String,
                (new BinaryType(), new StoredBinary()),
                (new DateType(), new StoredDate()),
                (new TimestampType(), new StoredInstant()),
                (new DateTimeType(null), new StoredWallClock())),
            CancellationToken.None);
        Assert.Equal(
            [
                ["true", "-128", "-32768", "-2147483648", "-9223372036854775808", "-3.4028235E+38", "-Infinity", "-" + new string('9', 38), "", "", "-719162", "-62135596800000000", "-62135596800000000"],
                ["false", "127", "32767", "2147483647", "9223372036854775807", "1.1754944E-38", "NaN", new string('9', 38), "é\u0000'\\\n😀", "00ff", "2932896", "253402300799999999", "253402300799999999"],
                new string?[13],
            ],
            rows);
    }

    [WarehouseFact]
    public async Task A_result_of_many_chunks_is_whole_and_links_get_no_token()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.SetAsync(("chunkRows", 300), ("batchRows", 70));
        await using var connector = workspace.Connect();
        var rows = await Workspace.ReadAsync(connector, Workspace.Fragment("SELECT n, t FROM many", Number, String), CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, Tables.Many), rows.Select(row => int.Parse(row[0]!, System.Globalization.CultureInfo.InvariantCulture)).Order());
        Assert.All(rows, row => Assert.Equal($"text {row[0]}", row[1]));
        var log = await workspace.Server.Control.LogAsync(CancellationToken.None);
        Assert.Equal(17, log.Count(request => request.Operation == "link"));
        Assert.All(log.Where(request => request.Operation == "link"), request => Assert.Null(request.Header("authorization")));
        Assert.All(log.Where(request => request.Operation is "submit" or "poll" or "chunk"), request => Assert.Equal("Bearer ***", request.Header("authorization")));
    }

    [WarehouseFact]
    public async Task A_result_without_rows_is_a_result()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using var connector = workspace.Connect();
        Assert.Empty(await Workspace.ReadAsync(connector, Workspace.Fragment("SELECT n FROM none", Number), CancellationToken.None));
    }

    [WarehouseFact]
    public async Task Sessions_are_pinned_and_closed_and_statements_say_whose_they_are()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using var connector = workspace.Connect(options => options with { StatementTimeout = TimeSpan.FromSeconds(90) });
        await Workspace.ReadAsync(connector, Workspace.Fragment("SELECT n FROM none", Number), CancellationToken.None);
        var log = await workspace.Server.Control.LogAsync(CancellationToken.None);
        var confs = log.Single(request => request.Operation == "openSession").Members["confs"]!;
        Assert.Equal(("UTC", "true", "90", "fedseg_run:run1"), ((string?)confs["TIMEZONE"], (string?)confs["ANSI_MODE"], (string?)confs["STATEMENT_TIMEOUT"], (string?)confs["QUERY_TAGS"]));
        Assert.Single(log, request => request.Operation == "closeSession");
        var submitted = log.Single(request => request.Operation == "submit");
        Assert.Equal("SELECT n FROM none", submitted.Statement);
        Assert.Equal(("EXTERNAL_LINKS", "ARROW_STREAM"), ((string?)submitted.Members["disposition"], (string?)submitted.Members["format"]));
    }

    [WarehouseFact]
    public async Task A_link_that_is_about_to_expire_is_replaced_before_it_is_used()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.SetAsync(("chunkRows", 1000), ("linkSeconds", 10));
        await using var connector = workspace.Connect();
        Assert.Equal(Tables.Many, (await Workspace.ReadAsync(connector, Workspace.Fragment("SELECT n FROM many", Number), CancellationToken.None)).Count);
        var log = await workspace.Server.Control.LogAsync(CancellationToken.None);
        Assert.Equal(5, log.Count(request => request.Operation == "chunk"));
        Assert.Equal(5, log.Count(request => request.Operation == "link"));
    }

    [WarehouseFact]
    public async Task Headers_of_a_link_are_sent_along()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.SetAsync(("linkHeaders", new System.Text.Json.Nodes.JsonObject { ["x-amz-server-side-encryption-customer-key"] = "k" }));
        await using var connector = workspace.Connect();
        Assert.Equal(Tables.Many, (await Workspace.ReadAsync(connector, Workspace.Fragment("SELECT n FROM many", Number), CancellationToken.None)).Count);
    }

    [WarehouseFact]
    public async Task Cancelling_ends_the_statement_at_the_warehouse()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.FaultAsync("submit", "slow", ("ms", 600_000));
        await using var connector = workspace.Connect();
        await using var session = await connector.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(5)), CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var running = session.SubmitAsync(Workspace.Fragment("SELECT n FROM many", Number), cancel.Token);
        while (!(await workspace.Server.Control.LogAsync(CancellationToken.None)).Any(request => request.Operation == "poll"))
        {
            await Task.Yield();
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Single(await workspace.Server.Control.LogAsync(CancellationToken.None), request => request.Operation == "cancel");
    }

    [WarehouseFact]
    public async Task Without_time_left_nothing_is_submitted()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using var connector = workspace.Connect();
        var missed = await Assert.ThrowsAsync<SourceException>(() => connector.OpenSessionAsync(new SourceRun("run1", TimeSpan.Zero), CancellationToken.None));
        Assert.Equal(("SLA001", SubmissionState.NotSubmitted), (missed.Problems[0].Code, missed.Submission));
        Assert.Empty(await workspace.Server.Control.LogAsync(CancellationToken.None));
    }
}
