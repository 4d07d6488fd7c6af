using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Residual.DuckDb.Tests;

/// <summary>Limits of the engine, reached for real, and the folder to which it spills.</summary>
public sealed class LimitTests : IDisposable
{
    // Sorting 4 million long texts takes more than the 128 MB that the engine may hold.
    private const string Large = "SELECT count(*) FROM (SELECT md5(i::VARCHAR) AS h, row_number() OVER (ORDER BY md5(i::VARCHAR)) AS n FROM range(4000000) AS r(i)) WHERE n > 0";

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public async Task A_run_that_spills_gives_its_folder_back()
    {
        await using (var run = await _engine.StartAsync(_engine.Options with { MemoryLimitBytes = 128 << 20 }))
        {
            Assert.Equal(4_000_000, await run.QueryNumberAsync(Large, default));
            Assert.Single(Directory.EnumerateDirectories(_engine.Spill));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_engine.Spill));
    }

    [Fact]
    public async Task Spilling_more_than_allowed_names_the_limit()
    {
        await using var run = await _engine.StartAsync(_engine.Options with { MemoryLimitBytes = 128 << 20, MaxTempBytes = 1 << 20 });
        var failure = await Assert.ThrowsAsync<FederatedSegmentationException>(() => run.QueryNumberAsync(Large, default));
        Assert.Equal("RES002: The engine spilled more than it may. Raise Engine:DuckDb:MaxTempSize, or allow more memory in Engine:DuckDb:MemoryLimit.", failure.Message);
    }

    [Fact]
    public async Task What_cannot_be_spilled_has_to_fit_into_memory()
    {
        await using var run = await _engine.StartAsync(_engine.Options with { MemoryLimitBytes = 32 << 20 });
        // One list of all values is one value, which is never cut into parts.
        var failure = await Assert.ThrowsAsync<FederatedSegmentationException>(() => run.QueryNumberAsync("SELECT len(list(md5(i::VARCHAR))) FROM range(4000000) AS r(i)", default));
        Assert.Equal(
            "RES001: The engine needs more memory than it may use and could not spill. Raise Engine:DuckDb:MemoryLimit, or name a folder in Engine:DuckDb:TempDirectory.", failure.Message);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("file")]
    public async Task A_folder_that_cannot_be_used_is_a_defect_of_the_settings(string name)
    {
        await File.WriteAllTextAsync(Path.Combine(_engine.Folder, "file"), "");
        var parent = Path.Combine(_engine.Folder, name);
        var failure = await Assert.ThrowsAsync<FederatedSegmentationException>(() => _engine.StartAsync(_engine.Options with { TempDirectory = parent }));
        Assert.Equal($"CFG020 {parent} Engine:DuckDb:TempDirectory: The folder for spilled data cannot be used. Name an existing folder that the gateway may write to.", failure.Message);
    }

    [Fact]
    public async Task What_a_dead_process_left_is_removed_and_what_a_living_run_holds_stays()
    {
        var dead = Directory.CreateDirectory(Path.Combine(_engine.Spill, "fedseg-run-dead")).FullName;
        await File.WriteAllTextAsync(Path.Combine(dead, "lock"), "");
        await File.WriteAllTextAsync(Path.Combine(dead, "duckdb_temp_storage-0.tmp"), "spilled");
        var foreign = Directory.CreateDirectory(Path.Combine(_engine.Spill, "photos")).FullName;

        await using var first = await _engine.StartAsync();
        Assert.False(Directory.Exists(dead));
        await using (await _engine.StartAsync())
        {
            Assert.Equal(["fedseg-run-run1", "fedseg-run-run1-2", "photos"], Directory.EnumerateDirectories(_engine.Spill).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        }

        Assert.True(Directory.Exists(foreign));
        Assert.True(Directory.Exists(Path.Combine(_engine.Spill, "fedseg-run-run1")));
    }

    [Fact]
    public async Task Only_the_owner_may_look_into_the_folder()
    {
        await using var run = await _engine.StartAsync();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Assert.Single(Directory.EnumerateDirectories(_engine.Spill))));
        }
    }

    [Theory]
    [InlineData(DuckDbErrorKind.DiskFull, "could not write: No space left on device", "RES004: The disk to which the engine spills is full. Make room, or name a folder on another disk in Engine:DuckDb:TempDirectory.")]
    [InlineData(DuckDbErrorKind.Library, "libduckdb.so", "CFG021: The embedded engine cannot be loaded on this machine. Build again on this machine, so that the library of its platform is fetched.")]
    [InlineData(DuckDbErrorKind.OutOfRange, "Overflow in HUGEINT addition: secret", "DAT004: A sum or an average needs more than 38 digits. Declare a smaller type, or exclude the rows with such values.")]
    [InlineData(DuckDbErrorKind.InvalidInput, "FEDSEG|DAT003|shop.orders|x\nmore", "DAT003: The data break a promise of the model: shop.orders. Correct the data, or the promise in the model.")]
    public void What_the_engine_reports_is_said_in_our_own_words(DuckDbErrorKind kind, string message, string line)
        => Assert.Equal(line, EngineErrors.Typed(new DuckDbException(kind, message)).Message);

    [Fact]
    public void A_full_disk_under_the_output_is_not_one_under_spilled_data()
        => Assert.IsType<EngineFailure>(EngineErrors.Typed(new DuckDbException(DuckDbErrorKind.DiskFull, "Could not write \"/out/.fedseg-1.parquet\": No space left on device")));

    [Fact]
    public void A_value_that_does_not_fit_is_left_to_its_source()
    {
        var failure = Assert.IsType<EngineFailure>(EngineErrors.Typed(new DuckDbException(DuckDbErrorKind.InvalidInput, "FEDSEG|DAT001|customer|credit")));
        Assert.Equal(("customer", "credit"), failure.Misfit);
    }
}
