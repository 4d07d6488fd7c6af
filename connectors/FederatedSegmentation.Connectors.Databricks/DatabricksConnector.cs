using System.Collections.Immutable;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Databricks.Api;
using FederatedSegmentation.Connectors.Databricks.Catalog;
using FederatedSegmentation.Connectors.Databricks.Fetch;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Connectors.Keys;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Compilation;

namespace FederatedSegmentation.Connectors.Databricks;

/// <summary>
/// A catalog of Databricks behind one SQL warehouse, over the SQL Statement Execution API. Only single SELECT statements are sent, and what tables of keys need where a scratch schema is set; results arrive as Arrow from
/// the workspace's storage. Safe for concurrent use.
/// </summary>
public sealed class DatabricksConnector : IRemoteSource
{
    private readonly DatabricksOptions _options;
    private readonly HttpTransport? _transport;
    private readonly TokenSource? _tokens;
    private readonly StatementContext? _context;
    private readonly DriverTransport? _driver;
    private readonly HttpErrors _errors;
    private readonly CatalogReader _catalog;

    /// <summary>Sets the source up; nothing is connected yet.</summary>
    /// <param name="source">The source's name in the settings.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="secret">Fetches the token, or the secret of the OAuth client, whenever it is needed. It is kept nowhere else. Null where a driver connects.</param>
    /// <param name="clock">The clock of deadlines, of tokens and of links.</param>
    /// <exception cref="FederatedSegmentationException">The settings are wrong (CFG); every problem is named.</exception>
    public DatabricksConnector(string source, DatabricksOptions options, Func<CancellationToken, ValueTask<string>>? secret, TimeProvider clock)
    {
        var problems = options.Validate(source);
        if (!problems.IsEmpty)
        {
            throw new FederatedSegmentationException(problems);
        }

        Source = source;
        Capabilities = KeyTableSession.Offered(DatabricksDialect.Instance.Capabilities, options.ScratchSchema is not null, options.Driver is null ? KeyPassage.Array : KeyPassage.List);
        _options = options;
        if (options.Driver is { } driver)
        {
            _driver = new DriverTransport(source, driver, DatabricksDriver.For(), options.MaxConcurrent, options.StatementTimeout, clock);
            _errors = _driver.Errors.Common;
            _catalog = new DriverCatalogReader(_driver);
            return;
        }

        ArgumentNullException.ThrowIfNull(secret);
        _errors = DatabricksErrors.For(source, options);
        _transport = new HttpTransport(
            options.Transport with { LinkHosts = [.. options.Transport.LinkHosts, .. DatabricksOptions.StorageHosts] }, _errors, clock);
        _tokens = new TokenSource(_transport, options, secret, clock);
        var api = new DatabricksApi(_transport, options, _tokens);
        _context = new StatementContext(
            api, new StatementRunner(api, clock), new ResultFetch(api, new ByteBudget(options.InFlightBytes), clock), new SemaphoreSlim(options.MaxConcurrent), clock);
        _catalog = new ApiCatalogReader(_context);
    }

    /// <inheritdoc />
    public string Source { get; }

    /// <inheritdoc />
    public string Kind => "databricks";

    /// <inheritdoc />
    /// <remarks>Drivers differ in how they bind parameters: through one, keys travel as constants only.</remarks>
    public Capabilities Capabilities { get; }

    /// <inheritdoc />
    public Task<ImmutableArray<StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
        => new TableDescriptions(_catalog, _errors, _options).ReadAsync(entities, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ConnectionCheck> TestAsync(CancellationToken cancellationToken)
        => new DatabricksConnectionTest(_context?.Api, _tokens, _driver, _catalog, _options).RunAsync(cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(CancellationToken cancellationToken)
        => new TableDiscovery(_catalog, _options).ReadAsync(cancellationToken);

    /// <inheritdoc />
    public CompiledFragment Compile(string fragment, LogicalPlan plan, IReadOnlyDictionary<Entity, StoredTable> tables)
    {
        // Names without catalog and schema are those of the session, which is a driver's own there.
        var names = OutputNames.Of(plan.Columns, StringComparer.OrdinalIgnoreCase);
        var context = new CompileContext { TableName = _driver is null ? null : Qualified, KeyTable = KeyTable };
        var sql = PlanCompiler.Compile(plan, DatabricksDialect.Instance, context, names, ordered: false);
        return new CompiledFragment(fragment, Source, DatabricksDialect.Instance.Name, _driver is null ? sql : DatabricksDriver.Carried(sql, plan.Columns, names), plan.Columns) { Tables = PlanCompiler.TablesOf(plan) };
    }

    /// <inheritdoc />
    public async Task<ISourceSession> OpenSessionAsync(SourceRun run, CancellationToken cancellationToken)
    {
        if (_driver is not null)
        {
            return NamingGrants(_driver.OpenSession(run));
        }

        var session = await DatabricksSession.OpenAsync(_context!, run, cancellationToken).ConfigureAwait(false);
        return _options.ScratchSchema is null
            ? NamingGrants(session)
            : new KeyTableSession(NamingGrants(session), Source, DatabricksDialect.Instance, KeyTable, session.ExecuteAsync, run.Warn, _context!.Clock);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _tokens?.Dispose();
        _transport?.Dispose();
        _context?.Slots.Dispose();
        return _driver?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private GrantNamingSession NamingGrants(ISourceSession session) => new(session, (refused, tables) => DatabricksGrants.Hint(refused, tables, _options));

    private ImmutableArray<string> Qualified(ImmutableArray<string> parts) => DatabricksNames.Resolve(parts, _options) is { } name ? [name.Catalog, name.Schema, name.Table] : parts;

    private ImmutableArray<string> KeyTable(string name) => [_options.Catalog, _options.ScratchSchema!, name];
}
