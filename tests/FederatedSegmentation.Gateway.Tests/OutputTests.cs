using System.Globalization;
using System.Text;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>Where the members go: formats, types, canonical text, order, whole or not at all.</summary>
public sealed class OutputTests
{
    private const string Keys = """
        model: keys
        entities:
          row:
            source: lake
            table: [rows.csv]
            key: [n, d, s, b, day, at, clock, bytes]
            columns: {n: int64, d: "decimal(12,3)", s: string, b: boolean, day: date, at: timestamp, clock: {type: datetime, zone: Europe/Berlin}, bytes: binary}
        relationships: []
        """;

    // The second row is the smaller one.
    private const string Rows = """
        n,d,s,b,day,at,clock,bytes
        10,-1.5,"a ""quoted"", text",true,2026-02-28,2026-01-31T12:00:00.5Z,2026-01-31T12:00:00,00ff
        -7,12345.678,ü,false,1969-12-31,1969-12-31T23:59:59.999999+02:00,0001-01-01T00:00:00,

        """;

    private static Workspace WithKeys()
    {
        var workspace = new Workspace();
        workspace.Write("model.yaml", Keys);
        foreach (var file in Directory.EnumerateFiles(workspace.PathOf("segments")))
        {
            File.Delete(file);
        }

        workspace.Write("segments/all.yaml", "segment: all\nof: row\nwhere: true\n");
        workspace.Write("data/rows.csv", Rows.Replace("00:00:00,\n", "00:00:00,\"\"\n", StringComparison.Ordinal));
        return workspace;
    }

    [Fact]
    public async Task CSV_has_canonical_text_of_every_type_in_key_order()
    {
        using var workspace = WithKeys();
        (await workspace.RunAsync("run", "all", "--out", "members.csv")).Done();
        Assert.Equal(
            """
            n,d,s,b,day,at,clock,bytes
            -7,12345.678,ü,false,1969-12-31,1969-12-31T21:59:59.999999Z,0001-01-01T00:00:00.000000,""
            10,-1.500,"a ""quoted"", text",true,2026-02-28,2026-01-31T12:00:00.500000Z,2026-01-31T12:00:00.000000,00ff

            """,
            await File.ReadAllTextAsync(workspace.PathOf("members.csv")));
    }

    [Fact]
    public async Task Standard_output_and_the_file_are_the_same()
    {
        using var workspace = WithKeys();
        (await workspace.RunAsync("run", "all", "--out", "members.csv")).Done();
        var answer = (await workspace.RunAsync("run", "all", "--out", "-")).Done();
        Assert.Equal(await File.ReadAllTextAsync(workspace.PathOf("members.csv")), answer.Output);
        Assert.Contains("all: 2 members", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_Lines_has_canonical_text_of_every_type()
    {
        using var workspace = WithKeys();
        (await workspace.RunAsync("run", "all", "--out", "members.jsonl")).Done();
        var lines = await File.ReadAllLinesAsync(workspace.PathOf("members.jsonl"));
        Assert.Equal(2, lines.Length);
        var first = System.Text.Json.Nodes.JsonNode.Parse(lines[0])!.AsObject();
        Assert.Equal(["n", "d", "s", "b", "day", "at", "clock", "bytes"], first.Select(pair => pair.Key));
        Assert.Equal(
            ["-7", "12345.678", "ü", "false", "1969-12-31", "1969-12-31T21:59:59.999999Z", "0001-01-01T00:00:00.000000", ""],
            first.Select(pair => pair.Value!.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)pair.Value! : pair.Value!.ToJsonString()));
    }

    [Fact]
    public async Task Parquet_has_the_types_of_the_model()
    {
        using var workspace = WithKeys();
        (await workspace.RunAsync("run", "all", "--out", "members.parquet")).Done();
        await using var instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 1 });
        await using var connection = instance.CreateConnection();
        var file = $"'{workspace.PathOf("members.parquet")}'";
        Assert.Equal(
            ["n BIGINT", "d DECIMAL(12,3)", "s VARCHAR", "b BOOLEAN", "day DATE", "at TIMESTAMP WITH TIME ZONE", "clock TIMESTAMP", "bytes BLOB"],
            await connection.QueryTextsAsync($"SELECT column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM {file})", CancellationToken.None));
        Assert.Equal(["-7", "10"], await connection.QueryTextsAsync($"SELECT n::VARCHAR FROM {file}", CancellationToken.None));
        Assert.Equal(["-7200000001", "1769860800500000"], await connection.QueryTextsAsync($"SELECT epoch_us(\"at\")::VARCHAR FROM {file}", CancellationToken.None));
    }

    [Fact]
    public async Task Arrow_has_the_types_of_the_model()
    {
        using var workspace = WithKeys();
        (await workspace.RunAsync("run", "all", "--out", "members.arrow")).Done();
        await using var stream = File.OpenRead(workspace.PathOf("members.arrow"));
        var schema = await new Arrow.Ipc.ArrowStreamReader(stream).ReadSchemaAsync(CancellationToken.None);
        Assert.Equal(
            [ArrowType.Int64, ArrowType.Decimal128(12, 3), ArrowType.Utf8, ArrowType.Boolean, ArrowType.Date32, ArrowType.Timestamp(ArrowTimeUnit.Microsecond, "UTC"), ArrowType.Timestamp(ArrowTimeUnit.Microsecond), ArrowType.Binary],
            schema.Fields.Select(field => field.Type));
    }

    [Fact]
    public async Task Keys_from_a_long_file_come_out_in_order_each_once()
    {
        using var workspace = new Workspace();
        const int Count = 1_000_000;
        var rows = new StringBuilder("id,country,credit,signed_up\n");
        var keys = new StringBuilder("id\n");
        for (var i = Count; i > 0; i--)
        {
            rows.Append(CultureInfo.InvariantCulture, $"{i},DE,1.00,\n");
            keys.Append(CultureInfo.InvariantCulture, $"{(long)i * 3}\n{(long)i * 3}\n");
        }

        workspace.Write("data/customers.csv", rows.ToString());
        workspace.Write("segments/keys.csv", keys.ToString());
        workspace.Write("segments/listed.yaml", "segment: listed\nof: customer\nwhere: {ids: {file: keys.csv}}\n");
        (await workspace.RunAsync("run", "listed", "--out", "members.csv")).Done();
        var members = File.ReadLines(workspace.PathOf("members.csv")).Skip(1).Select(line => long.Parse(line, CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, Count / 3).Select(i => (long)i * 3), members);
    }

    [Theory]
    [InlineData("nowhere/members.csv", "OUT001", "folder is not there")]
    [InlineData("model.yaml/members.csv", "OUT001", "is a file")]
    [InlineData("data", "USE002", "extension")]
    public async Task A_place_that_cannot_be_written(string path, string code, string part)
    {
        using var workspace = new Workspace();
        (await workspace.RunAsync("run", "germans", "--out", path)).Failed(code == "USE002" ? 2 : 6, code, part);
    }

    [Fact]
    public async Task A_folder_in_the_place_of_the_output()
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory(workspace.PathOf("members.csv"));
        (await workspace.RunAsync("run", "germans", "--out", "members.csv")).Failed(6, "OUT002", "members.csv");
    }

    [Theory]
    [InlineData(".csv")]
    [InlineData(".parquet")]
    [InlineData(".arrow")]
    [InlineData(".jsonl")]
    public async Task A_run_that_fails_leaves_the_older_file_as_it_was(string extension)
    {
        using var workspace = new Workspace();
        workspace.Write("members" + extension, "older");
        workspace.Write("data/customers.csv", Workspace.Customers + "x,DE,1.00,\n");
        (await workspace.RunAsync("run", "germans", "--out", "members" + extension)).Failed(3, "DAT001");
        Assert.Equal("older", await File.ReadAllTextAsync(workspace.PathOf("members" + extension)));
        Assert.Equal(["members" + extension], workspace.Left());
    }
}
