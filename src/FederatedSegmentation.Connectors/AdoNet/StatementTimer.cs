using System.Data.Common;

namespace FederatedSegmentation.Connectors.AdoNet;

/// <summary>Ends a statement when its time is over or its caller gives up, and remembers which.</summary>
/// <remarks>Safe for concurrent use. A driver may wait for the server to acknowledge a cancellation, however long that takes. Where it does not, the connection is given up.</remarks>
public sealed class StatementTimer : IDisposable
{
    /// <summary>How long the server may take to acknowledge a cancellation.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _either;
    private readonly CancellationTokenSource _abandon = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private ITimer? _patience;
    private bool _disposed;

    /// <summary>Starts the time.</summary>
    /// <param name="time">How long the statement may take.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">The caller that starts the statement.</param>
    public StatementTimer(TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
    {
        _clock = clock;
        _time = new CancellationTokenSource(time, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, cancellationToken);
        _registration = _either.Token.UnsafeRegister(static state => ((StatementTimer)state!).GiveUp(), this);
    }

    /// <summary>Fires when the time is over or the caller that started the statement gives up.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Fires when the time is over.</summary>
    public CancellationToken Time => _time.Token;

    /// <summary>Whether the time is over.</summary>
    public bool IsOver => _time.IsCancellationRequested;

    /// <summary>Whether the server had its time to acknowledge a cancellation and did not.</summary>
    public bool IsAbandoned => _abandon.IsCancellationRequested;

    /// <summary>From now on the server has a while to end the statement.</summary>
    public void GiveUp()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _patience ??= _clock.CreateTimer(static state => ((StatementTimer)state!).Abandon(), this, Patience, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>The result of the driver's work; an <see cref="OperationCanceledException"/> where it does not end although it was cancelled.</summary>
    public Task<T> OrAbandonAsync<T>(Task<T> work) => work.IsCompleted ? work : work.WaitAsync(_abandon.Token);

    /// <summary>The same for work without a result.</summary>
    public Task OrAbandonAsync(Task work) => work.IsCompleted ? work : work.WaitAsync(_abandon.Token);

    /// <summary>Gives a connection back, or leaves it to a thread of its own where the driver would wait for the server.</summary>
    public static async ValueTask LeaveAsync(DbConnection connection, bool isAbandoned)
    {
        if (isAbandoned)
        {
            _ = Task.Factory.StartNew(connection.Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return;
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _registration.Dispose();
        lock (_gate)
        {
            _disposed = true;
            _patience?.Dispose();
        }

        _either.Dispose();
        _time.Dispose();
        _abandon.Dispose();
    }

    // The timer's last tick may come late.
    private void Abandon()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _abandon.Cancel();
            }
        }
    }
}
