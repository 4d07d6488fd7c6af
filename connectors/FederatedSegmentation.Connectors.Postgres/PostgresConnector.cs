using System.Collections.Immutable;
using FederatedSegmentation.Connectors.Postgres.Catalog;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Compilation;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>A PostgreSQL database (version 12 or later) as a source. Everything runs in read-only transactions; fragments arrive by binary COPY. Safe for concurrent use.</summary>
public sealed class PostgresConnector : IRemoteSource
{
    private readonly PostgresOptions _options;
    private readonly PostgresErrors _errors;
    private readonly PostgresConnections _connections;
    private readonly CatalogReader _catalog;
    private readonly SemaphoreSlim _slots;
    private readonly TimeProvider _clock;

    /// <summary>Sets the source up; nothing is connected yet.</summary>
    /// <param name="source">The source's name in the settings.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="password">Fetches the password, whenever a connection is opened. It is kept nowhere else.</param>
    /// <param name="clock">The clock of deadlines.</param>
    /// <exception cref="FederatedSegmentationException">The settings are wrong (CFG); every problem is named.</exception>
    public PostgresConnector(string source, PostgresOptions options, Func<CancellationToken, ValueTask<string>> password, TimeProvider clock)
    {
        var problems = options.Validate(source);
        if (!problems.IsEmpty)
        {
            throw new FederatedSegmentationException(problems);
        }

        Source = source;
        _options = options;
        _clock = clock;
        _errors = new PostgresErrors(source, options);
        _connections = new PostgresConnections(options, password);
        _catalog = new CatalogReader(_connections, _errors, clock);
        _slots = new SemaphoreSlim(options.MaxConcurrent);
    }

    /// <inheritdoc />
    public string Source { get; }

    /// <inheritdoc />
    public string Kind => "postgres";

    /// <inheritdoc />
    public Capabilities Capabilities => PostgresDialect.Instance.Capabilities;

    /// <inheritdoc />
    public Task<ImmutableArray<StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
        => new TableDescriptions(_catalog, _errors, _options).ReadAsync(entities, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ConnectionCheck> TestAsync(CancellationToken cancellationToken)
        => new PostgresConnectionTest(_connections, _catalog, _errors, _options).RunAsync(cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(CancellationToken cancellationToken)
        => new TableDiscovery(_catalog, _options).ReadAsync(cancellationToken);

    /// <inheritdoc />
    public CompiledFragment Compile(string fragment, LogicalPlan plan, IReadOnlyDictionary<Entity, StoredTable> tables)
    {
        var context = new CompileContext { MixedCollations = HasMixedCollations(tables) };
        var sql = PlanCompiler.Compile(plan, PostgresDialect.Instance, context, OutputNames.Of(plan.Columns, StringComparer.Ordinal), ordered: false);
        return new CompiledFragment(fragment, Source, PostgresDialect.Instance.Name, sql, plan.Columns);
    }

    /// <inheritdoc />
    public Task<ISourceSession> OpenSessionAsync(SourceRun run, CancellationToken cancellationToken)
        => PostgresSession.OpenAsync(new PostgresStatementContext(_connections, _errors, _options, _slots, run, _clock), cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _connections.DisposeAsync().ConfigureAwait(false);
        _slots.Dispose();
    }

    // The database's default gives way to any other collation; two others cannot be compared unless the comparison names one.
    private bool HasMixedCollations(IReadOnlyDictionary<Entity, StoredTable> tables) => tables
        .Where(table => table.Key.Source == Source)
        .SelectMany(table => table.Value.Columns.Values.OfType<StoredText>())
        .Select(text => text.Collation)
        .OfType<string>()
        .Distinct(StringComparer.Ordinal)
        .Skip(1)
        .Any();
}
