using System.Runtime.ExceptionServices;
using FederatedSegmentation.DuckDb.Native;

namespace FederatedSegmentation.DuckDb;

/// <summary>
/// One statement from its start to the close of its result: what may cancel it, and what went wrong in managed code that DuckDB called on its behalf.
/// </summary>
#pragma warning disable CA1001 // The cancellation source has neither a timer nor a wait handle, so there is nothing to dispose of, and it may be cancelled late.
internal sealed class RunningStatement
#pragma warning restore CA1001
{
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMilliseconds(10);

    private readonly ConnectionHandle _connection;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly Lock _lock = new();
    private ExceptionDispatchInfo? _fault;
    private Timer? _repeat;
    private bool _insideDuckDb;

    internal RunningStatement(ConnectionHandle connection) => _connection = connection;

    /// <summary>Cancelled with the statement; what DuckDB calls back must stop waiting then.</summary>
    internal CancellationToken Cancelled => _cancellation.Token;

    /// <summary>Keeps the first error of managed code, which DuckDB can carry as a text only.</summary>
    internal void SetFault(Exception exception) => Interlocked.CompareExchange(ref _fault, ExceptionDispatchInfo.Capture(exception), null);

    /// <summary>
    /// Calls DuckDB. A cancellation interrupts exactly this call: the interrupt is repeated until the call is over, because one that arrives before DuckDB
    /// has started to work is forgotten, and none is sent afterwards, because it would hit the next statement.
    /// </summary>
    internal T Call<T>(Func<T> call, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static state => ((RunningStatement)state!).Cancel(), this);
        lock (_lock)
        {
            _insideDuckDb = true;
        }

        try
        {
            // The token may have fired before the line above, when there was nothing to interrupt yet.
            cancellationToken.ThrowIfCancellationRequested();
            _cancellation.Token.ThrowIfCancellationRequested();
            return call();
        }
        catch (DuckDbException exception)
        {
            if (cancellationToken.IsCancellationRequested || _cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException("The statement was cancelled.", exception, cancellationToken.IsCancellationRequested ? cancellationToken : Cancelled);
            }

            _fault?.Throw();
            throw;
        }
        finally
        {
            lock (_lock)
            {
                _insideDuckDb = false;
                _repeat?.Dispose();
                _repeat = null;
            }
        }
    }

    /// <summary>Stops the statement wherever it is. Thread safe; it does not wait.</summary>
    internal void Cancel()
    {
        _cancellation.Cancel();
        lock (_lock)
        {
            if (_insideDuckDb)
            {
                NativeMethods.duckdb_interrupt(_connection);
                _repeat ??= new Timer(static state => ((RunningStatement)state!).Repeat(), this, RepeatAfter, RepeatAfter);
            }
        }
    }

    private void Repeat()
    {
        lock (_lock)
        {
            if (_insideDuckDb)
            {
                NativeMethods.duckdb_interrupt(_connection);
            }
        }
    }
}
