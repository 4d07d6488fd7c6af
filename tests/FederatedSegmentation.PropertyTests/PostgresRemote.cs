using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Values;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Postgres;
using FederatedSegmentation.Settings;
using FederatedSegmentation.Testing.Postgres;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Generated tables in a real PostgreSQL database. Some columns are stored as another type than the model declares.</summary>
public sealed class PostgresRemote : RemoteDatabase
{
    private const string Name = "postgres";

    private readonly PostgresDatabase _database;

    private PostgresRemote(PostgresDatabase database) => _database = database;

    /// <summary>An empty database of the shared server, with a collation that takes upper and lower case as equal.</summary>
    public static async Task<RemoteDatabase> CreateAsync(CancellationToken cancellationToken) => await OpenAsync(cancellationToken);

    /// <summary>The same, for tests that make their tables by themselves.</summary>
    public static async Task<PostgresRemote> OpenAsync(CancellationToken cancellationToken)
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(cancellationToken);
        await database.ExecuteAsync("CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)", cancellationToken);
        return new PostgresRemote(database);
    }

    /// <inheritdoc />
    public override SourceOptions Options => new PostgresSourceOptions(Name)
    {
        Host = PostgresServer.Host,
        Port = _database.Server.Port,
        Database = _database.Name,
        Schema = "public",
        User = PostgresServer.AdminUser,
        Password = new EnvironmentSecret("Password", "UNUSED"),
        SslMode = TlsMode.Disable,
        RootCertificate = null,
        Limits = new SourceLimits(2, null),
    };

    /// <inheritdoc />
    public override IDataSourceConnector Connect() => new PostgresConnector(
        Name,
        new PostgresOptions
        {
            Host = PostgresServer.Host,
            Port = _database.Server.Port,
            Database = _database.Name,
            User = PostgresServer.AdminUser,
            SslMode = PostgresSslMode.Disable,
            MaxConcurrent = 2,
        },
        _ => ValueTask.FromResult(_database.Server.AdminPassword),
        TimeProvider.System);

    /// <summary>Runs statements as the superuser.</summary>
    public Task ExecuteAsync(string sql, CancellationToken cancellationToken) => _database.ExecuteAsync(sql, cancellationToken);

    /// <inheritdoc />
    public override bool Takes(GeneratedTable table) => !HasNul(table);

    /// <inheritdoc />
    public override async Task LoadAsync(GeneratedTable table, int seed, CancellationToken cancellationToken)
    {
        await _database.ExecuteAsync($"DROP TABLE IF EXISTS {PostgresDatabase.Quote(TableOf(table.EntityName))}", cancellationToken);
        var forms = table.Columns
            .Select((column, i) => StoredForm.Choose(column, table.Rows.Select(row => row[i]), new SeededRandom(StableHash.Of(seed, "postgres", table.EntityName, column.LogicalName))))
            .ToList();
        var columns = table.Columns.Select((column, i) => (column.StoredName, forms[i].Postgres)).ToList();
        var rows = table.Rows.Select(IReadOnlyList<object?> (row) => [.. row.Select((value, i) => value is Value.NullValue ? null : forms[i].Text(value))]);
        await _database.CreateTableAsync([TableOf(table.EntityName)], columns, rows, cancellationToken);
    }
}
