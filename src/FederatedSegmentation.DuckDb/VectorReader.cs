using System.Runtime.CompilerServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb.Native;

namespace FederatedSegmentation.DuckDb;

/// <summary>Appends the rows of a vector to a column.</summary>
internal delegate void VectorCopy(nint vector, int rows, ColumnBuilder target);

/// <summary>Copies DuckDB's flat vectors into columns: whole runs where no row is NULL, row by row where one may be.</summary>
internal static unsafe class VectorReader
{
    private delegate void AppendRow(void* data, int row, ColumnBuilder target);

    internal static VectorCopy Create(LogicalTypeHandle type) => NativeMethods.duckdb_get_type_id(type) switch
    {
        NativeType.Boolean => Rows((data, row, target) => target.AppendBoolean(((byte*)data)[row] != 0)),
        NativeType.TinyInt => Runs<sbyte>((target, value) => target.AppendNumber(value)),
        NativeType.SmallInt => Runs<short>((target, value) => target.AppendNumber(value)),
        NativeType.Integer => Runs<int>((target, value) => target.AppendNumber(value)),
        NativeType.BigInt => Runs<long>((target, value) => target.AppendNumber(value)),
        NativeType.UTinyInt => Runs<byte>((target, value) => target.AppendNumber(value)),
        NativeType.USmallInt => Runs<ushort>((target, value) => target.AppendNumber(value)),
        NativeType.UInteger => Runs<uint>((target, value) => target.AppendNumber(value)),
        NativeType.UBigInt => Runs<ulong>((target, value) => target.AppendNumber(value)),
        NativeType.Float => Runs<float>((target, value) => target.AppendNumber(value)),
        NativeType.Double => Runs<double>((target, value) => target.AppendNumber(value)),
        NativeType.Date => Runs<int>((target, value) => target.AppendDate32(value)),
        NativeType.Timestamp or NativeType.TimestampSeconds or NativeType.TimestampMilliseconds or NativeType.TimestampNanoseconds
            or NativeType.TimestampWithZone => Runs<long>((target, value) => target.AppendTimestamp(value)),
        NativeType.Varchar => Rows((data, row, target) => target.AppendUtf8(NativeString.Bytes((NativeString*)data + row))),
        NativeType.Blob => Rows((data, row, target) => target.AppendBinary(NativeString.Bytes((NativeString*)data + row))),
        NativeType.HugeInt => Rows((data, row, target) => AppendHuge(((Int128*)data)[row], target)),
        NativeType.Decimal => NativeMethods.duckdb_decimal_internal_type(type) switch
        {
            NativeType.SmallInt => Rows((data, row, target) => target.AppendDecimal128(((short*)data)[row])),
            NativeType.Integer => Rows((data, row, target) => target.AppendDecimal128(((int*)data)[row])),
            NativeType.BigInt => Rows((data, row, target) => target.AppendDecimal128(((long*)data)[row])),
            _ => Runs<Int128>((target, value) => target.AppendDecimal128(value)),
        },
        NativeType.SqlNull => AppendNulls,
        var other => throw new InvalidOperationException($"No reader for DuckDB type {other}."),
    };

    private static VectorCopy Runs<T>(Action<ColumnBuilder, T> append)
        where T : unmanaged => (vector, rows, target) =>
    {
        var data = (T*)NativeMethods.duckdb_vector_get_data(vector);
        var validity = NativeMethods.duckdb_vector_get_validity(vector);
        if (AllValid(validity, rows))
        {
            target.AppendFixed(new ReadOnlySpan<byte>(data, rows * sizeof(T)));
            return;
        }

        for (var row = 0; row < rows; row++)
        {
            if (IsValid(validity, row))
            {
                append(target, data[row]);
            }
            else
            {
                target.AppendNull();
            }
        }
    };

    private static VectorCopy Rows(AppendRow append) => (vector, rows, target) =>
    {
        var data = NativeMethods.duckdb_vector_get_data(vector);
        var validity = NativeMethods.duckdb_vector_get_validity(vector);
        for (var row = 0; row < rows; row++)
        {
            if (IsValid(validity, row))
            {
                append(data, row, target);
            }
            else
            {
                target.AppendNull();
            }
        }
    };

    private static void AppendNulls(nint vector, int rows, ColumnBuilder target)
    {
        for (var row = 0; row < rows; row++)
        {
            target.AppendNull();
        }
    }

    private static void AppendHuge(Int128 value, ColumnBuilder target)
    {
        try
        {
            target.AppendDecimal128(value);
        }
        catch (OverflowException exception)
        {
            throw new DuckDbException(DuckDbErrorKind.OutOfRange, $"A number of column '{target.Field.Name}' has more than 38 digits.", exception);
        }
    }

    private static bool AllValid(ulong* validity, int rows)
    {
        if (validity == null)
        {
            return true;
        }

        var whole = rows / 64;
        for (var i = 0; i < whole; i++)
        {
            if (validity[i] != ulong.MaxValue)
            {
                return false;
            }
        }

        var rest = (1UL << (rows % 64)) - 1;
        return rest == 0 || (validity[whole] & rest) == rest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsValid(ulong* validity, int row) => validity == null || (validity[row >> 6] & (1UL << (row & 63))) != 0;
}
