using System.Runtime.InteropServices;
using FederatedSegmentation.Arrow.CData;

namespace FederatedSegmentation.DuckDb.Native;

/// <summary>DuckDB's C API: databases, connections, statements, results and vectors. Names and order are those of duckdb.h.</summary>
internal static unsafe partial class NativeMethods
{
    internal const int Success = 0;
    internal const int CreateStatement = 7;

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_library_version();

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial int duckdb_create_config(out nint config);

    [LibraryImport(DuckDbLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_set_config(nint config, string name, string option);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_destroy_config(ref nint config);

    [LibraryImport(DuckDbLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_open_ext(string path, out DatabaseHandle database, nint config, out nint error);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_close(ref nint database);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial int duckdb_connect(DatabaseHandle database, out ConnectionHandle connection);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_disconnect(ref nint connection);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_interrupt(ConnectionHandle connection);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial NativeProgress duckdb_query_progress(ConnectionHandle connection);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_connection_get_client_context(ConnectionHandle connection, out nint context);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial ulong duckdb_client_context_get_connection_id(nint context);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_destroy_client_context(ref nint context);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_free(nint memory);

    [LibraryImport(DuckDbLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_query(ConnectionHandle connection, string sql, out DuckDbResult result);

    [LibraryImport(DuckDbLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_prepare(ConnectionHandle connection, string sql, out PreparedHandle statement);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_prepare_error(PreparedHandle statement);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_destroy_prepare(ref nint statement);

    // Marked for removal in duckdb.h, without a successor that streams; the library's version is pinned.
    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial int duckdb_pending_prepared_streaming(PreparedHandle statement, out PendingHandle pending);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_pending_error(PendingHandle pending);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial int duckdb_execute_pending(PendingHandle pending, out DuckDbResult result);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_destroy_pending(ref nint pending);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_destroy_result(ref DuckDbResult result);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_result_error(ref DuckDbResult result);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial int duckdb_result_error_type(DuckDbResult result);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial int duckdb_result_statement_type(DuckDbResult result);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial ulong duckdb_rows_changed(ref DuckDbResult result);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial ulong duckdb_column_count(ref DuckDbResult result);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_column_name(ref DuckDbResult result, ulong column);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial LogicalTypeHandle duckdb_column_logical_type(ref DuckDbResult result, ulong column);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_fetch_chunk(DuckDbResult result);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_destroy_data_chunk(ref nint chunk);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial ulong duckdb_data_chunk_get_size(nint chunk);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_data_chunk_set_size(nint chunk, ulong size);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial ulong duckdb_data_chunk_get_column_count(nint chunk);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_data_chunk_get_vector(nint chunk, ulong column);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void* duckdb_vector_get_data(nint vector);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial ulong* duckdb_vector_get_validity(nint vector);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_vector_ensure_validity_writable(nint vector);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_vector_assign_string_element_len(nint vector, ulong row, byte* text, ulong length);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_vector_reference_vector(nint target, nint source);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial LogicalTypeHandle duckdb_create_logical_type(NativeType type);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial LogicalTypeHandle duckdb_create_decimal_type(byte width, byte scale);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial NativeType duckdb_get_type_id(LogicalTypeHandle type);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial byte duckdb_decimal_width(LogicalTypeHandle type);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial byte duckdb_decimal_scale(LogicalTypeHandle type);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial NativeType duckdb_decimal_internal_type(LogicalTypeHandle type);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_destroy_logical_type(ref nint type);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_schema_from_arrow(ConnectionHandle connection, CArrowSchema* schema, out ConvertedSchemaHandle converted);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_data_chunk_from_arrow(ConnectionHandle connection, CArrowArray* array, ConvertedSchemaHandle schema, out nint chunk);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_destroy_arrow_converted_schema(ref nint schema);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial int duckdb_error_data_error_type(nint error);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_error_data_message(nint error);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_destroy_error_data(ref nint error);

    /// <summary>Throws what an API that returns duckdb_error_data reports, and frees it.</summary>
    internal static void ThrowIfError(nint error)
    {
        if (error != 0)
        {
            var exception = DuckDbErrors.Create(duckdb_error_data_error_type(error), Marshal.PtrToStringUTF8(duckdb_error_data_message(error)));
            duckdb_destroy_error_data(ref error);
            throw exception;
        }
    }
}
