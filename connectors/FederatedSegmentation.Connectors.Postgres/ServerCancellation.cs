using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>Cancels a COPY at the server, once. Where the server does not react in time the connection is given up.</summary>
internal sealed class ServerCancellation(NpgsqlRawCopyStream stream, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _abandon = new();
    private readonly Lock _gate = new();
    private Task? _request;
    private ITimer? _timer;
    private bool _disposed;

    /// <summary>Fires when the server had its time: reads that take it break the connection then.</summary>
    internal CancellationToken Abandon => _abandon.Token;

    /// <summary>Sends the request, which takes a connection of its own, in the background.</summary>
    internal void Request()
    {
        lock (_gate)
        {
            // The driver sends it synchronously.
            _request ??= Task.Run(stream.CancelAsync, CancellationToken.None);
            _timer ??= clock.CreateTimer(static state => ((ServerCancellation)state!).GiveUp(), this, Patience, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Waits until the request has been taken by the server, so that it cannot hit a later statement of the connection.</summary>
    internal async Task SettleAsync()
    {
        Task? request;
        lock (_gate)
        {
            request = _request;
        }

        if (request is not null)
        {
            // It fails where the statement is over already or the network is gone; either way there is nothing left to cancel.
            await request.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
        }

        _abandon.Dispose();
    }

    // The timer's last tick may come late, on a thread where an exception would end the process.
    private void GiveUp()
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
