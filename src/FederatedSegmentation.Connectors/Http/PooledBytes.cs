using System.Buffers;

namespace FederatedSegmentation.Connectors.Http;

/// <summary>Bytes in an array of the shared pool, which grows as it is filled. Not thread safe; the memory is not valid after disposal.</summary>
public sealed class PooledBytes : IDisposable
{
    private const int Step = 16384;

    private byte[] _array;
    private int _length;

    internal PooledBytes(int capacity) => _array = ArrayPool<byte>.Shared.Rent(capacity + 1);

    /// <summary>What was read.</summary>
    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, _length);

    /// <summary>What was read.</summary>
    public ReadOnlySpan<byte> Span => _array.AsSpan(0, _length);

    /// <inheritdoc />
    public void Dispose()
    {
        var array = Interlocked.Exchange(ref _array, []);
        _length = 0;
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    /// <summary>Free space behind what was read, never empty.</summary>
    internal Memory<byte> Space()
    {
        if (_array.Length == _length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked((int)Math.Min(Array.MaxLength, Math.Max(_length + (long)Step, 2L * _length))));
            _array.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        return _array.AsMemory(_length);
    }

    /// <summary>That many bytes of <see cref="Space"/> were filled.</summary>
    internal void Advance(int count) => _length += count;
}
