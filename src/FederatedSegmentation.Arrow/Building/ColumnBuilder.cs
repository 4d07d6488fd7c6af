using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace FederatedSegmentation.Arrow;

/// <summary>
/// Appends values of one column to native memory, without an object for a value. Not thread safe; one method of the column's type is called for
/// each row, or <see cref="AppendNull"/>. A method of another type throws <see cref="InvalidOperationException"/>.
/// </summary>
public sealed unsafe class ColumnBuilder
{
    private readonly Int128 _decimalLimit;
    private readonly Type? _stored;
    private readonly int _width;
    private readonly ColumnLayout _layout;
    private NativeAllocation? _validity;
    private NativeAllocation? _offsets;
    private NativeAllocation? _values;
    private long _valueBytes;
    private int _nullCount;

    internal ColumnBuilder(ArrowField field)
    {
        Field = field;
        _layout = field.Type.Layout();
        _width = field.Type.Width();
        _stored = field.Type switch
        {
            IntegerType { IsSigned: true } integer => integer.BitWidth switch { 8 => typeof(sbyte), 16 => typeof(short), 32 => typeof(int), _ => typeof(long) },
            IntegerType integer => integer.BitWidth switch { 8 => typeof(byte), 16 => typeof(ushort), 32 => typeof(uint), _ => typeof(ulong) },
            FloatingPointType number => number.BitWidth == 32 ? typeof(float) : typeof(double),
            _ => null,
        };
        if (field.Type is DecimalType type)
        {
            _decimalLimit = Int128.One;
            for (var i = 0; i < type.Precision; i++)
            {
                _decimalLimit *= 10;
            }
        }
    }

    /// <summary>Name and type of the column.</summary>
    public ArrowField Field { get; }

    /// <summary>Rows appended since the last batch.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes appended since the last batch.</summary>
    public long ByteSize => _valueBytes + (_layout == ColumnLayout.Variable ? (long)Length * _width : 0) + (_nullCount > 0 ? Length / 8 : 0);

    /// <summary>Appends NULL.</summary>
    public void AppendNull()
    {
        if (_nullCount++ == 0 && _layout != ColumnLayout.None)
        {
            // Until the first NULL no bits are kept; all rows before it are valid.
            Reserve(ref _validity, ColumnLayouts.BitmapBytes(Length + 1L), 0);
            NativeMemory.Fill(_validity!.Pointer, (nuint)ColumnLayouts.BitmapBytes(Length), 0xFF);
        }

        switch (_layout)
        {
            case ColumnLayout.Bit:
                PutBit(ref _values, false);
                _valueBytes = ColumnLayouts.BitmapBytes(Length + 1L);
                break;
            case ColumnLayout.Fixed:
                Reserve(ref _values, _valueBytes + _width, _valueBytes);
                new Span<byte>(_values!.Pointer + _valueBytes, _width).Clear();
                _valueBytes += _width;
                break;
            case ColumnLayout.Variable:
                PutOffset();
                break;
        }

        EndRow(false);
    }

    /// <summary>Appends to a boolean column.</summary>
    /// <param name="value">The value.</param>
    public void AppendBoolean(bool value)
    {
        Require(Field.Type is BooleanType);
        PutBit(ref _values, value);
        _valueBytes = ColumnLayouts.BitmapBytes(Length + 1L);
        EndRow(true);
    }

    /// <summary>Appends to a column of integers or floating-point numbers.</summary>
    /// <typeparam name="T">Exactly the stored type: sbyte … long, byte … ulong, float or double.</typeparam>
    /// <param name="value">The value.</param>
    public void AppendNumber<T>(T value)
        where T : unmanaged
    {
        Require(_stored == typeof(T));
        Put(value);
    }

    /// <summary>Appends to an Int64 column.</summary>
    /// <param name="value">The value.</param>
    public void AppendInt64(long value) => AppendNumber(value);

    /// <summary>Appends to an Int32 column.</summary>
    /// <param name="value">The value.</param>
    public void AppendInt32(int value) => AppendNumber(value);

    /// <summary>Appends to an Int16 column.</summary>
    /// <param name="value">The value.</param>
    public void AppendInt16(short value) => AppendNumber(value);

    /// <summary>Appends to a Float64 column.</summary>
    /// <param name="value">The value; NaN and infinities are kept.</param>
    public void AppendDouble(double value) => AppendNumber(value);

    /// <summary>Appends to a Float32 column.</summary>
    /// <param name="value">The value; NaN and infinities are kept.</param>
    public void AppendSingle(float value) => AppendNumber(value);

    /// <summary>Appends to a decimal column.</summary>
    /// <param name="unscaled">The number times ten to the power of the column's scale.</param>
    /// <exception cref="OverflowException">The number has more digits than the column's precision.</exception>
    public void AppendDecimal128(Int128 unscaled)
    {
        Require(Field.Type is DecimalType);
        if (unscaled >= _decimalLimit || unscaled <= -_decimalLimit)
        {
            throw new OverflowException($"A number of column '{Field.Name}' has more digits than {Field.Type}.");
        }

        Put(unscaled);
    }

    /// <summary>Appends to a date column.</summary>
    /// <param name="days">Days since 1970-01-01.</param>
    public void AppendDate32(int days)
    {
        Require(Field.Type is DateType);
        Put(days);
    }

    /// <summary>Appends to a timestamp column.</summary>
    /// <param name="units">Time since 1970-01-01T00:00:00 in the column's unit.</param>
    public void AppendTimestamp(long units)
    {
        Require(Field.Type is TimestampType);
        Put(units);
    }

    /// <summary>Appends text. Whether it is valid UTF-8 is checked when the batch is built.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <exception cref="ArrowFormatException">The column would exceed 2 GiB in one batch.</exception>
    public void AppendUtf8(ReadOnlySpan<byte> text)
    {
        Require(Field.Type is TextType);
        PutBytes(text);
    }

    /// <summary>Appends text.</summary>
    /// <param name="text">The text; a lone surrogate becomes U+FFFD.</param>
    /// <exception cref="ArrowFormatException">The column would exceed 2 GiB in one batch.</exception>
    public void AppendString(ReadOnlySpan<char> text)
    {
        Require(Field.Type is TextType);
        var size = Encoding.UTF8.GetByteCount(text);
        Encoding.UTF8.GetBytes(text, PutSpace(size));
        EndRow(true);
    }

    /// <summary>Appends to a binary column.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="ArrowFormatException">The column would exceed 2 GiB in one batch.</exception>
    public void AppendBinary(ReadOnlySpan<byte> bytes)
    {
        Require(Field.Type is BinaryType);
        PutBytes(bytes);
    }

    /// <summary>Appends many rows of a fixed-width column that hold no NULL.</summary>
    /// <param name="values">The values as they are stored, little-endian; a whole number of rows.</param>
    public void AppendFixed(ReadOnlySpan<byte> values)
    {
        Require(_layout == ColumnLayout.Fixed && values.Length % _width == 0);
        var rows = values.Length / _width;
        Reserve(ref _values, _valueBytes + values.Length, _valueBytes);
        values.CopyTo(new Span<byte>(_values!.Pointer + _valueBytes, values.Length));
        _valueBytes += values.Length;
        if (_nullCount > 0)
        {
            for (var i = 0; i < rows; i++)
            {
                EndRow(true);
            }
        }
        else
        {
            Length = checked(Length + rows);
        }
    }

    internal ArrowColumn Take(List<NativeAllocation> taken)
    {
        if (_layout == ColumnLayout.Variable && _offsets is null)
        {
            WriteOffset(0, 0);
        }

        var nullCount = _layout == ColumnLayout.None ? Length : _nullCount;
        var validity = _nullCount > 0 && _validity is not null ? Part(_validity, ColumnLayouts.BitmapBytes(Length)) : default;
        var offsets = _offsets is null ? default : Part(_offsets, (Length + 1L) * _width);
        var values = _values is null ? default : Part(_values, _valueBytes);
        var column = new ArrowColumn(Field.Type, Length, nullCount, validity, offsets, values);
        if (Field.Type is TextType && !Utf8Check.IsValid(column))
        {
            throw new ArrowFormatException($"Column '{Field.Name}' holds text that is not UTF-8.");
        }

        foreach (var allocation in new[] { _validity, _offsets, _values })
        {
            if (allocation is not null)
            {
                taken.Add(allocation);
            }
        }

        (_validity, _offsets, _values) = (null, null, null);
        (Length, _nullCount, _valueBytes) = (0, 0, 0);
        return column;
    }

    internal void Clear()
    {
        _validity?.Dispose();
        _offsets?.Dispose();
        _values?.Dispose();
        (_validity, _offsets, _values) = (null, null, null);
        (Length, _nullCount, _valueBytes) = (0, 0, 0);
    }

    private static NativeSpan Part(NativeAllocation allocation, long length) => new(allocation.Pointer, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put<T>(T value)
        where T : unmanaged
    {
        Reserve(ref _values, _valueBytes + sizeof(T), _valueBytes);
        Unsafe.WriteUnaligned(_values!.Pointer + _valueBytes, value);
        _valueBytes += sizeof(T);
        EndRow(true);
    }

    private void PutBytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(PutSpace(bytes.Length));
        EndRow(true);
    }

    private Span<byte> PutSpace(int size)
    {
        if (_width == 4 && _valueBytes + size > int.MaxValue)
        {
            throw new ArrowFormatException($"Column '{Field.Name}' exceeds 2 GiB in one batch; build smaller batches.");
        }

        Reserve(ref _values, _valueBytes + size, _valueBytes);
        var space = new Span<byte>(_values!.Pointer + _valueBytes, size);
        _valueBytes += size;
        PutOffset();
        return space;
    }

    private void PutOffset()
    {
        if (_offsets is null)
        {
            WriteOffset(0, 0);
        }

        WriteOffset(Length + 1L, _valueBytes);
    }

    private void WriteOffset(long index, long value)
    {
        Reserve(ref _offsets, (index + 1) * _width, index * _width);
        if (_width == 4)
        {
            ((int*)_offsets!.Pointer)[index] = (int)value;
        }
        else
        {
            ((long*)_offsets!.Pointer)[index] = value;
        }
    }

    private void PutBit(ref NativeAllocation? bits, bool value)
    {
        var index = Length >> 3;
        var mask = (byte)(1 << (Length & 7));
        Reserve(ref bits, index + 1L, index + 1L);
        var place = bits!.Pointer + index;
        if (mask == 1)
        {
            *place = 0;
        }

        if (value)
        {
            *place |= mask;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EndRow(bool valid)
    {
        if (_nullCount > 0 && _layout != ColumnLayout.None)
        {
            PutValidity(valid);
        }

        Length = checked(Length + 1);
    }

    private void PutValidity(bool valid)
    {
        var index = Length >> 3;
        var mask = (byte)(1 << (Length & 7));
        Reserve(ref _validity, index + 1L, index + 1L);
        var place = _validity!.Pointer + index;
        if (mask == 1)
        {
            *place = 0;
        }

        *place = valid ? (byte)(*place | mask) : (byte)(*place & ~mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reserve(ref NativeAllocation? allocation, long size, long used)
    {
        if (allocation is null || size > allocation.Size)
        {
            Grow(ref allocation, size, used);
        }
    }

    private static void Grow(ref NativeAllocation? allocation, long size, long used)
    {
        if (allocation is null)
        {
            allocation = new NativeAllocation(Math.Max(size, 4096));
        }
        else
        {
            allocation.EnsureSize(size, Math.Min(used, allocation.Size));
        }
    }

    private void Require(bool matches)
    {
        if (!matches)
        {
            throw new InvalidOperationException($"The value does not fit column '{Field.Name}' of {Field.Type}.");
        }
    }
}
