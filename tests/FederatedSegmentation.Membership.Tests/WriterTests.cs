using System.Collections.Immutable;
using System.Text.Json;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Arrow.Ipc;
using FederatedSegmentation.Model.Types;
using Xunit;

// One test counts the memory that the whole process takes meanwhile.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace FederatedSegmentation.Membership.Tests;

public class WriterTests
{
    private static readonly ImmutableArray<MembershipColumn> AllColumns = [.. Members.AllTypes.Select(pair => pair.Column)];

    [Fact]
    public async Task Every_type_has_its_canonical_text_in_csv()
    {
        Assert.Equal(
            "id,price,name,active,hash,day,at,local\n" +
            "-7,12.50,\"a,b\",true,00ff,2026-06-05,2026-06-05T01:02:03.000004Z,1969-12-31T23:59:59.999999\n" +
            "9223372036854775807,-0.01,Zoë,false,\"\",0001-01-01,1970-01-01T00:00:00.000000Z,2000-02-29T12:00:00.000000\n",
            await Members.TextAsync(MembershipFormat.Csv, AllColumns, TwoRows()));
    }

    [Fact]
    public async Task Integers_and_booleans_are_json_tokens_and_everything_else_a_string()
    {
        Assert.Equal(
            """{"id":-7,"price":"12.50","name":"a,b","active":true,"hash":"00ff","day":"2026-06-05","at":"2026-06-05T01:02:03.000004Z","local":"1969-12-31T23:59:59.999999"}""" + "\n" +
            """{"id":9223372036854775807,"price":"-0.01","name":"Zoë","active":false,"hash":"","day":"0001-01-01","at":"1970-01-01T00:00:00.000000Z","local":"2000-02-29T12:00:00.000000"}""" + "\n",
            await Members.TextAsync(MembershipFormat.JsonLines, AllColumns, TwoRows()));
    }

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData(" ", " ")]
    [InlineData("007", "007")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("\"", "\"\"\"\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a\r\nb", "\"a\r\nb\"")]
    [InlineData("tab\there", "tab\there")]
    [InlineData("semi;colon", "semi;colon")]
    [InlineData("back\\slash", "back\\slash")]
    [InlineData("🎉 é", "🎉 é")]
    public async Task Csv_quotes_what_it_must_and_the_empty_string(string value, string field)
        => Assert.Equal($"name\n{field}\n", await Members.TextAsync(MembershipFormat.Csv, [Members.Name], Members.Texts(value)));

    [Fact]
    public async Task A_header_is_quoted_like_a_field()
        => Assert.Equal("\"a,\"\"b\"\"\"\n", await Members.TextAsync(MembershipFormat.Csv, [new MembershipColumn("a,\"b\"", DataTypes.String)]));

    [Theory]
    [InlineData("")]
    [InlineData("quote \" and \\ backslash")]
    [InlineData("line\nfeed \r\t and \b \f")]
    [InlineData("\u0000\u0001\u001f\u007f\u0080\u2028")]
    [InlineData("🎉 e\u0301")]
    public async Task Json_escapes_so_that_a_reader_gets_the_same_text(string value)
    {
        var line = await Members.TextAsync(MembershipFormat.JsonLines, [Members.Name], Members.Texts(value));
        Assert.Equal('\n', line[^1]);
        Assert.DoesNotContain('\n', line[..^1]);
        using var document = JsonDocument.Parse(line);
        Assert.Equal(value, document.RootElement.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_segment_without_members_is_a_header_or_an_empty_file()
    {
        Assert.Equal("id\n", await Members.TextAsync(MembershipFormat.Csv, [Members.Id]));
        Assert.Equal("", await Members.TextAsync(MembershipFormat.JsonLines, [Members.Id]));
        var (schema, rows) = await ReadArrowAsync(await Members.BytesAsync(MembershipFormat.ArrowStream, AllColumns));
        Assert.Equal(AllColumns.Select(column => column.Name), schema.Fields.Select(field => field.Name));
        Assert.Equal(0, rows);
    }

    [Fact]
    public async Task Arrow_carries_the_logical_names_and_instants_their_zone()
    {
        var (schema, rows) = await ReadArrowAsync(await Members.BytesAsync(MembershipFormat.ArrowStream, AllColumns, TwoRows(), TwoRows()));
        Assert.Equal(AllColumns.Select(column => column.Name), schema.Fields.Select(field => field.Name));
        Assert.Equal(ArrowType.Timestamp(ArrowTimeUnit.Microsecond, "UTC"), schema.Fields[6].Type);
        Assert.Equal(ArrowType.Timestamp(ArrowTimeUnit.Microsecond), schema.Fields[7].Type);
        Assert.Equal(ArrowType.Decimal128(12, 2), schema.Fields[1].Type);
        Assert.Equal(4, rows);
    }

    [Fact]
    public async Task Batches_follow_each_other_and_are_disposed_of()
    {
        var batches = new[] { Members.Numbers(1, 2), Members.Numbers(3, 0), Members.Numbers(3, 1) };
        Assert.Equal("id\n1\n2\n3\n", await Members.TextAsync(MembershipFormat.Csv, [Members.Id], batches));
        Assert.All(batches, batch => Assert.Throws<ObjectDisposedException>(() => _ = batch.Columns[0].Bytes.Length));
    }

    [Fact]
    public async Task A_value_longer_than_the_buffer_is_written_whole()
    {
        var value = new string('x', 1_000_000);
        Assert.Equal($"name\n\"{value}\"\"\"\nshort\n", await Members.TextAsync(MembershipFormat.Csv, [Members.Name], Members.Texts(value + "\"", "short")));
    }

    [Theory]
    [InlineData(MembershipFormat.Csv)]
    [InlineData(MembershipFormat.JsonLines)]
    public async Task A_million_members_are_written_in_memory_that_does_not_grow_with_them(MembershipFormat format)
    {
        const int Batches = 500;
        const int Rows = 2_000;
        var stream = new CountingStream();
        using var output = MembershipOutput.Open(new MembershipStream(stream, "nowhere", format));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var members = await output.WriteAsync([Members.Id], Enumerable.Range(0, Batches).Select(i => Members.Numbers(i * Rows, Rows)).ToAsync(), CancellationToken.None);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal(Batches * Rows, members);
        Assert.True(stream.Length > 6_000_000);
        Assert.True(stream.LargestWrite < 400_000, $"The largest write had {stream.LargestWrite} bytes.");

        // Some kilobytes a batch for the batch itself, and nothing for a row: a single object each would be 24 MB.
        Assert.True(allocated < 12_000_000, $"{allocated} bytes were allocated.");
    }

    private static RecordBatch TwoRows() => Members.Batch(Members.AllTypes, columns =>
    {
        columns[0].AppendInt64(-7);
        columns[1].AppendDecimal128(1250);
        columns[2].AppendString("a,b");
        columns[3].AppendBoolean(true);
        columns[4].AppendBinary([0, 255]);
        columns[5].AppendDate32(new DateOnly(2026, 6, 5).DayNumber - new DateOnly(1970, 1, 1).DayNumber);
        columns[6].AppendTimestamp(1_780_621_323_000_004);
        columns[7].AppendTimestamp(-1);
        columns[0].AppendInt64(long.MaxValue);
        columns[1].AppendDecimal128(-1);
        columns[2].AppendString("Zoë");
        columns[3].AppendBoolean(false);
        columns[4].AppendBinary([]);
        columns[5].AppendDate32(-719162);
        columns[6].AppendTimestamp(0);
        columns[7].AppendTimestamp(951_825_600_000_000);
    });

    private static async Task<(ArrowSchema Schema, int Rows)> ReadArrowAsync(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        var reader = new ArrowStreamReader(stream);
        var schema = await reader.ReadSchemaAsync(CancellationToken.None);
        var rows = 0;
        while (await reader.ReadBatchAsync(CancellationToken.None) is { } batch)
        {
            using (batch)
            {
                rows += batch.RowCount;
            }
        }

        return (schema, rows);
    }

    private sealed class CountingStream : MemoryStream
    {
        private long _length;

        public int LargestWrite { get; private set; }

        public override long Length => _length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _length += buffer.Length;
            LargestWrite = Math.Max(LargestWrite, buffer.Length);
            return ValueTask.CompletedTask;
        }
    }
}
