using System.IO.Compression;
using System.Text;
using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>Files that are missing, broken or not what the model says.</summary>
public sealed class FilesInputTests
{
    private static async Task<Answer> RunAsync(Action<Workspace> arrange, string segment = "germans")
    {
        using var workspace = new Workspace();
        arrange(workspace);
        var answer = await workspace.RunAsync("run", segment, "--out", "members.csv");
        Assert.Equal([], answer.ExitCode == 0 ? [] : workspace.Left());
        return answer;
    }

    private static Task<Answer> RunCsvAsync(string text) => RunAsync(workspace => workspace.Write("data/customers.csv", text));

    private static Task<Answer> RunJsonAsync(string text) => RunAsync(workspace => workspace.Write("data/orders/1.jsonl", text), "buyers");

    [Fact]
    public async Task A_file_that_is_not_there() => (await RunAsync(workspace => File.Delete(workspace.PathOf("data/customers.csv"))))
        .Failed(3, "SRC101", " lake: ", "'customers.csv'", "relative to the Root");

    [Fact]
    public async Task A_glob_that_matches_nothing() => (await RunAsync(workspace => File.Delete(workspace.PathOf("data/orders/1.jsonl")), "buyers")).Failed(3, "SRC101", "'orders/*.jsonl'");

    [Fact]
    public async Task A_folder_in_the_place_of_a_file() => (await RunAsync(workspace =>
    {
        File.Delete(workspace.PathOf("data/customers.csv"));
        Directory.CreateDirectory(workspace.PathOf("data/customers.csv"));
    })).Failed(3, "SRC102", "names a folder");

    [Fact]
    public async Task A_pipe_in_the_place_of_a_file()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        (await RunAsync(workspace =>
        {
            File.Delete(workspace.PathOf("data/customers.csv"));
            System.Diagnostics.Process.Start("mkfifo", workspace.PathOf("data/customers.csv")).WaitForExit();
        })).Failed(3, "SRC102", "names a pipe or a device");
    }

    [Theory]
    [InlineData("../customers.csv")]
    [InlineData("a/../../customers.csv")]
    [InlineData("/etc/hosts.csv")]
    public async Task A_path_that_leaves_the_root(string path)
        => (await RunAsync(workspace => workspace.Replace("model.yaml", "[customers.csv]", $"[\"{path}\"]"))).Failed(1, "CFG110", $"'{path}'", "leaves the root");

    [Theory]
    [InlineData("customers.csv", "customers.csv")]
    [InlineData("folder", "folder/customers.csv")]
    [InlineData("folder", "**/customers.csv")]
    public async Task A_link_that_leaves_the_root(string link, string table)
    {
        using var outside = new Workspace();
        (await RunAsync(workspace =>
        {
            File.Delete(workspace.PathOf("data/customers.csv"));
            File.CreateSymbolicLink(workspace.PathOf("data/" + link), outside.PathOf(link == "folder" ? "data" : "data/customers.csv"));
            workspace.Replace("model.yaml", "[customers.csv]", $"[\"{table}\"]");
        })).Failed(1, "CFG110", "leaves the root");
    }

    [Fact]
    public async Task A_link_that_stays_inside_is_read() => (await RunAsync(workspace =>
    {
        File.Move(workspace.PathOf("data/customers.csv"), workspace.PathOf("data/real.csv"));
        File.CreateSymbolicLink(workspace.PathOf("data/customers.csv"), workspace.PathOf("data/real.csv"));
    })).Done();

    [Fact]
    public async Task A_format_that_is_not_known() => (await RunAsync(workspace =>
    {
        workspace.Replace("model.yaml", "customers.csv", "customers.xlsx");
        workspace.Write("data/customers.xlsx", Workspace.Customers);
    })).Failed(3, "SRC102", "one known format");

    [Fact]
    public async Task A_column_that_is_not_there() => (await RunAsync(workspace => workspace.Replace("data/customers.csv", "country", "land")))
        .Failed(3, "SRC103", "customer", "'country'", "id, land, credit, signed_up");

    [Theory]
    [InlineData("4,DE\n", "customers.csv:5", "has 2 fields; the header has 4")]
    [InlineData("4,DE,1.00,2026-01-01,x\n", "customers.csv:5", "has 5 fields; the header has 4")]
    [InlineData("\"4\n4\",DE,1.00,2026-01-01\n5,DE,1.00\n", "customers.csv:7", "has 3 fields")]
    [InlineData("4,\"DE,1.00,2026-01-01\n5,DE,1.00,2026-01-01\n", "customers.csv:5", "never closed")]
    [InlineData("4,\"D\"E,1.00,2026-01-01\n", "customers.csv:5", "behind the closing quote")]
    public async Task A_row_that_does_not_fit_its_header_is_an_error_with_its_line(string rows, params string[] parts) => (await RunCsvAsync(Workspace.Customers + rows)).Failed(3, "DAT002", ["lake", .. parts]);

    [Fact]
    public async Task The_line_of_a_bad_row_far_down_a_long_file_is_right()
    {
        var rows = string.Concat(Enumerable.Range(4, 200_000).Select(i => $"{i},DE,1.00,2026-01-01\n"));
        (await RunCsvAsync(Workspace.Customers + rows + "9,DE\n" + rows)).Failed(3, "DAT002", "customers.csv:200005");
    }

    [Fact]
    public async Task The_file_with_the_bad_row_is_named_among_several() => (await RunAsync(workspace =>
    {
        workspace.Replace("model.yaml", "[customers.csv]", "[\"customers/*.csv\"]");
        workspace.Write("data/customers/a.csv", Workspace.Customers);
        workspace.Write("data/customers/b.csv", Workspace.Customers + "4\n");
    })).Failed(3, "DAT002", "customers/b.csv:5");

    [Theory]
    [InlineData("9223372036854775808,DE,1.00,2026-01-01\n", "1 value of customer.id does not fit the declared type int64")]
    [InlineData("1.5,DE,1.00,2026-01-01\nx,DE,1.00,2026-01-01\n1_000,DE,1.00,2026-01-01\n", "3 values of customer.id do not fit the declared type int64")]
    public async Task A_value_that_does_not_convert_is_an_error_with_entity_column_and_count(string rows, string part) => (await RunCsvAsync(Workspace.Customers + rows)).Failed(3, "DAT001", "lake", part);

    [Theory]
    [InlineData("")]
    [InlineData("\n1,DE,1.00,2026-01-01\n")]
    [InlineData("id,,credit,signed_up\n")]
    public async Task A_CSV_file_without_a_header(string text) => (await RunCsvAsync(text)).Failed(3, "SRC105", "customers.csv");

    [Theory]
    [InlineData("id,country,country,credit,signed_up\n", "country")]
    [InlineData("id,country,COUNTRY,credit,signed_up\n", "country")]
    public async Task A_header_that_names_a_column_twice(string text, string name) => (await RunCsvAsync(text)).Failed(3, "SRC105", $"names column '{name}' twice");

    [Theory]
    [InlineData("customers.csv:5", 0xff)]
    [InlineData("customers.csv:5", 0xc3)]
    public async Task Text_that_is_not_UTF_8(string place, byte bad)
    {
        byte[] text = [.. Encoding.UTF8.GetBytes(Workspace.Customers + "4,D"), bad, .. Encoding.UTF8.GetBytes(",1.00,2026-01-01\n")];
        (await RunAsync(workspace => workspace.Write("data/customers.csv", text))).Failed(3, "DAT005", place);
    }

    [Fact]
    public async Task UTF_16_is_not_UTF_8() => (await RunAsync(workspace => workspace.Write("data/customers.csv", [0xff, 0xfe, .. Encoding.Unicode.GetBytes(Workspace.Customers)]))).Failed(3, "DAT005");

    [Fact]
    public async Task Random_bytes_are_an_error_and_never_a_bug()
    {
        var random = new Random(7);
        foreach (var file in new[] { "customers.csv", "customers.jsonl", "customers.parquet", "customers.csv.gz", "customers.csv.zst", "customers.jsonl.gz" })
        {
            var bytes = new byte[4096];
            random.NextBytes(bytes);
            var answer = await RunAsync(workspace =>
            {
                workspace.Replace("model.yaml", "customers.csv", file);
                workspace.Write("data/" + file, bytes);
            });
            Assert.True(answer.ExitCode == 3, $"{file}: {answer.ExitCode} {answer.Errors}");
        }
    }

    [Theory]
    [InlineData(".csv")]
    [InlineData(".parquet")]
    public async Task A_compressed_file_that_is_cut_short_drops_no_members_in_silence(string extension)
    {
        using var workspace = new Workspace();
        using var whole = new MemoryStream();
        using (var zip = new System.IO.Compression.GZipStream(whole, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(Encoding.UTF8.GetBytes("id,country,credit,signed_up\n" + string.Concat(Enumerable.Range(1, 100_000).Select(i => $"{i},DE,1.00,\n"))));
        }

        workspace.Replace("model.yaml", "customers.csv", "customers.csv.gz");
        workspace.Write("data/customers.csv.gz", whole.ToArray());
        Assert.Equal("100000\n", (await workspace.RunAsync("count", "germans")).Done().Output);
        workspace.Write("data/customers.csv.gz", whole.ToArray()[..(int)(whole.Length / 2)]);
        (await workspace.RunAsync("count", "germans")).Failed(3, "SRC106", " lake customers.csv.gz: ", "damaged or cut short", "fetch it again");
        (await workspace.RunAsync("run", "germans", "--out", "members" + extension)).Failed(3, "SRC106", "customers.csv.gz");
        Assert.Empty(workspace.Left());
    }

    [Theory]
    [InlineData("\uFEFF", "\n")]
    [InlineData("", "\r\n")]
    [InlineData("\uFEFF", "\r\n")]
    public async Task A_byte_order_mark_and_line_ends_of_Windows_are_read(string mark, string end)
    {
        using var workspace = new Workspace();
        workspace.Write("data/customers.csv", mark + Workspace.Customers.Replace("\n", end, StringComparison.Ordinal));
        Assert.Equal("id\n1\n", (await workspace.RunAsync("run", "germans", "--out", "-")).Done().Output);
    }

    [Fact]
    public async Task Headers_without_rows_have_no_members()
    {
        using var workspace = new Workspace();
        workspace.Write("data/customers.csv", "id,country,credit,signed_up\n");
        Assert.Equal("0\n", (await workspace.RunAsync("count", "germans")).Done().Output);
    }

    [Theory]
    [InlineData("""{"order_id":""", 2, "not valid JSON")]
    [InlineData("[1,2]", 2, "not a JSON object")]
    [InlineData("5", 2, "not a JSON object")]
    [InlineData("""{"order_id":"b","customer_id":1,"customer_id":2,"placed_at":null,"amount":1}""", 2, "has a key twice")]
    [InlineData("""{"order_id":"b","customer_id":1,"placed_at":null,"amount":1}}""", 2, "not valid JSON")]
    [InlineData("""{'order_id':'b'}""", 2, "not valid JSON")]
    public async Task A_line_of_JSON_that_is_broken_is_an_error_with_its_line(string line, int number, string part) => (await RunJsonAsync(Workspace.Orders + line + "\n")).Failed(3, "DAT002", $"1.jsonl:{number}", part);

    [Fact]
    public async Task JSON_with_a_byte_order_mark() => (await RunJsonAsync("\uFEFF" + Workspace.Orders)).Failed(3, "DAT002", "1.jsonl:1", "byte order mark");

    [Theory]
    [InlineData("""{"order_id":"b","customer_id":{"a":1},"placed_at":null,"amount":1}""")]
    [InlineData("""{"order_id":"b","customer_id":[1],"placed_at":null,"amount":1}""")]
    [InlineData("""{"order_id":"b","customer_id":true,"placed_at":null,"amount":1}""")]
    public async Task A_nested_value_or_one_of_another_type_does_not_fit(string line) => (await RunJsonAsync(Workspace.Orders + line + "\n")).Failed(3, "DAT001", "1 value of order.customer_id");

    [Fact]
    public async Task Empty_lines_and_empty_files_of_JSON_are_no_rows()
    {
        (await RunJsonAsync("\n\n" + Workspace.Orders + "\n")).Done();
        (await RunJsonAsync("")).Done();
    }

    [Fact]
    public async Task A_file_that_is_no_Parquet() => (await RunAsync(workspace =>
    {
        workspace.Replace("model.yaml", "customers.csv", "customers.parquet");
        workspace.Write("data/customers.parquet", Workspace.Customers);
    })).Failed(3, "SRC106", "lake", "not of the format");

    [Fact]
    public async Task A_Parquet_file_that_is_cut_short_or_damaged_in_the_middle()
    {
        using var made = new Workspace();
        await using (var instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 1 }))
        {
            await using var connection = instance.CreateConnection();
            await connection.ExecuteAsync($"COPY (SELECT i AS id, 'DE' AS country, 1::DECIMAL(10,2) AS credit, NULL::DATE AS signed_up FROM range(100000) r(i)) TO '{made.PathOf("c.parquet")}' (FORMAT parquet)", CancellationToken.None);
        }

        var whole = await File.ReadAllBytesAsync(made.PathOf("c.parquet"));
        foreach (var bytes in new[] { whole[..^20], whole[..(whole.Length / 2)], [.. whole[..1000], .. new byte[2000], .. whole[3000..]] })
        {
            (await RunAsync(workspace =>
            {
                workspace.Replace("model.yaml", "customers.csv", "customers.parquet");
                workspace.Write("data/customers.parquet", bytes);
            })).Failed(3, "SRC106");
        }
    }

    [Fact]
    public async Task Compressed_files_that_are_cut_short_or_damaged()
    {
        using var buffer = new MemoryStream();
        await using (var gzip = new GZipStream(buffer, CompressionMode.Compress, leaveOpen: true))
        {
            var random = new Random(5);
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Workspace.Customers + string.Concat(Enumerable.Range(4, 50_000).Select(i => $"{i},DE,{random.Next(1000)}.00,2026-01-01\n"))));
        }

        var whole = buffer.ToArray();
        foreach (var bytes in new[] { whole[..(whole.Length / 2)], [.. whole[..(whole.Length / 3)], .. new byte[500], .. whole[((whole.Length / 3) + 500)..]] })
        {
            (await RunAsync(workspace =>
            {
                workspace.Replace("model.yaml", "customers.csv", "customers.csv.gz");
                workspace.Write("data/customers.csv.gz", bytes);
            })).Failed(3, "SRC106", "customers.csv.gz", "damaged");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_line_of_many_megabytes_is_refused(bool inHeader)
    {
        var long20 = new string('x', 20_000_000);
        (await RunCsvAsync(inHeader ? long20 : Workspace.Customers + $"4,{long20},1.00,2026-01-01\n")).Failed(3, "DAT002", inHeader ? "customers.csv:1" : "customers.csv:5", "longer than 16 MB");
    }

    [Theory]
    [InlineData("id,name\n1,a\n", "SDL005", "the first line")]
    [InlineData("", "SDL005", "the first line")]
    public async Task A_list_of_keys_with_a_wrong_header(string text, string code, string part) => (await RunAsync(workspace =>
    {
        workspace.Write("segments/keys.csv", text);
        workspace.Write("segments/germans.yaml", "segment: germans\nof: customer\nwhere: {ids: {file: keys.csv}}\n");
    })).Failed(1, code, "keys.csv:1", part);

    [Fact]
    public async Task A_list_of_keys_with_a_value_that_is_no_key() => (await RunAsync(workspace =>
    {
        workspace.Write("segments/keys.csv", "id\n1\nsecret\n");
        workspace.Write("segments/germans.yaml", "segment: germans\nof: customer\nwhere: {ids: {file: keys.csv}}\n");
    })).Failed(3, "DAT001");

    [Theory]
    [InlineData("keys.csv", "CFG102")]
    [InlineData("../keys.csv", "CFG101")]
    [InlineData("/keys.csv", "CFG101")]
    public async Task A_list_of_keys_that_is_missing_or_lies_elsewhere(string file, string code)
        => (await RunAsync(workspace => workspace.Write("segments/germans.yaml", $"segment: germans\nof: customer\nwhere: {{ids: {{file: \"{file}\"}}}}\n"))).Failed(1, code, "germans.yaml");
}
