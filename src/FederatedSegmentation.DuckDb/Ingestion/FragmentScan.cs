using FederatedSegmentation.Arrow;
using FederatedSegmentation.Arrow.CData;
using FederatedSegmentation.DuckDb.Native;

namespace FederatedSegmentation.DuckDb.Ingestion;

/// <summary>A fragment as one statement was planned with it.</summary>
internal sealed record FragmentBinding(DuckDbInstance Instance, FragmentRegistration Registration, RunningStatement Statement);

/// <summary>
/// One read of a fragment: hands out its batches in slices of at most one vector, without copying what DuckDB can read as it lies.
/// <para>
/// Memory: each column of a slice is converted on its own, because DuckDB hangs the ownership of a whole converted chunk on its first column; this way
/// each vector owns what it points to. A batch is given back when DuckDB has let go of all of its vectors, and not before the call after its last slice:
/// functions may pass pointers on within one step of a pipeline without owning them.
/// </para>
/// </summary>
internal sealed unsafe class FragmentScan : IDisposable
{
    private const int VectorRows = 2048;

    private readonly FragmentBinding _binding;
    private readonly ConvertedSchemaHandle[] _schemas;
    private RecordBatch? _batch;
    private int _position;

    internal FragmentScan(FragmentBinding binding)
    {
        _binding = binding;
        _schemas = [.. binding.Registration.Source.Schema.Fields.Select(Convert)];
    }

    internal RunningStatement Statement => _binding.Statement;

    /// <summary>Fills the chunk with the next rows; none is the end.</summary>
    internal void Next(nint output)
    {
        if (_batch is { } consumed && _position == consumed.RowCount)
        {
            _batch = null;
            consumed.Dispose();
        }

        while (_batch is null)
        {
            Statement.Cancelled.ThrowIfCancellationRequested();
            var batch = _binding.Registration.Source.Pull(Statement.Cancelled);
            if (batch is null)
            {
                NativeMethods.duckdb_data_chunk_set_size(output, 0);
                return;
            }

            if (batch.RowCount == 0)
            {
                batch.Dispose();
                continue;
            }

            _batch = batch;
            _position = 0;
            if (!batch.Schema.Equals(_binding.Registration.Source.Schema))
            {
                throw new DuckDbException(DuckDbErrorKind.InvalidInput, "A batch does not have the columns of its fragment.");
            }
        }

        var count = Math.Min(VectorRows, _batch.RowCount - _position);
        for (var column = 0; column < _schemas.Length; column++)
        {
            Fill(_batch, column, count, NativeMethods.duckdb_data_chunk_get_vector(output, (ulong)column));
        }

        NativeMethods.duckdb_data_chunk_set_size(output, (ulong)count);
        _position += count;
    }

    public void Dispose()
    {
        _batch?.Dispose();
        _batch = null;
        foreach (var schema in _schemas)
        {
            schema.Dispose();
        }
    }

    private void Fill(RecordBatch batch, int column, int count, nint target)
    {
        CArrowArray array;
        ArrowExport.ExportColumn(batch, column, _position, count, &array);
        var error = NativeMethods.duckdb_data_chunk_from_arrow(_binding.Instance.Internal, &array, _schemas[column], out var chunk);

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
            var error = NativeMethods.duckdb_schema_from_arrow(_binding.Instance.Internal, &schema, out var converted);
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
