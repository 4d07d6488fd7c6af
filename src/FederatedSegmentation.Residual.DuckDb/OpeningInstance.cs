using System.Collections.Immutable;
using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>An instance with its folder, as it is being opened on another thread. Dispose of it unless a run took it over.</summary>
internal sealed class OpeningInstance(DuckDbEngineOptions options, IZoneRules zones, ImmutableArray<string> readableFolders, string name) : IAsyncDisposable
{
    /// <summary>The folders that its statements may read.</summary>
    public ImmutableArray<string> ReadableFolders => readableFolders;

    /// <summary>Ends when the instance is open, or with why it is not.</summary>
    public Task<OpenedInstance> Task { get; } = System.Threading.Tasks.Task.Run(() => OpenAsync(options, zones, readableFolders, name));

    /// <summary>Closes it. A failure to open was thrown to whoever waited for it, or nobody needs it any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await ((Task)Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Task.IsCompletedSuccessfully)
        {
            var opened = await Task.ConfigureAwait(false);
            await opened.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<OpenedInstance> OpenAsync(DuckDbEngineOptions options, IZoneRules zones, ImmutableArray<string> readableFolders, string name)
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

                // Whatever has an order asks for it.
                KeepsOrder = false,
                MaxTempBytes = options.MaxTempBytes,
            });
            ZoneFunctions.Register(instance, zones);
            instance.AllowFolders(readableFolders);

            // The first statement of an instance looks up what all later ones find.
            var connection = instance.CreateConnection();
            await connection.ExecuteAsync("SELECT 1", CancellationToken.None).ConfigureAwait(false);
            return new OpenedInstance(instance, connection, folder);
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

/// <summary>An instance for one run, with the connection for its statements and its folder.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Connection">A connection of it, used once already.</param>
/// <param name="Folder">Where it spills.</param>
internal sealed record OpenedInstance(DuckDbInstance Instance, DuckDbConnection Connection, RunFolder Folder) : IAsyncDisposable
{
    /// <summary>Closes the instance and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().ConfigureAwait(false);
        await Instance.DisposeAsync().ConfigureAwait(false);
        Folder.Dispose();
    }
}
