using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.Connectors.Snowflake.Decoding;

/// <summary>Reads the rows of a partition into batches, without an object for a row or a cell. Safe for concurrent use.</summary>
/// <param name="schema">The batches' columns.</param>
/// <param name="decoders">One decoder a column.</param>
internal sealed class PartitionDecoder(ArrowSchema schema, ImmutableArray<CellDecoder> decoders)
{
    private const int MaxBatchRows = 65536;
    private const int MaxBatchBytes = 8 << 20;
    private const int SmallText = 4096;

    /// <summary>What is wrong with a value that does not fit, for each column.</summary>
    internal ImmutableArray<string> WhyNot { get; } = [.. decoders.Select(decoder => decoder.WhyNot)];

    /// <summary>Reads rows.</summary>
    /// <param name="rows">A JSON array of arrays of text or null, and whatever follows it.</param>
    /// <exception cref="MalformedCellException">It is something else.</exception>
    internal DecodedPartition Decode(ReadOnlySpan<byte> rows)
    {
        var decoded = new DecodedPartition(decoders.Length);
        using var builder = new RecordBatchBuilder(schema);
        try
        {
            // The rows end with their bracket; what follows is not looked at.
            var reader = new Utf8JsonReader(rows, isFinalBlock: false, default);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                throw new MalformedCellException("is no list of rows");
            }

            var columns = builder.Columns.AsSpan();
            while (Next(ref reader) == JsonTokenType.StartArray)
            {
                ReadRow(ref reader, columns, decoded.Misfits);
                decoded.Rows++;
                if (builder.RowCount >= MaxBatchRows || (builder.RowCount % 256 == 0 && builder.ByteSize >= MaxBatchBytes))
                {
                    decoded.Batches.Add(builder.Build());
                }
            }

            if (reader.TokenType != JsonTokenType.EndArray)
            {
                throw new MalformedCellException("holds something that is no row");
            }

            if (builder.RowCount > 0)
            {
                decoded.Batches.Add(builder.Build());
            }

            return decoded;
        }
        catch (Exception malformed)
        {
            decoded.Dispose();
            if (malformed is JsonException or InvalidOperationException or ArrowFormatException)
            {
                throw new MalformedCellException("is not the JSON that it should be");
            }

            throw;
        }
    }

    private void ReadRow(ref Utf8JsonReader reader, ReadOnlySpan<ColumnBuilder> columns, long[] misfits)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            switch (Next(ref reader))
            {
                case JsonTokenType.Null:
                    columns[i].AppendNull();
                    break;
                case JsonTokenType.String:
                    if (!(reader.ValueIsEscaped ? AppendEscaped(ref reader, i, columns[i]) : decoders[i].TryAppend(reader.ValueSpan, columns[i])))
                    {
                        misfits[i]++;
                        columns[i].AppendNull();
                    }

                    break;
                default:
                    throw new MalformedCellException("holds a row with too few columns, or with a cell that is no text");
            }
        }

        if (Next(ref reader) != JsonTokenType.EndArray)
        {
            throw new MalformedCellException("holds a row with too many columns");
        }
    }

    private bool AppendEscaped(ref Utf8JsonReader reader, int index, ColumnBuilder column)
    {
        var size = reader.ValueSpan.Length;
        if (size <= SmallText)
        {
            Span<byte> small = stackalloc byte[SmallText];
            return decoders[index].TryAppend(small[..reader.CopyString(small)], column);
        }

        var large = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            return decoders[index].TryAppend(large.AsSpan(0, reader.CopyString(large)), column);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(large);
        }
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) => reader.Read() ? reader.TokenType : throw new MalformedCellException("ends early");
}

/// <summary>The batches of a partition. Whoever takes one owns it; the others are given back with this.</summary>
internal sealed class DecodedPartition(int columns) : IDisposable
{
    internal List<RecordBatch> Batches { get; } = [];

    /// <summary>How many values of each column did not fit.</summary>
    internal long[] Misfits { get; } = new long[columns];

    internal long Rows { get; set; }

    public void Dispose()
    {
        Batches.ForEach(batch => batch.Dispose());
        Batches.Clear();
    }
}
