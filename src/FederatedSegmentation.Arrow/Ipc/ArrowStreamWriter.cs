using System.Buffers.Binary;
using static FederatedSegmentation.Arrow.Ipc.FlatNode;

namespace FederatedSegmentation.Arrow.Ipc;

/// <summary>Writes batches of one schema as an Arrow IPC stream. Not thread safe; it does not close the stream.</summary>
public sealed class ArrowStreamWriter
{
    private static readonly byte[] Padding = new byte[8];
    private readonly Stream _stream;
    private readonly ArrowSchema _schema;
    private bool _started;

    /// <summary>Creates a writer.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="schema">The schema of the stream. Batches may name their columns otherwise, and zones of timestamps may differ.</param>
    public ArrowStreamWriter(Stream stream, ArrowSchema schema)
    {
        _stream = stream;
        _schema = schema;
    }

    /// <summary>Writes one batch, and the schema before the first one.</summary>
    /// <param name="batch">The batch; it stays the caller's.</param>
    /// <param name="cancellationToken">Cancels the write, which leaves the stream unusable.</param>
    /// <exception cref="ArgumentException">The batch stores other columns than the stream.</exception>
    public async Task WriteAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Columns.Length != _schema.Fields.Length || !batch.Columns.Zip(_schema.Fields).All(pair => AreStoredAlike(pair.First.Type, pair.Second.Type)))
        {
            throw new ArgumentException("The batch stores other columns than the stream.", nameof(batch));
        }

        await StartAsync(cancellationToken).ConfigureAwait(false);
        var nodes = new List<(long, long)>();
        var buffers = new List<(long, long)>();
        var parts = new List<NativeSpan>();
        long body = 0;
        foreach (var column in batch.Columns)
        {
            nodes.Add((column.Length, column.NullCount));
            NativeSpan[] memory = column.Type.BufferCount() switch
            {
                0 => [],
                2 => [column.ValidityMemory, column.ValuesMemory],
                _ => [column.ValidityMemory, column.OffsetsMemory, column.ValuesMemory],
            };
            foreach (var part in memory)
            {
                parts.Add(part);
                buffers.Add((body, part.Length));
                body += Padded(part.Length);
            }
        }

        var header = new Table(new Scalar(batch.RowCount, 8), new Pairs(nodes), new Pairs(buffers));
        await WriteMessageAsync(IpcMetadata.Message(IpcMetadata.BatchHeader, header, body), cancellationToken).ConfigureAwait(false);
        batch.Memory.Retain();
        try
        {
            foreach (var part in parts)
            {
                await WritePartAsync(part, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            batch.Memory.Release();
        }
    }

    /// <summary>Writes the end mark (and the schema when there was no batch).</summary>
    /// <param name="cancellationToken">Cancels the write.</param>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        await _stream.WriteAsync(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0 }, cancellationToken).ConfigureAwait(false);
        await _stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static bool AreStoredAlike(ArrowType batch, ArrowType stream)
        => batch.Equals(stream) || (batch is TimestampType left && stream is TimestampType right && left.Unit == right.Unit);

    private static long Padded(long length) => (length + 7) / 8 * 8;

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_started)
        {
            _started = true;
            await WriteMessageAsync(IpcMetadata.Message(IpcMetadata.SchemaHeader, IpcMetadata.Encode(_schema), 0), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteMessageAsync(byte[] metadata, CancellationToken cancellationToken)
    {
        var frame = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, 0xFFFFFFFF);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), metadata.Length);
        await _stream.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
        await _stream.WriteAsync(metadata, cancellationToken).ConfigureAwait(false);
    }

    private async Task WritePartAsync(NativeSpan part, CancellationToken cancellationToken)
    {
        const int Step = 1 << 20;
        for (long offset = 0; offset < part.Length; offset += Step)
        {
            using var memory = new NativeMemoryView(part, offset, (int)Math.Min(Step, part.Length - offset));
            await _stream.WriteAsync(memory.Memory, cancellationToken).ConfigureAwait(false);
        }

        await _stream.WriteAsync(Padding.AsMemory(0, (int)(Padded(part.Length) - part.Length)), cancellationToken).ConfigureAwait(false);
    }
}
