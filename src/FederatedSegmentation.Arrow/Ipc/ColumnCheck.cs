using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace FederatedSegmentation.Arrow.Ipc;

/// <summary>Makes a column of the buffers of a received body, after checking that every row of it lies inside them.</summary>
internal static unsafe class ColumnCheck
{
    internal static ArrowColumn Read(ArrowField field, int rows, long nullCount, ref ReadOnlySpan<byte> buffers, NativeSpan body)
    {
        if (field.Type is NullType)
        {
            return new ArrowColumn(field.Type, rows, rows, default, default, default);
        }

        var validity = Buffer(field, ref buffers, body);
        var counted = CountNulls(field, rows, nullCount, validity);
        var offsets = field.Type.Layout() == ColumnLayout.Variable ? Buffer(field, ref buffers, body) : default;
        var values = Buffer(field, ref buffers, body);
        switch (field.Type.Layout())
        {
            case ColumnLayout.Bit:
                Require(field, values.Length, ColumnLayouts.BitmapBytes(rows));
                break;
            case ColumnLayout.Fixed:
                Require(field, values.Length, (long)rows * field.Type.Width());
                break;
            default:
                if (rows > 0)
                {
                    CheckOffsets(field, rows, offsets, values);
                }

                break;
        }

        var column = new ArrowColumn(field.Type, rows, counted, counted == 0 ? default : validity, offsets, values);
        if (field.Type is TextType && !Utf8Check.IsValid(column))
        {
            throw new ArrowFormatException($"Column '{field.Name}' holds text that is not UTF-8.");
        }

        return column;
    }

    private static NativeSpan Buffer(ArrowField field, ref ReadOnlySpan<byte> buffers, NativeSpan body)
    {
        var offset = BinaryPrimitives.ReadInt64LittleEndian(buffers);
        var length = BinaryPrimitives.ReadInt64LittleEndian(buffers[8..]);
        buffers = buffers[16..];
        if (offset < 0 || length < 0 || offset > body.Length || length > body.Length - offset)
        {
            throw new ArrowFormatException($"A buffer of column '{field.Name}' lies outside its batch.");
        }

        if (offset % 8 != 0)
        {
            throw new ArrowFormatException($"A buffer of column '{field.Name}' is not aligned to 8 bytes.");
        }

        return new NativeSpan(body.Pointer + offset, length);
    }

    private static int CountNulls(ArrowField field, int rows, long declared, NativeSpan validity)
    {
        if (validity.Length == 0)
        {
            return declared == 0 || rows == 0 ? 0 : throw new ArrowFormatException($"Column '{field.Name}' declares NULLs but has no validity bits.");
        }

        Require(field, validity.Length, ColumnLayouts.BitmapBytes(rows));
        var bits = new ReadOnlySpan<byte>(validity.Pointer, rows / 8);
        var valid = 0;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bits))
        {
            valid += BitOperations.PopCount(word);
        }

        for (var row = bits.Length / 8 * 64; row < rows; row++)
        {
            valid += (validity.Pointer[row >> 3] >> (row & 7)) & 1;
        }

        return rows - valid;
    }

    private static void CheckOffsets(ArrowField field, int rows, NativeSpan offsets, NativeSpan values)
    {
        Require(field, offsets.Length, (rows + 1L) * field.Type.Width());
        var ordered = field.Type.Width() == 4
            ? AreOrdered(new ReadOnlySpan<int>(offsets.Pointer, rows + 1), values.Length)
            : AreOrdered(new ReadOnlySpan<long>(offsets.Pointer, rows + 1), values.Length);
        if (!ordered)
        {
            throw new ArrowFormatException($"The offsets of column '{field.Name}' are out of order or point outside its bytes.");
        }
    }

    private static bool AreOrdered<T>(ReadOnlySpan<T> offsets, long limit)
        where T : IBinaryInteger<T>
    {
        if (T.IsNegative(offsets[0]) || long.CreateChecked(offsets[^1]) > limit)
        {
            return false;
        }

        for (var i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] < offsets[i - 1])
            {
                return false;
            }
        }

        return true;
    }

    private static void Require(ArrowField field, long actual, long needed)
    {
        if (actual < needed)
        {
            throw new ArrowFormatException($"A buffer of column '{field.Name}' has {actual} bytes where {needed} are needed.");
        }
    }
}
