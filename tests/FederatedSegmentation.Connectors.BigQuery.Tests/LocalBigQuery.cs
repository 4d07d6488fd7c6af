using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Warehouses;
using Xunit;

namespace FederatedSegmentation.Connectors.BigQuery.Tests;

/// <summary>One local server for the tests of a class, which run one after another; each begins with a server that has forgotten everything.</summary>
public sealed class LocalBigQuery : IAsyncLifetime
{
    internal const string Project = "p";
    internal const string Dataset = "shop";

    private WarehouseServer? _server;
    private string _keyFile = "";

    internal WarehouseServer Server => _server!;

    internal WarehouseControl Control => Server.Control;

    /// <summary>The text of the key file of the server's one account.</summary>
    internal string KeyFile => _keyFile;

    public async Task InitializeAsync()
    {
        if (NodeInstallation.WhyMissing is not null)
        {
            return;
        }

        _server = await WarehouseServer.StartAsync("bigquery", [], CancellationToken.None);
        _keyFile = (await VendorAsync("""{"do": "key-file"}""")).ToJsonString();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    internal async Task ResetAsync()
    {
        await Control.ResetAsync(CancellationToken.None);
        await VendorAsync("""{"do": "behaviour", "jobDelayMs": 0, "tokenLifetimeSeconds": 3600}""");
        await VendorAsync("""{"do": "permissions", "granted": ["bigquery.tables.get"]}""");
    }

    internal Task<JsonObject> VendorAsync(string command) => Control.VendorAsync(JsonNode.Parse(command)!.AsObject(), CancellationToken.None);

    internal Task FaultAsync(string fault) => Control.AddFaultAsync(JsonNode.Parse(fault)!.AsObject(), CancellationToken.None);

    internal Task LoadAsync(string name, (string Name, string Type)[] columns, params string?[][] rows)
        => Control.LoadAsync([new WarehouseTable(Project, Dataset, name, [.. columns.Select(column => new WarehouseColumn(column.Name, column.Type))], rows)], CancellationToken.None);

    internal BigQueryOptions Options(bool usesStorage = true) => new()
    {
        Project = Project,
        Location = "EU",
        Dataset = Dataset,
        Http = Transport,
        Storage = usesStorage ? Transport : null,
    };

    // However slow the machine, no answer of the local server counts as missing.
    private HttpTransportOptions Transport => new() { Endpoint = Server.Endpoint, SilenceTimeout = TimeSpan.FromHours(1) };

    internal BigQueryConnector Connect(Func<BigQueryOptions, BigQueryOptions>? change = null, string? keyFile = null)
    {
        var options = Options();
        return new BigQueryConnector("web", change?.Invoke(options) ?? options, _ => ValueTask.FromResult(keyFile ?? KeyFile), TimeProvider.System);
    }

    /// <summary>Runs a statement and gives its rows, values joined by bars, NULL as NULL, in the order in which they came.</summary>
    internal static Task<List<string>> RowsAsync(BigQueryConnector connector, string sql, params StorageType[] storages) => RowsAsync(connector, Fragment(sql, storages));

    /// <summary>The statement of a fragment that reads the column id of a table.</summary>
    internal static CompiledFragment Scan(BigQueryConnector connector, string table)
    {
        var column = new Column { Name = "id", Type = DataTypes.Int64, SourceName = "id" };
        return connector.Compile(
            "F1", new ScanPlan(new Entity { Name = table, Source = "web", Table = [table], Columns = [column], Key = [column] }, [column], [new PlanColumn(1, "id", DataTypes.Int64, new StoredInteger())]), new Dictionary<Entity, StoredTable>());
    }

    /// <summary>Runs a fragment and gives its rows in the same form.</summary>
    internal static async Task<List<string>> RowsAsync(BigQueryConnector connector, CompiledFragment fragment)
    {
        var session = await connector.OpenSessionAsync(new SourceRun("run-1", TimeSpan.FromMinutes(5)), CancellationToken.None);
        await using var ending = session;
        var statement = await session.SubmitAsync(fragment, CancellationToken.None);
        await using var closing = statement;
        var rows = new List<string>();
        await foreach (var batch in statement.FetchAsync(CancellationToken.None))
        {
            using (batch)
            {
                Assert.Equal(statement.Schema, batch.Schema);
                rows.AddRange(Enumerable.Range(0, batch.RowCount).Select(row => string.Join('|', batch.Columns.Select(column => TextOf(column, row)))));
            }
        }

        return rows;
    }

    internal static CompiledFragment Fragment(string sql, params StorageType[] storages)
        => new("F1", "web", "BigQuery", sql, [.. storages.Select((storage, i) => new PlanColumn(i, $"column{i}", DataTypes.String, storage))]);

    internal async Task<ImmutableArray<string>> OperationsAsync() => [.. (await Control.LogAsync(CancellationToken.None)).Select(request => request.Operation)];

    internal async Task<JsonArray> JobsAsync() => (await VendorAsync("""{"do": "state"}"""))["jobs"]!.AsArray();

    private static string TextOf(ArrowColumn column, int row) => column.IsNull(row) ? "NULL" : column.Type switch
    {
        Arrow.BooleanType => column.GetBoolean(row) ? "true" : "false",
        IntegerType => column.Values<long>()[row].ToString(System.Globalization.CultureInfo.InvariantCulture),
        FloatingPointType => column.Values<double>()[row].ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        Arrow.DecimalType => column.Values<Int128>()[row].ToString(System.Globalization.CultureInfo.InvariantCulture),
        Arrow.DateType => column.Values<int>()[row].ToString(System.Globalization.CultureInfo.InvariantCulture),
        Arrow.TimestampType => column.Values<long>()[row].ToString(System.Globalization.CultureInfo.InvariantCulture),
        Arrow.BinaryType => Convert.ToHexStringLower(column.GetBytes(row)),
        _ => column.GetString(row),
    };
}
