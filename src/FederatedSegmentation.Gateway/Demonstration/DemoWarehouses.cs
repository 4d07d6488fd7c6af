using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Gateway.CommandLine;

namespace FederatedSegmentation.Gateway.Demonstration;

/// <summary>The local servers of four warehouses for the time of the demonstration: customers in Snowflake, events in BigQuery, orders in Databricks, cases in Fabric.</summary>
internal sealed class DemoWarehouses : IAsyncDisposable
{
    private const int OldestNode = 20;
    private const string DatabricksToken = "dapi-local-token";
    private const string FabricPassword = "Reader-of-wh-1";
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, LocalWarehouse> _servers;
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("fedseg-demo-rows-");

    private DemoWarehouses(Dictionary<string, LocalWarehouse> servers) => _servers = servers;

    internal static DemoTable Customers { get; } = new("snowflake", "SHOP", "PUBLIC", "CUSTOMERS",
        [("ID", "NUMBER(18,0)"), ("COUNTRY", "VARCHAR"), ("SCORE", "NUMBER(4,3)"), ("OPTED_OUT", "BOOLEAN"), ("SPENDING_LIMIT", "NUMBER(10,2)"), ("SIGNED_UP", "DATE")]);

    internal static DemoTable Orders { get; } = new("databricks", "shop", "default", "orders",
        [("id", "BIGINT"), ("customer_id", "BIGINT"), ("placed_at", "TIMESTAMP"), ("amount", "DECIMAL(10,2)")]);

    internal static DemoTable Events { get; } = new("bigquery", "shop", "web", "events",
        [("id", "INT64"), ("customer_id", "INT64"), ("happened_at", "TIMESTAMP"), ("kind", "STRING")]);

    internal static DemoTable Cases { get; } = new("fabric", "shop", "dbo", "service_case",
        [("id", "bigint"), ("customer_id", "bigint"), ("opened_on", "date"), ("priority", "varchar(2)")]);

    /// <summary>The engine that answers for Databricks.</summary>
    internal string EngineOfDatabricks => (string)_servers["databricks"].Ready["engine"]!;

    /// <summary>Starts all servers.</summary>
    /// <param name="folder">Where they write their certificates.</param>
    /// <param name="near">A folder of the checkout, if the command is run in one.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="FederatedSegmentation.Model.Errors.FederatedSegmentationException">USE004: something that they need is missing.</exception>
    internal static async Task<DemoWarehouses> StartAsync(string folder, string near, CancellationToken cancellationToken)
    {
        var programs = await FindAsync(near, cancellationToken).ConfigureAwait(false);
        var servers = new Dictionary<string, LocalWarehouse>(StringComparer.Ordinal);
        var started = new DemoWarehouses(servers);
        try
        {
            foreach (var vendor in new[] { Customers, Orders, Events, Cases }.Select(table => table.Vendor))
            {
                servers.Add(vendor, await LocalWarehouse.StartAsync(programs, vendor, Path.Combine(folder, vendor + ".crt"), cancellationToken).ConfigureAwait(false));
            }

            return started;
        }
        catch
        {
            await started.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Where a file of rows may lie until the servers end.</summary>
    internal string FileOf(string name, string extension) => Path.Combine(_files.FullName, $"{name}.{extension}");

    /// <summary>Creates a table and fills it from a Parquet file, or from a CSV file without a header, whose fields hold neither quotes nor commas.</summary>
    internal async Task LoadAsync(DemoTable table, string file, CancellationToken cancellationToken)
    {
        var definition = new JsonObject
        {
            ["database"] = table.Database,
            ["schema"] = table.Schema,
            ["name"] = table.Name,
            ["columns"] = new JsonArray([.. table.Columns.Select(column => (JsonNode)new JsonObject { ["name"] = column.Name, ["type"] = column.Type })]),
        };
        if (file.EndsWith(".parquet", StringComparison.Ordinal))
        {
            definition["parquet"] = file;
        }
        else
        {
            var rows = new JsonArray();
            await foreach (var line in File.ReadLinesAsync(file, cancellationToken).ConfigureAwait(false))
            {
                rows.Add((JsonNode)new JsonArray([.. line.Split(',').Select(field => field.Length == 0 ? null : JsonValue.Create(field))]));
            }

            definition["rows"] = rows;
        }

        await _servers[table.Vendor].ControlAsync("tables", definition, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The settings that lead to the servers; the secrets are files beside them.</summary>
    internal async Task<string> SettingsAsync(string folder, CancellationToken cancellationToken)
    {
        var (crm, shop, web, desk) = (_servers["snowflake"], _servers["databricks"], _servers["bigquery"], _servers["fabric"]);
        var key = await web.ControlAsync("vendor", new JsonObject { ["do"] = "key-file" }, cancellationToken).ConfigureAwait(false);
        async Task<JsonObject> Secret(string name, string text)
        {
            var file = Path.Combine(folder, name);
            await File.WriteAllTextAsync(file, text, cancellationToken).ConfigureAwait(false);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            return new JsonObject { ["File"] = name };
        }

        var sources = new JsonObject
        {
            ["crm"] = new JsonObject
            {
                ["Kind"] = "snowflake", ["Endpoint"] = crm.Endpoint, ["Account"] = "LOCAL", ["Database"] = Customers.Database, ["Schema"] = Customers.Schema,
                ["Auth"] = new JsonObject { ["Kind"] = "pat", ["Token"] = await Secret("crm.token", (string)crm.Ready["pat"]!).ConfigureAwait(false) },
            },
            ["shop"] = new JsonObject
            {
                ["Kind"] = "databricks", ["Endpoint"] = shop.Endpoint, ["WarehouseId"] = "0123456789abcdef", ["Catalog"] = Orders.Database, ["Schema"] = Orders.Schema,
                ["LinkHosts"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{(int)shop.Ready["storagePort"]!}"),
                ["Auth"] = new JsonObject { ["Kind"] = "pat", ["Token"] = await Secret("shop.token", DatabricksToken).ConfigureAwait(false) },
            },
            ["web"] = new JsonObject
            {
                ["Kind"] = "bigquery", ["Project"] = Events.Database, ["Location"] = "EU", ["Dataset"] = Events.Schema, ["Endpoint"] = web.Endpoint, ["StorageEndpoint"] = web.Endpoint,
                ["Auth"] = new JsonObject { ["Kind"] = "service_account", ["KeyFile"] = await Secret("web.json", key.ToJsonString()).ConfigureAwait(false) },
            },
            ["desk"] = new JsonObject
            {
                ["Kind"] = "fabric", ["Server"] = "localhost", ["Port"] = desk.Port, ["Database"] = Cases.Database, ["Schema"] = Cases.Schema, ["ServerCertificate"] = Path.GetFileName(desk.Certificate),
                ["Auth"] = new JsonObject { ["Kind"] = "password", ["User"] = "reader", ["Password"] = await Secret("desk.password", FabricPassword).ConfigureAwait(false) },
            },
        };
        return new JsonObject { ["FederatedSegmentation"] = new JsonObject { ["Model"] = "model.yaml", ["Segments"] = "segments", ["Sources"] = sources } }.ToJsonString(Readable);
    }

    /// <summary>Stops the servers.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }

        _files.Delete(recursive: true);
    }

    // Looks for everything before anything is started, so that the first message is the right one.
    private static async Task<string> FindAsync(string near, CancellationToken cancellationToken)
    {
        var servers = Above(near) ?? Above(AppContext.BaseDirectory) ?? throw UsageCodes.Error(
            UsageCodes.Missing,
            "The local servers of the warehouses are part of the source code, and there is no folder conformance/servers here or above.",
            "Run it in a checkout; 'fedseg demo' alone needs none.");
        if (await NodeVersionAsync(cancellationToken).ConfigureAwait(false) is not { } version)
        {
            throw UsageCodes.Error(UsageCodes.Missing, "The local servers of the warehouses need Node.js, and 'node' does not run here.", NodeHint);
        }

        if (version < OldestNode)
        {
            throw UsageCodes.Error(UsageCodes.Missing, string.Create(CultureInfo.InvariantCulture, $"Node.js {version} is too old for the local servers of the warehouses."), NodeHint);
        }

        return File.Exists(Path.Combine(servers, "node_modules", ".package-lock.json"))
            ? servers
            : throw UsageCodes.Error(UsageCodes.Missing, "The npm packages of the local servers of the warehouses are not there.", $"Run 'npm ci' in {servers}.");
    }

    private static string NodeHint => string.Create(CultureInfo.InvariantCulture, $"Install Node.js {OldestNode} or newer with npm; 'fedseg demo' alone needs none.");

    private static string? Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var servers = Path.Combine(folder.FullName, "conformance", "servers");
            if (File.Exists(Path.Combine(servers, "main.js")))
            {
                return servers;
            }
        }

        return null;
    }

    private static async Task<int?> NodeVersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true });
            var text = await process!.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return int.TryParse(text.Trim().TrimStart('v').Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
