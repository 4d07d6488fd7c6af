using System.Buffers;

namespace FederatedSegmentation.Arrow.Ipc;

/// <summary>Lets streams read from and write to native memory. The memory must outlive the view.</summary>
internal sealed unsafe class NativeMemoryView : MemoryManager<byte>
{
    private readonly byte* _pointer;
    private readonly int _length;

    internal NativeMemoryView(NativeSpan memory, long offset, int length)
    {
        _pointer = memory.Pointer + offset;
        _length = length;
    }

    public override Span<byte> GetSpan() => new(_pointer, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_pointer + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
