namespace FederatedSegmentation.Arrow;

/// <summary>
/// The memory of one batch, counted: it is given back when the owner has disposed of the batch and every consumer of an export has released it.
/// </summary>
internal sealed class BatchMemory
{
    private readonly NativeAllocation[] _allocations;
    private readonly BatchMemory? _other;
    private int _references = 1;

    /// <param name="allocations">The memory.</param>
    /// <param name="other">Memory of another batch of which this one uses a part, taken over; null for none.</param>
    internal BatchMemory(IEnumerable<NativeAllocation> allocations, BatchMemory? other = null)
    {
        _allocations = [.. allocations];
        _other = other;
        ByteSize = _allocations.Sum(allocation => allocation.Size) + (other?.ByteSize ?? 0);
    }

    private BatchMemory(BatchMemory block, long bytes)
    {
        block.Retain();
        _allocations = [];
        _other = block;
        ByteSize = bytes;
    }

    internal long ByteSize { get; }

    internal bool IsReleased => Volatile.Read(ref _references) == 0;

    /// <summary>The memory of a batch that lies in a part of this block, which lives as long as any of them. The block stays its holder's too.</summary>
    internal BatchMemory Part(long bytes) => new(this, bytes);

    internal void Retain()
    {
        for (var current = Volatile.Read(ref _references); ;)
        {
            ObjectDisposedException.ThrowIf(current == 0, typeof(RecordBatch));
            var seen = Interlocked.CompareExchange(ref _references, current + 1, current);
            if (seen == current)
            {
                return;
            }

            current = seen;
        }
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
        {
            return;
        }

        foreach (var allocation in _allocations)
        {
            allocation.Dispose();
        }

        _other?.Release();
    }
}
