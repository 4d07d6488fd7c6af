namespace FederatedSegmentation.Connectors.Http;

/// <summary>Cancels what waits when the other side is silent for too long, or the caller's token fires. Not thread safe.</summary>
internal sealed class SilenceLimit : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _caller;

    internal SilenceLimit(TimeSpan limit, TimeProvider clock, CancellationToken caller)
    {
        _limit = limit;
        _caller = caller;
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        _registration = caller.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _source);
    }

    /// <summary>Fires after silence or with the caller's token.</summary>
    internal CancellationToken Token => _source.Token;

    /// <summary>Whether the caller's own token has fired.</summary>
    internal bool IsCancelledByCaller => _caller.IsCancellationRequested;

    /// <summary>Something was heard: the time begins anew.</summary>
    internal void Restart() => _source.CancelAfter(_limit);

    /// <summary>Nothing is waited for.</summary>
    internal void Pause() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>Ends the wait at once.</summary>
    internal void Cancel() => _source.Cancel();

    /// <inheritdoc />
    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
