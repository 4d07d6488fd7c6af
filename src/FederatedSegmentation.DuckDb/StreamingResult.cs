using System.Runtime.InteropServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb.Native;

namespace FederatedSegmentation.DuckDb;

/// <summary>The native side of an open result. Used on the connection's thread only.</summary>
internal sealed class StreamingResult : IDisposable
{
    // Large enough that a hop between threads a batch does not count, small enough to be no memory of note.
    private const int BatchRows = 65_536;
    private const long BatchBytes = 16 << 20;

    internal DuckDbResult Native;
    private readonly PreparedHandle _prepared;
    private readonly List<VectorCopy> _readers = [];
    private RecordBatchBuilder? _builder;
    private bool _ended;
    private bool _disposed;

    internal StreamingResult(PreparedHandle prepared, DuckDbResult native)
    {
        _prepared = prepared;
        Native = native;
    }

    internal ArrowSchema Schema => _builder?.Schema ?? throw new InvalidOperationException("The schema was not read.");

    internal void ReadSchema()
    {
        var fields = new List<ArrowField>();
        for (ulong i = 0; i < NativeMethods.duckdb_column_count(ref Native); i++)
        {
            var name = Marshal.PtrToStringUTF8(NativeMethods.duckdb_column_name(ref Native, i)) ?? string.Empty;
            using var type = NativeMethods.duckdb_column_logical_type(ref Native, i);
            fields.Add(new ArrowField(name, TypeMap.ToArrow(type, name)));
            _readers.Add(VectorReader.Create(type));
        }

        _builder = new RecordBatchBuilder(new ArrowSchema(fields));
    }

    /// <summary>The next rows, or null at the end.</summary>
    internal RecordBatch? Read()
    {
        var builder = _builder!;
        while (!_ended && builder.RowCount < BatchRows && builder.ByteSize < BatchBytes)
        {
            var chunk = NativeMethods.duckdb_fetch_chunk(Native);
            if (chunk == 0)
            {
                // The end and a failure look alike; only the result's error tells them apart.
                if (NativeMethods.duckdb_result_error(ref Native) is var error && error != 0)
                {
                    throw DuckDbErrors.Create(NativeMethods.duckdb_result_error_type(Native), Marshal.PtrToStringUTF8(error));
                }

                _ended = true;
                break;
            }

            try
            {
                var rows = checked((int)NativeMethods.duckdb_data_chunk_get_size(chunk));
                for (var i = 0; i < _readers.Count; i++)
                {
                    _readers[i](NativeMethods.duckdb_data_chunk_get_vector(chunk, (ulong)i), rows, builder.Columns[i]);
                }
            }
            finally
            {
                NativeMethods.duckdb_destroy_data_chunk(ref chunk);
            }
        }

        return builder.RowCount == 0 ? null : builder.Build();
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            NativeMethods.duckdb_destroy_result(ref Native);
            _prepared.Dispose();
            _builder?.Dispose();
        }
    }
}
