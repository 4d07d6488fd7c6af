using System.Runtime.InteropServices;

namespace FederatedSegmentation.DuckDb.Native;

/// <summary>DuckDB's C API: table functions and scalar functions.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_create_table_function();

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_destroy_table_function(ref nint function);

    [LibraryImport(DuckDbLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void duckdb_table_function_set_name(nint function, string name);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_table_function_add_parameter(nint function, LogicalTypeHandle type);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_table_function_set_extra_info(nint function, nint info, delegate* unmanaged<nint, void> destroy);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_table_function_set_bind(nint function, delegate* unmanaged<nint, void> bind);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_table_function_set_init(nint function, delegate* unmanaged<nint, void> init);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_table_function_set_local_init(nint function, delegate* unmanaged<nint, void> init);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_table_function_supports_projection_pushdown(nint function, byte pushdown);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_table_function_set_function(nint function, delegate* unmanaged<nint, nint, void> main);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial int duckdb_register_table_function(ConnectionHandle connection, nint function);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_bind_get_extra_info(nint info);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_table_function_get_client_context(nint info, out nint context);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_bind_get_parameter(nint info, ulong index);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial long duckdb_get_int64(nint value);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_destroy_value(ref nint value);

    [LibraryImport(DuckDbLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void duckdb_bind_add_result_column(nint info, string name, LogicalTypeHandle type);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_bind_set_bind_data(nint info, nint data, delegate* unmanaged<nint, void> destroy);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_bind_set_cardinality(nint info, ulong rows, byte isExact);

    [LibraryImport(DuckDbLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void duckdb_bind_set_error(nint info, string error);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_init_get_bind_data(nint info);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_init_set_init_data(nint info, nint data, delegate* unmanaged<nint, void> destroy);

    [LibraryImport(DuckDbLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void duckdb_init_set_error(nint info, string error);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_init_set_max_threads(nint info, ulong threads);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial ulong duckdb_init_get_column_count(nint info);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial ulong duckdb_init_get_column_index(nint info, ulong column);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_function_get_init_data(nint info);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_function_get_local_init_data(nint info);

    [LibraryImport(DuckDbLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void duckdb_function_set_error(nint info, string error);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_create_scalar_function();

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_destroy_scalar_function(ref nint function);

    [LibraryImport(DuckDbLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void duckdb_scalar_function_set_name(nint function, string name);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_scalar_function_add_parameter(nint function, LogicalTypeHandle type);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_scalar_function_set_return_type(nint function, LogicalTypeHandle type);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_scalar_function_set_special_handling(nint function);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_scalar_function_set_extra_info(nint function, nint info, delegate* unmanaged<nint, void> destroy);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial void duckdb_scalar_function_set_function(nint function, delegate* unmanaged<nint, nint, nint, void> main);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial int duckdb_register_scalar_function(ConnectionHandle connection, nint function);

    [LibraryImport(DuckDbLibrary.Name)]
    internal static partial nint duckdb_scalar_function_get_extra_info(nint info);

    [LibraryImport(DuckDbLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void duckdb_scalar_function_set_error(nint info, string error);
}
