using System.Runtime.InteropServices;
using FederatedSegmentation.DuckDb.Native;

namespace FederatedSegmentation.DuckDb.Functions;

/// <summary>One call of a scalar function, over at most 2048 rows.</summary>
public readonly unsafe ref struct ScalarCall
{
    private readonly nint _arguments;
    private readonly nint _result;

    internal ScalarCall(nint arguments, nint result, int rowCount)
    {
        _arguments = arguments;
        _result = result;
        RowCount = rowCount;
    }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <summary>An argument, one value a row (a constant is repeated).</summary>
    /// <param name="index">Argument number from 0.</param>
    public ArgumentVector Argument(int index) => new(NativeMethods.duckdb_data_chunk_get_vector(_arguments, (ulong)index), RowCount);

    /// <summary>The place of the results of a fixed-width type, one a row: long for BIGINT and timestamps, int for dates, a byte for booleans and so on.</summary>
    /// <typeparam name="T">The stored type.</typeparam>
    public Span<T> Results<T>()
        where T : unmanaged => new(NativeMethods.duckdb_vector_get_data(_result), RowCount);

    /// <summary>Makes the result of a row NULL.</summary>
    /// <param name="row">Row number from 0.</param>
    public void SetNull(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)RowCount, nameof(row));
        NativeMethods.duckdb_vector_ensure_validity_writable(_result);
        NativeMethods.duckdb_vector_get_validity(_result)[row >> 6] &= ~(1UL << (row & 63));
    }

    /// <summary>Sets the result of a row of a VARCHAR function.</summary>
    /// <param name="row">Row number from 0.</param>
    /// <param name="text">The text in UTF-8; what is not UTF-8 becomes NULL.</param>
    public void SetText(int row, ReadOnlySpan<byte> text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)RowCount, nameof(row));
        fixed (byte* pointer = &MemoryMarshal.GetReference(text))
        {
            // An empty text has no address, and DuckDB takes a null pointer for NULL.
            var empty = default(byte);
            NativeMethods.duckdb_vector_assign_string_element_len(_result, (ulong)row, pointer == null ? &empty : pointer, (ulong)text.Length);
        }
    }
}

/// <summary>One argument of a call.</summary>
public readonly unsafe ref struct ArgumentVector
{
    private readonly void* _data;
    private readonly ulong* _validity;
    private readonly int _rowCount;

    internal ArgumentVector(nint vector, int rowCount)
    {
        _data = NativeMethods.duckdb_vector_get_data(vector);
        _validity = NativeMethods.duckdb_vector_get_validity(vector);
        _rowCount = rowCount;
    }

    /// <summary>Whether no row is NULL for sure; false says nothing.</summary>
    public bool HasNoNulls => _validity == null;

    /// <summary>Whether the row is NULL; its value is undefined then.</summary>
    /// <param name="row">Row number from 0.</param>
    public bool IsNull(int row) => _validity != null && (_validity[Checked(row) >> 6] & (1UL << (row & 63))) == 0;

    /// <summary>The values of a fixed-width type, one a row: long for BIGINT and timestamps, int for dates, a byte for booleans and so on.</summary>
    /// <typeparam name="T">The stored type.</typeparam>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged => new(_data, _rowCount);

    /// <summary>The value of a VARCHAR argument in UTF-8, without copying.</summary>
    /// <param name="row">Row number from 0; the row must not be NULL.</param>
    public ReadOnlySpan<byte> Text(int row) => NativeString.Bytes((NativeString*)_data + Checked(row));

    private int Checked(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)_rowCount, nameof(row));
        return row;
    }
}
