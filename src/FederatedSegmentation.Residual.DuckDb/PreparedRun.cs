using System.Collections.Immutable;
using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>An instance for one run, opened by now or still being opened on another thread, so that its cost passes beside the planning of its run.</summary>
internal sealed class PreparedRun : IPreparedRun
{
    // Loses rows of sequences in DuckDB 1.5.5.
    private const string UnsafeForSequences = "join_filter_pushdown";

    private readonly OpeningInstance _opening;
    private readonly string? _writableFile;
    private readonly DuckDbEngineOptions _options;
    private readonly Action _whenEnded;
    private readonly TaskCompletionSource<ResidualRunOptions> _run = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<OpenedInstance> _locked;
    private bool _isStarted;

    /// <summary>Waits, on another thread, for the instance and for what it may touch.</summary>
    /// <param name="opening">The instance.</param>
    /// <param name="writableFile">The file that the run may write, or null.</param>
    /// <param name="options">Limits of the run.</param>
    /// <param name="whenEnded">Called when the run has ended.</param>
    public PreparedRun(OpeningInstance opening, string? writableFile, DuckDbEngineOptions options, Action whenEnded)
    {
        (_opening, _writableFile, _options, _whenEnded) = (opening, writableFile, options, whenEnded);

        // A thread that is asked for only when there is something to do comes late.
        _locked = Task.Run(LockDownAsync);
    }

    /// <inheritdoc />
    public void LockDown(ResidualRunOptions run) => _run.SetResult(run);

    /// <inheritdoc />
    public async Task<IResidualRun> StartAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isStarted, this);
        var opened = await _locked.WaitAsync(cancellationToken).ConfigureAwait(false);
        var run = await _run.Task.ConfigureAwait(false);
        _isStarted = true;
        return new DuckDbResidualRun(opened, _writableFile, _options.InFlightBytes, KeptBytes(run), run.ShowsValues, _whenEnded);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_isStarted)
        {
            return;
        }

        _run.TrySetCanceled();
        await ((Task)_locked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _opening.DisposeAsync().ConfigureAwait(false);
    }

    private long KeptBytes(ResidualRunOptions run) => run.ReceivesFragments ? _options.Kept : 0;

    private async Task<OpenedInstance> LockDownAsync()
    {
        var opened = await _opening.Task.ConfigureAwait(false);
        try
        {
            ImmutableArray<string> files = _writableFile is null ? [] : [_writableFile];
            if (!files.IsEmpty)
            {
                // Beside the reading of the definitions, which say what else is needed.
                opened.Instance.AllowFiles(files);
            }

            var run = await _run.Task.ConfigureAwait(false);
            if (!run.ReadableFiles.IsEmpty)
            {
                opened.Instance.AllowFiles(files.AddRange(run.ReadableFiles));
            }

            if (run.HasSequences)
            {
                opened.Instance.DisableOptimizers(UnsafeForSequences);
            }

            if (run.ReceivesFragments)
            {
                // Both together are the memory of the run.
                opened.Instance.LimitMemory(_options.MemoryLimitBytes - KeptBytes(run));
            }

            opened.Instance.LockDown();
        }
        catch (DuckDbException failure)
        {
            throw EngineErrors.Typed(failure);
        }

        return opened;
    }
}
