namespace FederatedSegmentation.Arrow.Ipc;

/// <summary>
/// Memory for the bodies of one stream. Small ones lie side by side in blocks of some megabytes, which the kernel gives at less cost than many small ones; a
/// block lives as long as a batch in it. Not thread safe.
/// </summary>
/// <param name="expectedBytes">About how many bytes the stream has, as somebody declared, or 0.</param>
internal sealed class BodyMemory(long expectedBytes) : IDisposable
{
    /// <summary>The most bytes of a block, and of a body that lies in one. A declared length alone claims no more.</summary>
    internal const int MostBytes = 16 << 20;
    private const int Alignment = 64;

    private long _next = Math.Clamp(expectedBytes, 0, MostBytes);
    private BatchMemory? _block;
    private NativeSpan _rest;

    /// <summary>Takes the memory of a body of at most <see cref="MostBytes"/>.</summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="memory">Where to write it.</param>
    /// <returns>What keeps it, the caller's.</returns>
    internal unsafe BatchMemory Take(long length, out NativeSpan memory)
    {
        var aligned = (length + Alignment - 1) / Alignment * Alignment;
        if (_block is null || aligned > _rest.Length)
        {
            var allocation = new NativeAllocation(Math.Max(aligned, _next));
            _block?.Release();
            _block = new BatchMemory([allocation]);
            _rest = new NativeSpan(allocation.Pointer, allocation.Size);
            _next = Math.Min(allocation.Size * 2, MostBytes);
        }

        memory = new NativeSpan(_rest.Pointer, length);
        _rest = new NativeSpan(_rest.Pointer + aligned, _rest.Length - aligned);
        return _block.Part(aligned);
    }

    /// <summary>Lets go of the block that the next body would have come from; batches keep theirs.</summary>
    public void Dispose()
    {
        _block?.Release();
        _block = null;
        _rest = default;
    }
}
