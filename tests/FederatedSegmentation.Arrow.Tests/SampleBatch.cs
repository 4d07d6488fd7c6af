using FederatedSegmentation.Arrow;
using Xunit;

// Leaks are found by the bytes that the process holds, so tests run one after another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace FederatedSegmentation.Arrow.Tests;

/// <summary>Batches with every type, and their comparison.</summary>
internal static class SampleBatch
{
    internal static readonly ArrowSchema Schema = new(
        new ArrowField("null", ArrowType.Null),
        new ArrowField("boolean", ArrowType.Boolean),
        new ArrowField("int8", ArrowType.Int8),
        new ArrowField("int16", ArrowType.Int16),
        new ArrowField("int32", ArrowType.Int32),
        new ArrowField("int64", ArrowType.Int64, false),
        new ArrowField("uint8", ArrowType.UInt8),
        new ArrowField("uint16", ArrowType.UInt16),
        new ArrowField("uint32", ArrowType.UInt32),
        new ArrowField("uint64", ArrowType.UInt64),
        new ArrowField("float32", ArrowType.Float32),
        new ArrowField("float64", ArrowType.Float64),
        new ArrowField("decimal", ArrowType.Decimal128(38, 5)),
        new ArrowField("naïve 👍", ArrowType.Utf8),
        new ArrowField("large", ArrowType.LargeUtf8),
        new ArrowField("binary", ArrowType.Binary),
        new ArrowField("largebinary", ArrowType.LargeBinary),
        new ArrowField("date", ArrowType.Date32),
        new ArrowField("second", ArrowType.Timestamp(ArrowTimeUnit.Second)),
        new ArrowField("nano", ArrowType.Timestamp(ArrowTimeUnit.Nanosecond)),
        new ArrowField("instant", ArrowType.Timestamp(ArrowTimeUnit.Microsecond, "Europe/Berlin")));

    internal static RecordBatch Create(int rows, int seed, int nullEvery)
    {
        var random = new Random(seed);
        using var builder = new RecordBatchBuilder(Schema);
        for (var row = 0; row < rows; row++)
        {
            foreach (var column in builder.Columns)
            {
                if (nullEvery > 0 && random.Next(nullEvery) == 0 && column.Field.Nullable)
                {
                    column.AppendNull();
                }
                else
                {
                    Append(column, random);
                }
            }
        }

        return builder.Build();
    }

    internal static void AssertEqual(RecordBatch expected, RecordBatch actual)
    {
        Assert.Equal(expected.Schema, actual.Schema);
        Assert.Equal(expected.RowCount, actual.RowCount);
        for (var i = 0; i < expected.Columns.Length; i++)
        {
            var (left, right) = (expected.Columns[i], actual.Columns[i]);
            Assert.Equal(left.NullCount, right.NullCount);
            for (var row = 0; row < expected.RowCount; row++)
            {
                Assert.Equal(left.IsNull(row), right.IsNull(row));
                if (!left.IsNull(row))
                {
                    Assert.True(Value(left, row).SequenceEqual(Value(right, row)), $"{left.Type} in row {row}");
                }
            }
        }
    }

    /// <summary>Touches every value, so that a column that points anywhere else is found out.</summary>
    internal static long ReadAll(RecordBatch batch)
    {
        long sum = 0;
        foreach (var column in batch.Columns)
        {
            for (var row = 0; row < batch.RowCount && column.Type is not NullType; row++)
            {
                if (!column.IsNull(row))
                {
                    foreach (var part in Value(column, row))
                    {
                        sum += part;
                    }
                }
            }
        }

        return sum;
    }

    private static ReadOnlySpan<byte> Value(ArrowColumn column, int row) => column.Type switch
    {
        BooleanType => new[] { column.GetBoolean(row) ? (byte)1 : (byte)0 },
        TextType or BinaryType => column.GetBytes(row),
        var type => column.Bytes.Slice(row * type.Width(), type.Width()),
    };

    private static void Append(ColumnBuilder column, Random random)
    {
        switch (column.Field.Type)
        {
            case NullType: column.AppendNull(); break;
            case BooleanType: column.AppendBoolean(random.Next(2) == 0); break;
            case IntegerType { BitWidth: 8, IsSigned: true }: column.AppendNumber((sbyte)random.Next(-128, 128)); break;
            case IntegerType { BitWidth: 16, IsSigned: true }: column.AppendInt16((short)random.Next(short.MinValue, short.MaxValue + 1)); break;
            case IntegerType { BitWidth: 32, IsSigned: true }: column.AppendInt32(random.Next(10) == 0 ? int.MinValue : random.Next()); break;
            case IntegerType { IsSigned: true }: column.AppendInt64(random.Next(10) == 0 ? long.MinValue : random.NextInt64()); break;
            case IntegerType { BitWidth: 8 }: column.AppendNumber((byte)random.Next(256)); break;
            case IntegerType { BitWidth: 16 }: column.AppendNumber((ushort)random.Next(65536)); break;
            case IntegerType { BitWidth: 32 }: column.AppendNumber(uint.MaxValue - (uint)random.Next(5)); break;
            case IntegerType: column.AppendNumber(ulong.MaxValue - (ulong)random.Next(5)); break;
            case FloatingPointType { BitWidth: 32 }: column.AppendSingle(random.Next(5) == 0 ? float.NaN : random.NextSingle()); break;
            case FloatingPointType: column.AppendDouble(random.Next(5) == 0 ? double.NegativeInfinity : random.NextDouble()); break;
            case DecimalType: column.AppendDecimal128(-(Int128)random.NextInt64() * random.NextInt64()); break;
            case TextType: column.AppendString(new string(random.Next(2) == 0 ? 'x' : 'é', random.Next(20)) + (random.Next(5) == 0 ? "\0👩‍👩‍👧" : "")); break;
            case BinaryType: column.AppendBinary(BitConverter.GetBytes(random.NextInt64()).AsSpan(0, random.Next(9))); break;
            case DateType: column.AppendDate32(random.Next(-719162, 2932896)); break;
            case TimestampType: column.AppendTimestamp(random.NextInt64()); break;
        }
    }
}
