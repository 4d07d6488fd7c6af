using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors;

/// <summary>A source that is reached by statements and answers with batches.</summary>
public interface IRemoteSource : IDataSourceConnector
{
    /// <summary>Writes a fragment's plan as this source's SQL. Pure.</summary>
    /// <param name="fragment">The fragment's id.</param>
    /// <param name="plan">A plan all of whose scans are of this source and all of whose predicates it answers.</param>
    /// <param name="tables">How the tables of the scans are stored.</param>
    CompiledFragment Compile(string fragment, LogicalPlan plan, IReadOnlyDictionary<Entity, StoredTable> tables);

    /// <summary>Opens one consistent view of the source for a run: every statement of the session sees the same data where the source can do that.</summary>
    Task<ISourceSession> OpenSessionAsync(SourceRun run, CancellationToken cancellationToken);
}

/// <summary>A run as a source sees it.</summary>
/// <param name="RunId">The run's id, put where the source's operator sees it (application name, query tag).</param>
/// <param name="Remaining">The time left until the deadline when the session is opened; statements are limited to it at the source.</param>
public sealed record SourceRun(string RunId, TimeSpan Remaining)
{
    /// <summary>Hears of what somebody should look at although the run succeeds: a sentence. Called from any thread; null for nobody.</summary>
    public Action<string>? Warn { get; init; }
}

/// <summary>One consistent view of a source. Statements may run side by side.</summary>
public interface ISourceSession : IAsyncDisposable
{
    /// <summary>Starts a statement and waits until the source has accepted it.</summary>
    Task<ISourceStatement> SubmitAsync(CompiledFragment fragment, CancellationToken cancellationToken);
}

/// <summary>A statement that runs at a source.</summary>
public interface ISourceStatement : IAsyncDisposable
{
    /// <summary>The schema of the batches: one field per column of the fragment, by its storage type .</summary>
    ArrowSchema Schema { get; }

    /// <summary>The result, complete or an error; each batch is owned by the reader. Can be read once. Cancelling it cancels the statement at the source and waits for its end.</summary>
    IAsyncEnumerable<RecordBatch> FetchAsync(CancellationToken cancellationToken);
}
