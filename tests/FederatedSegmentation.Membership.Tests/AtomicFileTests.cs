using FederatedSegmentation.Model.Errors;
using Xunit;

namespace FederatedSegmentation.Membership.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_stands_under_the_name_until_the_commit()
    {
        var path = _folder["members.csv"];
        using (var output = MembershipOutput.Open(Target(path)))
        {
            await output.WriteAsync([Members.Id], new[] { Members.Numbers(1, 3) }.ToAsync(), CancellationToken.None);
            Assert.False(File.Exists(path));
            output.Commit();
        }

        Assert.Equal("id\n1\n2\n3\n", await File.ReadAllTextAsync(path));
        Assert.Equal(["members.csv"], _folder.Names);
    }

    [Fact]
    public async Task A_run_that_fails_leaves_the_old_file_and_nothing_else()
    {
        var path = _folder["members.csv"];
        await File.WriteAllTextAsync(path, "old");
        using (var output = MembershipOutput.Open(Target(path)))
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => output.WriteAsync([Members.Id], Failing(), CancellationToken.None));
        }

        Assert.Equal("old", await File.ReadAllTextAsync(path));
        Assert.Equal(["members.csv"], _folder.Names);
    }

    [Fact]
    public async Task A_cancelled_run_leaves_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        using (var output = MembershipOutput.Open(Target(_folder["members.csv"])))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => output.WriteAsync([Members.Id], CancelledAfterOne(cancellation), cancellation.Token));
        }

        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_host_that_must_end_at_once_removes_what_was_not_committed()
    {
        using var output = MembershipOutput.Open(Target(_folder["members.csv"]));
        Assert.Single(_folder.Names);
        AtomicFile.RemoveAllUncommitted();
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Two_runs_may_write_the_same_file_and_the_last_one_wins()
    {
        var path = _folder["members.csv"];
        using var first = AtomicFile.Create(path, "members.csv");
        using var second = AtomicFile.Create(path, "members.csv");
        Assert.NotEqual(first.TemporaryPath, second.TemporaryPath);
        File.WriteAllText(first.TemporaryPath, "first");
        File.WriteAllText(second.TemporaryPath, "second");
        first.Commit();
        second.Commit();
        Assert.Equal("second", File.ReadAllText(path));
        Assert.Equal(["members.csv"], _folder.Names);
    }

    [Fact]
    public void A_name_as_long_as_the_system_allows_can_be_written()
    {
        var name = new string('m', 251) + ".csv";
        using var file = AtomicFile.Create(_folder[name], name);
        file.Commit();
        Assert.Equal([name], _folder.Names);
    }

    [Fact]
    public void A_link_stays_a_link_and_the_file_behind_it_is_replaced()
    {
        Directory.CreateDirectory(_folder["real"]);
        File.WriteAllText(_folder["real/members.csv"], "old");
        File.CreateSymbolicLink(_folder["link.csv"], _folder["real/members.csv"]);
        using (var file = AtomicFile.Create(_folder["link.csv"], "link.csv"))
        {
            File.WriteAllText(file.TemporaryPath, "new");
            file.Commit();
        }

        Assert.NotNull(new FileInfo(_folder["link.csv"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(_folder["real/members.csv"]));
        Assert.Single(Directory.GetFileSystemEntries(_folder["real"]));
    }

    [Fact]
    public void A_link_to_nothing_yet_makes_the_file_where_it_points()
    {
        File.CreateSymbolicLink(_folder["link.csv"], _folder["members.csv"]);
        using (var file = AtomicFile.Create(_folder["link.csv"], "link.csv"))
        {
            file.Commit();
        }

        Assert.Equal(["link.csv", "members.csv"], _folder.Names);
        Assert.NotNull(new FileInfo(_folder["link.csv"]).LinkTarget);
    }

    [Fact]
    public void The_permissions_of_a_file_that_is_replaced_are_kept()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var path = _folder["members.csv"];
        File.WriteAllText(path, "old");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using (var file = AtomicFile.Create(path, "members.csv"))
        {
            file.Commit();
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named_before_anything_runs()
        => Refuses(_folder["missing/members.csv"], OutputCodes.NoFolder);

    [Fact]
    public void A_file_in_the_place_of_the_folder_is_refused()
    {
        File.WriteAllText(_folder["file"], "");
        Refuses(_folder["file/members.csv"], OutputCodes.NoFolder);
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_refused()
    {
        Directory.CreateDirectory(_folder["members.csv"]);
        Refuses(_folder["members.csv"], OutputCodes.NotAFile);
        Refuses(_folder.FullName + "/", OutputCodes.NotAFile);
    }

    [Fact]
    public void A_device_behind_a_link_is_not_replaced()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.CreateSymbolicLink(_folder["members.csv"], "/dev/null");
        Refuses(_folder["members.csv"], OutputCodes.NotAFile);
        Assert.True(File.Exists("/dev/null"));
    }

    [Fact]
    public void Links_in_a_circle_are_refused()
    {
        File.CreateSymbolicLink(_folder["a.csv"], _folder["b.csv"]);
        File.CreateSymbolicLink(_folder["b.csv"], _folder["a.csv"]);
        Refuses(_folder["a.csv"], OutputCodes.WriteFailed);
    }

    // The kernel's own file system refuses new files even to root, as a folder without permission does to everybody else.
    [FactOnLinux]
    public void A_folder_where_nobody_may_write_is_refused() => Refuses("/sys/members.csv", OutputCodes.NoPermission, cleansUp: false);

    [FactOnLinux]
    public async Task A_full_disk_is_named()
    {
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using var output = MembershipOutput.Open(new MembershipStream(full, "members.csv", MembershipFormat.Csv));
        var failure = await Assert.ThrowsAsync<FederatedSegmentationException>(() => output.WriteAsync([Members.Id], new[] { Members.Numbers(1, 3) }.ToAsync(), CancellationToken.None));
        Assert.Equal(OutputCodes.DiskFull, Assert.Single(failure.Problems).Code);
    }

    [FactOnLinux]
    public async Task A_disk_that_fills_up_on_the_way_leaves_nothing()
    {
        // The temporary file becomes the device that is always full: what a disk does that was not full when the run started.
        var path = _folder["members.csv"];
        using (var output = MembershipOutput.Open(Target(path)))
        {
            File.Delete(output.TemporaryPath!);
            File.CreateSymbolicLink(output.TemporaryPath!, "/dev/full");
            var failure = await Assert.ThrowsAsync<FederatedSegmentationException>(() => output.WriteAsync([Members.Id], Enumerable.Range(0, 100).Select(i => Members.Numbers(i, 10_000)).ToAsync(), CancellationToken.None));
            Assert.Equal(OutputCodes.DiskFull, Assert.Single(failure.Problems).Code);
        }

        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task A_reader_that_goes_away_is_named()
    {
        var gone = new IOException("Broken pipe", 32);
        using var output = MembershipOutput.Open(new MembershipStream(new FailingStream(gone), "standard output", MembershipFormat.Csv));
        var failure = await Assert.ThrowsAsync<FederatedSegmentationException>(() => output.WriteAsync([Members.Id], new[] { Members.Numbers(1, 3) }.ToAsync(), CancellationToken.None));
        Assert.Equal(OutputCodes.StreamClosed, Assert.Single(failure.Problems).Code);
    }

    [Fact]
    public void Parquet_is_left_to_the_engine_in_the_file_that_was_made()
    {
        using var output = MembershipOutput.Open(new MembershipFile(_folder["members.parquet"], "members.parquet", MembershipFormat.Parquet));
        Assert.True(output.IsWrittenByEngine);
        Assert.True(File.Exists(output.TemporaryPath));
        File.WriteAllText(output.TemporaryPath!, "PAR1");
        output.Commit();
        Assert.Equal("PAR1", File.ReadAllText(_folder["members.parquet"]));
    }

    private static MembershipFile Target(string path) => new(path, Path.GetFileName(path), MembershipFormat.Csv);

    private void Refuses(string path, string code, bool cleansUp = true)
    {
        var before = _folder.Names.ToList();
        var problem = Assert.Single(Assert.Throws<FederatedSegmentationException>(() => AtomicFile.Create(path, "where I said")).Problems);
        Assert.Equal(code, problem.Code);
        Assert.Equal("where I said", problem.File);
        Assert.DoesNotContain(_folder.FullName, problem.ToString(), StringComparison.Ordinal);
        Assert.Equal(cleansUp ? before : [], cleansUp ? _folder.Names.ToList() : []);
    }

    private static async IAsyncEnumerable<Arrow.RecordBatch> Failing()
    {
        await Task.Yield();
        yield return Members.Numbers(1, 100_000);
        throw new InvalidDataException("The source broke off.");
    }

    private static async IAsyncEnumerable<Arrow.RecordBatch> CancelledAfterOne(CancellationTokenSource cancellation)
    {
        yield return Members.Numbers(1, 100_000);
        await cancellation.CancelAsync();
        yield return Members.Numbers(100_001, 100_000);
    }

    private sealed class FailingStream(IOException failure) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw failure;
    }
}
