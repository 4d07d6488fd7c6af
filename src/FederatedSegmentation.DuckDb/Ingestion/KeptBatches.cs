using System.Collections.Immutable;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.DuckDb.Ingestion;

/// <summary>
/// Batches that stay as they were received, for statements to read as often as they like, by several threads. Values of fixed width are copied by the
/// vector when they are read, texts not at all: their memory has to outlive the instance. Thread safe.
/// </summary>
/// <param name="schema">The columns of every batch.</param>
/// <param name="batches">The batches; they are taken over.</param>
public sealed class KeptBatches(ArrowSchema schema, ImmutableArray<RecordBatch> batches) : IDisposable
{
    // A multiple of a vector; enough that handing it out costs nothing.
    private const int PartRows = 20 * FragmentScan.VectorRows;

    /// <summary>The columns of every batch.</summary>
    public ArrowSchema Schema { get; } = schema;

    /// <summary>Rows of all batches.</summary>
    public long RowCount { get; } = batches.Sum(batch => (long)batch.RowCount);

    /// <summary>Gives the memory back: after the instance that reads it.</summary>
    public void Dispose()
    {
        foreach (var batch in batches)
        {
            batch.Dispose();
        }
    }

    internal ImmutableArray<FragmentPart> Parts()
    {
        var parts = ImmutableArray.CreateBuilder<FragmentPart>();
        foreach (var batch in batches)
        {
            for (var start = 0; start < batch.RowCount; start += PartRows)
            {
                parts.Add(new FragmentPart(batch, start, Math.Min(start + PartRows, batch.RowCount)));
            }
        }

        return parts.ToImmutable();
    }
}
