using System.Runtime.InteropServices;

namespace FederatedSegmentation.Arrow.CData;

/// <summary>Schema of Arrow's C data interface, as in its specification. Whoever holds it calls <see cref="Release"/> once.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct CArrowSchema
{
    /// <summary>Type, a NUL-terminated string.</summary>
    public byte* Format;

    /// <summary>Name, a NUL-terminated string, or null.</summary>
    public byte* Name;

    /// <summary>Key-value pairs, or null.</summary>
    public byte* Metadata;

    /// <summary>Bit 1 (value 2): NULL may occur.</summary>
    public long Flags;

    /// <summary>Number of child columns.</summary>
    public long ChildCount;

    /// <summary>The child columns.</summary>
    public CArrowSchema** Children;

    /// <summary>Value type of a dictionary, or null.</summary>
    public CArrowSchema* Dictionary;

    /// <summary>Gives everything back and sets itself to null; null when that was done.</summary>
    public delegate* unmanaged<CArrowSchema*, void> Release;

    /// <summary>The producer's.</summary>
    public void* PrivateData;
}

/// <summary>Data of Arrow's C data interface, as in its specification. Whoever holds it calls <see cref="Release"/> once.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct CArrowArray
{
    /// <summary>Rows.</summary>
    public long Length;

    /// <summary>Rows that are NULL, or -1 when unknown.</summary>
    public long NullCount;

    /// <summary>Rows of the buffers to skip.</summary>
    public long Offset;

    /// <summary>Number of buffers.</summary>
    public long BufferCount;

    /// <summary>Number of child columns.</summary>
    public long ChildCount;

    /// <summary>The buffers; a pointer may be null.</summary>
    public void** Buffers;

    /// <summary>The child columns.</summary>
    public CArrowArray** Children;

    /// <summary>Values of a dictionary, or null.</summary>
    public CArrowArray* Dictionary;

    /// <summary>Gives everything back and sets itself to null; null when that was done.</summary>
    public delegate* unmanaged<CArrowArray*, void> Release;

    /// <summary>The producer's.</summary>
    public void* PrivateData;
}
