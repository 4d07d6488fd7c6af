using Microsoft.Win32.SafeHandles;

namespace FederatedSegmentation.DuckDb.Native;

/// <summary>An open database.</summary>
internal sealed class DatabaseHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public DatabaseHandle()
        : base(true)
    {
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_close(ref handle);
        return true;
    }
}

/// <summary>An open connection; it keeps the database alive by itself.</summary>
internal sealed class ConnectionHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public ConnectionHandle()
        : base(true)
    {
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_disconnect(ref handle);
        return true;
    }
}

/// <summary>A prepared statement.</summary>
internal sealed class PreparedHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public PreparedHandle()
        : base(true)
    {
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_prepare(ref handle);
        return true;
    }
}

/// <summary>A prepared statement that is about to run.</summary>
internal sealed class PendingHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public PendingHandle()
        : base(true)
    {
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_pending(ref handle);
        return true;
    }
}

/// <summary>A logical type.</summary>
internal sealed class LogicalTypeHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public LogicalTypeHandle()
        : base(true)
    {
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_logical_type(ref handle);
        return true;
    }
}

/// <summary>A schema of Arrow as DuckDB keeps it for conversions.</summary>
internal sealed class ConvertedSchemaHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public ConvertedSchemaHandle()
        : base(true)
    {
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_arrow_converted_schema(ref handle);
        return true;
    }
}
