using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using FederatedSegmentation.Connectors.BigQuery.Rest;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.BigQuery.Catalog;

/// <summary>A table's place.</summary>
internal sealed record TableName(string Project, string Dataset, string Table)
{
    /// <inheritdoc />
    public override string ToString() => $"{Project}.{Dataset}.{Table}";

    /// <summary>The place of a table that a model names <c>[table]</c>, <c>[dataset, table]</c> or <c>[project, dataset, table]</c>; null where the parts are none of these.</summary>
    internal static TableName? Resolve(ImmutableArray<string> parts, BigQueryOptions options) => parts switch
    {
        [var table] when options.Dataset is { } dataset => new TableName(options.Project, dataset, table),
        [var dataset, var table] => new TableName(options.Project, dataset, table),
        [var project, var dataset, var table] => new TableName(project, dataset, table),
        _ => null,
    };
}

/// <summary>A table as the API describes it.</summary>
/// <param name="Kind">TABLE, VIEW, …</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows, or null where the API does not say.</param>
/// <param name="Bytes">Its bytes, or null.</param>
/// <param name="PrimaryKey">Columns of the declared key.</param>
/// <param name="ForeignKeys">Declared references.</param>
internal sealed record ApiTable(
    string Kind, ImmutableArray<ApiColumn> Columns, long? Rows, long? Bytes, ImmutableArray<string> PrimaryKey, ImmutableArray<(ImmutableArray<string> Columns, TableName Referenced, ImmutableArray<string> ReferencedColumns)> ForeignKeys);

/// <summary>Reads what the source says of datasets and tables. Safe for concurrent use.</summary>
internal interface ICatalog
{
    /// <summary>Descriptions of tables, in order; null for one that is not there or may not be seen.</summary>
    /// <param name="names">The tables.</param>
    /// <param name="withKeys">Whether declared keys are asked for; without, they may be left out.</param>
    /// <param name="stage">The stage that errors name.</param>
    /// <param name="what">What it is for, to be read inside a sentence.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<ApiTable?[]> FindAsync(IReadOnlyList<TableName> names, bool withKeys, Stage stage, string what, CancellationToken cancellationToken);

    /// <summary>The names of the project's datasets.</summary>
    Task<List<string>> DatasetsAsync(Stage stage, CancellationToken cancellationToken);

    /// <summary>The names of a dataset's tables and views.</summary>
    Task<List<string>> TablesAsync(string project, string dataset, Stage stage, CancellationToken cancellationToken);
}

/// <summary>The catalogue over the API, which costs nothing. Safe for concurrent use.</summary>
internal sealed class CatalogApi(BigQueryApi api, BigQueryOptions options) : ICatalog
{
    // How many tables are asked for at once.
    private const int Parallelism = 8;

    /// <inheritdoc />
    public async Task<ApiTable?[]> FindAsync(IReadOnlyList<TableName> names, bool withKeys, Stage stage, string what, CancellationToken cancellationToken)
    {
        var found = new ApiTable?[names.Count];
        await Parallel.ForAsync(
            0,
            names.Count,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (i, token) => found[i] = await FindAsync(names[i], stage, what, token).ConfigureAwait(false)).ConfigureAwait(false);
        return found;
    }

    /// <summary>A table, or null where there is none of the name.</summary>
    internal async Task<ApiTable?> FindAsync(TableName name, Stage stage, string what, CancellationToken cancellationToken)
    {
        try
        {
            var request = Request($"projects/{ApiRequest.Escape(name.Project)}/datasets/{ApiRequest.Escape(name.Dataset)}/tables/{ApiRequest.Escape(name.Table)}", stage, what);
            using var table = await api.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return Read(table.RootElement, name);
        }
        catch (SourceException missing) when (missing.NativeCode == "notFound")
        {
            return null;
        }
    }

    /// <inheritdoc />
    public Task<List<string>> DatasetsAsync(Stage stage, CancellationToken cancellationToken) => ListAsync(
        $"projects/{ApiRequest.Escape(options.Project)}/datasets", "datasets", dataset => dataset.GetProperty("datasetReference").GetProperty("datasetId").GetString()!, stage, "the list of its datasets", cancellationToken);

    /// <inheritdoc />
    public Task<List<string>> TablesAsync(string project, string dataset, Stage stage, CancellationToken cancellationToken) => ListAsync(
        $"projects/{ApiRequest.Escape(project)}/datasets/{ApiRequest.Escape(dataset)}/tables", "tables", table => table.GetProperty("tableReference").GetProperty("tableId").GetString()!, stage, "the list of its tables", cancellationToken);

    /// <summary>Which of the permissions the account has on a table.</summary>
    internal async Task<ImmutableArray<string>> PermissionsAsync(TableName name, ImmutableArray<string> asked, CancellationToken cancellationToken)
    {
        var request = Request($"projects/{ApiRequest.Escape(name.Project)}/datasets/{ApiRequest.Escape(name.Dataset)}/tables/{ApiRequest.Escape(name.Table)}:testIamPermissions", Stage.Settings, "a look at what may be written") with
        {
            Method = HttpMethod.Post,
            Body = writer =>
            {
                writer.WriteStartArray("permissions");
                foreach (var permission in asked)
                {
                    writer.WriteStringValue(permission);
                }

                writer.WriteEndArray();
            },
        };
        using var answer = await api.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return answer.RootElement.TryGetProperty("permissions", out var granted) ? [.. granted.EnumerateArray().Select(permission => permission.GetString() ?? "")] : [];
    }

    private async Task<List<string>> ListAsync(string path, string member, Func<JsonElement, string> nameOf, Stage stage, string what, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        for (string? token = ""; token is not null;)
        {
            var request = Request($"{path}?maxResults=1000{(token.Length > 0 ? $"&pageToken={ApiRequest.Escape(token)}" : "")}", stage, what);
            using var page = await api.SendAsync(request, cancellationToken).ConfigureAwait(false);
            try
            {
                names.AddRange(page.RootElement.TryGetProperty(member, out var items) ? items.EnumerateArray().Select(nameOf) : []);
                token = page.RootElement.TryGetProperty("nextPageToken", out var next) && next.GetString() is { Length: > 0 } following ? following : null;
            }
            catch (Exception malformed) when (malformed is KeyNotFoundException or InvalidOperationException)
            {
                throw api.Malformed(request, malformed);
            }
        }

        return names;
    }

    private static ApiRequest Request(string path, Stage stage, string what) => new() { Path = path, Stage = stage, What = what };

    private static ApiTable Read(JsonElement table, TableName name)
    {
        long? Number(string member) => table.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        var kind = table.TryGetProperty("type", out var type) ? type.GetString() ?? "" : "";
        var constraints = table.TryGetProperty("tableConstraints", out var declared) ? declared : default;
        return new ApiTable(
            kind,
            table.TryGetProperty("schema", out var schema) && schema.TryGetProperty("fields", out var fields) ? [.. fields.EnumerateArray().Select(ApiColumn.Read)] : [],
            // A view's zero says nothing.
            kind is "VIEW" or "EXTERNAL" ? null : Number("numRows"),
            kind is "VIEW" or "EXTERNAL" ? null : Number("numBytes"),
            constraints.ValueKind == JsonValueKind.Object && constraints.TryGetProperty("primaryKey", out var key) ? Names(key.GetProperty("columns")) : [],
            constraints.ValueKind == JsonValueKind.Object && constraints.TryGetProperty("foreignKeys", out var keys) ? [.. keys.EnumerateArray().Select(one => ReadKey(one, name))] : []);
    }

    private static (ImmutableArray<string> Columns, TableName Referenced, ImmutableArray<string> ReferencedColumns) ReadKey(JsonElement key, TableName name)
    {
        var table = key.GetProperty("referencedTable");
        string Part(string member, string fallback) => table.TryGetProperty(member, out var part) ? part.GetString() ?? fallback : fallback;
        var pairs = key.GetProperty("columnReferences").EnumerateArray().Select(pair => (From: pair.GetProperty("referencingColumn").GetString()!, To: pair.GetProperty("referencedColumn").GetString()!)).ToList();
        return ([.. pairs.Select(pair => pair.From)], new TableName(Part("projectId", name.Project), Part("datasetId", name.Dataset), Part("tableId", "")), [.. pairs.Select(pair => pair.To)]);
    }

    private static ImmutableArray<string> Names(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString() ?? "")];
}
