using System.Collections.Immutable;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.DuckDb.Ingestion;

/// <summary>Rows of a batch, one after the other.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Start">The first row.</param>
/// <param name="End">The row behind the last.</param>
internal readonly record struct FragmentPart(RecordBatch Batch, int Start, int End);

/// <summary>One statement's read of a fragment, by all of its threads.</summary>
internal abstract class FragmentRead
{
    /// <summary>How many threads may read at once.</summary>
    internal abstract int Threads { get; }

    /// <summary>Whether the memory of the batches outlives every statement, so that vectors may point into it without owning it.</summary>
    internal abstract bool OutlivesStatements { get; }

    /// <summary>The next rows, or null at the end; it may block.</summary>
    internal abstract FragmentPart? Take(CancellationToken cancellationToken);

    /// <summary>The reader is through with the rows.</summary>
    internal abstract void GiveBack(FragmentPart part);
}

/// <summary>Batches as they come, each read once.</summary>
internal sealed class StreamRead(FragmentSource source) : FragmentRead
{
    internal override int Threads => 1;

    internal override bool OutlivesStatements => false;

    internal override FragmentPart? Take(CancellationToken cancellationToken)
    {
        while (source.Pull(cancellationToken) is { } batch)
        {
            if (batch.RowCount > 0)
            {
                return new FragmentPart(batch, 0, batch.RowCount);
            }

            batch.Dispose();
        }

        return null;
    }

    internal override void GiveBack(FragmentPart part) => part.Batch.Dispose();
}

/// <summary>Batches that lie in memory, cut into parts that threads take side by side.</summary>
internal sealed class KeptRead(ImmutableArray<FragmentPart> parts) : FragmentRead
{
    private int _taken;

    internal override int Threads => Math.Max(1, parts.Length);

    internal override bool OutlivesStatements => true;

    internal override FragmentPart? Take(CancellationToken cancellationToken)
    {
        var next = Interlocked.Increment(ref _taken) - 1;
        return next < parts.Length ? parts[next] : null;
    }

    internal override void GiveBack(FragmentPart part)
    {
    }
}
