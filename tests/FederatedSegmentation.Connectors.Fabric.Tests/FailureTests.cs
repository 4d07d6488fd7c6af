using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;
using static FederatedSegmentation.Connectors.Fabric.Tests.SourceOver;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

/// <summary>What goes wrong, as a person reads it. Every failure is typed, and no result that is not whole passes for one.</summary>
public sealed class FailureTests(OwnServer own) : IClassFixture<OwnServer>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [WarehouseTheory]
    [InlineData(24801, "SRC008", true)]
    [InlineData(40501, "SRC008", true)]
    [InlineData(42109, "SRC008", true)]
    [InlineData(1205, "SRC009", true)]
    [InlineData(24556, "SRC009", true)]
    [InlineData(208, "SRC004", false)]
    [InlineData(207, "SRC005", false)]
    [InlineData(229, "SRC006", false)]
    [InlineData(8115, "DAT004", false)]
    [InlineData(8134, "DAT001", false)]
    [InlineData(8623, "SRC009", false)]
    [InlineData(99999, "SRC009", false)]
    public async Task An_error_number_decides(int number, string code, bool isTransient)
    {
        var server = await ServerAsync();
        var (source, fragment) = Marked(server, number);
        await using var connector = source;
        await server.FaultAsync("error", "query", Mark(number), ("number", number), ("text", "a value of the data: 4711"));
        var failure = await FailsAsync(() => connector.NumbersAsync(fragment), code, FormattableString.Invariant($"(error {number})"));
        Assert.Equal(isTransient, failure.Problems[0].IsTransient);
        Assert.Equal(SubmissionState.Submitted, failure.Submission);
        Assert.Equal(number.ToString(System.Globalization.CultureInfo.InvariantCulture), failure.NativeCode);
        Assert.DoesNotContain("4711", failure.Problems[0].ToString(), StringComparison.Ordinal);
        Assert.Equal([1], await connector.NumbersAsync(fragment));
    }

    [WarehouseFact]
    public async Task What_is_not_there_any_more_is_told()
    {
        var server = await ServerAsync();
        var database = NewDatabase();
        await server.LoadAsync(database, "T", [("other", "bigint")], ["1"]);
        await using var source = Connector(Options(server, database));
        await FailsAsync(() => source.NumbersAsync(Scan(source, "gone")), "SRC004", "(error 208)");
        await FailsAsync(() => source.NumbersAsync(Scan(source, "T")), "SRC005", "(error 207)");
    }

    [WarehouseFact]
    public async Task An_error_after_rows_ends_the_result()
    {
        var server = await ServerAsync();
        var (source, fragment) = Marked(server, 1);
        await using var connector = source;
        await server.FaultAsync("error", "query", Mark(1), ("number", 40197), ("afterRows", 1));
        await FailsAsync(() => connector.NumbersAsync(Numbers($"SELECT v.id FROM (VALUES (CAST('1' AS bigint)), (CAST('2' AS bigint))) AS v(id) /* 1 */")), "SRC008", "(error 40197)");
    }

    [WarehouseTheory]
    [InlineData("drop", "SRC007", "broke")]
    [InlineData("errorBit", "SRC010", "does not name")]
    public async Task An_answer_that_is_not_whole_is_no_answer(string kind, string code, string part)
    {
        var server = await own.FreshAsync();
        await server.LoadAsync("wh", "T", [("id", "bigint")], [.. Enumerable.Range(0, 20_000).Select(i => new[] { i.ToString(System.Globalization.CultureInfo.InvariantCulture) })]);
        await using var source = Connector(Options(server));
        var fragment = Numbers("SELECT t.id FROM T AS t");
        await server.FaultAsync(kind, "query", "FROM T", ("bytes", 50_000));
        var failure = await FailsAsync(() => source.NumbersAsync(fragment), code, part);
        Assert.True(failure.Problems[0].IsTransient);
        Assert.Equal(0, await server.Control.WaitingFaultsAsync(default));
        Assert.Equal(20_000, (await source.NumbersAsync(fragment)).Count);
    }

    [WarehouseTheory]
    [InlineData("badToken")]
    [InlineData("garbage")]
    public async Task Bytes_that_are_no_tds_are_an_error_and_no_hang(string kind)
    {
        var server = await own.FreshAsync();
        await using var source = Connector(Options(server));
        await server.FaultAsync(kind, "query", "42", ("hex", "04010010003301001337133713371337"));
        var failure = await Assert.ThrowsAsync<SourceException>(() => source.NumbersAsync(Numbers("SELECT CAST('42' AS bigint) AS id")));
        Assert.True(failure.Problems[0].Code is "SRC007" or "SRC010", failure.Problems[0].ToString());
        Assert.Equal([43], await source.NumbersAsync(Numbers("SELECT CAST('43' AS bigint) AS id")));
    }

    [WarehouseFact]
    public async Task Fragmented_packets_change_nothing()
    {
        var server = await own.FreshAsync();
        var long9000 = string.Concat(Enumerable.Repeat("ä€😀x", 900));
        await server.LoadAsync("wh", "T", [("id", "bigint"), ("s", "varchar(max)")], [.. Enumerable.Range(0, 9).Select(i => new[] { i.ToString(System.Globalization.CultureInfo.InvariantCulture), i % 3 == 0 ? null : long9000 })]);
        await server.Control.VendorAsync(new JsonObject { ["fragment"] = 61 }, default);
        await using var source = Connector(Options(server));
        var fragment = Fragment("SELECT t.id, t.s FROM T AS t", ("id", DataTypes.Int64, new StoredInteger()), ("s", DataTypes.String, new StoredText()));
        var batch = Assert.Single(await source.BatchesAsync(fragment).ToListAsync());
        using (batch)
        {
            Assert.Equal(9, batch.RowCount);
            for (var i = 0; i < 9; i++)
            {
                Assert.Equal(batch.Columns[0].Values<long>()[i] % 3 == 0, batch.Columns[1].IsNull(i));
                Assert.True(batch.Columns[1].IsNull(i) || batch.Columns[1].GetString(i) == long9000);
            }
        }
    }

    [WarehouseFact]
    public async Task A_statement_that_takes_longer_than_its_limit_is_stopped_and_so_is_one_at_the_deadline()
    {
        var server = await own.FreshAsync();
        await server.LoadAsync("wh", "T", [("id", "bigint")], [.. Enumerable.Range(0, 3000).Select(i => new[] { i.ToString(System.Globalization.CultureInfo.InvariantCulture) })]);
        var slow = Numbers("SELECT COUNT_BIG(*) AS id FROM T AS a CROSS JOIN T AS b CROSS JOIN T AS c");
        var clock = new ManualClock();
        await using (var source = Connector(Options(server) with { StatementTimeout = Limit }, clock))
        {
            var running = source.NumbersAsync(slow, Limit * 2);
            await server.StatementsRunAsync(1);
            clock.Advance(Limit);
            await FailsAsync(() => EndAsync(running, clock), "RES101", "StatementTimeout");
        }

        await using (var source = Connector(Options(server), clock))
        {
            var running = source.NumbersAsync(slow, Limit);
            await server.StatementsRunAsync(2);
            clock.Advance(Limit);
            await FailsAsync(() => EndAsync(running, clock), "SLA001", "--deadline");
            await FailsAsync(() => source.NumbersAsync(slow, TimeSpan.Zero), "SLA001");
        }

        Assert.Equal(2, (await server.Control.LogAsync(default)).Count(request => request.Operation == "query"));
    }

    [WarehouseFact]
    public async Task A_result_that_is_still_arriving_at_the_deadline_is_stopped()
    {
        var server = await own.FreshAsync();
        await server.LoadAsync("wh", "T", [("id", "bigint")], [.. Enumerable.Range(0, 3000).Select(i => new[] { i.ToString(System.Globalization.CultureInfo.InvariantCulture) })]);
        // Each row is more than a packet, so that the server sends it at once.
        await server.LoadAsync("wh", "Long", [("s", "varchar(max)")], [new string('x', 40_000)]);
        await server.FaultAsync("slowRows", "query", "FROM T", ("ms", 50));
        var clock = new ManualClock();
        await using var source = Connector(Options(server), clock);
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", Limit), default);
        await using var statement = await session.SubmitAsync(
            Fragment("SELECT t.id, l.s FROM T AS t CROSS JOIN Long AS l", ("id", DataTypes.Int64, new StoredInteger()), ("s", DataTypes.String, new StoredText())), default);
        var reading = statement.FetchAsync(default).ToListAsync().AsTask();
        clock.Advance(Limit);
        await FailsAsync(() => EndAsync(reading, clock), "SLA001", "--deadline");
    }

    [WarehouseFact]
    public async Task A_server_that_hangs_is_left_at_the_deadline()
    {
        var server = await own.FreshAsync();
        var clock = new ManualClock();
        await using var source = Connector(Options(server), clock);
        await server.FaultAsync("hang", "query", "42");
        var running = source.NumbersAsync(Numbers("SELECT CAST('42' AS bigint) AS id"), Limit);
        await server.FaultsMetAsync();
        clock.Advance(Limit);
        await FailsAsync(() => EndAsync(running, clock), "SLA001");
        Assert.Equal([43], await source.NumbersAsync(Numbers("SELECT CAST('43' AS bigint) AS id")));
    }

    [WarehouseFact]
    public async Task A_server_that_does_not_acknowledge_is_left_after_a_while()
    {
        var server = await own.FreshAsync();
        var clock = new ManualClock();
        await using var source = Connector(Options(server), clock);
        await server.FaultAsync("hang", "query", "42");
        var running = source.NumbersAsync(Numbers("SELECT CAST('42' AS bigint) AS id"), Limit);
        await server.FaultsMetAsync();
        await server.FaultAsync("ignoreAttention", "attention");
        clock.Advance(Limit);
        clock.Advance(StatementTimer.Patience);
        await FailsAsync(() => running, "SLA001");
        Assert.Equal([43], await source.NumbersAsync(Numbers("SELECT CAST('43' AS bigint) AS id")));
    }

    [WarehouseFact]
    public async Task A_connection_that_died_in_the_pool_is_told()
    {
        var server = await own.FreshAsync();
        await using var source = Connector(Options(server));
        Assert.Equal([1], await source.NumbersAsync(Numbers("SELECT CAST('1' AS bigint) AS id")));
        await server.FaultAsync("drop", "query", "'2'");
        await FailsAsync(() => source.NumbersAsync(Numbers("SELECT CAST('2' AS bigint) AS id")), "SRC007");
        Assert.Equal([3], await source.NumbersAsync(Numbers("SELECT CAST('3' AS bigint) AS id")));
    }

    [Fact]
    public async Task Where_nothing_listens_that_is_said()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var source = Connector(new FabricOptions { Server = "127.0.0.1", Port = port, Database = "wh", Authentication = new FabricPassword("reader", () => Password), ConnectTimeout = TimeSpan.FromSeconds(1) });
        // The driver tries a refused connection again for as long as it may.
        var failure = await FailsAsync(() => source.NumbersAsync(Numbers("SELECT 1 AS id")), "SRC001");
        Assert.True(failure.Problems[0].IsTransient);
        var checks = await source.TestAsync(default).ToListAsync();
        Assert.Equal(("TCP", CheckOutcome.Failed), (checks[^1].Step, checks[^1].Outcome));
    }

    [Fact]
    public async Task What_is_no_warehouse_is_told()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var accepting = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        });
        await using var source = Connector(new FabricOptions { Server = "127.0.0.1", Port = port, Database = "wh", Authentication = new FabricPassword("reader", () => Password), Encrypt = FabricEncryption.Mandatory });
        var failure = await Assert.ThrowsAsync<SourceException>(() => source.NumbersAsync(Numbers("SELECT 1 AS id")));
        Assert.True(failure.Problems[0].Code is "SRC001" or "SRC002" or "SRC007", failure.Problems[0].ToString());
        await accepting;
    }

    // The driver sends no attention for a statement that is still on its way to the server; the connection is given up after a while then. This happens where
    // the machine is so slow that the server has logged the statement before the client goes on.
    private static async Task EndAsync(Task work, ManualClock clock)
    {
        await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(30)));
        clock.Advance(StatementTimer.Patience);
        await work;
    }

    private static string Mark(int number) => FormattableString.Invariant($"/\\* {number} \\*/");

    private static (FabricConnector Source, Sql.CompiledFragment Fragment) Marked(WarehouseServer server, int number)
        => (Connector(Options(server)), Numbers(FormattableString.Invariant($"SELECT CAST('1' AS bigint) AS id /* {number} */")));
}
