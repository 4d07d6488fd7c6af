using System.Collections.Immutable;
using Azure.Core;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Fabric.Catalog;
using FederatedSegmentation.Connectors.Fabric.Dialect;
using FederatedSegmentation.Connectors.Keys;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Compilation;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>A Fabric Warehouse, or the SQL analytics endpoint of a lakehouse, as a source: TDS, a SELECT a fragment. Safe for concurrent use.</summary>
public sealed class FabricConnector : IRemoteSource
{
    private readonly FabricOptions _options;
    private readonly FabricErrors _errors;
    private readonly FabricConnections? _connections;
    private readonly DriverTransport? _driver;
    private readonly ICatalogReader _catalog;
    private readonly SemaphoreSlim _slots;
    private readonly TimeProvider _clock;

    /// <summary>Sets the source up; nothing is connected yet.</summary>
    /// <param name="source">The source's name in the settings.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="clock">The clock of deadlines.</param>
    /// <exception cref="FederatedSegmentationException">The settings are wrong (CFG); every problem is named.</exception>
    public FabricConnector(string source, FabricOptions options, TimeProvider clock)
        : this(source, options, credential: null, clock)
    {
    }

    /// <summary>The same with tokens from elsewhere.</summary>
    internal FabricConnector(string source, FabricOptions options, TokenCredential? credential, TimeProvider clock)
    {
        var problems = options.Validate(source);
        if (!problems.IsEmpty)
        {
            throw new FederatedSegmentationException(problems);
        }

        Source = source;
        Capabilities = KeyTableSession.Offered(FabricDialect.Instance.Capabilities, options.ScratchSchema is not null && options.Driver is null, KeyPassage.Array);
        _options = options;
        _clock = clock;
        _errors = new FabricErrors(source, options);
        if (options.Driver is { } driver)
        {
            _driver = new DriverTransport(source, driver, FabricDriver.For(options), options.MaxConcurrent, options.StatementTimeout, clock);
            _catalog = new DriverCatalogReader(_driver);
        }
        else
        {
            _connections = new FabricConnections(options, credential);
            _catalog = new CatalogReader(_connections, _errors, clock);
        }

        _slots = new SemaphoreSlim(options.MaxConcurrent);
    }

    /// <inheritdoc />
    public string Source { get; }

    /// <inheritdoc />
    public string Kind => "fabric";

    /// <inheritdoc />
    public Capabilities Capabilities { get; }

    /// <inheritdoc />
    public Task<ImmutableArray<StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
        => new TableDescriptions(_catalog, _errors, _options).ReadAsync(entities, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ConnectionCheck> TestAsync(CancellationToken cancellationToken)
        => new FabricConnectionTest(_connections, _driver, _catalog, _errors, _options).RunAsync(cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(CancellationToken cancellationToken)
        => new TableDiscovery(_catalog, _options).ReadAsync(cancellationToken);

    /// <inheritdoc />
    public CompiledFragment Compile(string fragment, LogicalPlan plan, IReadOnlyDictionary<Entity, StoredTable> tables)
    {
        var context = new CompileContext { MixedCollations = HasOtherCollations(tables), TableName = Qualified, KeyTable = KeyTable };
        var sql = PlanCompiler.Compile(plan, FabricDialect.Instance, context, OutputNames.Of(plan.Columns, StringComparer.OrdinalIgnoreCase), ordered: false);
        return new CompiledFragment(fragment, Source, FabricDialect.Instance.Name, sql, plan.Columns) { Tables = PlanCompiler.TablesOf(plan) };
    }

    /// <inheritdoc />
    public Task<ISourceSession> OpenSessionAsync(SourceRun run, CancellationToken cancellationToken)
    {
        if (_driver is not null)
        {
            return Task.FromResult<ISourceSession>(NamingGrants(_driver.OpenSession(run)));
        }

        var session = new FabricSession(new FabricStatementContext(_connections!, _errors, _options, _slots, run, _clock));
        return Task.FromResult<ISourceSession>(_options.ScratchSchema is null
            ? NamingGrants(session)
            : new KeyTableSession(NamingGrants(session), Source, FabricDialect.Instance, KeyTable, session.ExecuteAsync, run.Warn, _clock));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_connections is not null)
        {
            await _connections.DisposeAsync().ConfigureAwait(false);
        }

        if (_driver is not null)
        {
            await _driver.DisposeAsync().ConfigureAwait(false);
        }

        _slots.Dispose();
    }

    private GrantNamingSession NamingGrants(ISourceSession session) => new(session, (refused, tables) => FabricGrants.Hint(refused, tables, _options));

    // Constants have the warehouse's collation; where that is another than the binary one, every comparison names the binary one.
    private bool HasOtherCollations(IReadOnlyDictionary<Entity, StoredTable> tables) => tables
        .Where(table => table.Key.Source == Source)
        .SelectMany(table => table.Value.Columns.Values)
        .Any(column => column is StoredText { Collation: not null });

    // Names without a schema are those of the account's default schema, which need not be ours.
    private ImmutableArray<string> Qualified(ImmutableArray<string> parts) => parts is [var table] ? [_options.Schema, table] : parts;

    private ImmutableArray<string> KeyTable(string name) => [_options.ScratchSchema!, name];
}
