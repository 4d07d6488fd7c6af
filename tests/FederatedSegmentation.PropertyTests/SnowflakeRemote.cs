using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Values;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Snowflake;
using FederatedSegmentation.Settings;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Generated tables in a local Snowflake. Some columns are stored as another type than the model declares.</summary>
public sealed partial class SnowflakeRemote : RemoteDatabase
{
    private const string Name = "snowflake";

    private readonly WarehouseServer _server;
    private readonly string _database = $"CASES_{Guid.NewGuid():N}".ToUpperInvariant();

    private SnowflakeRemote(WarehouseServer server) => _server = server;

    /// <summary>An empty database of the shared server.</summary>
    public static async Task<RemoteDatabase> CreateAsync(CancellationToken cancellationToken)
    {
        var remote = new SnowflakeRemote(await SharedWarehouseServer.GetAsync("snowflake").WaitAsync(cancellationToken));
        await remote.Server.Control.VendorAsync(new JsonObject { ["scratch"] = new JsonArray(remote._database, ScratchSchema) }, cancellationToken);
        return remote;
    }

    /// <inheritdoc />
    public override WarehouseServer Server => _server;

    /// <inheritdoc />
    public override string Mark => _database;

    /// <inheritdoc />
    public override SourceOptions Options => new SnowflakeSourceOptions(Name)
    {
        Http = new HttpSourceOptions(_server.Endpoint, null, null, []),
        Account = "LOCAL",
        Database = _database,
        Schema = "PUBLIC",
        Warehouse = null,
        Role = null,
        Login = SnowflakeLogin.ProgrammaticAccessToken,
        User = null,
        Secret = new EnvironmentSecret("Token", "UNUSED"),
        Passphrase = null,
        Limits = new SourceLimits(2, null),
    };

    /// <inheritdoc />
    public override IDataSourceConnector Connect() => new SnowflakeConnector(
        Name,
        new SnowflakeOptions { Endpoint = _server.Endpoint, Authentication = SnowflakeAuthentication.ProgrammaticAccessToken, Database = _database, ScratchSchema = ScratchSchema, MaxConcurrent = 2 },
        new SnowflakeSecrets(_ => ValueTask.FromResult((string)_server.Ready["pat"]!)),
        TimeProvider.System);

    /// <inheritdoc />
    public override bool Takes(GeneratedTable table) => !HasNul(table);

    /// <inheritdoc />
    public override Task LoadAsync(GeneratedTable table, int seed, CancellationToken cancellationToken)
    {
        var forms = table.Columns
            .Select((column, i) => StoredForm.Choose(column, table.Rows.Select(row => row[i]), new SeededRandom(StableHash.Of(seed, "snowflake", table.EntityName, column.LogicalName))))
            .ToList();
        return _server.Control.LoadAsync(
            [
                new WarehouseTable(
                    _database,
                    "PUBLIC",
                    TableOf(table.EntityName),
                    [.. table.Columns.Select((column, i) => new WarehouseColumn(column.StoredName, TypeOf(forms[i])))],
                    [.. table.Rows.Select(IReadOnlyList<string?> (row) => [.. row.Select((value, i) => value is Value.NullValue ? null : TextOf(forms[i], value))])]),
            ],
            cancellationToken);
    }

    private static string TypeOf(StoredForm form)
    {
        if (form.Postgres == "bytea")
        {
            return "BINARY";
        }

        var type = CastType().Match(form.Parquet).Groups["type"].Value;
        return type switch
        {
            "BIGINT" or "INTEGER" or "SMALLINT" => type,
            "UINTEGER" => "NUMBER(10,0)",
            "UBIGINT" => "NUMBER(20,0)",
            "DOUBLE" or "FLOAT" => "FLOAT",
            "BOOLEAN" or "DATE" or "VARCHAR" => type,
            // Finer than the engine behind the local server stores.
            "TIMESTAMP_NS" => "VARCHAR",
            "TIMESTAMPTZ" => "TIMESTAMP_LTZ",
            "TIMESTAMP" or "TIMESTAMP_MS" => form.Postgres.StartsWith("timestamptz", StringComparison.Ordinal) ? "TIMESTAMP_LTZ" : "TIMESTAMP_NTZ",
            _ when type.StartsWith("DECIMAL", StringComparison.Ordinal) => "NUMBER" + type["DECIMAL".Length..],
            _ => throw new InvalidOperationException($"No type of Snowflake's for {form.Parquet}."),
        };
    }

    private static string TextOf(StoredForm form, Value value) => form.Postgres == "bytea" ? form.Text(value)[2..] : form.Text(value);

    [GeneratedRegex(@"AS (?<type>.+)\)$")]
    private static partial Regex CastType();
}
