using System.Text;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Values;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Postgres;
using FederatedSegmentation.Settings;
using FederatedSegmentation.Testing.Postgres;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Generated tables in a real PostgreSQL database. Some columns are stored as text although the model declares another type.</summary>
public sealed class PostgresRemote(PostgresDatabase database) : RemoteDatabase
{
    /// <inheritdoc />
    public override SourceOptions Options => new PostgresSourceOptions("db")
    {
        Host = PostgresServer.Host,
        Port = database.Server.Port,
        Database = database.Name,
        Schema = "public",
        User = PostgresServer.AdminUser,
        Password = new EnvironmentSecret("Password", "UNUSED"),
        SslMode = TlsMode.Disable,
        RootCertificate = null,
        Limits = new SourceLimits(2, null),
    };

    /// <inheritdoc />
    public override IDataSourceConnector Connect() => new PostgresConnector(
        "db",
        new PostgresOptions
        {
            Host = PostgresServer.Host,
            Port = database.Server.Port,
            Database = database.Name,
            User = PostgresServer.AdminUser,
            SslMode = PostgresSslMode.Disable,
            MaxConcurrent = 2,
        },
        _ => ValueTask.FromResult(database.Server.AdminPassword),
        TimeProvider.System);

    /// <inheritdoc />
    public override async Task LoadAsync(GeneratedTable table, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync($"DROP TABLE IF EXISTS {PostgresDatabase.Quote(TableOf(table.EntityName))}", cancellationToken);
        var columns = table.Columns.Select((column, i) => (column.StoredName, StoredAsText(column, i) ? "text" : TypeOf(column.Type))).ToList();
        var rows = table.Rows.Select(IReadOnlyList<object?> (row) => [.. row.Select((value, i) => ValueOf(value, columns[i].Item2))]);
        await database.CreateTableAsync([TableOf(table.EntityName)], columns, rows, cancellationToken);
    }

    private static bool StoredAsText(GeneratedColumn column, int index) => (Encoding.UTF8.GetByteCount(column.StoredName) + index) % 7 == 0;

    private static string TypeOf(string type) => type switch
    {
        "boolean" => "boolean",
        "int64" => "bigint",
        "float64" => "float8",
        "string" => "text",
        "date" => "date",
        "timestamp" => "timestamptz",
        "datetime" => "timestamp",
        "binary" => "bytea",
        _ => type.Replace("decimal", "numeric", StringComparison.Ordinal),
    };

    private static string? ValueOf(Value value, string type) => value switch
    {
        Value.NullValue => null,
        Value.Binary binary => type == "text" ? binary.Hex : "\\x" + binary.Hex,
        _ => CanonicalText.Of(value),
    };
}
