using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Arrow.CData;
using FederatedSegmentation.DuckDb.Native;

namespace FederatedSegmentation.DuckDb.Ingestion;

/// <summary>A fragment as one statement was planned with it.</summary>
internal sealed record FragmentBinding(DuckDbInstance Instance, FragmentRegistration Registration, RunningStatement Statement);

/// <summary>A fragment as one statement reads it, with all of its threads.</summary>
/// <param name="Binding">What it was planned with.</param>
/// <param name="Read">Hands out the rows.</param>
/// <param name="Columns">The columns that the statement wants, by their numbers in the fragment; -1 for none of them, where only rows are counted.</param>
internal sealed record FragmentReading(FragmentBinding Binding, FragmentRead Read, ImmutableArray<int> Columns);

/// <summary>
/// One thread's part in a read of a fragment: hands out rows in slices of at most one vector.
/// <para>
/// Values of fixed width are copied into the vector that DuckDB offers, and so are texts that lie in a vector themselves; longer ones are pointed at
/// where the batches outlive the statement. What is left is converted by DuckDB, without copying what it can read as it lies. Memory of that: each column of a
/// slice is converted on its own, because DuckDB hangs the ownership of a whole converted chunk on its first column; this way each vector owns what it
/// points to. A batch is given back when DuckDB has let go of all of its vectors, and not before the call after its last slice: functions may pass
/// pointers on within one step of a pipeline without owning them.
/// </para>
/// </summary>
internal sealed unsafe class FragmentScan(FragmentReading reading) : IDisposable
{
    internal const int VectorRows = 2048;

    private readonly ConvertedSchemaHandle?[] _schemas = new ConvertedSchemaHandle?[reading.Columns.Length];
    private FragmentPart? _part;
    private int _position;

    internal RunningStatement Statement => reading.Binding.Statement;

    /// <summary>Fills the chunk with the next rows; none is the end.</summary>
    internal void Next(nint output)
    {
        if (_part is { } consumed && _position == consumed.End)
        {
            _part = null;
            reading.Read.GiveBack(consumed);
        }

        if (_part is not { } part)
        {
            Statement.Cancelled.ThrowIfCancellationRequested();
            if (reading.Read.Take(Statement.Cancelled) is not { } next)
            {
                NativeMethods.duckdb_data_chunk_set_size(output, 0);
                return;
            }

            _part = part = next;
            _position = part.Start;
            if (!part.Batch.Schema.Equals(reading.Binding.Registration.Description.Schema))
            {
                throw new DuckDbException(DuckDbErrorKind.InvalidInput, "A batch does not have the columns of its fragment.");
            }
        }

        var count = Math.Min(VectorRows, part.End - _position);
        for (var i = 0; i < reading.Columns.Length; i++)
        {
            if (reading.Columns[i] < 0)
            {
                continue;
            }

            var vector = NativeMethods.duckdb_data_chunk_get_vector(output, (ulong)i);
            if (!VectorWriter.TryWrite(part.Batch.Columns[reading.Columns[i]], _position, count, reading.Read.OutlivesStatements, vector))
            {
                Convert(part.Batch, i, count, vector);
            }
        }

        NativeMethods.duckdb_data_chunk_set_size(output, (ulong)count);
        _position += count;
    }

    public void Dispose()
    {
        if (_part is { } part)
        {
            _part = null;
            reading.Read.GiveBack(part);
        }

        foreach (var schema in _schemas)
        {
            schema?.Dispose();
        }
    }

    private void Convert(RecordBatch batch, int i, int count, nint target)
    {
        var schema = _schemas[i] ??= Convert(batch.Schema.Fields[reading.Columns[i]]);
        CArrowArray array;
        ArrowExport.ExportColumn(batch, reading.Columns[i], _position, count, &array);
        var error = NativeMethods.duckdb_data_chunk_from_arrow(reading.Binding.Instance.Internal, &array, schema, out var chunk);

        // DuckDB takes the export over and marks that here; what it did not take is still ours to release.
        if (array.Release != null)
        {
            array.Release(&array);
        }

        NativeMethods.ThrowIfError(error);
        NativeMethods.duckdb_vector_reference_vector(target, NativeMethods.duckdb_data_chunk_get_vector(chunk, 0));
        NativeMethods.duckdb_destroy_data_chunk(ref chunk);
    }

    private ConvertedSchemaHandle Convert(ArrowField field)
    {
        CArrowSchema schema;
        ArrowExport.ExportSchema(new ArrowSchema(field), &schema);
        try
        {
            var error = NativeMethods.duckdb_schema_from_arrow(reading.Binding.Instance.Internal, &schema, out var converted);
            if (error != 0)
            {
                converted.Dispose();
                NativeMethods.ThrowIfError(error);
            }

            return converted;
        }
        finally
        {
            schema.Release(&schema);
        }
    }
}
