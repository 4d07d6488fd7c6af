using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FederatedSegmentation.DuckDb.Native;

namespace FederatedSegmentation.DuckDb.Ingestion;

/// <summary>The table function that reads fragments: the callbacks that DuckDB calls. No exception may leave them.</summary>
internal static unsafe class FragmentFunction
{
    internal const string Name = "fedseg_fragment";

    internal static void Register(DuckDbInstance instance)
    {
        var function = NativeMethods.duckdb_create_table_function();
        try
        {
            using var token = NativeMethods.duckdb_create_logical_type(NativeType.BigInt);
            NativeMethods.duckdb_table_function_set_name(function, Name);
            NativeMethods.duckdb_table_function_add_parameter(function, token);
            NativeMethods.duckdb_table_function_set_extra_info(function, NewHandle(instance.Fragments), &FreeHandle);
            NativeMethods.duckdb_table_function_set_bind(function, &Bind);
            NativeMethods.duckdb_table_function_set_init(function, &Init);
            NativeMethods.duckdb_table_function_set_local_init(function, &InitThread);
            NativeMethods.duckdb_table_function_supports_projection_pushdown(function, 1);
            NativeMethods.duckdb_table_function_set_function(function, &Next);
            if (NativeMethods.duckdb_register_table_function(instance.Internal, function) != NativeMethods.Success)
            {
                throw new DuckDbException(DuckDbErrorKind.Catalog, $"DuckDB refused the function {Name}.");
            }
        }
        finally
        {
            NativeMethods.duckdb_destroy_table_function(ref function);
        }
    }

#pragma warning disable CA1031 // Callbacks of native code: what is not caught here would end the process. Each error is reported to the statement.
    [UnmanagedCallersOnly]
    private static void Bind(nint info)
    {
        RunningStatement? statement = null;
        try
        {
            var catalog = Target<FragmentCatalog>(NativeMethods.duckdb_bind_get_extra_info(info));
            statement = FindStatement(catalog.Instance, info);
            var value = NativeMethods.duckdb_bind_get_parameter(info, 0);
            var token = NativeMethods.duckdb_get_int64(value);
            NativeMethods.duckdb_destroy_value(ref value);
            var registration = catalog.Find(token)
                ?? throw new DuckDbException(DuckDbErrorKind.Catalog, "The fragment does not exist (any more).");
            foreach (var field in registration.Description.Schema.Fields)
            {
                using var type = TypeMap.ToDuckDb(field.Type);
                NativeMethods.duckdb_bind_add_result_column(info, field.Name, type);
            }

            if (registration.Description.Rows is { } rows)
            {
                NativeMethods.duckdb_bind_set_cardinality(info, (ulong)Math.Max(0, rows), registration.Description.IsExact ? (byte)1 : (byte)0);
            }

            var binding = new FragmentBinding(catalog.Instance, registration, statement);
            NativeMethods.duckdb_bind_set_bind_data(info, NewHandle(binding), &FreeHandle);
        }
        catch (Exception exception)
        {
            statement?.SetFault(exception);
            NativeMethods.duckdb_bind_set_error(info, exception.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Init(nint info)
    {
        FragmentBinding? binding = null;
        try
        {
            binding = Target<FragmentBinding>(NativeMethods.duckdb_init_get_bind_data(info));
            var read = binding.Registration.Open();
            var fields = (ulong)binding.Registration.Description.Schema.Fields.Length;
            var columns = ImmutableArray.CreateBuilder<int>();
            for (ulong i = 0, count = NativeMethods.duckdb_init_get_column_count(info); i < count; i++)
            {
                // Where only rows are counted, DuckDB asks for a column that does not exist.
                columns.Add(NativeMethods.duckdb_init_get_column_index(info, i) is var column && column < fields ? (int)column : -1);
            }

            NativeMethods.duckdb_init_set_max_threads(info, (ulong)read.Threads);
            NativeMethods.duckdb_init_set_init_data(info, NewHandle(new FragmentReading(binding, read, columns.ToImmutable())), &FreeHandle);
        }
        catch (Exception exception)
        {
            binding?.Statement.SetFault(exception);
            NativeMethods.duckdb_init_set_error(info, exception.Message);
        }
    }

    // A thread's own state is made when it has the first rows to fetch: what all share is not to be had here.
    [UnmanagedCallersOnly]
    private static void InitThread(nint info) => NativeMethods.duckdb_init_set_init_data(info, NewHandle(new ThreadScan()), &FreeScan);

    [UnmanagedCallersOnly]
    private static void Next(nint info, nint output)
    {
        FragmentReading? reading = null;
        try
        {
            reading = Target<FragmentReading>(NativeMethods.duckdb_function_get_init_data(info));
            var thread = Target<ThreadScan>(NativeMethods.duckdb_function_get_local_init_data(info));
            (thread.Scan ??= new FragmentScan(reading)).Next(output);
        }
        catch (Exception exception)
        {
            reading?.Binding.Statement.SetFault(exception);
            NativeMethods.duckdb_function_set_error(info, exception.Message);
        }
    }
#pragma warning restore CA1031

    [UnmanagedCallersOnly]
    private static void FreeHandle(nint handle) => GCHandle.FromIntPtr(handle).Free();

    [UnmanagedCallersOnly]
    private static void FreeScan(nint handle)
    {
        Target<ThreadScan>(handle).Scan?.Dispose();
        GCHandle.FromIntPtr(handle).Free();
    }

    private sealed class ThreadScan
    {
        internal FragmentScan? Scan { get; set; }
    }

    private static RunningStatement FindStatement(DuckDbInstance instance, nint info)
    {
        NativeMethods.duckdb_table_function_get_client_context(info, out var context);
        var id = NativeMethods.duckdb_client_context_get_connection_id(context);
        NativeMethods.duckdb_destroy_client_context(ref context);
        return instance.Find(id)?.Running
            ?? throw new DuckDbException(DuckDbErrorKind.InvalidInput, "A fragment is read by statements of this library's connections only.");
    }

    private static nint NewHandle(object target) => GCHandle.ToIntPtr(GCHandle.Alloc(target));

    private static T Target<T>(nint handle)
        where T : class => Unsafe.As<T>(GCHandle.FromIntPtr(handle).Target!);
}
