using System.Collections.Immutable;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Postgres;

namespace FederatedSegmentation.Connectors.Tests.AdoNet;

public sealed class FailureTests
{
    private static readonly StoredInteger Number = new();

    [PostgresFact]
    public async Task Errors_are_told_by_SQLSTATE_and_none_of_the_driver_s_words_are_used()
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(default);
        await using var transport = Through.Open(Through.Npgsql(database));
        foreach (var (sql, code, native) in new[] { ("SELECT 1 FROM tiger", "SRC004", "42P01"), ("SELECT tiger FROM pg_class", "SRC005", "42703"), ("SELECT 1/length('') AS tiger", "DAT001", "22012"), ("SELECT CAST('tiger' AS int)", "DAT001", "22P02") })
        {
            var failure = await Assert.ThrowsAsync<SourceException>(() => transport.BatchesAsync(Through.Fragment(sql, Number)));
            Assert.Equal((code, native), (failure.Problems[0].Code, failure.NativeCode));
            Assert.DoesNotContain("tiger", failure.ToString(), StringComparison.Ordinal);
        }
    }

    [PostgresFact]
    public async Task A_refused_login_and_a_server_that_is_not_there_show_nothing_of_the_connection_string()
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(default);
        await using var refused = Through.Open(Through.Npgsql(database) with { ConnectionString = () => $"Host={PostgresServer.Host};Port={database.Server.Port};Database={database.Name};Username=lion;Password=tiger" });
        var failure = await Assert.ThrowsAsync<SourceException>(() => refused.BatchesAsync(Through.Fragment("SELECT 1", Number)));
        Assert.Equal("SRC003", failure.Problems[0].Code);
        Assert.DoesNotContain("tiger", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("lion", failure.ToString(), StringComparison.Ordinal);

        await using var gone = Through.Open(Through.Npgsql(database) with { ConnectionString = () => "Host=127.0.0.1;Port=1;Username=lion;Password=tiger" });
        failure = await Assert.ThrowsAsync<SourceException>(() => gone.BatchesAsync(Through.Fragment("SELECT 1", Number)));
        Assert.Equal(("SRC001", true, SubmissionState.NotSubmitted), (failure.Problems[0].Code, failure.Problems[0].IsTransient, failure.Submission));
        Assert.DoesNotContain("lion", failure.ToString(), StringComparison.Ordinal);
    }

    [OdbcFact]
    public async Task Errors_of_ODBC_are_told_by_SQLSTATE_as_well()
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(default);
        await using var transport = Through.Open(Through.Odbc(database));
        var failure = await Assert.ThrowsAsync<SourceException>(() => transport.BatchesAsync(Through.Fragment("SELECT 1 FROM tiger", Number)));
        Assert.Equal("SRC004", failure.Problems[0].Code);
        Assert.DoesNotContain("tiger", failure.ToString(), StringComparison.Ordinal);
        await using var unknown = Through.Open(Through.Odbc(database) with { ConnectionString = () => "Driver={No such driver};Pwd=tiger" });
        failure = await Assert.ThrowsAsync<SourceException>(() => unknown.BatchesAsync(Through.Fragment("SELECT 1", Number)));
        Assert.Equal("SRC001", failure.Problems[0].Code);
        Assert.DoesNotContain("tiger", failure.ToString(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task The_vendor_s_rules_come_first_and_its_pins_and_marks_are_sent()
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(default);
        var vendor = new DriverVendor
        {
            Pins = name => [$"SET application_name = '{name.Tag}'", $"SET statement_timeout = '{name.Seconds(1000)}s'"],
            Mark = (sql, name) => $"{sql} /* {name.Tag} */",
            FindRule = code => code == "42P01" ? new SourceErrorRule(code, "SRC006", true, "{what}: ask {who}.", "Ask {who}.") : null,
            Placeholders = [new("who", "the owner")],
        };
        await using var transport = Through.Open(Through.Npgsql(database), vendor);
        using var batch = await transport.BatchAsync(Through.Fragment("SELECT current_setting('application_name'), current_setting('statement_timeout'), query FROM pg_stat_activity WHERE pid = pg_backend_pid()", new StoredText(), new StoredText(), new StoredText()));
        Assert.Equal(("fedseg run1 F1", "5min"), (batch.Columns[0].GetString(0), batch.Columns[1].GetString(0)));
        Assert.EndsWith("/* fedseg run1 F1 */", batch.Columns[2].GetString(0), StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<SourceException>(() => transport.BatchesAsync(Through.Fragment("SELECT 1 FROM nothing", Number)));
        Assert.Equal("SRC006 wh: Fragment F1: ask the owner. (code 42P01) Ask the owner.", failure.Problems[0].ToString());
    }

    [PostgresFact]
    public async Task A_cancelled_statement_ends_at_the_server()
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(default);
        await using var transport = Through.Open(Through.Npgsql(database));
        using var stop = new CancellationTokenSource();
        var running = transport.BatchesAsync(Through.Fragment("SELECT count(*) FROM pg_class AS a CROSS JOIN (SELECT pg_sleep(100000)) AS marked", Number), cancellationToken: stop.Token);
        await RunsAsync(database, isRunning: true);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await RunsAsync(database, isRunning: false);
    }

    [PostgresFact]
    public async Task The_deadline_and_the_statement_s_limit_stop_it_and_are_told_apart()
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(default);
        var clock = new ManualClock();
        var fragment = Through.Fragment("SELECT count(*) FROM pg_class AS a CROSS JOIN (SELECT pg_sleep(100000)) AS marked", Number);
        foreach (var (limit, code) in new (TimeSpan?, string)[] { (null, "SLA001"), (TimeSpan.FromMinutes(10), "RES101") })
        {
            await using var transport = Through.Open(Through.Npgsql(database), clock: clock, statementTimeout: limit);
            var running = transport.BatchesAsync(fragment, TimeSpan.FromMinutes(20));
            await RunsAsync(database, isRunning: true);
            clock.Advance(limit ?? TimeSpan.FromMinutes(20));
            var failure = await Assert.ThrowsAsync<SourceException>(() => running);
            Assert.Equal(code, failure.Problems[0].Code);
            await RunsAsync(database, isRunning: false);
        }
    }

    private static async Task RunsAsync(PostgresDatabase database, bool isRunning)
    {
        while ((long)(await database.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%AS marked%' AND pid <> pg_backend_pid()", default))! > 0 != isRunning)
        {
            await Task.Yield();
        }
    }
}
