using System.Collections.Immutable;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>A source as several gateways share it: it says of itself what the kit wants to know about, and stays open.</summary>
internal abstract class BorrowedSource(IDataSourceConnector inner, Capabilities capabilities, Dictionary<string, StoredTable> described) : IDataSourceConnector
{
    /// <inheritdoc />
    public string Source => inner.Source;

    /// <inheritdoc />
    public string Kind => inner.Kind;

    /// <inheritdoc />
    public Capabilities Capabilities { get; } = capabilities;

    /// <summary>A source that is lent out.</summary>
    /// <param name="source">The source; its owner disposes of it.</param>
    /// <param name="capabilities">What it says of itself.</param>
    /// <param name="described">What is known of its tables, which do not change while the cases run: a warehouse takes long to describe one. Runs over it follow each other.</param>
    public static BorrowedSource Of(IDataSourceConnector source, Capabilities capabilities, Dictionary<string, StoredTable> described) => source switch
    {
        IRemoteSource remote => new Remote(remote, capabilities, described),
        IEngineSource engine => new InEngine(engine, capabilities, described),
        _ => throw new ArgumentException($"A source of kind {source.Kind} is neither asked nor read by the engine.", nameof(source)),
    };

    /// <inheritdoc />
    public async Task<ImmutableArray<StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
    {
        ImmutableArray<Entity> unknown = [.. entities.Where(entity => !described.ContainsKey(entity.Name))];
        if (!unknown.IsEmpty)
        {
            foreach (var (entity, table) in unknown.Zip(await inner.DescribeAsync(unknown, cancellationToken).ConfigureAwait(false)))
            {
                described.Add(entity.Name, table);
            }
        }

        return [.. entities.Select(entity => described[entity.Name])];
    }

    /// <inheritdoc />
    public IAsyncEnumerable<ConnectionCheck> TestAsync(CancellationToken cancellationToken) => inner.TestAsync(cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(CancellationToken cancellationToken) => inner.DiscoverAsync(cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Remote(IRemoteSource remote, Capabilities capabilities, Dictionary<string, StoredTable> described) : BorrowedSource(remote, capabilities, described), IRemoteSource
    {
        public CompiledFragment Compile(string fragment, LogicalPlan plan, IReadOnlyDictionary<Entity, StoredTable> tables) => remote.Compile(fragment, plan, tables);

        public Task<ISourceSession> OpenSessionAsync(SourceRun run, CancellationToken cancellationToken) => remote.OpenSessionAsync(run, cancellationToken);
    }

    private sealed class InEngine(IEngineSource engine, Capabilities capabilities, Dictionary<string, StoredTable> described) : BorrowedSource(engine, capabilities, described), IEngineSource
    {
        public ImmutableArray<string> AllowedDirectories => engine.AllowedDirectories;

        public EngineTable TableOf(StoredTable table) => engine.TableOf(table);

        public Problem? FindChange(StoredTable table) => engine.FindChange(table);

        public Task<Problem?> FindTruncationAsync(StoredTable table, CancellationToken cancellationToken) => engine.FindTruncationAsync(table, cancellationToken);

        public MisfitQueries? FindMisfits(string entity, string column) => engine.FindMisfits(entity, column);

        public Task<Problem?> ExplainAsync(Exception failure, CancellationToken cancellationToken) => engine.ExplainAsync(failure, cancellationToken);
    }
}
