using System.Globalization;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Execution;

/// <summary>The instant at which a run gives up, passed down to everything that waits. Safe for concurrent use.</summary>
public sealed class Deadline : IDisposable
{
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TimeSpan _allowed;
    private readonly CancellationTokenSource _expiry;
    private readonly CancellationTokenSource _linked;
    private readonly CancellationToken _caller;

    /// <summary>Starts to count.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="started">When the run began, as a timestamp of the clock.</param>
    /// <param name="allowed">The time allowed in all.</param>
    /// <param name="caller">The caller's own token.</param>
    public Deadline(TimeProvider time, long started, TimeSpan allowed, CancellationToken caller)
    {
        (_time, _started, _allowed, _caller) = (time, started, allowed, caller);
        var remaining = Remaining;
        _expiry = new CancellationTokenSource(remaining, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_expiry.Token, caller);
    }

    /// <summary>The time left, never negative.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var left = _allowed - _time.GetElapsedTime(_started);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Cancelled when the caller cancels or the deadline passes.</summary>
    public CancellationToken Token => _linked.Token;

    /// <summary>Runs work under the deadline: its cancellation is an SLA001 when the deadline passed, and stays a cancellation when the caller asked for it.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        try
        {
            _linked.Token.ThrowIfCancellationRequested();
            return await work(_linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cancelled) when (_expiry.IsCancellationRequested && !_caller.IsCancellationRequested)
        {
            throw new FederatedSegmentationException(
                new Problem
                {
                    Code = "SLA001",
                    Stage = Stage.Execute,
                    Message = $"The run did not end within its deadline of {_allowed.ToString(_allowed < TimeSpan.FromSeconds(1) ? @"s\.fff\ \s" : "c", CultureInfo.InvariantCulture)}.",
                    Hint = "Allow more time with --deadline or the setting Deadline, or look at the slowest fragment with 'fedseg run --json'.",
                },
                cancelled);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _linked.Dispose();
        _expiry.Dispose();
    }
}
