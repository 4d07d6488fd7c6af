using System.IO.Compression;
using System.Text;
using FederatedSegmentation.Model.Types;
using static FederatedSegmentation.Connectors.Files.Tests.FolderOfFiles;

namespace FederatedSegmentation.Connectors.Files.Tests;

/// <summary>Compressed files that end too early, which the engine reads as if they were whole.</summary>
public sealed class CompressedFileTests : IDisposable
{
    private const string Small = "id\n10\n20\n30\n";

    private readonly FolderOfFiles _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<bool> IsWholeAsync(string name, byte[] bytes)
    {
        _folder.Write(name, bytes);
        return await CompressedFile.IsWholeAsync(_folder[name], CancellationToken.None);
    }

    private async Task<byte[]> ZstandardAsync(int rows)
    {
        await _folder.CopyAsync($"SELECT i AS id FROM range({rows}) AS r(i)", "made.csv.zst", "FORMAT csv, HEADER, COMPRESSION zstd");
        return await File.ReadAllBytesAsync(_folder["made.csv.zst"]);
    }

    [Fact]
    public async Task A_gzip_file_is_whole_with_its_last_byte_and_not_before()
    {
        byte[] two = [.. Gzip(Small), .. Gzip(Small)];
        Assert.True(await IsWholeAsync("a.csv.gz", two));
        for (var length = 1; length < two.Length; length++)
        {
            // What ends with a member is a whole file of fewer members.
            Assert.Equal(length == two.Length / 2, await IsWholeAsync("a.csv.gz", two[..length]));
        }
    }

    [Fact]
    public async Task A_gzip_file_that_is_cut_between_two_rows_is_not_whole_though_the_engine_reads_it()
    {
        using var memory = new MemoryStream();
        await using (var zip = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(Encoding.UTF8.GetBytes("id\n" + string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{i}\n"))));
            zip.Flush();
            var cut = (int)memory.Length;
            zip.Write(Encoding.UTF8.GetBytes("50000\n"));
            zip.Flush();
            _folder.Write("a.csv.gz", memory.ToArray()[..cut]);
        }

        await using var source = _folder.Connector();
        var entity = Entity("a.csv.gz", ("id", DataTypes.Int64));
        Assert.NotEmpty(await RowsAsync(source, entity));
        var table = Assert.Single(await source.DescribeAsync([entity], default));
        Assert.Equal("SRC106 lake a.csv.gz: The compressed file is damaged or cut short. Make it again, or fetch it again.", (await source.FindTruncationAsync(table, default))!.ToString());
    }

    [Fact]
    public async Task Data_that_do_not_fit_their_check_sum_or_have_something_behind_them_are_not_whole()
    {
        var large = Gzip(string.Concat(Enumerable.Range(0, 500_000).Select(i => $"{i}\n")));
        Assert.True(await IsWholeAsync("a.csv.gz", large));
        Assert.False(await IsWholeAsync("a.csv.gz", [.. large[..^8], 1, 2, 3, 4, .. large[^4..]]));
        Assert.False(await IsWholeAsync("a.csv.gz", [.. large, 1, 2, 3]));
        Assert.False(await IsWholeAsync("a.csv.gz", Encoding.UTF8.GetBytes(Small)));
    }

    [Fact]
    public async Task A_zstd_file_is_whole_with_its_last_byte_and_not_before()
    {
        var whole = await ZstandardAsync(3);
        byte[] skippable = [0x52, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 7, 7];
        byte[] several = [.. whole, .. skippable, .. whole];
        Assert.True(await IsWholeAsync("a.csv.zst", several));
        for (var length = 1; length < several.Length; length++)
        {
            Assert.Equal(length == whole.Length || length == whole.Length + skippable.Length, await IsWholeAsync("a.csv.zst", several[..length]));
        }

        Assert.False(await IsWholeAsync("a.csv.zst", [.. whole, 1, 2, 3]));
    }

    [Fact]
    public async Task A_zstd_file_of_many_blocks_with_a_check_sum_is_whole_with_its_last_byte_only()
    {
        var whole = await ZstandardAsync(300_000);
        Assert.True(await IsWholeAsync("a.csv.zst", whole));
        foreach (var missing in new[] { 1, 3, 4, 5, 1000, whole.Length / 2, whole.Length - 5 })
        {
            Assert.False(await IsWholeAsync("a.csv.zst", whole[..^missing]));
        }
    }

    [Fact]
    public async Task Files_that_are_whole_or_not_compressed_have_no_problem()
    {
        _folder.Write("t/a.csv.gz", Gzip(Small));
        _folder.Write("t/b.csv", Small);
        await using var source = _folder.Connector();
        var table = Assert.Single(await source.DescribeAsync([Entity("t/*", ("id", DataTypes.Int64))], default));
        Assert.Null(await source.FindTruncationAsync(table, default));
    }
}
