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
    public IPreparedRun Prepare(string runId) => new PreparedRun(options, zones, runId);
}
