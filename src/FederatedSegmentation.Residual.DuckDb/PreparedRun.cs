using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>Opens an instance on another thread, so that its cost passes beside the planning of its run.</summary>
internal sealed class PreparedRun(DuckDbEngineOptions options, IZoneRules zones, string runId) : IPreparedRun
{
    private readonly Task<(DuckDbInstance Instance, RunFolder Folder)> _opening = Task.Run(() => OpenAsync(options, zones, runId));
    private bool _isStarted;

    /// <inheritdoc />
    public async Task<IResidualRun> StartAsync(ResidualRunOptions run, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isStarted, this);
        var (instance, folder) = await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            instance.LockDown(run.ReadableFolders, run.WritableFile is { } output ? run.ReadableFiles.Add(output) : run.ReadableFiles);
        }
        catch (DuckDbException failure)
        {
            throw EngineErrors.Typed(failure);
        }

        _isStarted = true;
        return new DuckDbResidualRun(instance, folder, run.WritableFile, options.InFlightBytes, run.ShowsValues);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_isStarted)
        {
            return;
        }

        // Its failure, if any, was thrown by the start, or the run has already failed of something else.
        await ((Task)_opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_opening.IsCompletedSuccessfully)
        {
            var (instance, folder) = await _opening.ConfigureAwait(false);
            await instance.DisposeAsync().ConfigureAwait(false);
            folder.Dispose();
        }
    }

    private static async Task<(DuckDbInstance Instance, RunFolder Folder)> OpenAsync(DuckDbEngineOptions options, IZoneRules zones, string runId)
    {
        var folder = RunFolder.Create(options.TempDirectory ?? Path.GetTempPath(), runId);
        DuckDbInstance? instance = null;
        try
        {
            instance = DuckDbInstance.Open(new DuckDbOptions
            {
                MemoryLimitBytes = options.MemoryLimitBytes,
                Threads = options.Threads ?? Environment.ProcessorCount,
                TempDirectory = folder.Path,
                MaxTempBytes = options.MaxTempBytes,
            });
            ZoneFunctions.Register(instance, zones);
            return (instance, folder);
        }
        catch (Exception failure)
        {
            if (instance is not null)
            {
                await instance.DisposeAsync().ConfigureAwait(false);
            }

            folder.Dispose();
            if (failure is DuckDbException engine)
            {
                throw EngineErrors.Typed(engine);
            }

            throw;
        }
    }
}
