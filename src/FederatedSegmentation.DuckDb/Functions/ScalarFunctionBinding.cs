using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FederatedSegmentation.DuckDb.Native;

namespace FederatedSegmentation.DuckDb.Functions;

/// <summary>Registers scalar functions and receives their calls.</summary>
internal static unsafe class ScalarFunctionBinding
{
    internal static void Register(ConnectionHandle connection, ScalarFunction function)
    {
        var native = NativeMethods.duckdb_create_scalar_function();
        try
        {
            NativeMethods.duckdb_scalar_function_set_name(native, function.Name);
            foreach (var argument in function.Arguments)
            {
                using var type = TypeMap.ToDuckDb(argument);
                NativeMethods.duckdb_scalar_function_add_parameter(native, type);
            }

            using var result = TypeMap.ToDuckDb(function.Result);
            NativeMethods.duckdb_scalar_function_set_return_type(native, result);
            NativeMethods.duckdb_scalar_function_set_extra_info(native, GCHandle.ToIntPtr(GCHandle.Alloc(function)), &Free);
            NativeMethods.duckdb_scalar_function_set_function(native, &Call);
            if (NativeMethods.duckdb_register_scalar_function(connection, native) != NativeMethods.Success)
            {
                throw new DuckDbException(DuckDbErrorKind.Catalog, $"DuckDB refused the function {function.Name}.");
            }
        }
        finally
        {
            NativeMethods.duckdb_destroy_scalar_function(ref native);
        }
    }

#pragma warning disable CA1031 // A callback of native code: what is not caught here would end the process. The error is reported to the statement.
    [UnmanagedCallersOnly]
    private static void Call(nint info, nint arguments, nint result)
    {
        try
        {
            var function = Unsafe.As<ScalarFunction>(GCHandle.FromIntPtr(NativeMethods.duckdb_scalar_function_get_extra_info(info)).Target!);
            var call = new ScalarCall(arguments, result, checked((int)NativeMethods.duckdb_data_chunk_get_size(arguments)));
            function.Kernel(call);
            CopyNulls(call, function.Arguments.Length);
        }
        catch (Exception exception)
        {
            NativeMethods.duckdb_scalar_function_set_error(info, exception.Message);
        }
    }
#pragma warning restore CA1031

    private static void CopyNulls(ScalarCall call, int arguments)
    {
        for (var i = 0; i < arguments; i++)
        {
            var argument = call.Argument(i);
            if (argument.HasNoNulls)
            {
                continue;
            }

            for (var row = 0; row < call.RowCount; row++)
            {
                if (argument.IsNull(row))
                {
                    call.SetNull(row);
                }
            }
        }
    }

    [UnmanagedCallersOnly]
    private static void Free(nint handle) => GCHandle.FromIntPtr(handle).Free();
}
