using System.Collections.Immutable;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>The embedded engine: one locked-down DuckDB instance a run. Safe for concurrent use.</summary>
/// <param name="options">Limits of each run.</param>
/// <param name="zones">Rules of time zones.</param>
public sealed class DuckDbResidualEngine(DuckDbEngineOptions options, IZoneRules zones) : IResidualEngine
{
    /// <inheritdoc />
    public string Name => ResidualCompiler.Dialect;

    /// <inheritdoc />
    public ResidualStatements Compile(SegmentPlan plan, ImmutableArray<string> memberNames, IEngineTables tables)
        => ResidualCompiler.Compile(plan, memberNames, tables);

    /// <inheritdoc />
    public CompiledFragment CompileFragment(QueryFragment fragment, IEngineTables tables) => ResidualCompiler.CompileFragment(fragment, tables);

    /// <inheritdoc />
    public async Task<IResidualRun> StartAsync(ResidualRunOptions run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = RunFolder.Create(options.TempDirectory ?? Path.GetTempPath(), run.RunId);
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
            instance.LockDown(run.ReadableFolders, run.WritableFile is { } output ? run.ReadableFiles.Add(output) : run.ReadableFiles);
            return new DuckDbResidualRun(instance, folder, run.WritableFile, options.InFlightBytes);
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
