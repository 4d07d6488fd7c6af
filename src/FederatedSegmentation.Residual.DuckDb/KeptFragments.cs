using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.DuckDb.Ingestion;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>
/// The results that a run holds as they were received, up to a number of bytes: statements read them where they lie. Dispose of it after the instance.
/// Thread safe.
/// </summary>
/// <param name="limit">Bytes of memory, all fragments together.</param>
internal sealed class KeptFragments(long limit) : IDisposable
{
    private readonly List<(KeptBatches Batches, FragmentRegistration Registration)> _kept = [];
    private readonly Lock _lock = new();
    private long _used;

    /// <summary>Claims bytes, or nothing where they are too many.</summary>
    public bool TryTake(long bytes)
    {
        lock (_lock)
        {
            if (bytes > limit - _used)
            {
                return false;
            }

            _used += bytes;
            return true;
        }
    }

    /// <summary>Gives claimed bytes back.</summary>
    public void Give(long bytes)
    {
        lock (_lock)
        {
            _used -= bytes;
        }
    }

    /// <summary>Takes a whole result over, whose bytes were claimed, and offers it to the statements of an instance.</summary>
    /// <returns>What stands in a FROM clause.</returns>
    public string Offer(DuckDbInstance instance, ArrowSchema schema, ImmutableArray<RecordBatch> received)
    {
        lock (_lock)
        {
            var batches = new KeptBatches(schema, received);
            var registration = instance.RegisterFragment(batches);
            _kept.Add((batches, registration));
            return registration.TableExpression;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var (batches, registration) in _kept)
            {
                registration.Dispose();
                batches.Dispose();
            }

            _kept.Clear();
        }
    }
}
