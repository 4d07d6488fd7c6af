using System.Collections.Immutable;

namespace FederatedSegmentation.Arrow;

/// <summary>
/// Rows of a schema, stored by column in native memory. The batch owns the memory: whoever holds the batch disposes of it, once.
/// Reading is thread safe; spans taken from columns are valid until the batch is disposed of.
/// </summary>
public sealed class RecordBatch : IDisposable
{
    private int _disposed;

    internal RecordBatch(ArrowSchema schema, int rowCount, ImmutableArray<ArrowColumn> columns, BatchMemory memory)
    {
        Schema = schema;
        RowCount = rowCount;
        Columns = columns;
        Memory = memory;
        foreach (var column in columns)
        {
            column.Owner = this;
        }
    }

    /// <summary>Names and types of the columns.</summary>
    public ArrowSchema Schema { get; }

    /// <summary>Number of rows; may be 0.</summary>
    public int RowCount { get; }

    /// <summary>The columns in the schema's order.</summary>
    public ImmutableArray<ArrowColumn> Columns { get; }

    /// <summary>Bytes of native memory that the batch holds.</summary>
    public long ByteSize => Memory.ByteSize;

    /// <summary>Bytes of native memory that all batches and builders of this process hold now.</summary>
    public static long AllocatedBytes => NativeAllocation.AllocatedBytes;

    internal BatchMemory Memory { get; }

    internal bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Gives the memory back, or leaves that to the last consumer of an export. May be called more than once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Memory.Release();
        }
    }
}
