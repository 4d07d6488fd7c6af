using System.Collections.Immutable;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Residual;

/// <summary>The engine that does what could not be pushed down: it receives the fragments' results and joins them. Safe for concurrent use. Dispose of it when its last run is.</summary>
public interface IResidualEngine : IAsyncDisposable
{
    /// <summary>The name as settings and reports spell it, for instance <c>duckdb</c>.</summary>
    string Name { get; }

    /// <summary>Writes the engine's statements for a plan. Pure.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="memberNames">Names of the output columns, one per column of <see cref="SegmentPlan.Members"/>.</param>
    /// <param name="tables">How the engine reads the tables of file sources.</param>
    ResidualStatements Compile(SegmentPlan plan, ImmutableArray<string> memberNames, IEngineTables tables);

    /// <summary>Writes the statement of a fragment that the engine itself runs. Pure; for explain.</summary>
    CompiledFragment CompileFragment(QueryFragment fragment, IEngineTables tables);

    /// <summary>Writes the statement that yields the keys that a fragment waits for. Pure.</summary>
    /// <param name="fragment">A fragment with a reduction.</param>
    /// <param name="plan">The plan that it is of.</param>
    /// <param name="tables">How the engine reads the tables of file sources.</param>
    KeyStatement CompileKeys(QueryFragment fragment, SegmentPlan plan, IEngineTables tables);

    /// <summary>Begins to open an instance for one run, while that run is still being planned. Returns at once; what fails is thrown by <see cref="IPreparedRun.StartAsync"/>.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="readableFolders">Absolute folders of the file sources.</param>
    /// <param name="writableFile">The output's temporary file, where the engine writes it itself; or null.</param>
    IPreparedRun Prepare(string runId, ImmutableArray<string> readableFolders, string? writableFile);
}

/// <summary>An instance that is being opened for one run. Dispose of it whether or not it was started; a run that was started lives on. Not safe for concurrent use.</summary>
public interface IPreparedRun : IAsyncDisposable
{
    /// <summary>Says what else the run needs; its instance is locked down to what it may touch on another thread. Once only; returns at once.</summary>
    void LockDown(ResidualRunOptions options);

    /// <summary>The run, when its instance is locked down. Once only, after <see cref="LockDown"/>.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IResidualRun> StartAsync(CancellationToken cancellationToken);
}

/// <summary>The engine's statements for a plan, in order.</summary>
/// <param name="Stages">Intermediate results, each a SELECT under the name of its stage.</param>
/// <param name="Members">The SELECT that yields the members in key order; instants are wall clocks in UTC.</param>
/// <param name="Instants">The names of its columns that are instants.</param>
public sealed record ResidualStatements(ImmutableArray<StageStatement> Stages, string Members, ImmutableArray<string> Instants);

/// <summary>A statement that yields keys: distinct, none with a NULL, at most one more than a source takes.</summary>
/// <param name="Sql">Its SELECT.</param>
/// <param name="Types">The types of the parts of a key.</param>
/// <param name="Rungs">The ways that the keys may take.</param>
public sealed record KeyStatement(string Sql, ImmutableArray<DataType> Types, ImmutableArray<KeyRung> Rungs);

/// <summary>Keys on their way from the engine to a source.</summary>
/// <param name="Keys">The keys, each once, without NULLs.</param>
/// <param name="TextBytes">The bytes of their texts, escapes included.</param>
public sealed record TravellingKeys(ImmutableArray<ImmutableArray<Literal>> Keys, long TextBytes);

/// <summary>The statement of a stage.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Sql">Its SELECT.</param>
public sealed record StageStatement(string Name, string Sql);

/// <summary>What is known of a run of the engine when its segment is resolved.</summary>
/// <param name="ReadableFiles">Absolute paths of single files to read, for instance of key lists.</param>
/// <param name="ShowsValues">Whether data errors may name their first three offending values.</param>
public sealed record ResidualRunOptions(ImmutableArray<string> ReadableFiles, bool ShowsValues)
{
    /// <summary>Whether the statements match rows by how their times lie to each other.</summary>
    public bool HasSequences { get; init; }

    /// <summary>Whether results of sources may be received, which takes a part of the engine's memory.</summary>
    public bool ReceivesFragments { get; init; } = true;
}
