using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Reading;

namespace FederatedSegmentation.Tests.Reading;

/// <summary>Definitions in files: folders of segments, key files beside them, and what keeps them inside.</summary>
public sealed class DefinitionFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("definitions-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_folder_gives_all_its_segments_in_order_and_passes_over_the_rest()
    {
        Write("segments/b.yaml", "segment: b\n");
        Write("segments/a.JSON", "{\"segment\": \"a\"}");
        Write("segments/deep/c.yml", "segment: c\n");
        Write("segments/deep/keys.csv", "id\n1\n");
        Write("segments/.hidden.yaml", "segment: hidden\n");
        Write("segments/.git/d.yaml", "segment: d\n");
        Write("segments/broken.yaml", "segment: [\n");
        Directory.CreateSymbolicLink(At("segments/loop"), At("segments"));
        var library = await SegmentFolder.ReadAsync(At("segments"), "segments", new DefinitionCache(), CancellationToken.None);
        Assert.Equal("a b c", string.Join(' ', library.Ids.Order(StringComparer.Ordinal)));
        Assert.Equal(Path.Combine("segments", "deep", "c.yml"), library.Find("c")[0].File);
        Assert.Equal(At("segments/b.yaml"), library.Find("b")[0].Path);
        var broken = Assert.Single(library.Files, file => file.Root is null);
        Assert.Equal(("SDL017", Path.Combine("segments", "broken.yaml")), (broken.Problems[0].Code, broken.Problems[0].File));
    }

    [Fact]
    public async Task A_segment_reached_by_a_link_is_read()
    {
        Write("store/a.yaml", "segment: a\n");
        Directory.CreateDirectory(At("segments"));
        File.CreateSymbolicLink(At("segments/a.yaml"), At("store/a.yaml"));
        Assert.Single((await SegmentFolder.ReadAsync(At("segments"), "segments", new DefinitionCache(), CancellationToken.None)).Find("a"));
    }

    [Fact]
    public async Task Files_and_folders_that_cannot_be_read_are_told_by_name()
    {
        Directory.CreateDirectory(At("folder.yaml"));
        Assert.Equal("CFG102 none: The segments folder does not exist. Check its path; relative paths in settings are relative to the settings file.", await MessageAsync(() => SegmentFolder.ReadAsync(At("none"), "none", new DefinitionCache(), CancellationToken.None)));
        Assert.StartsWith("CFG102 m.yaml: The model does not exist.", await MessageAsync(() => ModelFile.ReadAsync(At("m.yaml"), "m.yaml", [], new DefinitionCache(), CancellationToken.None)), StringComparison.Ordinal);
        Assert.StartsWith("CFG102 folder.yaml: The model is a folder, not a file.", await MessageAsync(() => ModelFile.ReadAsync(At("folder.yaml"), "folder.yaml", [], new DefinitionCache(), CancellationToken.None)), StringComparison.Ordinal);
        Assert.StartsWith("CFG102 s.yaml: The segment does not exist.", (await SegmentFolder.ReadFileAsync(At("s.yaml"), "s.yaml", CancellationToken.None)).Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_of_any_length_costs_no_more_than_the_limit()
    {
        Write("big.yaml", "segment: big\n" + new string('#', 3 << 20));
        Assert.Equal("SDL015", (await SegmentFolder.ReadFileAsync(At("big.yaml"), "big.yaml", CancellationToken.None)).Problems[0].Code);
    }

    [Fact]
    public async Task A_model_is_read_from_its_file()
    {
        Write("model.json", """{"model": "m", "entities": {"a": {"source": "s", "table": ["a"], "columns": {"x": "decimal(10,2)"}}}}""");
        Assert.Equal("m", (await ModelFile.ReadAsync(At("model.json"), "model.json", ["s"], new DefinitionCache(), CancellationToken.None)).Id);
    }

    [Fact]
    public async Task A_model_is_parsed_again_when_its_text_has_changed_and_only_then()
    {
        var cache = new DefinitionCache();
        const string Text = """{"model": "m", "entities": {"a": {"source": "s", "table": ["a"], "columns": {"x": "int64"}}}}""";
        Write("model.json", Text);
        var first = await ModelFile.ReadAsync(At("model.json"), "model.json", ["s"], cache, CancellationToken.None);
        Assert.Same(first, await ModelFile.ReadAsync(At("model.json"), "model.json", ["s"], cache, CancellationToken.None));
        Write("model.json", Text.Replace("\"m\"", "\"n\"", StringComparison.Ordinal));
        Assert.Equal("n", (await ModelFile.ReadAsync(At("model.json"), "model.json", ["s"], cache, CancellationToken.None)).Id);
        Write("model.json", "{");
        await Assert.ThrowsAsync<FederatedSegmentationException>(() => ModelFile.ReadAsync(At("model.json"), "model.json", ["s"], cache, CancellationToken.None));
    }

    [Fact]
    public async Task Segments_are_parsed_again_when_their_text_has_changed_and_only_then()
    {
        var cache = new DefinitionCache();
        Write("segments/a.yaml", "segment: a\n");
        Write("segments/b.yaml", "segment: b\n");
        var first = await SegmentFolder.ReadAsync(At("segments"), "segments", cache, CancellationToken.None);
        Write("segments/b.yaml", "segment: c\n");
        var second = await SegmentFolder.ReadAsync(At("segments"), "segments", cache, CancellationToken.None);
        Assert.Same(first.Find("a")[0], second.Find("a")[0]);
        Assert.Empty(second.Find("b"));
        Assert.Single(second.Find("c"));
        File.Delete(At("segments/a.yaml"));
        Assert.Equal("c", Assert.Single((await SegmentFolder.ReadAsync(At("segments"), "segments", cache, CancellationToken.None)).Ids));
        Write("segments/a.yaml", "segment: [\n");
        Assert.Equal("SDL017", (await SegmentFolder.ReadAsync(At("segments"), "segments", cache, CancellationToken.None)).Files[0].Problems[0].Code);
    }

    [Theory]
    [InlineData("keys.csv", "segments/deep/keys.csv")]
    [InlineData("../top.csv", "segments/top.csv")]
    [InlineData("inside.csv", "segments/top.csv")]
    public void A_key_file_is_relative_to_its_segment(string name, string expected)
    {
        MakeKeys();
        Assert.Equal(At(expected), new SegmentKeyFiles(At("segments")).Locate(At("segments/deep/a.yaml"), name).Path);
    }

    [Theory]
    [InlineData("../../outside.csv", "CFG101")]
    [InlineData("../../segments2/near.csv", "CFG101")]
    [InlineData("link.csv", "CFG101")]
    [InlineData("linked/outside.csv", "CFG101")]
    [InlineData("/etc/passwd", "CFG101")]
    [InlineData("none.csv", "CFG102")]
    [InlineData("../deep", "CFG102")]
    [InlineData("circle.csv", "CFG102")]
    public void A_key_file_does_not_leave_the_segments_folder(string name, string code)
    {
        MakeKeys();
        var location = new SegmentKeyFiles(At("segments")).Locate(At("segments/deep/a.yaml"), name);
        Assert.Equal((null, code), (location.Path, location.Code));
    }

    [Fact]
    public void A_segments_folder_that_is_itself_a_link_keeps_its_files()
    {
        MakeKeys();
        Directory.CreateSymbolicLink(At("current"), At("segments"));
        Assert.Equal(At("segments/top.csv"), new SegmentKeyFiles(At("current")).Locate(At("current/a.yaml"), "top.csv").Path);
    }

    private static async Task<string> MessageAsync(Func<Task> action) => (await Assert.ThrowsAsync<FederatedSegmentationException>(action)).Message;

    private void MakeKeys()
    {
        Write("segments/deep/keys.csv", "id\n1\n");
        Write("segments/top.csv", "id\n1\n");
        Write("segments2/near.csv", "id\n1\n");
        Write("outside.csv", "id\n1\n");
        File.CreateSymbolicLink(At("segments/deep/link.csv"), At("outside.csv"));
        File.CreateSymbolicLink(At("segments/deep/inside.csv"), "../top.csv");
        Directory.CreateSymbolicLink(At("segments/deep/linked"), _root);
        File.CreateSymbolicLink(At("segments/deep/circle.csv"), At("segments/deep/circle.csv"));
    }

    private string At(string path) => Path.GetFullPath(Path.Combine(_root, path));

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }
}
