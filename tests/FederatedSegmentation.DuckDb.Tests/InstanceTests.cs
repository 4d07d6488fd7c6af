using FederatedSegmentation.Arrow;
using Xunit;

namespace FederatedSegmentation.DuckDb.Tests;

public sealed class InstanceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedseg-duckdb-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public async Task A_statement_returns_its_rows()
    {
        await using var instance = DuckDbInstance.Open(new DuckDbOptions());
        await using var connection = instance.CreateConnection();
        Assert.Equal(499_999_500_000, await connection.QueryInt64Async("SELECT sum(i) FROM range(1000000) t(i)", default));
        Assert.Equal("UTC", await connection.QueryStringAsync("SELECT current_setting('TimeZone')", default));
        Assert.Null(await connection.QueryInt64Async("SELECT NULL::TINYINT", default));
        Assert.Null(connection.Progress);
    }

    [Fact]
    public async Task A_statement_says_how_many_rows_it_wrote()
    {
        await using var instance = DuckDbInstance.Open(new DuckDbOptions());
        await using var connection = instance.CreateConnection();
        Assert.Equal(5, await connection.ExecuteAsync("CREATE TABLE t AS SELECT * FROM range(5) t(i)", default));
        Assert.Equal(2, await connection.ExecuteAsync("INSERT INTO t VALUES (7), (8)", default));
        Assert.Equal(3, await connection.ExecuteAsync("DELETE FROM t WHERE i > 3", default));
        Assert.Equal(0, await connection.ExecuteAsync("CREATE TABLE u (i INT)", default));
        Assert.Equal(4, await connection.ExecuteAsync($"COPY t TO '{_folder}/t.parquet' (FORMAT parquet)", default));
        Assert.Equal(1, await connection.ExecuteAsync("INSERT INTO u VALUES (1); INSERT INTO u VALUES (2)", default));
    }

    [Fact]
    public async Task A_result_without_rows_has_columns()
    {
        await using var instance = DuckDbInstance.Open(new DuckDbOptions());
        await using var connection = instance.CreateConnection();
        await using var reader = await connection.QueryAsync("SELECT 1::BIGINT a, 'x' b WHERE false", default);
        Assert.Equal(new ArrowSchema(new ArrowField("a", ArrowType.Int64), new ArrowField("b", ArrowType.Utf8)), reader.Schema);
        Assert.Null(await reader.ReadAsync(default));
        Assert.Null(await reader.ReadAsync(default));
    }

    [Theory]
    [InlineData("SELEC 1", DuckDbErrorKind.Parser)]
    [InlineData("SELECT nothing FROM range(1)", DuckDbErrorKind.Binder)]
    [InlineData("SELECT * FROM missing", DuckDbErrorKind.Catalog)]
    [InlineData("SELECT 'abc'::INT", DuckDbErrorKind.Conversion)]
    [InlineData("SELECT x::INT FROM (SELECT CASE WHEN i = 90000 THEN 'abc' ELSE '1' END x FROM range(100000) t(i))", DuckDbErrorKind.Conversion)]
    [InlineData("SELECT 9223372036854775807 + i FROM range(2) t(i)", DuckDbErrorKind.OutOfRange)]
    [InlineData("SELECT error('two rows') FROM range(1)", DuckDbErrorKind.InvalidInput)]
    [InlineData("SELECT * FROM read_parquet('/nowhere/x.parquet')", DuckDbErrorKind.Io)]
    [InlineData("INSERT INTO c VALUES (1), (1)", DuckDbErrorKind.Constraint)]
    [InlineData("SELECT [1, 2]", DuckDbErrorKind.NotImplemented)]
    public async Task Errors_have_kinds(string sql, DuckDbErrorKind kind)
    {
        await using var instance = DuckDbInstance.Open(new DuckDbOptions());
        await using var connection = instance.CreateConnection();
        await connection.ExecuteAsync("CREATE TABLE c (i INT PRIMARY KEY)", default);
        var error = await Assert.ThrowsAsync<DuckDbException>(async () =>
        {
            await using var reader = await connection.QueryAsync(sql, default);
            await foreach (var batch in reader.ReadAllAsync(default))
            {
                batch.Dispose();
            }
        });
        Assert.Equal(kind, error.Kind);
        if (kind != DuckDbErrorKind.NotImplemented)
        {
            Assert.Equal(kind, (await Assert.ThrowsAsync<DuckDbException>(() => connection.ExecuteAsync(sql, default))).Kind);
        }
    }

    [Fact]
    public async Task The_message_of_our_own_error_is_kept()
    {
        await using var instance = DuckDbInstance.Open(new DuckDbOptions());
        await using var connection = instance.CreateConnection();
        var error = await Assert.ThrowsAsync<DuckDbException>(() => connection.ExecuteAsync("SELECT error('DAT001 crm.customer') FROM range(1)", default));
        Assert.Equal("DAT001 crm.customer", error.Message);
    }

    [Fact]
    public async Task A_statement_with_nul_inside_is_refused()
    {
        await using var instance = DuckDbInstance.Open(new DuckDbOptions());
        await using var connection = instance.CreateConnection();
        await Assert.ThrowsAsync<ArgumentException>(() => connection.ExecuteAsync("SELECT 1 -- \0", default));
        Assert.Equal("a\0b", await connection.QueryStringAsync("SELECT 'a' || chr(0) || 'b'", default));
    }

    [Fact]
    public void A_refused_option_is_a_typed_error()
    {
        var error = Assert.Throws<DuckDbException>(() => DuckDbInstance.Open(new DuckDbOptions { Threads = -1 }));
        Assert.NotEqual(DuckDbErrorKind.Library, error.Kind);
    }

    [Fact]
    public async Task A_sort_that_does_not_fit_spills()
    {
        await using var instance = DuckDbInstance.Open(Small(_folder, 1L << 30));
        await using var connection = instance.CreateConnection();
        Assert.Equal(4_000_000, await connection.ExecuteAsync(Sorted, default));
        Assert.Equal(4_000_000, await connection.QueryInt64Async("SELECT count(DISTINCT i) FROM s", default));
    }

    [Fact]
    public async Task Without_a_temporary_folder_a_statement_that_does_not_fit_is_out_of_memory()
    {
        await using var instance = DuckDbInstance.Open(Small(null, null));
        await using var connection = instance.CreateConnection();
        var error = await Assert.ThrowsAsync<DuckDbException>(() => connection.ExecuteAsync(Sorted, default));
        Assert.Equal(DuckDbErrorKind.OutOfMemory, error.Kind);
        Assert.Equal(1, await connection.QueryInt64Async("SELECT 1", default));
    }

    [Fact]
    public async Task A_statement_that_spills_too_much_says_so()
    {
        await using var instance = DuckDbInstance.Open(Small(_folder, 1 << 20));
        await using var connection = instance.CreateConnection();
        var error = await Assert.ThrowsAsync<DuckDbException>(() => connection.ExecuteAsync(Sorted, default));
        Assert.Equal(DuckDbErrorKind.TempSpaceExhausted, error.Kind);
    }

    private const string Sorted = "CREATE TABLE s AS SELECT i, md5(i::VARCHAR) h FROM range(4000000) t(i) ORDER BY h";

    private static DuckDbOptions Small(string? folder, long? temporary) =>
        new() { MemoryLimitBytes = 128 << 20, Threads = 2, TempDirectory = folder, MaxTempBytes = temporary };
}
