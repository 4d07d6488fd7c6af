using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace FederatedSegmentation.Arrow.CData;

/// <summary>
/// Hands schemas and rows to a consumer through Arrow's C data interface, without copying values. Exports hold a reference to the batch's memory: it
/// lives until the owner has disposed of the batch and the consumer has released every export, in any order and on any thread.
/// </summary>
public static unsafe class ArrowExport
{
    private const long NullableFlag = 2;

    /// <summary>Exports a schema as a struct whose children are the columns.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="target">Uninitialised memory that becomes the export; the consumer releases it.</param>
    public static void ExportSchema(ArrowSchema schema, CArrowSchema* target)
    {
        *target = default;
        target->Format = Text("+s");
        target->Name = Text(string.Empty);
        target->ChildCount = schema.Fields.Length;
        target->Children = (CArrowSchema**)NativeMemory.AllocZeroed((nuint)Math.Max(1, schema.Fields.Length), (nuint)sizeof(void*));
        target->Release = &ReleaseSchema;
        for (var i = 0; i < schema.Fields.Length; i++)
        {
            var field = schema.Fields[i];
            var child = (CArrowSchema*)NativeMemory.AllocZeroed((nuint)sizeof(CArrowSchema));
            child->Format = Text(ArrowFormat.Encode(field.Type));
            child->Name = Text(field.Name);
            child->Flags = field.Nullable ? NullableFlag : 0;
            child->Release = &ReleaseSchema;
            target->Children[i] = child;
        }
    }

    /// <summary>Exports all rows and columns as a struct array.</summary>
    /// <param name="batch">The batch; it stays the caller's.</param>
    /// <param name="target">Uninitialised memory that becomes the export; the consumer releases it.</param>
    public static void ExportBatch(RecordBatch batch, CArrowArray* target) => Export(batch, 0, batch.Columns.Length, 0, batch.RowCount, target);

    /// <summary>
    /// Exports some rows of one column as a struct array with one child. The first row stands in the child's offset: some consumers ignore the
    /// struct's own.
    /// </summary>
    /// <param name="batch">The batch; it stays the caller's.</param>
    /// <param name="column">Column number from 0.</param>
    /// <param name="start">First row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="target">Uninitialised memory that becomes the export; the consumer releases it.</param>
    public static void ExportColumn(RecordBatch batch, int column, int start, int count, CArrowArray* target) => Export(batch, column, 1, start, count, target);

    private static void Export(RecordBatch batch, int firstColumn, int columnCount, int start, int count, CArrowArray* target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + count, batch.RowCount, nameof(count));
        ObjectDisposedException.ThrowIf(batch.IsDisposed, batch);

        // One block for everything small: the struct's only buffer (no validity), the children's pointers, the children and their three buffers.
        var block = (byte*)NativeMemory.AllocZeroed(checked((nuint)(sizeof(void*) + (columnCount * (sizeof(void*) + sizeof(CArrowArray) + (3 * sizeof(void*)))))));
        var children = (CArrowArray**)(block + sizeof(void*));
        var child = (CArrowArray*)(children + columnCount);
        var buffers = (void**)(child + columnCount);
        for (var i = 0; i < columnCount; i++)
        {
            var column = batch.Columns[firstColumn + i];
            child->Length = count;
            child->NullCount = column.NullCount == 0 ? 0 : start == 0 && count == batch.RowCount ? column.NullCount : -1;
            child->Offset = start;
            child->BufferCount = column.Type.BufferCount();
            child->Buffers = buffers;
            child->Release = &ReleaseChild;
            if (child->BufferCount > 0)
            {
                *buffers++ = column.ValidityMemory.Pointer;
                if (child->BufferCount == 3)
                {
                    *buffers++ = column.OffsetsMemory.Pointer;
                }

                *buffers++ = column.ValuesMemory.Pointer;
            }

            children[i] = child++;
        }

        batch.Memory.Retain();
        *target = new CArrowArray
        {
            Length = count,
            BufferCount = 1,
            ChildCount = columnCount,
            Buffers = (void**)block,
            Children = children,
            Release = &ReleaseArray,
            PrivateData = (void*)GCHandle.ToIntPtr(GCHandle.Alloc(batch.Memory)),
        };
    }

    private static byte* Text(string text)
    {
        // A C string ends at its first NUL: a name with one inside cannot be told to the consumer whole.
        var bytes = Encoding.UTF8.GetBytes(text);
        var copy = (byte*)NativeMemory.Alloc((nuint)bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        copy[bytes.Length] = 0;
        return copy;
    }

    [UnmanagedCallersOnly]
    private static void ReleaseSchema(CArrowSchema* schema) => FreeSchema(schema);

    private static void FreeSchema(CArrowSchema* schema)
    {
        for (var i = 0; i < schema->ChildCount; i++)
        {
            var child = schema->Children[i];
            if (child->Release != null)
            {
                FreeSchema(child);
            }

            NativeMemory.Free(child);
        }

        NativeMemory.Free(schema->Children);
        NativeMemory.Free(schema->Format);
        NativeMemory.Free(schema->Name);
        schema->Release = null;
    }

    [UnmanagedCallersOnly]
    private static void ReleaseChild(CArrowArray* child) => child->Release = null;

    [UnmanagedCallersOnly]
    private static void ReleaseArray(CArrowArray* array)
    {
        var handle = GCHandle.FromIntPtr((nint)array->PrivateData);
        var memory = Unsafe.As<BatchMemory>(handle.Target!);
        handle.Free();
        NativeMemory.Free(array->Buffers);
        array->Release = null;
        memory.Release();
    }
}
