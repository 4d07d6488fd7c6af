using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace FederatedSegmentation.Arrow.CData;

/// <summary>
/// Takes schemas and rows from a producer in the same process through Arrow's C data interface. Rows are copied, so that a batch owns its memory whatever
/// the producer does. The producer is trusted with its pointers: the interface has no lengths to check.
/// </summary>
public static unsafe class ArrowImport
{
    /// <summary>Reads a schema and releases it.</summary>
    /// <param name="source">A struct whose children are the columns.</param>
    /// <exception cref="ArrowFormatException">A type is not supported.</exception>
    public static ArrowSchema ImportSchema(CArrowSchema* source)
    {
        try
        {
            if (Text(source->Format) != "+s")
            {
                throw new ArrowFormatException("A schema must be a struct.");
            }

            var fields = new List<ArrowField>();
            for (var i = 0; i < source->ChildCount; i++)
            {
                var child = source->Children[i];
                if (child->Dictionary != null)
                {
                    throw new ArrowFormatException("Dictionary-encoded columns are not supported.");
                }

                fields.Add(new ArrowField(Text(child->Name), ArrowFormat.Decode(Text(child->Format)), (child->Flags & 2) != 0));
            }

            return new ArrowSchema(fields);
        }
        finally
        {
            source->Release(source);
        }
    }

    /// <summary>Copies the rows and releases the producer's.</summary>
    /// <param name="schema">The columns that the array has.</param>
    /// <param name="source">A struct array without validity of its own and without an offset.</param>
    /// <returns>The batch; the caller disposes of it.</returns>
    /// <exception cref="ArrowFormatException">The array does not have the columns of the schema, or text is not UTF-8.</exception>
    public static RecordBatch ImportBatch(ArrowSchema schema, CArrowArray* source)
    {
        var taken = new List<NativeAllocation>();
        try
        {
            if (source->ChildCount != schema.Fields.Length || source->Offset != 0 || source->NullCount > 0)
            {
                throw new ArrowFormatException("The array does not have the columns of its schema.");
            }

            var rows = checked((int)source->Length);
            var columns = ImmutableArray.CreateBuilder<ArrowColumn>();
            for (var i = 0; i < schema.Fields.Length; i++)
            {
                columns.Add(Copy(schema.Fields[i], rows, source->Children[i], taken));
            }

            var batch = new RecordBatch(schema, rows, columns.ToImmutable(), new BatchMemory(taken));
            taken = null;
            return batch;
        }
        finally
        {
            taken?.ForEach(allocation => allocation.Dispose());
            source->Release(source);
        }
    }

    private static ArrowColumn Copy(ArrowField field, int rows, CArrowArray* array, List<NativeAllocation> taken)
    {
        if (array->Length < rows || array->BufferCount != field.Type.BufferCount())
        {
            throw new ArrowFormatException($"Column '{field.Name}' does not have the buffers of its type.");
        }

        if (field.Type is NullType)
        {
            return new ArrowColumn(field.Type, rows, rows, default, default, default);
        }

        var nulls = 0;
        var validity = array->NullCount == 0 ? default : CopyBits((byte*)array->Buffers[0], array->Offset, rows, taken, out nulls);
        var layout = field.Type.Layout();
        var width = field.Type.Width();
        NativeSpan offsets = default;
        NativeSpan values;
        if (layout == ColumnLayout.Bit)
        {
            values = CopyBits((byte*)array->Buffers[1], array->Offset, rows, taken, out _);
        }
        else if (layout == ColumnLayout.Fixed)
        {
            values = CopyBytes((byte*)array->Buffers[1] + (array->Offset * width), (long)rows * width, taken);
        }
        else
        {
            var source = (byte*)array->Buffers[1] + (array->Offset * width);
            offsets = rows == 0 ? default : CopyBytes(source, (rows + 1L) * width, taken);
            var end = rows == 0 ? 0 : width == 4 ? ((int*)source)[rows] : ((long*)source)[rows];
            values = CopyBytes((byte*)array->Buffers[2], end, taken);
        }

        var column = new ArrowColumn(field.Type, rows, nulls, nulls == 0 ? default : validity, offsets, values);
        return field.Type is not TextType || Utf8Check.IsValid(column)
            ? column
            : throw new ArrowFormatException($"Column '{field.Name}' holds text that is not UTF-8.");
    }

    private static NativeSpan CopyBytes(byte* source, long length, List<NativeAllocation> taken)
    {
        var allocation = new NativeAllocation(length);
        taken.Add(allocation);
        if (length > 0)
        {
            NativeMemory.Copy(source, allocation.Pointer, checked((nuint)length));
        }

        return new NativeSpan(allocation.Pointer, length);
    }

    private static NativeSpan CopyBits(byte* source, long offset, int rows, List<NativeAllocation> taken, out int zeros)
    {
        zeros = 0;
        if (source == null)
        {
            return default;
        }

        var length = ColumnLayouts.BitmapBytes(rows);
        var allocation = new NativeAllocation(length);
        taken.Add(allocation);
        NativeMemory.Clear(allocation.Pointer, (nuint)length);
        for (var row = 0; row < rows; row++)
        {
            var from = offset + row;
            if ((source[from >> 3] & (1 << (int)(from & 7))) != 0)
            {
                allocation.Pointer[row >> 3] |= (byte)(1 << (row & 7));
            }
            else
            {
                zeros++;
            }
        }

        return new NativeSpan(allocation.Pointer, length);
    }

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? string.Empty;
}
