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

    /// <summary>Makes a batch of this one's columns, without copying them, but for those that are replaced. This batch is used up: it is disposed of with the new one.</summary>
    /// <param name="schema">The columns of the new batch: in number and, where they stay, in type those of this one.</param>
    /// <param name="replaced">The columns that are replaced, found by their names in <paramref name="schema"/>; emptied.</param>
    /// <exception cref="ArgumentException">The schema does not fit, or a column has another number of rows.</exception>
    public RecordBatch With(ArrowSchema schema, RecordBatchBuilder replaced)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (schema.Fields.Length != Columns.Length || replaced.Columns.Any(column => column.Length != RowCount))
        {
            throw new ArgumentException("The new columns do not fit the rows of the batch.", nameof(replaced));
        }

        var taken = new List<NativeAllocation>();
        try
        {
            var columns = schema.Fields.Select((field, i) => replaced.Schema.IndexOf(field.Name) is >= 0 and var at
                ? replaced.Columns[at].Take(taken)
                : Columns[i].Type == field.Type ? Columns[i].Shared() : throw new ArgumentException($"Column '{field.Name}' is {Columns[i].Type}.", nameof(schema))).ToImmutableArray();
            var batch = new RecordBatch(schema, RowCount, columns, new BatchMemory(taken, Memory));
            taken = null;
            Interlocked.Exchange(ref _disposed, 1);
            return batch;
        }
        finally
        {
            taken?.ForEach(allocation => allocation.Dispose());
        }
    }

    /// <summary>Gives the memory back, or leaves that to the last consumer of an export. May be called more than once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Memory.Release();
        }
    }
}
