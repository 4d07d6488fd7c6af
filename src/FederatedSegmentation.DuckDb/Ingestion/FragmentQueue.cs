using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.DuckDb.Ingestion;

/// <summary>
/// Carries batches from an asynchronous fetch to the engine's blocking read, with back-pressure by an <see cref="InFlightBudget"/>. The writer calls
/// <see cref="WriteAsync"/> and then <see cref="Complete"/> or <see cref="Fault"/>; the reader is a statement over <see cref="ToSource"/>. Dispose of the
/// queue when the statement is over: batches that nobody read are given back, and a writer that waits is let go. Thread safe; one reader.
/// </summary>
public sealed class FragmentQueue : IDisposable
{
    private readonly InFlightBudget.Account _account;
    private readonly Queue<RecordBatch> _batches = new();
    private readonly object _lock = new();
    private Exception? _fault;
    private bool _completed;
    private bool _disposed;
    private long _handedOut;

    /// <summary>Creates a queue.</summary>
    /// <param name="schema">The columns of every batch.</param>
    /// <param name="budget">What the queue's batches count against; it may be shared with other queues.</param>
    public FragmentQueue(ArrowSchema schema, InFlightBudget budget)
    {
        Schema = schema;
        _account = budget.Open();
    }

    /// <summary>The columns of every batch.</summary>
    public ArrowSchema Schema { get; }

    /// <summary>What <see cref="DuckDbInstance.RegisterFragment(FragmentSource)"/> takes.</summary>
    /// <param name="estimatedRows">Rows expected, or null.</param>
    public FragmentSource ToSource(long? estimatedRows) => new(Schema, estimatedRows, Take);

    /// <summary>Appends a batch when the budget has room for it. The queue owns the batch from the call on, whatever becomes of it.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellationToken">Stops the waiting; the batch is given back then.</param>
    /// <returns>False when the reader is gone and more batches are pointless.</returns>
    /// <exception cref="InvalidOperationException">The queue was completed before.</exception>
    public async ValueTask<bool> WriteAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        var owned = batch;
        try
        {
            var size = batch.ByteSize;
            if (!await _account.TakeAsync(size, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            lock (_lock)
            {
                if (_completed || _disposed)
                {
                    _account.Give(size);
                    return _disposed ? false : throw new InvalidOperationException("The queue is complete; nothing can be appended.");
                }

                _batches.Enqueue(batch);
                owned = null;
                Monitor.PulseAll(_lock);
                return true;
            }
        }
        finally
        {
            owned?.Dispose();
        }
    }

    /// <summary>Says that no batch follows.</summary>
    public void Complete() => End(null);

    /// <summary>Says that the fetch failed: the statement ends with this exception, whatever is still in the queue.</summary>
    /// <param name="exception">What the reader's caller shall see.</param>
    public void Fault(Exception exception) => End(exception);

    /// <summary>Ends the queue on the reader's side.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            GiveBackHandedOut();
            while (_batches.TryDequeue(out var batch))
            {
                var size = batch.ByteSize;
                batch.Dispose();
                _account.Give(size);
            }

            Monitor.PulseAll(_lock);
        }

        _account.Close();
    }

    private void End(Exception? fault)
    {
        lock (_lock)
        {
            if (!_completed)
            {
                _completed = true;
                _fault = fault;
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>
    /// The batch that was taken before counts against the budget until now, when its reader comes back: at most one batch a queue is in flight beyond the
    /// queue, and a reader that waits holds none, so it cannot wait for itself.
    /// </summary>
    private RecordBatch? Take(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static state => ((FragmentQueue)state!).Wake(), this);
        lock (_lock)
        {
            GiveBackHandedOut();
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (_fault is not null)
                {
                    throw _fault;
                }

                if (_batches.TryDequeue(out var batch))
                {
                    _handedOut = batch.ByteSize;
                    return batch;
                }

                if (_completed)
                {
                    return null;
                }

                Monitor.Wait(_lock);
            }
        }
    }

    private void GiveBackHandedOut()
    {
        if (_handedOut > 0)
        {
            _account.Give(_handedOut);
            _handedOut = 0;
        }
    }

    private void Wake()
    {
        lock (_lock)
        {
            Monitor.PulseAll(_lock);
        }
    }
}
