using System.Buffers.Binary;
using System.Collections.Immutable;

namespace FederatedSegmentation.Arrow.Ipc;

/// <summary>
/// Reads an Arrow IPC stream that may come from anywhere: every length, offset and text is checked before a batch is handed out, and a stream that
/// breaks the format, is compressed or uses dictionaries is an <see cref="ArrowFormatException"/>. Not thread safe; it does not close the stream.
/// </summary>
public sealed class ArrowStreamReader : IDisposable
{
    private const int MaxMetadataBytes = 64 << 20;
#pragma warning disable CA2213 // The stream is its caller's.
    private readonly Stream _stream;
#pragma warning restore CA2213
    private readonly BodyMemory _bodies;
    private ArrowSchema? _schema;
    private bool _ended;

    /// <summary>Creates a reader.</summary>
    /// <param name="stream">The bytes of the stream.</param>
    /// <param name="expectedBytes">About how many bytes it has, where somebody has declared it; 0 where not.</param>
    public ArrowStreamReader(Stream stream, long expectedBytes = 0)
    {
        _stream = stream;
        _bodies = new BodyMemory(expectedBytes);
    }

    /// <summary>Gives back the memory for bodies that did not come. The stream stays open, and batches stay their owners'.</summary>
    public void Dispose() => _bodies.Dispose();

    /// <summary>Reads the schema, the first message of every stream.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ArrowFormatException">The stream breaks the format or uses an unsupported part of it.</exception>
    public async Task<ArrowSchema> ReadSchemaAsync(CancellationToken cancellationToken)
    {
        if (_schema is null)
        {
            var metadata = await ReadMetadataAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new ArrowFormatException("The stream ends before its schema.");
            _schema = DecodeSchema(metadata);
        }

        return _schema;
    }

    /// <summary>
    /// Reads the schema and compares it with the one that is expected: names, and the names of zones, may differ. Batches have the expected schema then.
    /// </summary>
    /// <param name="expected">The columns that the reader of the batches knows.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Whether the columns are as expected; if not, nothing changes.</returns>
    /// <exception cref="ArrowFormatException">The stream breaks the format or uses an unsupported part of it.</exception>
    public async Task<bool> ExpectAsync(ArrowSchema expected, CancellationToken cancellationToken)
    {
        var sent = await ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
        if (sent.Fields.Length != expected.Fields.Length || !sent.Fields.Zip(expected.Fields).All(pair => IsSame(pair.First.Type, pair.Second.Type)))
        {
            return false;
        }

        _schema = expected;
        return true;

        // A zone is a name for the reader: the number is an instant in UTC whatever it says.
        static bool IsSame(ArrowType sent, ArrowType expected) => sent == expected
            || (sent is TimestampType { TimeZone: not null } left && expected is TimestampType { TimeZone: not null } right && left.Unit == right.Unit);
    }

    /// <summary>Reads the next batch.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The batch, which the caller disposes of, or null at the end of the stream.</returns>
    /// <exception cref="ArrowFormatException">The stream breaks the format, ends inside a batch or uses an unsupported part of the format.</exception>
    public async Task<RecordBatch?> ReadBatchAsync(CancellationToken cancellationToken)
    {
        var schema = await ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
        if (await ReadMetadataAsync(cancellationToken).ConfigureAwait(false) is not { } metadata)
        {
            return null;
        }

        var bodyLength = BodyLength(metadata);
        var (body, memory) = await ReadBodyAsync(bodyLength, cancellationToken).ConfigureAwait(false);
        try
        {
            var batch = DecodeBatch(schema, metadata, body, memory);
            memory = null;
            return batch;
        }
        finally
        {
            memory?.Release();
        }
    }

    private static ArrowSchema DecodeSchema(byte[] metadata)
    {
        var message = FlatTable.Root(metadata);
        IpcMetadata.RequireVersion(message);
        if (message.Byte(1) != IpcMetadata.SchemaHeader || message.Int64(3) != 0)
        {
            throw new ArrowFormatException("The stream does not start with a schema.");
        }

        return IpcMetadata.Decode(message.Table(2));
    }

    private static long BodyLength(byte[] metadata)
    {
        var message = FlatTable.Root(metadata);
        IpcMetadata.RequireVersion(message);
        switch (message.Byte(1))
        {
            case IpcMetadata.BatchHeader:
                break;
            case IpcMetadata.DictionaryHeader:
                throw new ArrowFormatException("The stream uses dictionaries, which is not supported; ask the server for plain columns.");
            case var other:
                throw new ArrowFormatException($"The stream holds a message of kind {other} where a batch was expected.");
        }

        if (message.Table(2).Has(3))
        {
            throw new ArrowFormatException("The stream is compressed, which is not supported; ask the server for uncompressed batches.");
        }

        var length = message.Int64(3);
        return length is >= 0 and <= int.MaxValue && length % 8 == 0
            ? length
            : throw new ArrowFormatException($"A batch declares a body of {length} bytes.");
    }

    private static RecordBatch DecodeBatch(ArrowSchema schema, byte[] metadata, NativeSpan body, BatchMemory memory)
    {
        var header = FlatTable.Root(metadata).Table(2);
        var rows = header.Int64(0);
        if (rows is < 0 or > int.MaxValue)
        {
            throw new ArrowFormatException($"A batch declares {rows} rows.");
        }

        var nodes = header.Vector(1, 16);
        var buffers = header.Vector(2, 16);
        if (nodes.Length != 16 * schema.Fields.Length || buffers.Length != 16 * schema.Fields.Sum(field => field.Type.BufferCount()))
        {
            throw new ArrowFormatException("A batch does not have the columns of its schema.");
        }

        var columns = ImmutableArray.CreateBuilder<ArrowColumn>(schema.Fields.Length);
        foreach (var field in schema.Fields)
        {
            var length = BinaryPrimitives.ReadInt64LittleEndian(nodes);
            if (length != rows)
            {
                throw new ArrowFormatException($"Column '{field.Name}' has {length} rows in a batch of {rows}.");
            }

            columns.Add(ColumnCheck.Read(field, (int)rows, BinaryPrimitives.ReadInt64LittleEndian(nodes[8..]), ref buffers, body));
            nodes = nodes[16..];
        }

        return new RecordBatch(schema, (int)rows, columns.MoveToImmutable(), memory);
    }

    private async Task<byte[]?> ReadMetadataAsync(CancellationToken cancellationToken)
    {
        if (_ended)
        {
            return null;
        }

        var frame = new byte[8];
        var read = await _stream.ReadAtLeastAsync(frame, 8, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read == 0)
        {
            _ended = true;
            return null;
        }

        if (read < 8)
        {
            throw Truncated();
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(frame) != 0xFFFFFFFF)
        {
            throw new ArrowFormatException("The stream is not an Arrow IPC stream, or is older than format 0.15.");
        }

        var size = BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(4));
        if (size == 0)
        {
            _ended = true;
            return null;
        }

        if (size is < 0 or > MaxMetadataBytes || size % 8 != 0)
        {
            throw new ArrowFormatException($"A message declares {size} bytes of metadata.");
        }

        var metadata = new byte[size];
        if (await _stream.ReadAtLeastAsync(metadata, size, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < size)
        {
            throw Truncated();
        }

        return metadata;
    }

    private async Task<(NativeSpan Body, BatchMemory Memory)> ReadBodyAsync(long length, CancellationToken cancellationToken)
    {
        if (length > BodyMemory.MostBytes)
        {
            return await ReadLargeBodyAsync(length, cancellationToken).ConfigureAwait(false);
        }

        var memory = _bodies.Take(length, out var body);
        try
        {
            await FillAsync(body, 0, (int)length, cancellationToken).ConfigureAwait(false);
            return (body, memory);
        }
        catch
        {
            memory.Release();
            throw;
        }
    }

    // Memory grows with what arrives: a declared length alone must not claim gigabytes.
    private async Task<(NativeSpan Body, BatchMemory Memory)> ReadLargeBodyAsync(long length, CancellationToken cancellationToken)
    {
        var allocation = new NativeAllocation(BodyMemory.MostBytes);
        try
        {
            for (long filled = 0; filled < length;)
            {
                var step = Math.Min(length, Math.Max(BodyMemory.MostBytes, filled * 2)) - filled;
                allocation.EnsureSize(filled + step, filled);
                await FillAsync(Whole(allocation, allocation.Size), filled, (int)step, cancellationToken).ConfigureAwait(false);
                filled += step;
            }

            return (Whole(allocation, length), new BatchMemory([allocation]));
        }
        catch
        {
            allocation.Dispose();
            throw;
        }
    }

    private static unsafe NativeSpan Whole(NativeAllocation allocation, long length) => new(allocation.Pointer, length);

    private async Task FillAsync(NativeSpan body, long offset, int length, CancellationToken cancellationToken)
    {
        using var view = new NativeMemoryView(body, offset, length);
        if (await _stream.ReadAtLeastAsync(view.Memory, length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < length)
        {
            throw Truncated();
        }
    }

    private static ArrowFormatException Truncated() => new("The stream ends inside a message.");
}
