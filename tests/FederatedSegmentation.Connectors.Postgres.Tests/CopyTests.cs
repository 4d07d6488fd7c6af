using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.Postgres.Copy;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Postgres.Tests;

/// <summary>The bytes of <c>COPY … (FORMAT binary)</c>, made by hand: whole, cut anywhere, and wrong.</summary>
public sealed class CopyTests
{
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] Row = [0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 2, (byte)'a', (byte)'b'];
    private static readonly byte[] NullRow = [0, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
    private static readonly byte[] Trailer = [0xFF, 0xFF];
    private static readonly ArrowSchema Schema = new(new ArrowField("n", ArrowType.Int64), new ArrowField("s", ArrowType.Utf8));

    private static CopyRowReader Reader() => new(ImmutableArray.Create<ColumnDecoder>(new IntegerDecoder(), new TextDecoder()));

    [Fact]
    public void Rows_are_the_same_wherever_the_stream_is_cut()
    {
        byte[] whole = [.. Header, .. Row, .. NullRow, .. Row, .. Trailer];
        for (var cut = 0; cut <= whole.Length; cut++)
        {
            using var builder = new RecordBatchBuilder(Schema);
            var reader = Reader();
            var read = reader.Read(whole.AsSpan(0, cut), builder, 100);
            Assert.Equal(cut == whole.Length, reader.IsComplete);
            Assert.Equal(whole.Length, read + reader.Read(whole.AsSpan(read), builder, 100));
            Assert.True(reader.IsComplete);
            using var batch = builder.Build();
            Assert.Equal(3, batch.RowCount);
            Assert.Equal(("5", "ab", true, true), (batch.Columns[0].Values<long>()[0].ToString(CultureInfo.InvariantCulture), batch.Columns[1].GetString(2), batch.Columns[0].IsNull(1), batch.Columns[1].IsNull(1)));
        }
    }

    [Fact]
    public void No_more_rows_are_read_than_a_batch_takes()
    {
        using var builder = new RecordBatchBuilder(Schema);
        var reader = Reader();
        byte[] whole = [.. Header, .. Row, .. Row, .. Row, .. Trailer];
        Assert.Equal(Header.Length + (2 * Row.Length), reader.Read(whole, builder, 2));
        Assert.False(reader.IsComplete);
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "the signature is missing", [.. Header.Select(value => (byte)(value ^ 1)), .. Trailer] },
        { "flags that are not known", [.. Header[..11], 0, 1, 0, 0, 0, 0, 0, 0, .. Trailer] },
        { "extension has an impossible length", [.. Header[..15], 0x7F, 0, 0, 0, .. Trailer] },
        { "extension has an impossible length", [.. Header[..15], 0xFF, 0xFF, 0xFF, 0xFF, .. Trailer] },
        { "not as many fields", [.. Header, 0, 3, .. Row[2..]] },
        { "a negative length", [.. Header, 0, 2, 0xFF, 0xFF, 0xFF, 0xFE] },
        { "bytes behind the trailer", [.. Header, .. Trailer, 0] },
        { "an integer", [.. Header, 0, 2, 0, 0, 0, 3, 1, 2, 3, 0xFF, 0xFF, 0xFF, 0xFF] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Bytes_that_break_the_format_are_an_error_that_names_the_part(string part, byte[] bytes)
    {
        using var builder = new RecordBatchBuilder(Schema);
        Assert.Contains(part, Assert.Throws<MalformedCopyException>(() => Reader().Read(bytes, builder, 100)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000 0000 0000 0000", 10, 2, "0")]
    [InlineData("0001 0000 0000 0000 0001", 10, 2, "100")]
    [InlineData("0002 0000 4000 0002 0001 157c", 10, 2, "-155")]
    [InlineData("0002 0001 0000 0000 0001 0000", 10, 0, "10000")]
    [InlineData("0001 0001 0000 0000 0001", 10, 0, "10000")]
    [InlineData("0001 ffff 0000 0002 157c", 10, 2, "55")]
    [InlineData("0002 0000 0000 0003 0001 157c", 10, 3, "1550")]
    [InlineData("000a 0009 0000 0000 0063 270f 270f 270f 270f 270f 270f 270f 270f 270f", 38, 0, "99999999999999999999999999999999999999")]
    public void A_numeric_is_decoded_exactly(string words, int precision, int scale, string unscaled)
    {
        Assert.True(NumericDecoder.TryDecode(Bytes(words), precision, scale, out var value));
        Assert.Equal(Int128.Parse(unscaled, CultureInfo.InvariantCulture), value);
    }

    [Theory]
    [InlineData("0002 0000 0000 0003 0001 04d2", 10, 2)]
    [InlineData("0001 0001 0000 0000 0001", 4, 0)]
    [InlineData("0000 0000 c000 0000", 10, 2)]
    [InlineData("0000 0000 d000 0000", 10, 2)]
    [InlineData("0000 0000 f000 0000", 10, 2)]
    [InlineData("000a 0009 0000 0000 0064 0000 0000 0000 0000 0000 0000 0000 0000 0000", 38, 0)]
    public void A_numeric_with_more_digits_or_none_at_all_does_not_fit(string words, int precision, int scale)
        => Assert.False(NumericDecoder.TryDecode(Bytes(words), precision, scale, out _));

    [Theory]
    [InlineData("0001 0000 0000", "shorter than its header")]
    [InlineData("0002 0000 0000 0000 0001", "length that its header says")]
    [InlineData("0000 0000 1000 0000", "unknown sign")]
    [InlineData("0001 0000 0000 0000 2710", "more than four digits")]
    public void Bytes_that_are_no_numeric_are_malformed(string words, string part)
        => Assert.Contains(part, Assert.Throws<MalformedCopyException>(() => NumericDecoder.TryDecode(Bytes(words), 38, 2, out _)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_type_is_never_read_as_another_storage()
    {
        const uint Int8 = 20;
        const uint Text = 25;
        Assert.NotNull(ColumnDecoders.Find(Int8, new StoredInteger()));
        Assert.Null(ColumnDecoders.Find(Text, new StoredInteger()));
        Assert.Null(ColumnDecoders.Find(Int8, new StoredText()));
        Assert.Null(ColumnDecoders.Find(Int8, new StoredInstant()));
    }

    private static byte[] Bytes(string words) => Convert.FromHexString(words.Replace(" ", "", StringComparison.Ordinal));
}
