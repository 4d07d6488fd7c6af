using FederatedSegmentation.Arrow.CData;
using Xunit;

namespace FederatedSegmentation.Arrow.Tests;

public sealed unsafe class CDataTests
{
    [Fact]
    public void The_structs_have_the_sizes_of_the_specification()
    {
        Assert.Equal(72, sizeof(CArrowSchema));
        Assert.Equal(80, sizeof(CArrowArray));
    }

    [Fact]
    public void A_schema_goes_out_and_in()
    {
        CArrowSchema schema;
        ArrowExport.ExportSchema(SampleBatch.Schema, &schema);
        Assert.Equal(SampleBatch.Schema, ArrowImport.ImportSchema(&schema));
        Assert.True(schema.Release == null);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(1)]
    public void A_batch_goes_out_and_in(int nullEvery)
    {
        var before = RecordBatch.AllocatedBytes;
        using (var batch = SampleBatch.Create(1000, 1, nullEvery))
        {
            CArrowArray array;
            ArrowExport.ExportBatch(batch, &array);
            using var copy = ArrowImport.ImportBatch(SampleBatch.Schema, &array);
            Assert.True(array.Release == null);
            SampleBatch.AssertEqual(batch, copy);
        }

        Assert.Equal(before, RecordBatch.AllocatedBytes);
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(1, 1)]
    [InlineData(7, 500)]
    [InlineData(64, 936)]
    [InlineData(1000, 0)]
    public void A_slice_of_a_column_holds_its_rows(int start, int count)
    {
        using var batch = SampleBatch.Create(1000, 2, 3);
        for (var i = 0; i < batch.Columns.Length; i++)
        {
            CArrowArray array;
            ArrowExport.ExportColumn(batch, i, start, count, &array);
            Assert.Equal(0, array.Offset);
            Assert.Equal(start, array.Children[0]->Offset);
            using var copy = ArrowImport.ImportBatch(new ArrowSchema(SampleBatch.Schema.Fields[i]), &array);
            Assert.Equal(count, copy.RowCount);
            for (var row = 0; row < count; row++)
            {
                var (left, right) = (batch.Columns[i], copy.Columns[0]);
                Assert.Equal(left.IsNull(start + row), right.IsNull(row));
                if (!left.IsNull(start + row) && left.Type is TextType)
                {
                    Assert.Equal(left.GetString(start + row), right.GetString(row));
                }
                else if (!left.IsNull(start + row) && left.Type is BooleanType)
                {
                    Assert.Equal(left.GetBoolean(start + row), right.GetBoolean(row));
                }
                else if (left.Type is IntegerType { BitWidth: 64, IsSigned: true })
                {
                    Assert.Equal(left.Values<long>()[start + row], right.Values<long>()[row]);
                }
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => ArrowExport.ExportColumn(batch, 0, start, 1001 - start, null));
    }

    [Fact]
    public void Memory_lives_until_the_owner_and_every_export_are_done()
    {
        var before = RecordBatch.AllocatedBytes;
        var batch = SampleBatch.Create(1000, 3, 3);
        var size = batch.ByteSize;
        CArrowArray first;
        CArrowArray second;
        ArrowExport.ExportColumn(batch, 5, 0, 1000, &first);
        ArrowExport.ExportBatch(batch, &second);
        batch.Dispose();
        Assert.Equal(before + size, RecordBatch.AllocatedBytes);
        first.Release(&first);
        Assert.Equal(before + size, RecordBatch.AllocatedBytes);
        second.Release(&second);
        Assert.Equal(before, RecordBatch.AllocatedBytes);
        Assert.Throws<ObjectDisposedException>(() => ArrowExport.ExportBatch(batch, null));
    }

    [Theory]
    [InlineData("tdm")]
    [InlineData("+l")]
    [InlineData("vu")]
    [InlineData("e")]
    [InlineData("d:40,0")]
    [InlineData("d:76,0,256")]
    [InlineData("tsx:")]
    [InlineData("")]
    public void Unsupported_formats_are_refused(string format) => Assert.Throws<ArrowFormatException>(() => ArrowFormat.Decode(format));
}
