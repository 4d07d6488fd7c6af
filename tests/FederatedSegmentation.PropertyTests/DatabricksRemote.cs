using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Values;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Databricks;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Settings;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Generated tables in a local Databricks workspace: on Apache Spark where there is one. Some columns are stored as another type than the model declares.</summary>
public sealed partial class DatabricksRemote : RemoteDatabase
{
    private const string Name = "databricks";

    private readonly WarehouseServer _server;
    private readonly string _catalog = $"cases_{Guid.NewGuid():N}";

    private DatabricksRemote(WarehouseServer server) => _server = server;

    /// <summary>Which engine answers behind the protocol, for the report.</summary>
    public string Engine => (string)_server.Ready["engine"]!;

    /// <summary>An empty catalog of the shared server.</summary>
    public static async Task<RemoteDatabase> CreateAsync(CancellationToken cancellationToken)
    {
        var remote = new DatabricksRemote(await SharedWarehouseServer.GetAsync("databricks").WaitAsync(cancellationToken));
        await remote.Server.Control.VendorAsync(new JsonObject { ["scratch"] = new JsonArray(remote._catalog, ScratchSchema) }, cancellationToken);
        return remote;
    }

    /// <inheritdoc />
    public override WarehouseServer Server => _server;

    /// <inheritdoc />
    public override string Mark => _catalog;

    /// <inheritdoc />
    public override SourceOptions Options => new DatabricksSourceOptions(Name)
    {
        Http = new HttpSourceOptions(_server.Endpoint, null, null, [LinkHost]),
        WarehouseId = "0123456789abcdef",
        Catalog = _catalog,
        Schema = "default",
        ClientId = null,
        Secret = new EnvironmentSecret("Token", "UNUSED"),
        Limits = new SourceLimits(2, null),
    };

    private string LinkHost => string.Create(CultureInfo.InvariantCulture, $"{WarehouseServer.Host}:{(int)_server.Ready["storagePort"]!}");

    /// <inheritdoc />
    public override IDataSourceConnector Connect() => new DatabricksConnector(
        Name,
        new DatabricksOptions
        {
            Transport = new HttpTransportOptions { Endpoint = _server.Endpoint, LinkHosts = [LinkHost] },
            WarehouseId = "0123456789abcdef",
            Catalog = _catalog,
            ScratchSchema = ScratchSchema,
            MaxConcurrent = 2,
        },
        _ => ValueTask.FromResult("dapi-local-token"),
        TimeProvider.System);

    /// <inheritdoc />
    public override Task LoadAsync(GeneratedTable table, int seed, CancellationToken cancellationToken)
    {
        var forms = table.Columns
            .Select((column, i) => StoredForm.Choose(column, table.Rows.Select(row => row[i]), new SeededRandom(StableHash.Of(seed, "databricks", table.EntityName, column.LogicalName))))
            .ToList();
        return _server.Control.LoadAsync(
            [
                new WarehouseTable(
                    _catalog,
                    "default",
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
        return (type, form.Postgres) switch
        {
            ("VARCHAR", "text COLLATE any_case") => "STRING COLLATE UTF8_LCASE",
            ("VARCHAR", "varchar(200)") => "VARCHAR(200)",
            ("VARCHAR", _) => "STRING",
            ("BIGINT" or "SMALLINT" or "DOUBLE" or "FLOAT" or "BOOLEAN" or "DATE", _) => type,
            ("INTEGER", _) => "INT",
            ("UINTEGER", _) => "BIGINT",
            ("UBIGINT", _) => "DECIMAL(20,0)",

            // Finer than the warehouse stores.
            ("TIMESTAMP_NS", _) => "STRING",
            ("TIMESTAMPTZ", _) => "TIMESTAMP",
            ("TIMESTAMP" or "TIMESTAMP_MS", var stored) => stored.StartsWith("timestamptz", StringComparison.Ordinal) ? "TIMESTAMP" : "TIMESTAMP_NTZ",
            _ when type.StartsWith("DECIMAL", StringComparison.Ordinal) => type,
            _ => throw new InvalidOperationException($"No type of Databricks for {form.Parquet}."),
        };
    }

    private static string TextOf(StoredForm form, Value value) => form.Postgres == "bytea" ? form.Text(value)[2..] : form.Text(value);

    [GeneratedRegex(@"AS (?<type>.+)\)$")]
    private static partial Regex CastType();
}
