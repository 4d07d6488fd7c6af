using System.Buffers.Binary;
using System.Collections.Immutable;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.Connectors.Postgres.Copy;

/// <summary>
/// Reads the rows of <c>COPY … (FORMAT binary)</c> into columns: header, then per row the number of fields and per field its length and bytes, then a
/// trailer. Every length is checked before it is used. Not thread safe.
/// </summary>
/// <remarks>
/// A value that does not fit its column is counted and read as NULL, so that the count in the error is that of the whole result; a batch built after
/// <see cref="HasMisfits"/> became true must not be used.
/// </remarks>
internal sealed class CopyRowReader(ImmutableArray<ColumnDecoder> decoders)
{
    private const int FixedHeaderBytes = 19;

    private readonly long[] _misfits = new long[decoders.Length];
    private bool _headerRead;

    /// <summary>Whether the trailer was seen: the result is complete.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>Whether some value did not fit its column.</summary>
    internal bool HasMisfits { get; private set; }

    /// <summary>How many values of each column did not fit.</summary>
    internal ReadOnlySpan<long> Misfits => _misfits;

    private static ReadOnlySpan<byte> Signature => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0];

    /// <summary>Reads as many whole rows as are there, up to the limit of rows.</summary>
    /// <param name="data">What was received and not yet read.</param>
    /// <param name="builder">Where the rows go.</param>
    /// <param name="maxRows">The greatest number of rows in the builder.</param>
    /// <returns>How many bytes were read; 0 when more are needed.</returns>
    /// <exception cref="MalformedCopyException">The bytes break the format.</exception>
    internal int Read(ReadOnlySpan<byte> data, RecordBatchBuilder builder, int maxRows)
    {
        var position = 0;
        if (!_headerRead)
        {
            position = ReadHeader(data);
            if (!_headerRead)
            {
                return 0;
            }
        }

        var columns = builder.Columns.AsSpan();
        var rows = builder.RowCount;
        while (rows < maxRows && !IsComplete)
        {
            var rest = data[position..];
            var length = RowLength(rest);
            if (length == 0)
            {
                break;
            }

            if (!IsComplete)
            {
                ReadRow(rest, columns);
                rows++;
            }

            position += length;
        }

        if (IsComplete && position < data.Length)
        {
            throw new MalformedCopyException("there are bytes behind the trailer");
        }

        return position;
    }

    private int ReadHeader(ReadOnlySpan<byte> data)
    {
        if (data.Length < FixedHeaderBytes)
        {
            return 0;
        }

        if (!data.StartsWith(Signature))
        {
            throw new MalformedCopyException("the signature is missing");
        }

        // The upper half of the flags are those that a reader has to know; bit 16 was "with object ids", which no supported version sends.
        if ((BinaryPrimitives.ReadUInt32BigEndian(data[11..]) & 0xFFFF0000) != 0)
        {
            throw new MalformedCopyException("the header has flags that are not known");
        }

        var extension = BinaryPrimitives.ReadInt32BigEndian(data[15..]);
        if (extension is < 0 or > 1 << 16)
        {
            throw new MalformedCopyException("the header's extension has an impossible length");
        }

        if (data.Length < FixedHeaderBytes + extension)
        {
            return 0;
        }

        _headerRead = true;
        return FixedHeaderBytes + extension;
    }

    // The length of the row (or trailer) at the start of the data; 0 when it is not there as a whole.
    private int RowLength(ReadOnlySpan<byte> data)
    {
        if (data.Length < 2)
        {
            return 0;
        }

        int fields = BinaryPrimitives.ReadInt16BigEndian(data);
        if (fields == -1)
        {
            IsComplete = true;
            return 2;
        }

        if (fields != decoders.Length)
        {
            throw new MalformedCopyException("a row has not as many fields as the fragment has columns");
        }

        var position = 2L;
        for (var i = 0; i < fields; i++)
        {
            if (data.Length - position < 4)
            {
                return 0;
            }

            var length = BinaryPrimitives.ReadInt32BigEndian(data[(int)position..]);
            if (length < -1)
            {
                throw new MalformedCopyException("a field has a negative length");
            }

            position += 4 + Math.Max(length, 0);
            if (position > data.Length)
            {
                return 0;
            }
        }

        return (int)position;
    }

    private void ReadRow(ReadOnlySpan<byte> data, ReadOnlySpan<ColumnBuilder> columns)
    {
        var position = 2;
        for (var i = 0; i < columns.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(data[position..]);
            position += 4;
            if (length < 0)
            {
                columns[i].AppendNull();
                continue;
            }

            if (!decoders[i].TryAppend(data.Slice(position, length), columns[i]))
            {
                columns[i].AppendNull();
                _misfits[i]++;
                HasMisfits = true;
            }

            position += length;
        }
    }
}
