using System.Collections.Immutable;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Connectors.Snowflake.Catalog;
using FederatedSegmentation.Connectors.Snowflake.Protocol;
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
    private readonly SnowflakeClient _client;
    private readonly CatalogReader _catalog;
    private readonly SemaphoreSlim _slots;
    private readonly ByteBudget _budget;
    private readonly TimeProvider _clock;

    /// <summary>Sets the source up; nothing is connected yet.</summary>
    /// <param name="source">The source's name in the settings.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="secrets">Fetches the secrets, whenever a token is made.</param>
    /// <param name="clock">The clock of deadlines and tokens.</param>
    /// <exception cref="FederatedSegmentationException">The settings are wrong (CFG); every problem is named.</exception>
    public SnowflakeConnector(string source, SnowflakeOptions options, SnowflakeSecrets secrets, TimeProvider clock)
    {
        var problems = options.Validate(source);
        if (!problems.IsEmpty)
        {
            throw new FederatedSegmentationException(problems);
        }

        Source = source;
        _options = options;
        _clock = clock;
        var errors = SnowflakeErrors.Of(source, options);
        _client = new SnowflakeClient(new HttpTransport(options.Transport, errors, clock), new AccessToken(options, secrets, errors, clock), options, clock);
        _catalog = new CatalogReader(_client);
        _slots = new SemaphoreSlim(options.MaxConcurrent);
        _budget = new ByteBudget(options.InFlightBytes);
    }

    /// <inheritdoc />
    public string Source { get; }

    /// <inheritdoc />
    public string Kind => "snowflake";

    /// <inheritdoc />
    public Capabilities Capabilities => SnowflakeDialect.Instance.Capabilities;

    /// <inheritdoc />
    public Task<ImmutableArray<StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
        => new TableDescriptions(_catalog, _client.Errors, _options).ReadAsync(entities, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ConnectionCheck> TestAsync(CancellationToken cancellationToken)
        => new SnowflakeConnectionTest(_catalog, _options).RunAsync(cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(CancellationToken cancellationToken)
        => new TableDiscovery(_catalog, _options).ReadAsync(cancellationToken);

    /// <inheritdoc />
    public CompiledFragment Compile(string fragment, LogicalPlan plan, IReadOnlyDictionary<Entity, StoredTable> tables)
    {
        var sql = PlanCompiler.Compile(plan, SnowflakeDialect.Instance, new CompileContext(), OutputNames.Of(plan.Columns, StringComparer.Ordinal), ordered: false);
        return new CompiledFragment(fragment, Source, SnowflakeDialect.Instance.Name, sql, plan.Columns);
    }

    /// <inheritdoc />
    public Task<ISourceSession> OpenSessionAsync(SourceRun run, CancellationToken cancellationToken)
        => Task.FromResult<ISourceSession>(new SnowflakeSession(_client, _options, _slots, _budget, run, _clock));

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _slots.Dispose();
        return ValueTask.CompletedTask;
    }
}
