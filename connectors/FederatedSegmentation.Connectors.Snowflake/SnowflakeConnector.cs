using System.Collections.Immutable;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Connectors.Snowflake.Catalog;
using FederatedSegmentation.Connectors.Snowflake.Protocol;
using FederatedSegmentation.Connectors.Keys;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Compilation;

namespace FederatedSegmentation.Connectors.Snowflake;

/// <summary>A Snowflake account as a source, by the SQL API v2. Only single SELECTs are sent. Safe for concurrent use.</summary>
public sealed class SnowflakeConnector : IRemoteSource
{
    private readonly SnowflakeOptions _options;
    private readonly SnowflakeClient? _client;
    private readonly DriverTransport? _driver;
    private readonly HttpErrors _errors;
    private readonly ICatalogReader _catalog;
    private readonly SemaphoreSlim _slots;
    private readonly ByteBudget _budget;
    private readonly TimeProvider _clock;

    /// <summary>Sets the source up; nothing is connected yet.</summary>
    /// <param name="source">The source's name in the settings.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="secrets">Fetches the secrets, whenever a token is made; null where a driver connects.</param>
    /// <param name="clock">The clock of deadlines and tokens.</param>
    /// <exception cref="FederatedSegmentationException">The settings are wrong (CFG); every problem is named.</exception>
    public SnowflakeConnector(string source, SnowflakeOptions options, SnowflakeSecrets? secrets, TimeProvider clock)
    {
        var problems = options.Validate(source);
        if (!problems.IsEmpty)
        {
            throw new FederatedSegmentationException(problems);
        }

        Source = source;
        Capabilities = KeyTableSession.Offered(SnowflakeDialect.Instance.Capabilities, options.ScratchSchema is not null, options.Driver is null ? KeyPassage.Array : KeyPassage.List);
        _options = options;
        _clock = clock;
        if (options.Driver is { } driver)
        {
            _driver = new DriverTransport(source, driver, SnowflakeDriver.For(options), options.MaxConcurrent, options.StatementTimeout, clock);
            _errors = _driver.Errors.Common;
            _catalog = new DriverCatalogReader(_driver);
        }
        else
        {
            ArgumentNullException.ThrowIfNull(secrets);
            _errors = SnowflakeErrors.Of(source, options);
            _client = new SnowflakeClient(new HttpTransport(options.Transport, _errors, clock), new AccessToken(options, secrets, _errors, clock), options, clock);
            _catalog = new CatalogReader(_client);
        }

        _slots = new SemaphoreSlim(options.MaxConcurrent);
        _budget = new ByteBudget(options.InFlightBytes);
    }

    /// <inheritdoc />
    public string Source { get; }

    /// <inheritdoc />
    public string Kind => "snowflake";

    /// <inheritdoc />
    /// <remarks>Drivers differ in how they bind parameters: through one, keys travel as constants only.</remarks>
    public Capabilities Capabilities { get; }

    /// <inheritdoc />
    public Task<ImmutableArray<StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
        => new TableDescriptions(_catalog, _errors, _options).ReadAsync(entities, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ConnectionCheck> TestAsync(CancellationToken cancellationToken)
        => new SnowflakeConnectionTest(_catalog, _driver, _options).RunAsync(cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(CancellationToken cancellationToken)
        => new TableDiscovery(_catalog, _options).ReadAsync(cancellationToken);

    /// <inheritdoc />
    public CompiledFragment Compile(string fragment, LogicalPlan plan, IReadOnlyDictionary<Entity, StoredTable> tables)
    {
        var names = OutputNames.Of(plan.Columns, StringComparer.Ordinal);
        var context = new CompileContext { TableName = _driver is null ? null : Qualified, KeyTable = KeyTable };
        var sql = PlanCompiler.Compile(plan, SnowflakeDialect.Instance, context, names, ordered: false);
        return new CompiledFragment(fragment, Source, SnowflakeDialect.Instance.Name, _driver is null ? sql : SnowflakeDriver.Carried(sql, plan.Columns, names), plan.Columns) { Tables = PlanCompiler.TablesOf(plan) };
    }

    /// <inheritdoc />
    public Task<ISourceSession> OpenSessionAsync(SourceRun run, CancellationToken cancellationToken)
    {
        if (_driver is not null)
        {
            return Task.FromResult<ISourceSession>(NamingGrants(_driver.OpenSession(run)));
        }

        var session = new SnowflakeSession(_client!, _options, _slots, _budget, run, _clock);
        return Task.FromResult<ISourceSession>(_options.ScratchSchema is null
            ? NamingGrants(session)
            : new KeyTableSession(NamingGrants(session), Source, SnowflakeDialect.Instance, KeyTable, session.ExecuteAsync, run.Warn, _clock));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_driver is not null)
        {
            await _driver.DisposeAsync().ConfigureAwait(false);
        }

        _slots.Dispose();
    }

    private GrantNamingSession NamingGrants(ISourceSession session) => new(session, (refused, tables) => SnowflakeGrants.Hint(refused, tables, _options));

    // Database and schema of a driver's session need not be ours.
    private ImmutableArray<string> Qualified(ImmutableArray<string> parts) => QualifiedName.Resolve(parts, _options) is { } name ? [name.Database, name.Schema, name.Table] : parts;

    private ImmutableArray<string> KeyTable(string name) => [_options.Database, _options.ScratchSchema!, name];
}
