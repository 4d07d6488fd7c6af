using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Postgres;
using static FederatedSegmentation.Connectors.Postgres.Tests.SourceOver;

namespace FederatedSegmentation.Connectors.Postgres.Tests;

/// <summary>Sessions and statements on a real server.</summary>
public sealed class ReadingTests
{
    [PostgresFact]
    public async Task Every_type_arrives_as_it_is_stored()
    {
        var database = await DatabaseAsync();
        await using var source = Connector(database);
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(2)), default);
        await using var statement = await session.SubmitAsync(
            Fragment(
                """
                SELECT * FROM (VALUES (true, (-5)::int2, 12.50::numeric(10,2), 1.5::float4, 'ü'::text, DATE '0001-01-01', TIMESTAMPTZ '1969-12-31 23:59:59.999999+00', TIMESTAMP '9999-12-31 23:59:59.999999', '\x00ff'::bytea),
                                      (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)) AS v
                """,
                ("b", DataTypes.Boolean, new StoredBoolean()), ("n", DataTypes.Int64, new StoredInteger()), ("d", new Model.Types.DecimalType(10, 2), new StoredDecimal(10, 2)), ("f", DataTypes.Float64, new StoredFloat(32)),
                ("s", DataTypes.String, new StoredText()), ("day", DataTypes.Date, new StoredDate()), ("at", DataTypes.Timestamp, new StoredInstant()), ("clock", new DateTimeType(null), new StoredWallClock()),
                ("bin", DataTypes.Binary, new StoredBinary())),
            default);
        Assert.Equal(
            [ArrowType.Boolean, ArrowType.Int64, ArrowType.Decimal128(10, 2), ArrowType.Float32, ArrowType.Utf8, ArrowType.Date32, ArrowType.Timestamp(ArrowTimeUnit.Microsecond, "UTC"), ArrowType.Timestamp(ArrowTimeUnit.Microsecond), ArrowType.Binary],
            statement.Schema.Fields.Select(field => field.Type));
        var batches = await statement.FetchAsync(default).ToListAsync();
        using var batch = Assert.Single(batches);
        Assert.Equal(2, batch.RowCount);
        Assert.All(batch.Columns, column => Assert.True(column.IsNull(1) && !column.IsNull(0)));
        Assert.True(batch.Columns[0].GetBoolean(0));
        Assert.Equal(-5, batch.Columns[1].Values<long>()[0]);
        Assert.Equal((Int128)1250, batch.Columns[2].Values<Int128>()[0]);
        Assert.Equal(1.5f, batch.Columns[3].Values<float>()[0]);
        Assert.Equal("ü", batch.Columns[4].GetString(0));
        Assert.Equal(-719162, batch.Columns[5].Values<int>()[0]);
        Assert.Equal(-1, batch.Columns[6].Values<long>()[0]);
        Assert.Equal(253402300799999999, batch.Columns[7].Values<long>()[0]);
        Assert.Equal([0, 255], batch.Columns[8].GetBytes(0).ToArray());
    }

    [PostgresFact]
    public async Task All_statements_of_a_session_see_the_data_as_they_were_when_it_opened()
    {
        var database = await DatabaseAsync("CREATE TABLE t (id bigint); INSERT INTO t VALUES (1), (2)");
        await using var source = Connector(database);
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(2)), default);
        await database.ExecuteAsync("INSERT INTO t VALUES (3); DELETE FROM t WHERE id = 1", default);
        Assert.Equal([1L, 2L], await session.NumbersAsync(Numbers("SELECT id FROM t ORDER BY id")));
        Assert.Equal([2L], await session.NumbersAsync(Numbers("SELECT count(*) AS id FROM t")));
        Assert.Equal([2L, 3L], await source.NumbersAsync(Numbers("SELECT id FROM t ORDER BY id")));
    }

    [PostgresFact]
    public async Task Many_rows_arrive_in_several_batches_each_row_once()
    {
        var database = await DatabaseAsync();
        await using var source = Connector(database);
        Assert.Equal(Enumerable.Range(1, 300_000).Select(i => (long)i), await source.NumbersAsync(Numbers("SELECT i::bigint AS id FROM generate_series(1, 300000) AS s(i)")));
    }

    [PostgresFact]
    public async Task Nothing_can_be_written_whatever_the_role_may()
    {
        var database = await DatabaseAsync("CREATE TABLE t (id bigint); CREATE FUNCTION sneak() RETURNS bigint LANGUAGE sql AS $$ INSERT INTO t VALUES (1) RETURNING id $$");
        await using var source = Connector(database);
        await FailsAsync(() => source.NumbersAsync(Numbers("SELECT sneak() AS id")), "SRC006", "tries to write", "read-only transactions", "(SQLSTATE 25006)");
        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM t", default));
    }

    [PostgresFact]
    public async Task Text_behind_a_statement_is_never_run()
    {
        var database = await DatabaseAsync("CREATE TABLE t (id bigint)");
        await using var source = Connector(database);
        await Assert.ThrowsAsync<SourceException>(() => source.NumbersAsync(Numbers("SELECT 1::bigint AS id; DROP TABLE t")));
        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM t", default));
    }

    [PostgresFact]
    public async Task Values_that_do_not_fit_are_counted_over_the_whole_result()
    {
        var database = await DatabaseAsync();
        await using var source = Connector(database);
        await FailsAsync(
            () => source.NumbersAsync(Fragment(
                "SELECT i::bigint AS id, CASE WHEN i % 3 = 0 THEN 'infinity'::date ELSE DATE '2026-01-01' END AS day FROM generate_series(1, 3000) AS s(i)",
                ("id", DataTypes.Int64, new StoredInteger()), ("day", DataTypes.Date, new StoredDate()))),
            "DAT001", "Column 'day' of fragment F1 has 1,000 values that are infinite or outside the years 0001 to 9999.", "Correct the data, or exclude such rows by a view.");
    }

    [PostgresFact]
    public async Task A_cancelled_statement_has_ended_at_the_server_and_its_connection_is_free()
    {
        var database = await DatabaseAsync();
        var clock = new LateClock();
        await using var source = Connector(database, options => options with { MaxConcurrent = 1 }, clock);
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(2)), default);
        using var cancellation = new CancellationTokenSource();
        await using (var statement = await session.SubmitAsync(Numbers("SELECT i::bigint AS id FROM generate_series(1, 100000000) AS s(i)"), default))
        {
            await using var batches = statement.FetchAsync(cancellation.Token).GetAsyncEnumerator(default);
            Assert.True(await batches.MoveNextAsync());
            batches.Current.Dispose();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                while (await batches.MoveNextAsync())
                {
                    batches.Current.Dispose();
                }
            });
        }

        Assert.Equal(0L, await database.ScalarAsync($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database.Name}' AND state = 'active' AND pid <> pg_backend_pid()", default));

        // The patience with the server ends while the statement is being disposed of: that must not end the process.
        Assert.True(clock.FireAll() > 0, "Nothing was patient, so nothing is proved.");
        Assert.Equal([1L], await session.NumbersAsync(Numbers("SELECT 1::bigint AS id")));
    }

    [PostgresFact]
    public async Task A_result_can_be_read_once()
    {
        var database = await DatabaseAsync();
        await using var source = Connector(database);
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(2)), default);
        await using var statement = await session.SubmitAsync(Numbers("SELECT 1::bigint AS id"), default);
        (await statement.FetchAsync(default).ToListAsync()).ForEach(batch => batch.Dispose());
        Assert.Throws<InvalidOperationException>(() => statement.FetchAsync(default));
    }

    [PostgresFact]
    public async Task The_operator_sees_which_run_and_fragment_a_statement_belongs_to()
    {
        var database = await DatabaseAsync();
        await using var source = Connector(database);
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(2)), default);
        Assert.Equal([1L], await session.NumbersAsync(Numbers("SELECT (current_setting('application_name') = 'fedseg run1 F1')::int::bigint AS id")));
    }
}
