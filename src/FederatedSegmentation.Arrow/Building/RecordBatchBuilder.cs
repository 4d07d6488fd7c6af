using System.Collections.Immutable;

namespace FederatedSegmentation.Arrow;

/// <summary>
/// Builds batches row by row: append one value to every column, look at <see cref="ByteSize"/> and <see cref="RowCount"/>, and call
/// <see cref="Build"/> when a batch is large enough; the builder is empty again then. Not thread safe. Dispose of it to give back what was not built.
/// </summary>
public sealed class RecordBatchBuilder : IDisposable
{
    /// <summary>Creates a builder.</summary>
    /// <param name="schema">The columns.</param>
    public RecordBatchBuilder(ArrowSchema schema)
    {
        Schema = schema;
        Columns = [.. schema.Fields.Select(field => new ColumnBuilder(field))];
    }

    /// <summary>The columns' names and types.</summary>
    public ArrowSchema Schema { get; }

    /// <summary>One builder a column, in the schema's order.</summary>
    public ImmutableArray<ColumnBuilder> Columns { get; }

    /// <summary>Rows appended since the last batch, by the first column.</summary>
    public int RowCount => Columns.IsEmpty ? 0 : Columns[0].Length;

    /// <summary>Bytes appended since the last batch.</summary>
    public long ByteSize
    {
        get
        {
            long size = 0;
            foreach (var column in Columns)
            {
                size += column.ByteSize;
            }

            return size;
        }
    }

    /// <summary>Makes a batch of what was appended and empties the builder, also when it fails.</summary>
    /// <returns>The batch; the caller disposes of it.</returns>
    /// <exception cref="InvalidOperationException">The columns have different lengths.</exception>
    /// <exception cref="ArrowFormatException">A text column holds bytes that are not UTF-8.</exception>
    public RecordBatch Build()
    {
        var rows = RowCount;
        var taken = new List<NativeAllocation>();
        try
        {
            if (Columns.Any(column => column.Length != rows))
            {
                throw new InvalidOperationException("Every column of a batch needs the same number of rows.");
            }

            ImmutableArray<ArrowColumn> columns = [.. Columns.Select(column => column.Take(taken))];
            var batch = new RecordBatch(Schema, rows, columns, new BatchMemory(taken));
            taken = null;
            return batch;
        }
        finally
        {
            taken?.ForEach(allocation => allocation.Dispose());
            Dispose();
        }
    }

    /// <summary>Gives back the memory of rows that were not built.</summary>
    public void Dispose()
    {
        foreach (var column in Columns)
        {
            column.Clear();
        }
    }
}
