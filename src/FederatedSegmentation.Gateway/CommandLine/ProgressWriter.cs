using System.Globalization;
using System.Text;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway.CommandLine;

/// <summary>
/// Writes progress to standard error. Where a person watches a terminal, each fragment has a line that lives: its state, rows, bytes and waits. Elsewhere
/// nothing is written but warnings; with --verbose, a line for each change of state.
/// </summary>
internal sealed class ProgressWriter(Terminal terminal, TimeProvider time, bool isVerbose) : IRunProgress
{
    private const int Width = 79;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Lock _writing = new();
    private readonly List<string> _order = [];
    private readonly Dictionary<string, (string Label, FragmentProgress? Last)> _fragments = new(StringComparer.Ordinal);
    private string? _stage;
    private int _drawn;
    private long _drawnAt;

    private bool IsLive => terminal.IsErrorLive && !isVerbose;

    /// <inheritdoc />
    public void Report(RunEvent runEvent)
    {
        lock (_writing)
        {
            try
            {
                Take(runEvent);
            }
            catch (IOException)
            {
                // Nobody listens to standard error any more; the run is not about that.
            }
        }
    }

    private void Take(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunPlanned planned:
                Line(isVerbose, $"run {planned.Run}: {planned.Fragments.Length} fragments");
                foreach (var fragment in planned.Fragments.Where(fragment => !fragment.RunsInEngine))
                {
                    _order.Add(fragment.Id);
                    _fragments[fragment.Id] = ($"{fragment.Id} {fragment.Source}", null);
                }

                Draw();
                break;
            case FragmentProgress progress when _fragments.TryGetValue(progress.Fragment, out var known):
                var isChange = known.Last?.State != progress.State;
                _fragments[progress.Fragment] = known with { Last = progress };
                Line(isVerbose && isChange, Text(known.Label, progress));
                if (isChange || time.GetElapsedTime(_drawnAt) > Pause)
                {
                    Draw();
                }

                break;
            case ResidualStarted:
                Stage("joining");
                break;
            case RunWarning warning:
                Clear();
                Line(true, $"warning: {warning.Message}");
                Draw();
                break;
            default:
                break;
        }
    }

    private void Stage(string name)
    {
        _stage = name;
        Line(isVerbose, name);
        Draw();
    }

    private void Line(bool isWanted, string text)
    {
        if (isWanted)
        {
            terminal.Error.WriteLine(text);
        }
    }

    // Goes back to the first of our lines and writes all of them again.
    private void Draw()
    {
        if (!IsLive)
        {
            return;
        }

        _drawnAt = time.GetTimestamp();
        var lines = _order.Select(id => Text(_fragments[id].Label, _fragments[id].Last)).Concat(_stage is null ? [] : [_stage]).ToList();
        var text = new StringBuilder(Up());
        foreach (var line in lines)
        {
            text.Append("\r\e[2K").Append(line.Length > Width ? line[..Width] : line).Append('\n');
        }

        _drawn = lines.Count;
        terminal.Error.Write(text.ToString());
    }

    private void Clear()
    {
        if (_drawn > 0)
        {
            terminal.Error.Write(Up() + "\e[J");
            _drawn = 0;
        }
    }

    private string Up() => _drawn == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"\e[{_drawn}A");

    private static string Text(string label, FragmentProgress? progress)
    {
        if (progress is null)
        {
            return $"{label}: waiting";
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"{label}: {progress.State.ToString().ToLowerInvariant()}, {progress.Rows:N0} rows, {ByteSize.ToText(progress.Bytes)}");
        text += progress.Waited > TimeSpan.Zero ? $", waited {Duration.ToText(progress.Waited)}" : string.Empty;
        return progress.Attempt > 1 ? string.Create(CultureInfo.InvariantCulture, $"{text}, attempt {progress.Attempt}") : text;
    }
}
