using System.Collections.Immutable;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.BigQuery.Catalog;
using FederatedSegmentation.Connectors.BigQuery.Rest;
using FederatedSegmentation.Connectors.BigQuery.Storage;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Connectors.Keys;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Compilation;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>A project of BigQuery as a source. Only single SELECT statements are sent, as query jobs, and what tables of keys need where a scratch schema is set. Safe for concurrent use.</summary>
public sealed class BigQueryConnector : IRemoteSource, IReadEstimator
{
    private readonly BigQueryOptions _options;
    private readonly HttpErrors _errors;
    private readonly ICatalog _catalog;
    private readonly DriverTransport? _driver;
    private readonly BigQueryErrors? _apiErrors;
    private readonly HttpTransport? _http;
    private readonly HttpTransport? _storageHttp;
    private readonly BigQueryTokens? _tokens;
    private readonly BigQueryApi? _api;
    private readonly StorageApi? _storage;
    private readonly SemaphoreSlim? _slots;
    private readonly TimeProvider _clock;

    /// <summary>Sets the source up; nothing is sent yet.</summary>
    /// <param name="source">The source's name in the settings.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="keyFile">Fetches the text of a service account's key file when it signs in; it is kept nowhere else. Null for the application-default credentials, and where a driver connects.</param>
    /// <param name="clock">The clock of deadlines.</param>
    /// <exception cref="FederatedSegmentationException">The settings are wrong (CFG); every problem is named.</exception>
    public BigQueryConnector(string source, BigQueryOptions options, Func<CancellationToken, ValueTask<string>>? keyFile, TimeProvider clock)
    {
        var problems = options.Validate(source);
        if (!problems.IsEmpty)
        {
            throw new FederatedSegmentationException(problems);
        }

        Source = source;
        Capabilities = KeyTableSession.Offered(BigQueryDialect.Instance.Capabilities, options.ScratchSchema is not null, options.Driver is null ? KeyPassage.Array : KeyPassage.List);
        _options = options;
        _clock = clock;
        if (options.Driver is { } driver)
        {
            _driver = new DriverTransport(source, driver, BigQueryDriver.For(options), options.MaxConcurrent, options.StatementTimeout, clock);
            _errors = _driver.Errors.Common;
            _catalog = new DriverCatalog(_driver, options);
            return;
        }

        _apiErrors = new BigQueryErrors(source, options);
        _errors = _apiErrors.Http;
        _http = new HttpTransport(options.Http, _errors, clock);
        _tokens = new BigQueryTokens(options, _apiErrors, keyFile);
        _api = new BigQueryApi(_http, _tokens, _apiErrors);
        _catalog = new CatalogApi(_api, options);
        if (options.Storage is { } storage)
        {
            _storageHttp = new HttpTransport(storage, _apiErrors.Storage, clock);
            _storage = new StorageApi(_storageHttp, _tokens, _apiErrors);
        }

        _slots = new SemaphoreSlim(options.MaxConcurrent);
    }

    /// <inheritdoc />
    public string Source { get; }

    /// <inheritdoc />
    public string Kind => "bigquery";

    /// <inheritdoc />
    /// <remarks>Drivers differ in how they bind parameters: through one, keys travel as constants only.</remarks>
    public Capabilities Capabilities { get; }

    /// <inheritdoc />
    public Task<ImmutableArray<StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
        => new TableDescriptions(_catalog, _errors, _options).ReadAsync(entities, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ConnectionCheck> TestAsync(CancellationToken cancellationToken)
        => _driver is null
            ? new BigQueryConnectionTest(_api!, _storage, _tokens!, (CatalogApi)_catalog, _options).RunAsync(cancellationToken)
            : new DriverConnectionTest(_driver, (DriverCatalog)_catalog, _options).RunAsync(cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(CancellationToken cancellationToken)
        => new TableDiscovery(_catalog, _options).ReadAsync(cancellationToken);

    /// <inheritdoc />
    public CompiledFragment Compile(string fragment, LogicalPlan plan, IReadOnlyDictionary<Entity, StoredTable> tables)
    {
        var names = OutputNames.Of(plan.Columns, StringComparer.OrdinalIgnoreCase, Spell);
        var context = new CompileContext { TableName = _driver is null ? null : Qualified, KeyTable = KeyTable };
        var sql = PlanCompiler.Compile(plan, BigQueryDialect.Instance, context, names, ordered: false);
        return new CompiledFragment(fragment, Source, BigQueryDialect.Instance.Name, _driver is null ? Carried(sql, plan.Columns, names) : BigQueryDriver.Carried(sql, plan.Columns, names), plan.Columns) { Tables = PlanCompiler.TablesOf(plan) };
    }

    /// <inheritdoc />
    /// <remarks>A driver has no dry run: through one nothing is known.</remarks>
    public Task<long?> EstimateReadAsync(CompiledFragment fragment, CancellationToken cancellationToken)
        => _api is null ? Task.FromResult<long?>(null) : DryRun.BytesAsync(_api, _options, fragment.Sql, Stage.Plan, $"the dry run of fragment {fragment.Fragment}", cancellationToken);

    /// <inheritdoc />
    public Task<ISourceSession> OpenSessionAsync(SourceRun run, CancellationToken cancellationToken)
    {
        if (_driver is not null)
        {
            return Task.FromResult<ISourceSession>(NamingGrants(_driver.OpenSession(run)));
        }

        var session = new BigQuerySession(new StatementContext(_api!, _storage, _apiErrors!, _options, _slots!, run, _clock));
        return Task.FromResult<ISourceSession>(_options.ScratchSchema is null
            ? NamingGrants(session)
            : new KeyTableSession(NamingGrants(session), Source, BigQueryDialect.Instance, KeyTable, session.ExecuteAsync, run.Warn, _clock));
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _http?.Dispose();
        _storageHttp?.Dispose();
        _tokens?.Dispose();
        _slots?.Dispose();
        return _driver?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private GrantNamingSession NamingGrants(ISourceSession session) => new(session, (refused, tables) => BigQueryGrants.Hint(refused, tables, _options));

    // A result has numbers of two types, of which only the smaller fits 128 bits; the others come as text.
    private static string Carried(string sql, ImmutableArray<PlanColumn> columns, ImmutableArray<string> names)
    {
        if (!columns.Any(column => column.Storage is StoredDecimal))
        {
            return sql;
        }

        var outputs = columns.Zip(names, (column, name) => (BigQueryDialect.Instance.QuoteIdentifier(name), column.Storage) switch
        {
            (var quoted, StoredDecimal exact) => $"CAST({quoted} AS {BigQueryTypes.ResultType(exact)}) AS {quoted}",
            var (quoted, _) => quoted,
        });
        return $"SELECT {string.Join(", ", outputs)}\nFROM (\n{sql}\n)";
    }

    // Of characters that a column of a result may have; names that begin with an underscore are BigQuery's own.
    private static string Spell(string name)
    {
        var word = string.Concat(name.Take(100).Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'));
        return word.Length > 0 && char.IsAsciiLetter(word[0]) ? word : $"c{word}";
    }

    // Project and dataset of a driver's session need not be ours.
    private ImmutableArray<string> Qualified(ImmutableArray<string> parts) => TableName.Resolve(parts, _options) is { } name ? [name.Project, name.Dataset, name.Table] : parts;

    private ImmutableArray<string> KeyTable(string name) => [_options.Project, _options.ScratchSchema!, name];
}
