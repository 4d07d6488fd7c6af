namespace FederatedSegmentation.Membership.Writing;

/// <summary>A buffer in front of a stream: text is put into it by spans, and handed on in large pieces between rows.</summary>
internal sealed class Utf8Output(Stream stream)
{
    private const int FlushAt = 256 * 1024;
    private byte[] _buffer = new byte[FlushAt + (16 * 1024)];
    private int _count;

    /// <summary>Whether it is time to call <see cref="FlushAsync"/>.</summary>
    internal bool IsFull => _count >= FlushAt;

    /// <summary>What is in the buffer.</summary>
    internal ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _count);

    /// <summary>Room for at least so many bytes; <see cref="Advance"/> says how many were used.</summary>
    internal Span<byte> Reserve(int size)
    {
        if (_buffer.Length - _count < size)
        {
            // A single value longer than the buffer; the buffer stays as large as the longest one.
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max((long)_buffer.Length * 2, checked(_count + size))));
        }

        return _buffer.AsSpan(_count);
    }

    internal void Advance(int size) => _count += size;

    internal void Write(byte value)
    {
        Reserve(1)[0] = value;
        _count++;
    }

    internal void Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        _count += text.Length;
    }

    /// <summary>Hands what is in the buffer to the stream.</summary>
    internal async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var count = _count;
        _count = 0;
        await stream.WriteAsync(_buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
    }
}
