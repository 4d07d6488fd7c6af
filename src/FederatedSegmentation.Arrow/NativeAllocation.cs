using System.Runtime.InteropServices;

namespace FederatedSegmentation.Arrow;

/// <summary>One block of native memory, 64-byte aligned, that can grow until it is handed to a batch.</summary>
internal sealed unsafe partial class NativeAllocation : IDisposable
{
    private const int Alignment = 64;
    private const int HugePage = 2 << 20;
    private const int AdviceHugePage = 14;
    private static long _allocated;

    private byte* _pointer;

    internal NativeAllocation(long size)
    {
        Size = Math.Max(Alignment, size);
        _pointer = Allocate(Size);
        Interlocked.Add(ref _allocated, Size);
    }

    /// <summary>A batch that nobody disposed of must not leak for the life of the process.</summary>
    ~NativeAllocation() => Free();

    /// <summary>Bytes of all blocks that are alive in this process.</summary>
    internal static long AllocatedBytes => Interlocked.Read(ref _allocated);

    /// <summary>For tests: memory is overwritten when it is given back, so that a reader of released memory is found out.</summary>
    internal static bool PoisonOnRelease { get; set; }

    internal long Size { get; private set; }

    internal byte* Pointer => _pointer;

    internal void EnsureSize(long size, long used)
    {
        if (size <= Size)
        {
            return;
        }

        var grown = checked(Math.Max(size, Size * 2));
        var fresh = Allocate(grown);
        NativeMemory.Copy(_pointer, fresh, checked((nuint)used));
        NativeMemory.AlignedFree(_pointer);
        _pointer = fresh;
        Interlocked.Add(ref _allocated, grown - Size);
        Size = grown;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    // Fresh memory costs a fault for each page of 4 KiB when it is first written, about as much as receiving what is written there; Linux takes pages of
    // 2 MiB where it is asked to and may (madvise(2), MADV_HUGEPAGE). It is advice: where it is not followed, nothing is lost.
    private static byte* Allocate(long size)
    {
        if (size < HugePage || !OperatingSystem.IsLinux())
        {
            return (byte*)NativeMemory.AlignedAlloc(checked((nuint)size), Alignment);
        }

        var pointer = (byte*)NativeMemory.AlignedAlloc(checked((nuint)size), HugePage);
        _ = MemoryAdvice(pointer, (nuint)(size / HugePage * HugePage), AdviceHugePage);
        return pointer;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MemoryAdvice(void* start, nuint length, int advice);

    private void Free()
    {
        if (_pointer == null)
        {
            return;
        }

        if (PoisonOnRelease)
        {
            NativeMemory.Fill(_pointer, (nuint)Size, 0xDD);
        }

        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
        Interlocked.Add(ref _allocated, -Size);
    }
}
