using Xunit;

namespace FederatedSegmentation.Arrow.Tests;

public sealed class BuilderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(40_000)]
    public void Null_and_value_stay_where_they_were_appended(int rows)
    {
        using var builder = new RecordBatchBuilder(new ArrowSchema(new ArrowField("i", ArrowType.Int64), new ArrowField("b", ArrowType.Boolean), new ArrowField("t", ArrowType.Utf8)));
        for (var row = 0; row < rows; row++)
        {
            if (row % 5 == 3)
            {
                builder.Columns.ToList().ForEach(column => column.AppendNull());
                continue;
            }

            builder.Columns[0].AppendInt64(row);
            builder.Columns[1].AppendBoolean(row % 2 == 0);
            builder.Columns[2].AppendString($"row {row}");
        }

        using var batch = builder.Build();
        Assert.Equal(rows, batch.RowCount);
        Assert.Equal((rows + 1) / 5, batch.Columns[0].NullCount);
        for (var row = 0; row < rows; row++)
        {
            Assert.All(batch.Columns, column => Assert.Equal(row % 5 == 3, column.IsNull(row)));
            if (row % 5 != 3)
            {
                Assert.Equal(row, batch.Columns[0].Values<long>()[row]);
                Assert.Equal(row % 2 == 0, batch.Columns[1].GetBoolean(row));
                Assert.Equal($"row {row}", batch.Columns[2].GetString(row));
            }
        }
    }

    [Fact]
    public void A_builder_is_empty_after_a_batch_and_can_go_on()
    {
        using var builder = new RecordBatchBuilder(new ArrowSchema(new ArrowField("i", ArrowType.Int32)));
        builder.Columns[0].AppendInt32(1);
        using var first = builder.Build();
        Assert.Equal(0, builder.RowCount);
        builder.Columns[0].AppendNull();
        builder.Columns[0].AppendFixed([7, 0, 0, 0, 8, 0, 0, 0]);
        using var second = builder.Build();
        Assert.Equal(1, first.Columns[0].Values<int>()[0]);
        Assert.Equal([0, 7, 8], second.Columns[0].Values<int>().ToArray());
        Assert.Equal(1, second.Columns[0].NullCount);
        Assert.False(second.Columns[0].IsNull(2));
    }

    [Fact]
    public void A_value_of_another_type_is_refused()
    {
        using var builder = new RecordBatchBuilder(new ArrowSchema(new ArrowField("i", ArrowType.Int32)));
        Assert.Throws<InvalidOperationException>(() => builder.Columns[0].AppendInt64(1));
        Assert.Throws<InvalidOperationException>(() => builder.Columns[0].AppendUtf8("x"u8));
        Assert.Throws<InvalidOperationException>(() => builder.Columns[0].AppendDate32(1));
        builder.Columns[0].AppendInt32(1);
        using var batch = builder.Build();
        Assert.Throws<InvalidOperationException>(() => batch.Columns[0].Values<long>().Length);
        Assert.Throws<InvalidOperationException>(() => batch.Columns[0].GetString(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Columns[0].IsNull(1));
    }

    [Fact]
    public void A_decimal_with_too_many_digits_is_refused()
    {
        using var builder = new RecordBatchBuilder(new ArrowSchema(new ArrowField("d", ArrowType.Decimal128(5, 2))));
        builder.Columns[0].AppendDecimal128(-99999);
        Assert.Throws<OverflowException>(() => builder.Columns[0].AppendDecimal128(100000));
        Assert.Throws<ArgumentOutOfRangeException>(() => ArrowType.Decimal128(39, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ArrowType.Decimal128(5, 6));
    }

    [Theory]
    [InlineData(new byte[] { 0xC3 }, new byte[] { 0xA9 })]
    [InlineData(new byte[] { 0x61, 0xC3 }, new byte[] { 0xA9, 0x62 })]
    [InlineData(new byte[] { 0xFF }, new byte[] { })]
    [InlineData(new byte[] { 0x61 }, new byte[] { 0xF0, 0x9F, 0x91 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, new byte[] { })]
    public void Text_that_is_not_utf8_is_refused_and_nothing_leaks(byte[] first, byte[] second)
    {
        var before = RecordBatch.AllocatedBytes;
        using var builder = new RecordBatchBuilder(new ArrowSchema(new ArrowField("i", ArrowType.Int32), new ArrowField("t", ArrowType.Utf8)));
        foreach (var bytes in new[] { first, second })
        {
            builder.Columns[0].AppendInt32(1);
            builder.Columns[1].AppendUtf8(bytes);
        }

        Assert.Throws<ArrowFormatException>(() => builder.Build());
        Assert.Equal(before, RecordBatch.AllocatedBytes);
    }

    [Fact]
    public void Columns_of_different_lengths_are_refused()
    {
        var before = RecordBatch.AllocatedBytes;
        using var builder = new RecordBatchBuilder(new ArrowSchema(new ArrowField("i", ArrowType.Int32), new ArrowField("j", ArrowType.Int32)));
        builder.Columns[0].AppendInt32(1);
        Assert.Throws<InvalidOperationException>(() => builder.Build());
        Assert.Equal(before, RecordBatch.AllocatedBytes);
    }

    [Fact]
    public void Memory_is_given_back_once_and_reading_it_afterwards_is_an_error()
    {
        var before = RecordBatch.AllocatedBytes;
        var batch = SampleBatch.Create(1000, 1, 3);
        Assert.Equal(before + batch.ByteSize, RecordBatch.AllocatedBytes);
        batch.Dispose();
        batch.Dispose();
        Assert.Equal(before, RecordBatch.AllocatedBytes);
        Assert.Throws<ObjectDisposedException>(() => batch.Columns[5].Values<long>().Length);
        Assert.Throws<ObjectDisposedException>(() => batch.Columns[13].GetString(0));
        Assert.Throws<ObjectDisposedException>(() => batch.Columns[1].GetBoolean(0));
    }
}
