using System.Runtime.InteropServices;
using System.Text;

namespace FederatedSegmentation.Arrow;

/// <summary>
/// One column of a batch. Values of rows that are NULL are undefined. All members throw <see cref="ObjectDisposedException"/> after the batch
/// is disposed of; spans must not be used after that.
/// </summary>
public sealed unsafe class ArrowColumn
{
    private readonly NativeSpan _validity;
    private readonly NativeSpan _offsets;
    private readonly NativeSpan _values;

    internal ArrowColumn(ArrowType type, int length, int nullCount, NativeSpan validity, NativeSpan offsets, NativeSpan values)
    {
        Type = type;
        Length = length;
        NullCount = nullCount;
        _validity = validity;
        _offsets = offsets;
        _values = values;
    }

    /// <summary>Type of the values.</summary>
    public ArrowType Type { get; }

    /// <summary>Number of rows.</summary>
    public int Length { get; }

    /// <summary>Number of rows that are NULL, exact.</summary>
    public int NullCount { get; }

    /// <summary>Validity bits, least significant first, 1 = not NULL; empty when no row is NULL (and for columns of the null type).</summary>
    public ReadOnlySpan<byte> Validity => Open(_validity);

    /// <summary>The bytes of all values: fixed-width values one after another, bits of a boolean column, or the bytes that the offsets cut.</summary>
    public ReadOnlySpan<byte> Bytes => Open(_values);

    /// <summary>The offsets of a text or binary column, one more than rows: int, or long where the type is large; empty for other types.</summary>
    public ReadOnlySpan<byte> OffsetBytes => Open(_offsets);

    internal RecordBatch? Owner { get; set; }

    internal NativeSpan ValidityMemory => _validity;

    internal NativeSpan OffsetsMemory => _offsets;

    internal NativeSpan ValuesMemory => _values;

    /// <summary>Whether the row is NULL.</summary>
    /// <param name="row">Row number from 0.</param>
    public bool IsNull(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Length, nameof(row));
        if (Type is NullType)
        {
            return true;
        }

        var validity = Validity;
        return !validity.IsEmpty && (validity[row >> 3] & (1 << (row & 7))) == 0;
    }

    /// <summary>The values of a fixed-width column, without copying.</summary>
    /// <typeparam name="T">
    /// The stored type: long for Int64 and timestamps, int for Int32 and Date32, <see cref="Int128"/> for decimals, float, double and so on.
    /// </typeparam>
    /// <exception cref="InvalidOperationException">The column does not store <typeparamref name="T"/>.</exception>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged
    {
        if (StoredType() != typeof(T))
        {
            throw new InvalidOperationException($"A column of {Type} does not store {typeof(T).Name}.");
        }

        return MemoryMarshal.Cast<byte, T>(Open(_values))[..Length];
    }

    /// <summary>The value of a boolean column.</summary>
    /// <param name="row">Row number from 0.</param>
    /// <exception cref="InvalidOperationException">The column is not boolean.</exception>
    public bool GetBoolean(int row)
    {
        if (Type is not BooleanType)
        {
            throw new InvalidOperationException($"A column of {Type} does not store Boolean.");
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Length, nameof(row));
        return (Open(_values)[row >> 3] & (1 << (row & 7))) != 0;
    }

    /// <summary>The bytes of one value of a text or binary column, without copying.</summary>
    /// <param name="row">Row number from 0.</param>
    /// <exception cref="InvalidOperationException">The column is neither text nor binary.</exception>
    public ReadOnlySpan<byte> GetBytes(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Length, nameof(row));
        var (start, end) = Type switch
        {
            TextType { IsLarge: false } or BinaryType { IsLarge: false } => (Offset<int>(row), (long)Offset<int>(row + 1)),
            TextType or BinaryType => (Offset<long>(row), Offset<long>(row + 1)),
            _ => throw new InvalidOperationException($"A column of {Type} has no byte strings."),
        };
        _ = Open(default);
        return new ReadOnlySpan<byte>(_values.Pointer + start, checked((int)(end - start)));
    }

    /// <summary>The text of one row, decoded.</summary>
    /// <param name="row">Row number from 0.</param>
    /// <exception cref="InvalidOperationException">The column is neither text nor binary.</exception>
    public string GetString(int row) => Encoding.UTF8.GetString(GetBytes(row));

    /// <summary>The same memory for a column of another batch.</summary>
    internal ArrowColumn Shared() => new(Type, Length, NullCount, _validity, _offsets, _values);

    private T Offset<T>(int index)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Open(_offsets))[index];

    private ReadOnlySpan<byte> Open(NativeSpan memory)
    {
        ObjectDisposedException.ThrowIf(Owner is { IsDisposed: true }, typeof(RecordBatch));
        return new ReadOnlySpan<byte>(memory.Pointer, checked((int)memory.Length));
    }

    private Type? StoredType() => Type switch
    {
        IntegerType { IsSigned: true } integer => integer.BitWidth switch { 8 => typeof(sbyte), 16 => typeof(short), 32 => typeof(int), _ => typeof(long) },
        IntegerType integer => integer.BitWidth switch { 8 => typeof(byte), 16 => typeof(ushort), 32 => typeof(uint), _ => typeof(ulong) },
        FloatingPointType number => number.BitWidth == 32 ? typeof(float) : typeof(double),
        DecimalType => typeof(Int128),
        DateType => typeof(int),
        TimestampType => typeof(long),
        _ => null,
    };
}

/// <summary>A part of a batch's memory.</summary>
internal readonly unsafe struct NativeSpan(byte* pointer, long length)
{
    internal byte* Pointer { get; } = pointer;

    internal long Length { get; } = length;
}
