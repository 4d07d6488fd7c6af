using System.Collections.Concurrent;

namespace FederatedSegmentation.Connectors.Postgres.Tests;

/// <summary>The real time, with timers that fire when a test says so, also after they were disposed of: a timer's last tick may be under way then.</summary>
internal sealed class LateClock : TimeProvider
{
    private readonly ConcurrentQueue<Action> _ticks = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _ticks.Enqueue(() => callback(state));
        return new NoTimer();
    }

    /// <summary>Fires all timers that were ever made, on the caller's thread.</summary>
    /// <returns>How many.</returns>
    internal int FireAll()
    {
        var fired = 0;
        for (; _ticks.TryDequeue(out var tick); fired++)
        {
            tick();
        }

        return fired;
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
