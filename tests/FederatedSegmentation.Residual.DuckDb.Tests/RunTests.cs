using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using DecimalType = FederatedSegmentation.Model.Types.DecimalType;

namespace FederatedSegmentation.Residual.DuckDb.Tests;

/// <summary>One run of the engine: what goes in, what comes out, and what is refused.</summary>
public sealed class RunTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public async Task Fragments_received_side_by_side_are_tables_for_stages_and_members()
    {
        await using var run = await _engine.StartAsync();
        async Task ReceiveAsync(string id, int from)
        {
            var (fragment, compiled, schema) = Engine.Fragment(id, Engine.Number(1, "id"));
            var batches = Enumerable.Range(0, 3).Select(i => Engine.Batch(schema, 1000, (builder, row) => builder.Columns[0].AppendInt64(from + (1000 * i) + row)));
            await run.ReceiveAsync(fragment, compiled, schema, batches.ToAsyncEnumerable(), default);
        }

        await Task.WhenAll(ReceiveAsync("F1", 0), ReceiveAsync("F2", 2500));
        var statements = Statements.Of("SELECT CAST(c0 AS VARCHAR) FROM \"S1\" ORDER BY c0", ("S1", "SELECT c0 FROM \"F1\" SEMI JOIN \"F2\" USING (c0)"));
        Assert.Equal(500, await run.CountAsync(statements, default));
        Assert.Equal(Enumerable.Range(2500, 500).Select(i => $"{i}"), await run.TextsAsync(statements));
    }

    [Theory]
    [InlineData(40, 50_000)]
    [InlineData(400, 500)]
    public async Task Fragments_beyond_the_memory_for_results_and_of_small_batches_arrive_whole(int batches, int rows)
    {
        var before = RecordBatch.AllocatedBytes;
        await using (var run = await _engine.StartAsync(_engine.Options with { MemoryLimitBytes = 40 << 20 }))
        {
            foreach (var id in new[] { "F1", "F2" })
            {
                var (fragment, compiled, schema) = Engine.Fragment(id, Engine.Number(1, "id"));
                var sent = Enumerable.Range(0, batches).Select(i => Engine.Batch(schema, rows, (builder, row) => builder.Columns[0].AppendInt64(((long)i * rows) + row)));
                await run.ReceiveAsync(fragment, compiled, schema, sent.ToAsyncEnumerable(), default);
            }

            Assert.Equal((long)batches * rows, await run.CountAsync(Statements.Of("SELECT c0 FROM \"F1\" SEMI JOIN \"F2\" USING (c0)"), default));
            Assert.Equal((long)batches * rows * (((long)batches * rows) - 1) / 2, await run.QueryNumberAsync("SELECT sum(c0) FROM \"F1\"", default));
        }

        Assert.Equal(before, RecordBatch.AllocatedBytes);
    }

    [Fact]
    public async Task A_fragment_without_rows_is_an_empty_table()
    {
        await using var run = await _engine.StartAsync();
        var (fragment, compiled, schema) = Engine.Fragment("F1", Engine.Number(1, "id"));
        await run.ReceiveAsync(fragment, compiled, schema, AsyncEnumerable.Empty<RecordBatch>(), default);
        Assert.Equal(0, await run.CountAsync(Statements.Of("SELECT c0 FROM \"F1\""), default));
    }

    [Fact]
    public async Task A_column_that_is_stored_as_another_type_is_converted_on_its_way_in()
    {
        await using var run = await _engine.StartAsync();
        var (fragment, compiled, schema) = Engine.Fragment("F1", Engine.Sent(1, "amount", new DecimalType(10, 2), new StoredOther("money"), ArrowType.Utf8));
        await run.ReceiveAsync(fragment, compiled, schema, new[] { Texts(schema, "1.5", null, "-20.25") }.ToAsyncEnumerable(), default);
        Assert.Equal(["-18.75"], await run.TextsAsync(Statements.Of("SELECT CAST(sum(c0) AS VARCHAR) FROM \"F1\"")));
    }

    [Theory]
    [InlineData(false, "DAT001 ops: 2 values of thing.amount do not fit the declared type decimal(10,2). Correct the data, or declare the type that they have; --show-values shows the first three.")]
    [InlineData(true, "DAT001 ops: 2 values of thing.amount do not fit the declared type decimal(10,2): 'abc', '1.234'. Correct the data, or declare the type that they have.")]
    public async Task Values_that_do_not_fit_end_the_run_with_their_count(bool showsValues, string line)
    {
        await using var run = await _engine.StartAsync(run: new ResidualRunOptions([], showsValues));
        var (fragment, compiled, schema) = Engine.Fragment("F1", Engine.Sent(1, "amount", new DecimalType(10, 2), new StoredOther("money"), ArrowType.Utf8));
        var failure = await Assert.ThrowsAsync<FederatedSegmentationException>(
            () => run.ReceiveAsync(fragment, compiled, schema, new[] { Texts(schema, "abc", "1.5"), Texts(schema, null, "1.234") }.ToAsyncEnumerable(), default));
        Assert.Equal(line, failure.Message);
    }

    [Fact]
    public async Task A_source_that_fails_in_the_middle_fails_the_fragment_with_its_own_error()
    {
        await using var run = await _engine.StartAsync();
        var (fragment, compiled, schema) = Engine.Fragment("F1", Engine.Number(1, "id"));
        var broken = new SourceException(new Problem { Code = "SRC007", Stage = Stage.Execute, Message = "It broke.", Hint = "Again." });
        async IAsyncEnumerable<RecordBatch> Broken()
        {
            yield return Engine.Batch(schema, 10, (builder, row) => builder.Columns[0].AppendInt64(row));
            await Task.Yield();
            throw broken;
        }

        var failure = await Record.ExceptionAsync(() => run.ReceiveAsync(fragment, compiled, schema, Broken(), default));
        Assert.Contains(broken, Chain(failure!));
        Assert.Equal(7, await run.QueryNumberAsync("SELECT 7", default));
    }

    [Fact]
    public async Task A_run_touches_only_what_it_may()
    {
        var inside = Directory.CreateDirectory(Path.Combine(_engine.Folder, "inside")).FullName;
        var list = Path.Combine(_engine.Folder, "keys.csv");
        await File.WriteAllTextAsync(list, "id\n1\n2\n");
        await File.WriteAllTextAsync(Path.Combine(inside, "a.csv"), "id\n1\n");
        await File.WriteAllTextAsync(Path.Combine(_engine.Folder, "outside.csv"), "id\n1\n");
        var output = Path.Combine(_engine.Folder, "members.parquet");
        await using var run = await _engine.StartAsync(run: new ResidualRunOptions([list], ShowsValues: false), readableFolder: inside, writableFile: output);
        Assert.Equal(1, await run.QueryNumberAsync($"SELECT count(*) FROM read_csv('{inside}/a.csv')", default));
        Assert.Equal(2, await run.QueryNumberAsync($"SELECT count(*) FROM read_csv('{list}')", default));
        Assert.Equal(1, await run.WriteParquetAsync(Statements.Of("SELECT 1 AS id"), default));
        await Assert.ThrowsAsync<EngineFailure>(() => run.QueryNumberAsync($"SELECT count(*) FROM read_csv('{_engine.Folder}/outside.csv')", default));
        await Assert.ThrowsAsync<EngineFailure>(() => run.QueryNumberAsync($"SELECT count(*) FROM read_csv('{inside}/../outside.csv')", default));
        await Assert.ThrowsAsync<EngineFailure>(() => run.QueryNumberAsync("SET threads = 1", default));
    }

    [Fact]
    public async Task Members_are_written_as_Parquet_with_instants_that_say_so()
    {
        var output = Path.Combine(_engine.Folder, "members.parquet");
        await using (var run = await _engine.StartAsync(writableFile: output))
        {
            var members = new ResidualStatements([], "SELECT i AS id, TIMESTAMP '2026-01-01' AS \"at\", TIMESTAMP '2026-01-01' AS clock FROM range(5) AS r(i) ORDER BY 1", ["at"]);
            Assert.Equal(5, await run.WriteParquetAsync(members, default));
        }

        await using var reading = await _engine.StartAsync(run: new ResidualRunOptions([output], ShowsValues: false));
        Assert.Equal(
            ["id BIGINT", "at TIMESTAMP WITH TIME ZONE", "clock TIMESTAMP"],
            await reading.QueryTextsAsync($"SELECT column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM read_parquet('{output}'))", default));
    }

    [Fact]
    public async Task A_folder_in_the_place_of_the_written_file_concerns_the_output()
    {
        var output = Directory.CreateDirectory(Path.Combine(_engine.Folder, "members.parquet")).FullName;
        await using var run = await _engine.StartAsync(writableFile: output);
        var failure = await Assert.ThrowsAsync<EngineFailure>(() => run.WriteParquetAsync(Statements.Of("SELECT 1 AS id"), default));
        Assert.True(failure.ConcernsOutput);
    }

    [Fact]
    public async Task Wall_clocks_are_those_of_the_given_rules()
    {
        await using var run = await _engine.StartAsync();
        Assert.Equal(
            ["2026-01-01 13:00:00", "2026-01-01 11:00:00"],
            await run.QueryTextsAsync(
                "SELECT CAST(fedseg_wall_clock(TIMESTAMP '2026-01-01 12:00:00', 'Europe/Berlin') AS VARCHAR) UNION ALL SELECT CAST(fedseg_convert_wall_clock(TIMESTAMP '2026-01-01 12:00:00', 'Europe/Berlin', 'UTC') AS VARCHAR)",
                default));
        Assert.Null(await run.QueryNumberAsync("SELECT epoch_us(fedseg_wall_clock(NULL, 'Europe/Berlin'))", default));
    }

    [Fact]
    public async Task A_cancelled_statement_ends()
    {
        await using var run = await _engine.StartAsync();
        using var cancellation = new CancellationTokenSource();
        var running = run.QueryNumberAsync("SELECT count(*) FROM range(100000000000) AS a(i) WHERE i % 7 = 3", cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(1, await run.QueryNumberAsync("SELECT 1", default));
    }

    [Fact]
    public async Task An_instance_that_was_prepared_and_not_used_leaves_nothing()
    {
        await using (var engine = new DuckDbResidualEngine(_engine.Options, new PlainZones()))
        {
            await using (engine.Prepare("run1", [], writableFile: null))
            {
            }
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_engine.Spill));
    }

    [Fact]
    public async Task A_run_over_other_folders_does_not_get_the_spare_instance()
    {
        var (first, second) = (Directory.CreateDirectory(Path.Combine(_engine.Folder, "first")).FullName, Directory.CreateDirectory(Path.Combine(_engine.Folder, "second")).FullName);
        await using (var engine = new DuckDbResidualEngine(_engine.Options with { KeepsSpare = true }, new PlainZones()))
        {
            foreach (var (folder, other) in new[] { (first, second), (first, second), (second, first), (first, second) })
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "a.csv"), "id\n1\n");
                await using var prepared = engine.Prepare("run1", [folder], writableFile: null);
                prepared.LockDown(new ResidualRunOptions([], ShowsValues: false));
                await using var run = await prepared.StartAsync(default);
                Assert.Equal(1, await run.QueryNumberAsync($"SELECT count(*) FROM read_csv('{folder}/a.csv')", default));
                await Assert.ThrowsAsync<EngineFailure>(() => run.QueryNumberAsync($"SELECT count(*) FROM read_csv('{other}/a.csv')", default));
            }
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_engine.Spill));
    }

    [Fact]
    public async Task A_run_on_the_spare_instance_sees_nothing_of_the_one_before_and_the_engine_leaves_nothing()
    {
        await using (var engine = new DuckDbResidualEngine(_engine.Options with { KeepsSpare = true }, new PlainZones()))
        {
            for (var i = 0; i < 3; i++)
            {
                await using var prepared = engine.Prepare($"run{i}", [], writableFile: null);
                prepared.LockDown(new ResidualRunOptions([], ShowsValues: false));
                await using var run = await prepared.StartAsync(default);
                Assert.Equal(0, await run.QueryNumberAsync("SELECT count(*) FROM duckdb_tables()", default));
                Assert.Equal(1, await run.CountAsync(Statements.Of("SELECT c0 FROM \"S1\"", ("S1", "SELECT 1 AS c0")), default));
            }
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_engine.Spill));
    }

    private static RecordBatch Texts(ArrowSchema schema, params string?[] values) => Engine.Batch(schema, values.Length, (builder, row) =>
    {
        if (values[row] is { } text)
        {
            builder.Columns[0].AppendString(text);
        }
        else
        {
            builder.Columns[0].AppendNull();
        }
    });

    private static IEnumerable<Exception> Chain(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    private sealed class PlainZones : IZoneRules
    {
        public Func<long, long> ToWallClock(string zone) => instant => instant;

        public Func<long, long> ConvertWallClock(string from, string to) => clock => clock;
    }
}
