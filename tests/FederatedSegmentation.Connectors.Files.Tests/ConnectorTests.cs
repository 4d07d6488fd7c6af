using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using static FederatedSegmentation.Connectors.Files.Tests.FolderOfFiles;

namespace FederatedSegmentation.Connectors.Files.Tests;

/// <summary>Tables of files: their columns, values, sizes, and what is said when they are not as the model says.</summary>
public sealed class ConnectorTests : IDisposable
{
    private readonly FolderOfFiles _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Parquet_keeps_its_types_rows_and_the_range_of_its_key()
    {
        await _folder.CopyAsync("SELECT i AS id, 'x' AS s, i::UTINYINT AS small, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS at FROM range(10, 110) AS r(i)", "t.parquet");
        await using var source = _folder.Connector();
        var entity = Entity("t.parquet", ("id", DataTypes.Int64), ("s", DataTypes.String), ("small", DataTypes.Int64), ("at", DataTypes.Timestamp));
        var table = Assert.Single(await source.DescribeAsync([entity], default));
        Assert.Equal((100L, new FileInfo(_folder["t.parquet"]).Length), (table.Rows, table.Bytes));
        Assert.Equal([new StoredInteger(), new StoredText(), new StoredInteger(), new StoredInstant()], entity.Columns.Select(column => table.Columns[column.Name]));
        Assert.Equal(new KeyRange("id", 10, 109, 100), source.TableOf(table).Key);
        Assert.Equal("\"s\"", source.TableOf(table).Expressions["s"]);
    }

    [Fact]
    public async Task Parquet_files_with_other_columns_are_read_by_name()
    {
        await _folder.CopyAsync("SELECT 1 AS id, 'a' AS s", "p/1.parquet");
        await _folder.CopyAsync("SELECT 'b' AS s, 2 AS id, 5 AS more", "p/2.parquet");
        await using var source = _folder.Connector();
        Assert.Equal(["1|a|NULL", "2|b|5"], await RowsAsync(source, Entity("p/*.parquet", ("id", DataTypes.Int64), ("s", DataTypes.String), ("more", DataTypes.Int64))));
    }

    [Fact]
    public async Task CSV_is_read_by_the_names_of_its_headers_and_converted_to_the_declared_types()
    {
        _folder.Write("c/1.csv", "id,amount,s\n1,1.50,\"a, \"\"b\"\"\"\n2,,\n3,2,\"\"\n");
        _folder.Write("c/2.csv", "s,id\nx,4\n");
        await using var source = _folder.Connector();
        Assert.Equal(
            ["1|1.50|a, \"b\"", "2|NULL|NULL", "3|2.00|", "4|NULL|x"],
            await RowsAsync(source, Entity("c/*.csv", ("id", DataTypes.Int64), ("amount", new DecimalType(10, 2)), ("s", DataTypes.String))));
    }

    [Theory]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public async Task CSV_has_the_delimiter_that_the_model_names(char delimiter)
    {
        _folder.Write("t.csv", $"id{delimiter}s\n1{delimiter}\"a{delimiter}b\"\n");
        await using var source = _folder.Connector();
        Assert.Equal([$"1|a{delimiter}b"], await RowsAsync(source, Entity("t.csv", delimiter, ("id", DataTypes.Int64), ("s", DataTypes.String))));
    }

    [Fact]
    public async Task Exact_numbers_of_JSON_are_exact_however_they_are_spelled()
    {
        _folder.Write("t.jsonl", """
            {"id": 1, "amount": 0.000001}
            {"id": 2, "amount": 1e-6}
            {"id": 3, "amount": "12345678901234567890.123456"}
            {"id": 4, "amount": 25E1}
            {"id": 5, "amount": null}
            {"id": 6}
            """);
        await using var source = _folder.Connector();
        Assert.Equal(
            ["1|0.000001", "2|0.000001", "3|12345678901234567890.123456", "4|250.000000", "5|NULL", "6|NULL"],
            await RowsAsync(source, Entity("t.jsonl", ("id", DataTypes.Int64), ("amount", new DecimalType(38, 6)))));
    }

    [Theory]
    [InlineData("csv", "id\n1\n")]
    [InlineData("jsonl", "{\"id\": 1}\n")]
    public async Task A_folder_such_as_year_2026_is_a_column_where_the_files_have_none(string extension, string text)
    {
        _folder.Write($"h/year=2025/a.{extension}", text);
        _folder.Write($"h/year=2026/a.{extension}", text);
        await using var source = _folder.Connector();
        Assert.Equal(["1|2025", "1|2026"], await RowsAsync(source, Entity($"h/*/a.{extension}", ("id", DataTypes.Int64), ("year", DataTypes.Int64))));
    }

    [Theory]
    [InlineData("t.csv.gz")]
    [InlineData("t.csv.zst")]
    public async Task Compressed_text_is_read(string name)
    {
        await _folder.CopyAsync("SELECT i AS id FROM range(3) AS r(i)", name, $"FORMAT csv, HEADER, COMPRESSION {(name.EndsWith("gz", StringComparison.Ordinal) ? "gzip" : "zstd")}");
        await using var source = _folder.Connector();
        Assert.Equal(["0", "1", "2"], await RowsAsync(source, Entity(name, ("id", DataTypes.Int64))));
    }

    [Theory]
    [InlineData("a.csv", "id\n1\n", "SRC103 lake: The files of thing have no column 'missing'. They have: id.")]
    [InlineData("a.jsonl", "{\"id\": 1}\n", "SRC103 lake: The files of thing have no column 'missing'. They have: id.")]
    [InlineData("a.csv", "", "SRC105 lake: 'a.csv' has no header, or a column without a name. Write a first line that names every column.")]
    [InlineData("a.csv", "missing,id,ID\n", "SRC105 lake: The header of 'a.csv' names column 'id' twice (names that differ only in case count as one). Give every column a name of its own.")]
    [InlineData("a.parquet", "nonsense that is as long as the least Parquet file", "SRC106 lake a.parquet: The file is damaged, not of the format that its name says, or not readable for the gateway. Check the file and its permissions.")]
    [InlineData("a.parquet", "nonsense", "SRC106 lake a.parquet: The file is damaged, not of the format that its name says, or not readable for the gateway. Check the file and its permissions.")]
    public async Task A_file_that_is_not_as_the_model_says_is_told(string name, string text, string line)
    {
        _folder.Write(name, text);
        await using var source = _folder.Connector();
        Assert.Equal(line, await FailsAsync(() => source.DescribeAsync([Entity(name, ("id", DataTypes.Int64), ("missing", DataTypes.String))], default)));
    }

    [Fact]
    public async Task Values_that_do_not_fit_can_be_counted_and_listed()
    {
        _folder.Write("t.csv", "id,n\n1,5\n2,x\n3,9223372036854775808\n4,\n");
        await using var source = _folder.Connector();
        await source.DescribeAsync([Entity("t.csv", ("id", DataTypes.Int64), ("n", DataTypes.Int64))], default);
        var misfits = source.FindMisfits("thing", "n")!;
        Assert.Equal(DataTypes.Int64, misfits.Type);
        Assert.Equal(2, await NumberAsync(misfits.Count));
        Assert.Equal(1, await NumberAsync($"SELECT count(*) FROM ({misfits.Values}) AS v(value) WHERE value = 'x'"));
        Assert.Null(source.FindMisfits("thing", "nothing"));
        Assert.Null(source.FindMisfits("other", "n"));
    }

    [Fact]
    public async Task The_line_of_a_bad_row_is_found_without_quoting_it()
    {
        _folder.Write("t.csv", "id,n\n1,5\n2,secret,9\n");
        await using var source = _folder.Connector();
        var entity = Entity("t.csv", ("id", DataTypes.Int64), ("n", DataTypes.Int64));
        var failure = await Assert.ThrowsAsync<DuckDbException>(() => RowsAsync(source, entity));
        Assert.Equal("DAT002 lake t.csv:3: The row has 3 fields; the header has 2. Give every row as many fields as the header has, quoted by RFC 4180.", (await source.ExplainAsync(failure, default))!.ToString());
        Assert.Null(await source.ExplainAsync(new InvalidOperationException("something else"), default));
        Assert.Null(await source.ExplainAsync(new DuckDbException(DuckDbErrorKind.Binder, "no such column"), default));
    }

    [Fact]
    public async Task A_root_that_is_no_folder_is_a_defect_of_the_settings()
    {
        _folder.Write("file", "");
        Assert.Equal("CFG111 lake Sources:lake:Root: The Root does not exist. Name an existing folder; a relative path is relative to the settings file.", await FailsAsync(() => Task.FromResult(new FilesConnector("lake", _folder["nowhere"], TimeProvider.System))));
        Assert.Equal("CFG111 lake Sources:lake:Root: The Root is a file. Name an existing folder; a relative path is relative to the settings file.", await FailsAsync(() => Task.FromResult(new FilesConnector("lake", _folder["file"], TimeProvider.System))));
    }

    [Fact]
    public async Task A_source_is_tested_step_by_step()
    {
        await using var empty = _folder.Connector();
        Assert.Equal(["root Passed", "list Warning", "write Warning"], await empty.TestAsync(default).Select(check => $"{check.Step} {check.Outcome}").ToListAsync());
        _folder.Write("a.csv", "id,id\n");
        await using var broken = _folder.Connector();
        var checks = await broken.TestAsync(default).ToListAsync();
        Assert.Equal(["root Passed", "list Passed", "read Failed", "write Warning"], checks.Select(check => $"{check.Step} {check.Outcome}"));
        Assert.StartsWith("SRC105 lake: ", checks[2].Detail, StringComparison.Ordinal);
        Assert.Equal(["a.csv"], Directory.EnumerateFileSystemEntries(_folder.Root).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public async Task Tables_are_discovered_with_the_types_that_a_model_would_declare()
    {
        await _folder.CopyAsync("SELECT 1::SMALLINT AS i, 1.5::DECIMAL(9,2) AS d, 1.5::FLOAT AS f, DATE '2026-01-01' AS day, TIMESTAMP '2026-01-01' AS clock, [1] AS list, uuid() AS u, 1::UBIGINT AS big", "t.parquet");
        _folder.Write("c.csv", "id,s\n1,x\n");
        await using var source = _folder.Connector();
        var tables = await source.DiscoverAsync(default);
        Assert.Equal(["c.csv", "t.parquet"], tables.Select(table => Assert.Single(table.Table)));
        Assert.Equal(["string", "string"], tables[0].Columns.Select(column => column.SuggestedType));
        Assert.Equal(["int64", "decimal(9,2)", "float64", "date", "datetime", null, "string", "decimal(20,0)"], tables[1].Columns.Select(column => column.SuggestedType));
        Assert.Equal(1, tables[1].Rows);
    }
}
