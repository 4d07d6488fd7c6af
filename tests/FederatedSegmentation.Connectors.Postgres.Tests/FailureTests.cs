using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Testing;
using FederatedSegmentation.Testing.Postgres;
using static FederatedSegmentation.Connectors.Postgres.Tests.SourceOver;

namespace FederatedSegmentation.Connectors.Postgres.Tests;

/// <summary>What a real server does to a run, as the person who reads the error sees it.</summary>
public sealed class FailureTests
{
    private const string Endless = "SELECT i::bigint AS id FROM generate_series(1, 1000000) AS s(i) CROSS JOIN LATERAL pg_sleep(0.01 + i * 0)";

    private const string LimitOfTheServer = "SELECT setting::bigint AS id FROM pg_settings WHERE name = 'statement_timeout'";

    [PostgresFact]
    public async Task A_connection_that_the_server_ends_is_lost_and_may_be_tried_again()
    {
        var database = await DatabaseAsync();
        await using var source = Connector(database);
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(2)), default);
        var running = session.NumbersAsync(Numbers(Endless));
        await StopAsync(database, "pg_terminate_backend");
        var failure = await FailsAsync(() => running, "SRC007", "ended the connection", "(SQLSTATE 57P01)", "Run it again when it is back.");
        Assert.True(failure.Problems[0].IsTransient);
        Assert.Equal("57P01", failure.NativeCode);
    }

    [PostgresFact]
    public async Task A_server_without_a_free_connection_is_busy_and_may_be_tried_again()
    {
        var database = await DatabaseAsync();
        var password = await database.CreateReaderAsync("narrow_" + database.Name, default);
        await database.ExecuteAsync($"ALTER ROLE {PostgresDatabase.Quote("narrow_" + database.Name)} CONNECTION LIMIT 1", default);
        await using var source = Connector(Options(database) with { User = "narrow_" + database.Name }, password);
        // The snapshot's holder has the one connection.
        var failure = await FailsAsync(() => source.NumbersAsync(Numbers("SELECT 1::bigint AS id")), "SRC008", "has no connection left", "(SQLSTATE 53300)", "lower MaxConcurrent, or raise max_connections");
        Assert.True(failure.Problems[0].IsTransient);
    }

    [PostgresFact]
    public async Task A_statement_that_an_operator_stops_has_failed()
    {
        var database = await DatabaseAsync();
        await using var source = Connector(database);
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(2)), default);
        var running = session.NumbersAsync(Numbers(Endless));
        await StopAsync(database, "pg_cancel_backend");
        var failure = await FailsAsync(() => running, "SRC009", "Fragment F1 was stopped at", "by its operator", "Ask why before running it again.");
        Assert.False(failure.Problems[0].IsTransient);
    }

    [PostgresFact]
    public async Task A_limit_of_the_server_is_told_with_its_setting()
    {
        var database = await DatabaseAsync();
        await database.ExecuteAsync($"ALTER DATABASE {PostgresDatabase.Quote(database.Name)} SET temp_file_limit = '64kB'; ALTER DATABASE {PostgresDatabase.Quote(database.Name)} SET work_mem = '64kB'", default);
        await using var source = Connector(database);
        await FailsAsync(
            () => source.NumbersAsync(Numbers("SELECT i::bigint AS id FROM generate_series(1, 200000) AS s(i) ORDER BY md5(i::text)")),
            "SRC009", "Fragment F1 reaches a limit of", "(SQLSTATE 53400)", "temp_file_limit", PostgresServer.AdminUser);
    }

    [PostgresFact]
    public async Task A_server_that_does_not_export_its_snapshot_cannot_show_one_state_to_several_statements()
    {
        var database = await DatabaseAsync("""
            ALTER FUNCTION pg_catalog.pg_export_snapshot() RENAME TO pg_export_snapshot_elsewhere;
            CREATE FUNCTION pg_catalog.pg_export_snapshot() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE feature_not_supported; END $$;
            """);
        await using var source = Connector(database);
        var failure = await FailsAsync(
            () => source.NumbersAsync(Numbers("SELECT 1::bigint AS id")), "SRC011", "does not export its snapshot", "would not see the same data", "PostgreSQL 12 or later", "statement-pooling proxy");
        Assert.Equal(("0A000", SubmissionState.NotSubmitted), (failure.NativeCode, failure.Submission));
    }

    [PostgresFact]
    public async Task A_statement_that_is_longer_than_its_source_allows_is_stopped()
    {
        var database = await DatabaseAsync();
        var clock = new ManualClock();
        await using var source = Connector(database, options => options with { StatementTimeout = TimeSpan.FromMinutes(10) }, clock);
        Assert.Equal([600_000], await source.NumbersAsync(Numbers(LimitOfTheServer), TimeSpan.FromMinutes(20)));
        var failure = await FailsAsync(() => StoppedAsync(database, source.NumbersAsync(Numbers(Endless), TimeSpan.FromMinutes(20)), clock, TimeSpan.FromMinutes(10)), "RES101", "Fragment F1 took longer at", "than its StatementTimeout; it was stopped.", "Raise Limits:StatementTimeout of the source, or ask for less.");
        Assert.Equal(("57014", SubmissionState.Submitted), (failure.NativeCode, failure.Submission));
        Assert.Equal(0L, await RunningAsync(database));
    }

    [PostgresFact]
    public async Task A_statement_that_runs_into_the_deadline_is_stopped_by_the_server_itself()
    {
        var database = await DatabaseAsync();
        var clock = new ManualClock();
        await using var source = Connector(database, clock: clock);
        Assert.Equal([1_200_000], await source.NumbersAsync(Numbers(LimitOfTheServer), TimeSpan.FromMinutes(20)));
        await FailsAsync(() => StoppedAsync(database, source.NumbersAsync(Numbers(Endless), TimeSpan.FromMinutes(20)), clock, TimeSpan.FromMinutes(20)), "SLA001", "The deadline passed while fragment F1 ran", "--deadline");
        Assert.Equal(0L, await RunningAsync(database));
    }

    [PostgresFact]
    public async Task A_result_whose_end_is_lost_is_incomplete_and_never_half_read()
    {
        var database = await DatabaseAsync();
        // The trailer of a binary COPY is a field count of -1.
        await using var relay = new TamperingRelay(database.Server.Port, row => row is [0xFF, 0xFF] ? [] : row);
        await using var source = Connector(database, options => options with { Port = relay.Port });
        var failure = await FailsAsync(
            () => source.NumbersAsync(Numbers("SELECT i::bigint AS id FROM generate_series(1, 5) AS s(i)")),
            "SRC010", "The result of fragment F1 ended before its trailer.", "look for a proxy between the gateway and the server");
        Assert.True(failure.Problems[0].IsTransient);
    }

    [PostgresFact]
    public async Task A_result_with_other_bytes_than_the_format_has_is_malformed()
    {
        var database = await DatabaseAsync();
        await using var relay = new TamperingRelay(database.Server.Port, row => row is [0, 1, 0, 0, 0, 8, ..] ? [0, 2, .. row[2..]] : row);
        await using var source = Connector(database, options => options with { Port = relay.Port });
        await FailsAsync(() => source.NumbersAsync(Numbers("SELECT i::bigint AS id FROM generate_series(1, 5) AS s(i)")), "SRC010", "is malformed", "not as many fields");
    }

    [PostgresFact]
    public async Task A_statement_whose_columns_are_not_as_planned_is_never_read()
    {
        var database = await DatabaseAsync();
        await using var source = Connector(database);
        await FailsAsync(() => source.NumbersAsync(Numbers("SELECT 'x'::text AS id")), "INT003", "yields text for column 'id'", "explain");
        await FailsAsync(() => source.NumbersAsync(Numbers("SELECT 1::bigint AS id, 2::bigint AS more")), "INT003", "has not as many columns as planned", "table was not altered");
    }

    // The function stops the statement that sleeps, as soon as there is one.
    private static async Task StopAsync(PostgresDatabase database, string function)
    {
        while (await database.ScalarAsync($"SELECT {function}(pid) FROM pg_stat_activity WHERE {Sleeping(database)} LIMIT 1", default) is not true)
        {
            await Task.Yield();
        }
    }

    // The server stops a statement at its limit just as it does when it is asked to; the clock of the test says that the limit is reached.
    private static async Task StoppedAsync(PostgresDatabase database, Task statement, ManualClock clock, TimeSpan time)
    {
        while (await RunningAsync(database) == 0)
        {
            await Task.Yield();
        }

        clock.Advance(time);
        await database.ExecuteAsync($"SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE {Sleeping(database)}", default);
        await statement;
    }

    private static async Task<long> RunningAsync(PostgresDatabase database) => (long)(await database.ScalarAsync($"SELECT count(*) FROM pg_stat_activity WHERE {Sleeping(database)}", default))!;

    private static string Sleeping(PostgresDatabase database) => $"datname = '{database.Name}' AND state = 'active' AND query LIKE 'COPY%pg_sleep%' AND pid <> pg_backend_pid()";
}
