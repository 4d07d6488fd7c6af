using System.Buffers.Binary;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.Connectors.BigQuery.Storage;

/// <summary>
/// The messages of <c>ReadRows</c> as one Arrow IPC stream: the session's schema, then the record batches, taken out of their gRPC frames and protobuf
/// envelopes while they pass. What a batch holds is read straight into the reader's memory. Asynchronous reads only; not thread safe.
/// </summary>
internal sealed class RowStream(ReadOnlyMemory<byte> schema, Stream body) : Stream
{
    private const int MaxMessageBytes = 256 << 20;
    private const int BatchField = 4;
    private const int RowCountField = 6;
    private const int SerializedField = 1;
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    private readonly byte[] _buffer = new byte[64 << 10];
    private ReadOnlyMemory<byte> _schema = schema;
    private int _start;
    private int _end;
    private int _message;
    private int _envelope;
    private int _payload;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Rows that the messages read so far say that they hold.</summary>
    internal long DeclaredRows { get; private set; }

    /// <exception cref="ArrowFormatException">The messages are not what they should be.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_schema.IsEmpty)
        {
            var count = Math.Min(buffer.Length, _schema.Length);
            _schema[..count].CopyTo(buffer);
            _schema = _schema[count..];
            return count;
        }

        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_payload == 0)
        {
            if (!await AdvanceAsync(cancellationToken).ConfigureAwait(false))
            {
                return 0;
            }
        }

        var wanted = Math.Min(buffer.Length, _payload);
        int read;
        if (_start < _end)
        {
            read = Math.Min(wanted, _end - _start);
            _buffer.AsSpan(_start, read).CopyTo(buffer.Span);
            _start += read;
        }
        else
        {
            read = await body.ReadAsync(buffer[..wanted], cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw EndsEarly();
            }
        }

        _payload -= read;
        _envelope -= read;
        _message -= read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // Goes to the next field, envelope or message. False at the end.
    private async ValueTask<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        if (_message == 0)
        {
            return await BeginMessageAsync(cancellationToken).ConfigureAwait(false);
        }

        var isInside = _envelope > 0;
        var (field, wire) = Tag(await VarintAsync(cancellationToken).ConfigureAwait(false));
        if (!isInside && field == RowCountField && wire == Varint)
        {
            DeclaredRows = checked(DeclaredRows + (long)await VarintAsync(cancellationToken).ConfigureAwait(false));
            return true;
        }

        switch (wire)
        {
            case Varint:
                await VarintAsync(cancellationToken).ConfigureAwait(false);
                return true;
            case Fixed64:
                await SkipAsync(8, cancellationToken).ConfigureAwait(false);
                return true;
            case Fixed32:
                await SkipAsync(4, cancellationToken).ConfigureAwait(false);
                return true;
            case Delimited:
                var length = await VarintAsync(cancellationToken).ConfigureAwait(false);
                if (length > (ulong)(isInside ? _envelope : _message))
                {
                    throw new ArrowFormatException("A message of rows is malformed.");
                }

                if (isInside && field == SerializedField)
                {
                    _payload = (int)length;
                }
                else if (!isInside && field == BatchField)
                {
                    _envelope = (int)length;
                }
                else
                {
                    await SkipAsync((int)length, cancellationToken).ConfigureAwait(false);
                }

                return true;
            default:
                throw new ArrowFormatException("A message of rows is malformed.");
        }
    }

    private async ValueTask<bool> BeginMessageAsync(CancellationToken cancellationToken)
    {
        const int PrefixLength = 5;
        if (!await FillAsync(PrefixLength, mayEnd: true, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start + 1));
        if (_buffer[_start] != 0 || length > MaxMessageBytes)
        {
            throw new ArrowFormatException("A message of rows is compressed, or larger than it may be.");
        }

        _start += PrefixLength;
        _message = (int)length;
        return true;
    }

    private async ValueTask<ulong> VarintAsync(CancellationToken cancellationToken)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_message == 0)
            {
                break;
            }

            await FillAsync(1, mayEnd: false, cancellationToken).ConfigureAwait(false);
            var part = _buffer[_start++];
            Took(1);
            value |= (ulong)(part & 0x7F) << shift;
            if ((part & 0x80) == 0)
            {
                return value;
            }
        }

        throw new ArrowFormatException("A message of rows is malformed.");
    }

    private async ValueTask SkipAsync(int count, CancellationToken cancellationToken)
    {
        if (count > (_envelope > 0 ? _envelope : _message))
        {
            throw new ArrowFormatException("A message of rows is malformed.");
        }

        Took(count);
        while (count > 0)
        {
            await FillAsync(1, mayEnd: false, cancellationToken).ConfigureAwait(false);
            var step = Math.Min(count, _end - _start);
            _start += step;
            count -= step;
        }
    }

    private void Took(int count)
    {
        _message -= count;
        _envelope -= Math.Min(_envelope, count);
    }

    private async ValueTask<bool> FillAsync(int count, bool mayEnd, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            var read = await body.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return mayEnd && _end == 0 ? false : throw EndsEarly();
            }

            _end += read;
        }

        return true;
    }

    private static (int Field, int Wire) Tag(ulong tag) => ((int)Math.Min(tag >> 3, int.MaxValue), (int)(tag & 7));

    private static ArrowFormatException EndsEarly() => new("The stream of rows ends early.");
}
