using System.Collections.Concurrent;
using System.Globalization;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Gateway.CommandLine;

/// <summary>Writes progress to standard error: a line per change of state; live rows only where a person watches.</summary>
internal sealed class ProgressWriter(Terminal terminal, bool isVerbose) : IRunProgress
{
    private readonly Lock _writing = new();
    private readonly ConcurrentDictionary<string, FragmentState> _states = new(StringComparer.Ordinal);

    /// <summary>The listener of a run.</summary>
    internal static ProgressWriter Create(Terminal terminal, bool isVerbose) => new(terminal, isVerbose);

    /// <inheritdoc />
    public void Report(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunPlanned planned when terminal.IsErrorLive || isVerbose:
                Line($"run {planned.Run}: {planned.Fragments.Length} fragments");
                break;
            case FragmentProgress fragment when terminal.IsErrorLive || isVerbose:
                if (!_states.TryGetValue(fragment.Fragment, out var known) || known != fragment.State)
                {
                    _states[fragment.Fragment] = fragment.State;
                    Line(string.Create(CultureInfo.InvariantCulture, $"{fragment.Fragment}: {fragment.State.ToString().ToLowerInvariant()}, {fragment.Rows:N0} rows, {fragment.Bytes:N0} bytes"));
                }

                break;
            case ResidualStarted when isVerbose:
                Line("joining");
                break;
            case RunWarning warning:
                Line($"warning: {warning.Message}");
                break;
            default:
                break;
        }
    }

    private void Line(string text)
    {
        lock (_writing)
        {
            try
            {
                terminal.Error.WriteLine(text);
            }
            catch (IOException)
            {
                // Nobody listens to standard error any more; the run is not about that.
            }
        }
    }
}
