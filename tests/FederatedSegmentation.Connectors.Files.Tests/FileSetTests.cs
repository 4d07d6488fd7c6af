using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Files.Tests;

/// <summary>Paths and globs, and which files they mean.</summary>
public sealed class FileSetTests : IDisposable
{
    private readonly FolderOfFiles _folder = new();

    public void Dispose() => _folder.Dispose();

    private string[] Expand(string pattern) => [.. FileSet.Expand("lake", _folder.Root, pattern).Paths.Select(path => Path.GetRelativePath(_folder.Root, path))];

    [Theory]
    [InlineData("a.csv", "a.csv")]
    [InlineData("*.csv", "a.csv,b.csv")]
    [InlineData("?.csv", "a.csv,b.csv")]
    [InlineData("in/*.csv", "in/c.csv")]
    [InlineData("*/c.csv", "in/c.csv")]
    [InlineData("**/*.csv", "a.csv,b.csv,in/c.csv,in/deep/d.csv")]
    [InlineData("in/**/d.csv", "in/deep/d.csv")]
    [InlineData("[1].csv", "[1].csv")]
    [InlineData("./a.csv", "a.csv")]
    public void A_pattern_means_its_files_in_byte_order(string pattern, string files)
    {
        foreach (var path in new[] { "b.csv", "a.csv", "in/c.csv", "in/deep/d.csv", "[1].csv", "in/x.parquet" })
        {
            if (path != "[1].csv" || pattern == "[1].csv")
            {
                _folder.Write(path, "id\n");
            }
        }

        Assert.Equal(files.Split(','), Expand(pattern));
    }

    [Theory]
    [InlineData("x.parquet", FileFormat.Parquet)]
    [InlineData("X.CSV", FileFormat.Csv)]
    [InlineData("x.tsv.gz", FileFormat.Csv)]
    [InlineData("x.txt.zst", FileFormat.Csv)]
    [InlineData("x.jsonl", FileFormat.JsonLines)]
    [InlineData("x.ndjson.gz", FileFormat.JsonLines)]
    internal void The_name_says_the_format(string name, FileFormat format)
    {
        _folder.Write(name, "");
        Assert.Equal(format, FileSet.Expand("lake", _folder.Root, name).Format);
    }

    [Theory]
    [InlineData("nowhere.csv", "SRC101 lake: No file matches 'nowhere.csv'. Check the spelling of the path; it is relative to the Root of the source.")]
    [InlineData("in/*.parquet", "SRC101 lake: No file matches 'in/*.parquet'. Check the spelling of the path; it is relative to the Root of the source.")]
    [InlineData("in", "SRC102 lake: 'in' names a folder. Name the files in it, for instance 'in/*.parquet'.")]
    [InlineData("a.*", "SRC102 lake: The files of 'a.*' are not all of one known format. Use .parquet, .csv or .jsonl (text also with .gz or .zst), one format a table.")]
    [InlineData("a.xlsx", "SRC102 lake: The files of 'a.xlsx' are not all of one known format. Use .parquet, .csv or .jsonl (text also with .gz or .zst), one format a table.")]
    [InlineData("../a.csv", "CFG110 lake: The path '../a.csv' leaves the root of the source. Name files under the Root, without '..', absolute paths or links that lead out of it.")]
    [InlineData("in\\..\\a.csv", "CFG110 lake: The path 'in\\..\\a.csv' leaves the root of the source. Name files under the Root, without '..', absolute paths or links that lead out of it.")]
    public void What_cannot_be_read_is_told_with_what_to_do(string pattern, string line)
    {
        _folder.Write("a.csv", "id\n");
        _folder.Write("a.jsonl", "");
        _folder.Write("a.xlsx", "");
        _folder.Write("in/c.csv", "id\n");
        Assert.Equal(line, Assert.Single(Assert.ThrowsAny<FederatedSegmentationException>(() => Expand(pattern)).Problems).ToString());
    }

    [Fact]
    public void A_folder_whose_name_begins_like_the_root_is_outside_of_it()
    {
        _folder.Write("root/a.csv", "id\n");
        _folder.Write("root2/secret.csv", "id\n");
        File.CreateSymbolicLink(_folder["root/b.csv"], _folder["root2/secret.csv"]);
        Assert.Equal("CFG110", Assert.Single(Assert.Throws<FederatedSegmentationException>(() => FileSet.Expand("lake", _folder["root"], "b.csv")).Problems).Code);
    }

    [Theory]
    [InlineData("a,b", ',', "a|b")]
    [InlineData("\uFEFFa,b\r", ',', "a|b")]
    [InlineData("\"a,1\",\"b\"\"2\"", ',', "a,1|b\"2")]
    [InlineData("a;b", ';', "a|b")]
    [InlineData("a;b", ',', "a;b")]
    [InlineData("", ',', "")]
    [InlineData("a,", ',', "a|")]
    public void A_header_is_split_by_RFC_4180(string line, char delimiter, string names) => Assert.Equal(names.Split('|'), CsvHeader.Split(line, delimiter));

    [Theory]
    [InlineData("id,name", ',')]
    [InlineData("id;name;a,b", ';')]
    [InlineData("id\tname", '\t')]
    [InlineData("id|name", '|')]
    [InlineData("id", ',')]
    [InlineData("", ',')]
    [InlineData("a,b;c", ',')]
    [InlineData("\"a;b;c\",d", ',')]
    public void The_delimiter_is_the_one_that_gives_most_names(string line, char delimiter) => Assert.Equal(delimiter, CsvHeader.Sniff(line));

    [Fact]
    public void Files_at_the_top_are_tables_of_their_own_and_those_of_a_folder_are_one()
    {
        foreach (var path in new[] { "a.csv", "b.parquet", "notes.md", ".hidden.csv", "in/1.csv.gz", "in/2.csv.gz", "in/3.jsonl", "in/deep/4.csv" })
        {
            _folder.Write(path, "id\n");
        }

        Assert.Equal(["a.csv", "b.parquet", "in/*.csv.gz", "in/*.jsonl", "in/deep/*.csv"], FileGroups.Of(_folder.Root).ToArray());
    }
}
