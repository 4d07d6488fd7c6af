using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>An instance with its folder, as it is being opened on another thread. Dispose of it unless a run took it over.</summary>
internal sealed class OpeningInstance(DuckDbEngineOptions options, IZoneRules zones, string name) : IAsyncDisposable
{
    // Loses rows in DuckDB 1.5.5: a regression case of sequences fails with it.
    private const string UnsafeOptimizers = "join_filter_pushdown";

    /// <summary>Ends when the instance is open, or with why it is not.</summary>
    public Task<(DuckDbInstance Instance, RunFolder Folder)> Task { get; } = System.Threading.Tasks.Task.Run(() => OpenAsync(options, zones, name));

    /// <summary>Closes it. A failure to open was thrown to whoever waited for it, or nobody needs it any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await ((Task)Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Task.IsCompletedSuccessfully)
        {
            var (instance, folder) = await Task.ConfigureAwait(false);
            await instance.DisposeAsync().ConfigureAwait(false);
            folder.Dispose();
        }
    }

    private static async Task<(DuckDbInstance Instance, RunFolder Folder)> OpenAsync(DuckDbEngineOptions options, IZoneRules zones, string name)
    {
        var folder = RunFolder.Create(options.TempDirectory ?? Path.GetTempPath(), name);
        DuckDbInstance? instance = null;
        try
        {
            instance = DuckDbInstance.Open(new DuckDbOptions
            {
                MemoryLimitBytes = options.MemoryLimitBytes,
                Threads = options.Threads ?? Environment.ProcessorCount,
                TempDirectory = folder.Path,
                MaxTempBytes = options.MaxTempBytes,
                DisabledOptimizers = UnsafeOptimizers,
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
