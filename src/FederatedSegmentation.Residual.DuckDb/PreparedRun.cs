using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>An instance for one run, opened by now or still being opened on another thread, so that its cost passes beside the planning of its run.</summary>
internal sealed class PreparedRun(OpeningInstance opening, DuckDbEngineOptions options, Action whenEnded) : IPreparedRun
{
    // Loses rows of sequences in DuckDB 1.5.5.
    private const string UnsafeForSequences = "join_filter_pushdown";

    private bool _isStarted;

    /// <inheritdoc />
    public async Task<IResidualRun> StartAsync(ResidualRunOptions run, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isStarted, this);
        var opened = await opening.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (run.HasSequences)
            {
                opened.Instance.DisableOptimizers(UnsafeForSequences);
            }

            opened.Instance.LockDown(run.ReadableFolders, run.WritableFile is { } output ? run.ReadableFiles.Add(output) : run.ReadableFiles);
        }
        catch (DuckDbException failure)
        {
            throw EngineErrors.Typed(failure);
        }

        _isStarted = true;
        return new DuckDbResidualRun(opened, run.WritableFile, options.InFlightBytes, run.ShowsValues, whenEnded);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _isStarted ? ValueTask.CompletedTask : opening.DisposeAsync();
}
