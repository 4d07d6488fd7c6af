using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb.Native;

namespace FederatedSegmentation.DuckDb.Ingestion;

/// <summary>Writes rows of a column into a flat vector of DuckDB, for the types whose values both store alike or nearly so.</summary>
internal static unsafe class VectorWriter
{
    private const int InlineBytes = 12;

    /// <summary>Writes the rows, or leaves the vector alone.</summary>
    /// <param name="column">The column.</param>
    /// <param name="start">The first row, a multiple of 8.</param>
    /// <param name="count">Number of rows, at most a vector.</param>
    /// <param name="mayPoint">Whether the vector may point into the column's memory.</param>
    /// <param name="vector">The vector, empty and of the type that belongs to the column's.</param>
    /// <returns>False where DuckDB has to convert them.</returns>
    internal static bool TryWrite(ArrowColumn column, int start, int count, bool mayPoint, nint vector)
    {
        var data = NativeMethods.duckdb_vector_get_data(vector);
        switch (column.Type)
        {
            case TextType { IsLarge: false } or BinaryType { IsLarge: false }:
                if (!WriteTexts(column, start, count, mayPoint, (ulong*)data))
                {
                    return false;
                }

                break;
            case BooleanType:
                WriteBooleans(column.Bytes, start, new Span<byte>(data, count));
                break;
            case DecimalType number:
                WriteDecimals(column, number, start, count, data);
                break;
            case IntegerType or FloatingPointType or DateType or TimestampType { TimeZone: null } or TimestampType { Unit: ArrowTimeUnit.Microsecond }:
                var width = Width(column.Type);
                column.Bytes.Slice(start * width, count * width).CopyTo(new Span<byte>(data, count * width));
                break;
            default:
                return false;
        }

        if (column.NullCount > 0)
        {
            NativeMethods.duckdb_vector_ensure_validity_writable(vector);
            column.Validity.Slice(start / 8, (count + 7) / 8).CopyTo(new Span<byte>(NativeMethods.duckdb_vector_get_validity(vector), VectorBytes));
        }

        return true;
    }

    private const int VectorBytes = FragmentScan.VectorRows / 8;

    private static int Width(ArrowType type) => type switch
    {
        IntegerType integer => integer.BitWidth / 8,
        FloatingPointType number => number.BitWidth / 8,
        DateType => sizeof(int),
        _ => sizeof(long),
    };

    private static void WriteBooleans(ReadOnlySpan<byte> bits, int start, Span<byte> target)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = (byte)((bits[(start + i) >> 3] >> ((start + i) & 7)) & 1);
        }
    }

    private static void WriteDecimals(ArrowColumn column, DecimalType type, int start, int count, void* target)
    {
        var values = column.Values<Int128>().Slice(start, count);
        if (type.Precision > 18)
        {
            values.CopyTo(new Span<Int128>(target, count));
            return;
        }

        // Each value as two words, the low one first: it fits where the high one only repeats the sign.
        var words = MemoryMarshal.Cast<Int128, long>(values);
        var excess = type.Precision switch
        {
            <= 4 => Narrow(words, new Span<short>(target, count)),
            <= 9 => Narrow(words, new Span<int>(target, count)),
            _ => Narrow(words, new Span<long>(target, count)),
        };
        if (excess)
        {
            // Rows that are NULL may hold anything.
            for (var i = 0; i < count; i++)
            {
                if (Int128.Abs(values[i]) >= Limit(type.Precision) && !column.IsNull(start + i))
                {
                    throw new DuckDbException(DuckDbErrorKind.InvalidInput, "A decimal has more digits than its column.");
                }
            }
        }
    }

    private static Int128 Limit(int precision)
    {
        Int128 limit = 1;
        for (var i = 0; i < precision; i++)
        {
            limit *= 10;
        }

        return limit;
    }

    private static bool Narrow(ReadOnlySpan<long> words, Span<long> target)
    {
        long excess = 0;
        for (var i = 0; i < target.Length; i++)
        {
            var low = words[2 * i];
            target[i] = low;
            excess |= (low >> 63) ^ words[(2 * i) + 1];
        }

        return excess != 0;
    }

    private static bool Narrow(ReadOnlySpan<long> words, Span<int> target)
    {
        long excess = 0;
        for (var i = 0; i < target.Length; i++)
        {
            var low = words[2 * i];
            target[i] = (int)low;
            excess |= (low ^ (int)low) | ((low >> 63) ^ words[(2 * i) + 1]);
        }

        return excess != 0;
    }

    private static bool Narrow(ReadOnlySpan<long> words, Span<short> target)
    {
        long excess = 0;
        for (var i = 0; i < target.Length; i++)
        {
            var low = words[2 * i];
            target[i] = (short)low;
            excess |= (low ^ (short)low) | ((low >> 63) ^ words[(2 * i) + 1]);
        }

        return excess != 0;
    }

    // As two words: length and the first four bytes; then the next eight, or where the text lies.
    private static bool WriteTexts(ArrowColumn column, int start, int count, bool mayPoint, ulong* target)
    {
        var offsets = MemoryMarshal.Cast<byte, int>(column.OffsetBytes).Slice(start, count + 1);
        var bytes = column.Bytes;
        if (!mayPoint)
        {
            for (var i = 0; i < count; i++)
            {
                if (offsets[i + 1] - offsets[i] > InlineBytes)
                {
                    return false;
                }
            }
        }

        var values = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));

        // Up to here twelve bytes can be read from wherever a text begins.
        var roomy = bytes.Length - InlineBytes;
        var begin = offsets[0];
        for (var i = 0; i < count; i++, target += 2)
        {
            var end = offsets[i + 1];
            var length = end - begin;
            if (length > InlineBytes)
            {
                target[0] = (uint)length | ((ulong)Unsafe.ReadUnaligned<uint>(values + begin) << 32);
                target[1] = (ulong)(values + begin);
            }
            else
            {
                ulong low = 0;
                uint high = 0;
                if (begin <= roomy)
                {
                    low = Unsafe.ReadUnaligned<ulong>(values + begin);
                    high = Unsafe.ReadUnaligned<uint>(values + begin + 8);
                    low &= length >= 8 ? ulong.MaxValue : (1UL << (8 * length)) - 1;
                    high &= length <= 8 ? 0 : (uint)((1UL << (8 * (length - 8))) - 1);
                }
                else
                {
                    for (var at = 0; at < length; at++)
                    {
                        if (at < 8)
                        {
                            low |= (ulong)values[begin + at] << (8 * at);
                        }
                        else
                        {
                            high |= (uint)values[begin + at] << (8 * (at - 8));
                        }
                    }
                }

                // What lies behind a short text has to be zero: texts are compared by words.
                target[0] = (uint)length | (low << 32);
                target[1] = (low >> 32) | ((ulong)high << 32);
            }

            begin = end;
        }

        return true;
    }
}
