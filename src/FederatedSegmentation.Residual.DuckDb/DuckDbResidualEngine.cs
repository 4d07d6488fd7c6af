using System.Collections.Immutable;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Residual.DuckDb;

/// <summary>The embedded engine: one locked-down DuckDB instance a run, never used by another. Safe for concurrent use.</summary>
/// <param name="options">Limits of each run.</param>
/// <param name="zones">Rules of time zones.</param>
public sealed class DuckDbResidualEngine(DuckDbEngineOptions options, IZoneRules zones) : IResidualEngine
{
    private readonly Lock _lock = new();
    private OpeningInstance? _spare;
    private bool _isDisposed;

    /// <inheritdoc />
    public string Name => ResidualCompiler.Dialect;

    /// <inheritdoc />
    public ResidualStatements Compile(SegmentPlan plan, ImmutableArray<string> memberNames, IEngineTables tables)
        => ResidualCompiler.Compile(plan, memberNames, tables);

    /// <inheritdoc />
    public CompiledFragment CompileFragment(QueryFragment fragment, IEngineTables tables) => ResidualCompiler.CompileFragment(fragment, tables);

    /// <inheritdoc />
    public KeyStatement CompileKeys(QueryFragment fragment, SegmentPlan plan, IEngineTables tables) => ResidualCompiler.CompileKeys(fragment, plan, tables);

    /// <inheritdoc />
    public IPreparedRun Prepare(string runId, ImmutableArray<string> readableFolders, string? writableFile)
    {
        OpeningInstance? spare;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            spare = _spare is { } kept && kept.ReadableFolders.SequenceEqual(readableFolders) ? kept : null;
            _spare = spare is null ? _spare : null;
        }

        return new PreparedRun(spare ?? new OpeningInstance(options, zones, readableFolders, runId), writableFile, options, () => OpenSpare(readableFolders));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        OpeningInstance? spare;
        lock (_lock)
        {
            _isDisposed = true;
            (spare, _spare) = (_spare, null);
        }

        if (spare is not null)
        {
            await spare.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Where runs follow each other, the next one's instance is opened while nobody waits for it.
    private void OpenSpare(ImmutableArray<string> readableFolders)
    {
        lock (_lock)
        {
            if (options.KeepsSpare && !_isDisposed)
            {
                _spare ??= new OpeningInstance(options, zones, readableFolders, $"spare-{Guid.NewGuid():N}");
            }
        }
    }
}
