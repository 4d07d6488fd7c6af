using System.Runtime.InteropServices;
using FederatedSegmentation.Membership;

namespace FederatedSegmentation.Gateway.CommandLine;

/// <summary>
/// Turns Ctrl-C and the request to end into cancellation. Work that has not ended ten seconds later, or at the second request, is abandoned: the
/// process ends without leaving a file.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

#pragma warning disable CA2213 // They stay: a signal that is just being handled may still use them, and the process ends now.
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenSource _ended = new();
#pragma warning restore CA2213
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly TimeProvider _time;
    private int _requests;

    internal Interruption(TimeProvider time)
    {
        _time = time;
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }
    }

    /// <summary>Cancelled by the first request.</summary>
    internal CancellationToken Token => _source.Token;

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _ended.Cancel();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _requests) > 1)
        {
            Abandon();
            return;
        }

        _ = EndAsync();
    }

    private async Task EndAsync()
    {
        await _source.CancelAsync().ConfigureAwait(false);
        try
        {
            await Task.Delay(Patience, _time, _ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Abandon();
    }

    private static void Abandon()
    {
        AtomicFile.RemoveAllUncommitted();
        Environment.Exit(ExitCodes.Cancelled);
    }
}
