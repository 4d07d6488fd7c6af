using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FederatedSegmentation.Testing.Warehouses;

/// <summary>A column of a table to load: its name and its type as the vendor spells it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The vendor's type with its parameters, <c>NUMBER(12,2)</c>.</param>
/// <param name="Nullable">Whether it takes NULL.</param>
/// <param name="Collation">Its collation, where that is no part of the type; null for none.</param>
public sealed record WarehouseColumn(string Name, string Type, bool Nullable = true, string? Collation = null);

/// <summary>A table to load.</summary>
/// <param name="Database">The database, catalog or project.</param>
/// <param name="Schema">The schema or dataset.</param>
/// <param name="Name">The name.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">
/// One value per column as text, null for NULL: integers and decimals as digits, booleans <c>true</c> and <c>false</c>, dates and times as ISO 8601, binary as
/// hexadecimal, floats also <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>. Null when <paramref name="Parquet"/> is given.
/// </param>
/// <param name="Parquet">The path of a Parquet file with the rows, or null.</param>
/// <param name="PrimaryKey">The columns of a declared key, where the server knows such; or null.</param>
/// <param name="ForeignKeys">Declared references, where the server knows such; or null.</param>
public sealed record WarehouseTable(
    string Database, string Schema, string Name, IReadOnlyList<WarehouseColumn> Columns, IReadOnlyList<IReadOnlyList<string?>>? Rows, string? Parquet = null,
    IReadOnlyList<string>? PrimaryKey = null, IReadOnlyList<WarehouseForeignKey>? ForeignKeys = null);

/// <summary>A declared reference to another table of the same schema.</summary>
/// <param name="Table">The other table.</param>
/// <param name="Columns">Columns of the table itself.</param>
/// <param name="Referenced">Columns of the other one.</param>
public sealed record WarehouseForeignKey(string Table, IReadOnlyList<string> Columns, IReadOnlyList<string> Referenced);

/// <summary>A request that a server has seen.</summary>
/// <param name="Number">Counts from 1.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path without the query.</param>
/// <param name="Operation">What the vendor calls it: <c>submit</c>, <c>poll</c>, <c>cancel</c> …</param>
/// <param name="Members">Everything that was logged, with headers and the vendor's own members.</param>
public sealed record WarehouseRequest(int Number, string Method, string Path, string Operation, JsonObject Members)
{
    /// <summary>A header in lower case, or null. Credentials show their scheme only.</summary>
    public string? Header(string name) => (string?)Members["headers"]?[name];

    /// <summary>The statement, where the request has one.</summary>
    public string? Statement => (string?)Members["statement"];
}

/// <summary>The control endpoint of a local server. Safe for concurrent use.</summary>
public sealed class WarehouseControl : IDisposable
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly HttpClient _client;

    internal WarehouseControl(Uri endpoint)
    {
        Endpoint = endpoint;
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(endpoint, "__control/"), Timeout = TimeSpan.FromMinutes(5) };
    }

    /// <summary>The endpoint of the server.</summary>
    public Uri Endpoint { get; }

    /// <summary>Creates tables anew.</summary>
    public Task LoadAsync(IReadOnlyList<WarehouseTable> tables, CancellationToken cancellationToken) => PostAsync("tables", JsonSerializer.SerializeToNode(tables, Options)!, cancellationToken);

    /// <summary>Asks for misbehaviour; see <c>conformance/servers/README.md</c> for the members of a fault.</summary>
    public Task AddFaultAsync(JsonObject fault, CancellationToken cancellationToken) => PostAsync("faults", fault, cancellationToken);

    /// <summary>The faults that no request met yet.</summary>
    public async Task<int> WaitingFaultsAsync(CancellationToken cancellationToken) => (await GetAsync("faults", cancellationToken))["waiting"]!.AsArray().Count;

    /// <summary>Registers a result that is encoded already for exactly one statement; the vendor says in what form.</summary>
    public Task AddCannedAsync(JsonObject canned, CancellationToken cancellationToken) => PostAsync("canned", canned, cancellationToken);

    /// <summary>Uses a control that only this vendor has.</summary>
    public Task<JsonObject> VendorAsync(JsonObject command, CancellationToken cancellationToken) => PostAsync("vendor", command, cancellationToken);

    /// <summary>Forgets faults, canned results, the log and the vendor's state, but no tables.</summary>
    public Task ResetAsync(CancellationToken cancellationToken) => PostAsync("reset", new JsonObject(), cancellationToken);

    /// <summary>The requests that were seen, first to last.</summary>
    public async Task<ImmutableArray<WarehouseRequest>> LogAsync(CancellationToken cancellationToken) =>
    [
        .. (await GetAsync("log", cancellationToken))["requests"]!.AsArray().Select(entry => new WarehouseRequest(
            (int)entry!["number"]!, (string)entry["method"]!, (string)entry["path"]!, (string)entry["operation"]!, entry.AsObject())),
    ];

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private async Task<JsonObject> GetAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await _client.GetAsync(new Uri(name, UriKind.Relative), cancellationToken);
        return await ReadAsync(name, response, cancellationToken);
    }

    private async Task<JsonObject> PostAsync(string name, JsonNode body, CancellationToken cancellationToken)
    {
        using var response = await _client.PostAsJsonAsync(new Uri(name, UriKind.Relative), body, cancellationToken);
        return await ReadAsync(name, response, cancellationToken);
    }

    private static async Task<JsonObject> ReadAsync(string name, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text)!.AsObject()
            : throw new InvalidOperationException($"The server refused {name}: {text}");
    }
}
