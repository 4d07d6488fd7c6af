using Xunit;

namespace FederatedSegmentation.DuckDb.Tests;

public sealed class LockDownTests : IAsyncLifetime
{
    private readonly string _inside = Directory.CreateTempSubdirectory("fedseg-in'side-").FullName;
    private readonly string _outside = Directory.CreateTempSubdirectory("fedseg-outside-").FullName;
    private readonly string _temporary = Directory.CreateTempSubdirectory("fedseg-temp-").FullName;
    private DuckDbInstance _instance = null!;
    private DuckDbConnection _before = null!;
    private DuckDbConnection _after = null!;

    public async Task InitializeAsync()
    {
        foreach (var folder in new[] { _inside, _outside })
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "a.csv"), "i\n1\n2\n");
            await File.WriteAllTextAsync(Path.Combine(folder, "a.jsonl"), "{\"i\": 1}\n{\"i\": 2}\n");
        }

        _instance = DuckDbInstance.Open(new DuckDbOptions { MemoryLimitBytes = 128 << 20, Threads = 2, TempDirectory = _temporary });
        _before = _instance.CreateConnection();
        _instance.AllowFolders([_inside]);
        _instance.AllowFiles([Path.Combine(_outside, "b.parquet")]);
        _instance.AllowFiles([Path.Combine(_outside, "out.parquet")]);
        _instance.LockDown();
        _after = _instance.CreateConnection();
    }

    public async Task DisposeAsync()
    {
        await _instance.DisposeAsync();
        foreach (var folder in new[] { _inside, _outside, _temporary })
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public async Task Allowed_folders_are_read_by_csv_json_and_globs()
    {
        foreach (var connection in new[] { _before, _after })
        {
            Assert.Equal(3, await connection.QueryInt64Async($"SELECT sum(i) FROM read_csv('{Quote(_inside)}/a.csv')", default));
            Assert.Equal(3, await connection.QueryInt64Async($"SELECT sum(i) FROM read_json('{Quote(_inside)}/*.jsonl')", default));
        }
    }

    [Fact]
    public async Task The_allowed_file_is_written_and_read()
    {
        var path = Quote(Path.Combine(_outside, "out.parquet"));
        await _after.ExecuteAsync($"COPY (SELECT 42::BIGINT k) TO '{path}' (FORMAT parquet)", default);
        Assert.Equal(42, await _after.QueryInt64Async($"SELECT k FROM read_parquet('{path}')", default));
    }

    [Theory]
    [InlineData("SELECT * FROM read_csv('{outside}/a.csv')")]
    [InlineData("SELECT * FROM read_text('/etc/passwd')")]
    [InlineData("SELECT * FROM read_csv('{inside}/../{outsidename}/a.csv')")]
    [InlineData("SELECT * FROM glob('{outside}/*')")]
    [InlineData("COPY (SELECT 1) TO '{outside}/other.parquet' (FORMAT parquet)")]
    [InlineData("COPY (SELECT 1) TO '{outside}/b.parquet' (FORMAT parquet)")]
    [InlineData("ATTACH '{outside}/x.db'")]
    [InlineData("EXPORT DATABASE '{outside}/x'")]
    [InlineData("INSTALL httpfs")]
    [InlineData("LOAD httpfs")]
    [InlineData("LOAD '{inside}/x.duckdb_extension'")]
    [InlineData("SELECT * FROM read_csv('https://localhost:1/a.csv')")]
    [InlineData("SET enable_external_access = true")]
    [InlineData("SET allowed_directories = ['/']")]
    [InlineData("SET lock_configuration = false")]
    [InlineData("SET memory_limit = '100GB'")]
    [InlineData("SET temp_directory = '{outside}'")]
    [InlineData("RESET allowed_directories")]
    [InlineData("CREATE PERSISTENT SECRET s (TYPE s3)")]
    public async Task Everything_else_is_refused_on_every_connection(string template)
    {
        var sql = template.Replace("{inside}", Quote(_inside), StringComparison.Ordinal)
            .Replace("{outsidename}", Path.GetFileName(_outside), StringComparison.Ordinal)
            .Replace("{outside}", Quote(_outside), StringComparison.Ordinal);
        foreach (var connection in new[] { _before, _after })
        {
            await Assert.ThrowsAsync<DuckDbException>(() => connection.ExecuteAsync(sql, default));
        }

        Assert.Equal(["a.csv", "a.jsonl"], Directory.GetFileSystemEntries(_outside).Select(path => Path.GetFileName(path)!).Order());
    }

    [Fact]
    public async Task A_link_that_leads_out_of_the_folder_is_refused()
    {
        File.CreateSymbolicLink(Path.Combine(_inside, "link.csv"), Path.Combine(_outside, "a.csv"));
        var error = await Assert.ThrowsAsync<DuckDbException>(() => _after.ExecuteAsync($"SELECT * FROM read_csv('{Quote(_inside)}/link.csv')", default));
        Assert.Equal(DuckDbErrorKind.Permission, error.Kind);
    }

    [Fact]
    public async Task Spilling_goes_on_and_sessions_stay_in_utc()
    {
        Assert.Equal(4_000_000, await _after.ExecuteAsync("CREATE TABLE s AS SELECT i, md5(i::VARCHAR) h FROM range(4000000) t(i) ORDER BY h", default));
        Assert.Equal("UTC", await _after.QueryStringAsync("SELECT current_setting('TimeZone')", default));
        Assert.Throws<DuckDbException>(_instance.LockDown);
        Assert.Throws<DuckDbException>(() => _instance.AllowFolders([_outside]));
        Assert.Throws<DuckDbException>(() => _instance.AllowFiles([Path.Combine(_outside, "a.csv")]));
    }

    private static string Quote(string path) => path.Replace("'", "''", StringComparison.Ordinal);
}
