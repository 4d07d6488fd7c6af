using System.Diagnostics.CodeAnalysis;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>The batches of one fragment while they arrive: kept in the end, or handed on in their order. Disposing of it frees what was neither. Not thread safe.</summary>
/// <param name="schema">The columns of every batch.</param>
/// <param name="kept">Where they are kept.</param>
internal sealed class ReceivedBatches(ArrowSchema schema, KeptFragments kept) : IDisposable
{
    private readonly Queue<RecordBatch> _batches = new();
    private long _rows;

    /// <summary>Whether the batches are so small that reading them time and again would take longer than copying them once.</summary>
    public bool AreCrumbs => _batches.Count > FewBatches && _rows / SmallBatchRows < _batches.Count;

    // The engine works on vectors of 2,048 rows.
    private const int FewBatches = 16;
    private const int SmallBatchRows = 1024;

    /// <summary>Takes a batch over where there is room for it; else it stays the caller's.</summary>
    public bool TryAdd(RecordBatch batch)
    {
        if (!kept.TryTake(batch.ByteSize))
        {
            return false;
        }

        _rows += batch.RowCount;
        _batches.Enqueue(batch);
        return true;
    }

    /// <summary>Hands the oldest batch to the caller.</summary>
    public bool TryTakeFirst([NotNullWhen(true)] out RecordBatch? batch)
    {
        if (!_batches.TryDequeue(out batch))
        {
            return false;
        }

        kept.Give(batch.ByteSize);
        return true;
    }

    /// <summary>Keeps all batches for the statements of an instance.</summary>
    /// <returns>What stands in a FROM clause.</returns>
    public string Keep(DuckDbInstance instance)
    {
        var expression = kept.Offer(instance, schema, [.. _batches]);
        _batches.Clear();
        return expression;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        while (TryTakeFirst(out var batch))
        {
            batch.Dispose();
        }
    }
}
