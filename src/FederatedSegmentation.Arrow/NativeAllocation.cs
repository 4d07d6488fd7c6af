using System.Runtime.InteropServices;

namespace FederatedSegmentation.Arrow;

/// <summary>One block of native memory, 64-byte aligned, that can grow until it is handed to a batch.</summary>
internal sealed unsafe class NativeAllocation : IDisposable
{
    private const int Alignment = 64;
    private static long _allocated;

    private byte* _pointer;

    internal NativeAllocation(long size)
    {
        Size = Math.Max(Alignment, size);
        _pointer = (byte*)NativeMemory.AlignedAlloc(checked((nuint)Size), Alignment);
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
        var fresh = (byte*)NativeMemory.AlignedAlloc(checked((nuint)grown), Alignment);
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
