using System.Runtime.InteropServices;

namespace FederatedSegmentation.DuckDb.Native;

/// <summary>duckdb_result: passed by value to some functions; its content is DuckDB's.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DuckDbResult
{
    private readonly ulong _columnCount;
    private readonly ulong _rowCount;
    private readonly ulong _rowsChanged;
    private readonly nint _columns;
    private readonly nint _errorMessage;
    private readonly nint _internalData;
}

/// <summary>duckdb_query_progress_type.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NativeProgress
{
    /// <summary>0 to 100, or -1 when unknown.</summary>
    internal readonly double Percentage;
    private readonly ulong _rowsProcessed;
    private readonly ulong _rowsTotal;
}

/// <summary>duckdb_string_t: up to 12 bytes lie inside it, longer text behind a pointer.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct NativeString
{
    private const uint InlineBytes = 12;

    [FieldOffset(0)]
    private readonly uint _length;

    [FieldOffset(4)]
    private fixed byte _inlined[(int)InlineBytes];

    [FieldOffset(8)]
    private readonly byte* _pointer;

    internal static ReadOnlySpan<byte> Bytes(NativeString* text) =>
        new(text->_length <= InlineBytes ? text->_inlined : text->_pointer, checked((int)text->_length));
}

/// <summary>duckdb_type: the logical types that are exchanged.</summary>
internal enum NativeType
{
    Invalid = 0,
    Boolean = 1,
    TinyInt = 2,
    SmallInt = 3,
    Integer = 4,
    BigInt = 5,
    UTinyInt = 6,
    USmallInt = 7,
    UInteger = 8,
    UBigInt = 9,
    Float = 10,
    Double = 11,
    Timestamp = 12,
    Date = 13,
    HugeInt = 16,
    Varchar = 17,
    Blob = 18,
    Decimal = 19,
    TimestampSeconds = 20,
    TimestampMilliseconds = 21,
    TimestampNanoseconds = 22,
    TimestampWithZone = 31,
    SqlNull = 36,
}
