using System.Collections.Concurrent;

namespace FederatedSegmentation.DuckDb;

/// <summary>One thread that makes a connection's blocking calls, in the order they came, so that callers stay asynchronous.</summary>
internal sealed class StatementThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal StatementThread()
    {
        var thread = new Thread(Work) { IsBackground = true, Name = "DuckDB connection" };
        thread.Start();
    }

    /// <summary>Completed when the thread has ended, after <see cref="Complete"/>.</summary>
    internal Task Ended => _ended.Task;

    /// <exception cref="ObjectDisposedException">The thread takes no more work.</exception>
    internal Task<T> RunAsync<T>(Func<T> call)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(() =>
        {
            try
            {
                completion.SetResult(call());
            }
#pragma warning disable CA1031 // Nothing is swallowed: the caller's await rethrows it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                completion.SetException(exception);
            }
        });
        return completion.Task;
    }

    /// <summary>Lets the thread end after the work it has.</summary>
    internal void Complete() => _work.CompleteAdding();

    public void Dispose() => _work.Dispose();

    private void Add(Action work)
    {
        try
        {
            _work.Add(work);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(DuckDbConnection));
        }
    }

    private void Work()
    {
        foreach (var call in _work.GetConsumingEnumerable())
        {
            call();
        }

        _ended.SetResult();
    }
}
