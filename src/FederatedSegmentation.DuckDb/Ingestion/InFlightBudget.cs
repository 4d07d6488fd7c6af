namespace FederatedSegmentation.DuckDb.Ingestion;

/// <summary>
/// Bytes of batches that all queues of a run may hold together. A queue that holds none is always let in with one batch, however large, so that a budget
/// slows writers down but never stops a statement that waits for them. Thread safe.
/// </summary>
public sealed class InFlightBudget
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private long _used;

    /// <summary>Creates a budget.</summary>
    /// <param name="bytes">Bytes that may be in flight; at least 1.</param>
    public InFlightBudget(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        Bytes = bytes;
    }

    /// <summary>Bytes that may be in flight.</summary>
    public long Bytes { get; }

    /// <summary>Bytes that are in flight now; more than <see cref="Bytes"/> only by batches that were let in because their queue was empty.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_lock)
            {
                return _used;
            }
        }
    }

    /// <summary>A place for the bytes of one queue.</summary>
    internal Account Open() => new(this);

    private void Admit()
    {
        // In the order of arrival, so that a large batch is not overtaken for ever; only an account that holds nothing may pass.
        var blocked = false;
        for (var node = _waiters.First; node is not null;)
        {
            var next = node.Next;
            var waiter = node.Value;
            if (waiter.Account.Batches == 0 || (!blocked && _used + waiter.Size <= Bytes))
            {
                _waiters.Remove(node);
                waiter.Account.Take(waiter.Size);
                waiter.HasTaken = true;
                waiter.Granted.TrySetResult(true);
            }
            else
            {
                blocked = true;
            }

            node = next;
        }
    }

    private sealed class Waiter(Account account, long size)
    {
        internal Account Account { get; } = account;

        internal long Size { get; } = size;

        internal bool HasTaken { get; set; }

        internal TaskCompletionSource<bool> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The bytes of one queue.</summary>
    internal sealed class Account(InFlightBudget budget)
    {
        private bool _closed;

        internal int Batches { get; private set; }

        /// <summary>Waits until the bytes fit; false when the account was closed.</summary>
        internal async ValueTask<bool> TakeAsync(long size, CancellationToken cancellationToken)
        {
            Waiter waiter;
            lock (budget._lock)
            {
                if (_closed)
                {
                    return false;
                }

                if (Batches == 0 || (budget._waiters.Count == 0 && budget._used + size <= budget.Bytes))
                {
                    Take(size);
                    return true;
                }

                waiter = new Waiter(this, size);
                budget._waiters.AddLast(waiter);
            }

            using var registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((TaskCompletionSource<bool>)state!).TrySetCanceled(token), waiter.Granted);
            try
            {
                return await waiter.Granted.Task.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                lock (budget._lock)
                {
                    budget._waiters.Remove(waiter);
                    if (waiter.HasTaken)
                    {
                        Return(size);
                    }

                    budget.Admit();
                }

                throw;
            }
        }

        internal void Give(long size)
        {
            lock (budget._lock)
            {
                Return(size);
                budget.Admit();
            }
        }

        /// <summary>Turns the account's waiters away. Bytes that it holds are still given back one by one.</summary>
        internal void Close()
        {
            lock (budget._lock)
            {
                _closed = true;
                for (var node = budget._waiters.First; node is not null;)
                {
                    var next = node.Next;
                    if (ReferenceEquals(node.Value.Account, this))
                    {
                        budget._waiters.Remove(node);
                        node.Value.Granted.TrySetResult(false);
                    }

                    node = next;
                }

                budget.Admit();
            }
        }

        internal void Take(long size)
        {
            Batches++;
            budget._used += size;
        }

        private void Return(long size)
        {
            Batches--;
            budget._used -= size;
        }
    }
}
