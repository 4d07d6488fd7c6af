using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.BigQuery.Catalog;

/// <summary>The catalogue through a driver that the user supplies: queries on a dataset's <c>INFORMATION_SCHEMA</c>, a few for all tables. Safe for concurrent use.</summary>
internal sealed class DriverCatalog(DriverTransport transport, BigQueryOptions options) : ICatalog
{
    // More tables than these are not listed in a statement, whose length has a limit; then all of the dataset are read.
    private const int MostListed = 1_000;

    /// <inheritdoc />
    public async Task<ApiTable?[]> FindAsync(IReadOnlyList<TableName> names, bool withKeys, Stage stage, string what, CancellationToken cancellationToken)
    {
        var found = new Dictionary<TableName, ApiTable>();
        foreach (var dataset in names.GroupBy(name => (name.Project, name.Dataset)))
        {
            await ReadAsync(new DatasetQueries(dataset.Key.Project, dataset.Key.Dataset), [.. dataset.Select(name => name.Table).Distinct()], withKeys, stage, what, found, cancellationToken).ConfigureAwait(false);
        }

        return [.. names.Select(found.GetValueOrDefault)];
    }

    /// <inheritdoc />
    /// <remarks>A list of datasets would need the location, which the connection string knows.</remarks>
    public Task<List<string>> DatasetsAsync(Stage stage, CancellationToken cancellationToken) => Task.FromResult<List<string>>([options.Dataset!]);

    /// <inheritdoc />
    public async Task<List<string>> TablesAsync(string project, string dataset, Stage stage, CancellationToken cancellationToken)
    {
        var (_, rows) = await transport.ReadTextAsync(new DatasetQueries(project, dataset).Tables, stage, $"the list of tables of {project}.{dataset}", cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row[0] ?? "")];
    }

    private async Task ReadAsync(DatasetQueries queries, ImmutableArray<string> tables, bool withKeys, Stage stage, string what, Dictionary<TableName, ApiTable> found, CancellationToken cancellationToken)
    {
        var listed = tables.Length <= MostListed ? tables : [];
        var (_, columns) = await transport.ReadTextAsync(queries.Columns(listed), stage, what, cancellationToken).ConfigureAwait(false);
        var sizes = await SizesAsync(queries.Sizes(listed), stage, what, cancellationToken).ConfigureAwait(false);
        var keys = withKeys ? await KeysAsync(queries, stage, cancellationToken).ConfigureAwait(false) : DeclaredKeys.None;
        foreach (var table in columns.GroupBy(row => row[0] ?? "", StringComparer.Ordinal))
        {
            var (rows, bytes) = sizes.GetValueOrDefault(table.Key);
            found[queries.Name(table.Key)] = new ApiTable(
                "",
                [.. table.Select(row => ApiColumn.Of(row[1] ?? "", row[2] ?? "", row[3]))],
                rows,
                bytes,
                keys.Primary.GetValueOrDefault(table.Key, []),
                keys.Foreign.GetValueOrDefault(table.Key, []));
        }
    }

    // Sizes are estimates for the plan. Where BigQuery refuses them they are unknown, as those of a view; why, a driver whose codes are general cannot tell.
    private async Task<Dictionary<string, (long? Rows, long? Bytes)>> SizesAsync(string sql, Stage stage, string what, CancellationToken cancellationToken)
    {
        try
        {
            var (_, rows) = await transport.ReadTextAsync(sql, stage, what, cancellationToken).ConfigureAwait(false);
            return rows.ToDictionary(row => row[0] ?? "", row => (Number(row[1]), Number(row[2])), StringComparer.Ordinal);
        }
        catch (SourceException refused) when (refused.Problems[0].Code is SourceErrorCodes.PermissionDenied or SourceErrorCodes.TableMissing or SourceErrorCodes.StatementFailed)
        {
            return [];
        }
    }

    private async Task<DeclaredKeys> KeysAsync(DatasetQueries queries, Stage stage, CancellationToken cancellationToken)
    {
        const string What = "the declared keys of its tables";
        var (_, uses) = await transport.ReadTextAsync(queries.Keys, stage, What, cancellationToken).ConfigureAwait(false);
        var (_, references) = await transport.ReadTextAsync(queries.References, stage, What, cancellationToken).ConfigureAwait(false);
        return DeclaredKeys.Of(queries, uses, references);
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>The queries on the catalogue of one dataset. Immutable.</summary>
internal sealed class DatasetQueries(string project, string dataset)
{
    /// <summary>Name, in order.</summary>
    internal string Tables => $"SELECT table_name FROM {View("TABLES")} ORDER BY table_name";

    /// <summary>Constraint, table, kind, column, place in the referenced key; by table, constraint and place.</summary>
    internal string Keys => $"""
        SELECT k.constraint_name, k.table_name, c.constraint_type, k.column_name, k.position_in_unique_constraint
        FROM {View("KEY_COLUMN_USAGE")} AS k
        JOIN {View("TABLE_CONSTRAINTS")} AS c ON c.constraint_name = k.constraint_name AND c.table_name = k.table_name
        ORDER BY k.table_name, k.constraint_name, k.ordinal_position
        """;

    /// <summary>Constraint, and the table whose columns it uses.</summary>
    internal string References => $"SELECT DISTINCT constraint_name, table_catalog, table_schema, table_name FROM {View("CONSTRAINT_COLUMN_USAGE")}";

    /// <summary>Table, column, type, collation; without the columns of partitions that no table stores.</summary>
    internal string Columns(ImmutableArray<string> tables) => $"""
        SELECT table_name, column_name, data_type, collation_name
        FROM {View("COLUMNS")}
        WHERE ordinal_position IS NOT NULL{Listed("table_name", tables)}
        ORDER BY table_name, ordinal_position
        """;

    /// <summary>Table, rows, bytes, of tables only: a view's zero says nothing.</summary>
    internal string Sizes(ImmutableArray<string> tables) => $"SELECT table_id, row_count, size_bytes FROM {Quoted("__TABLES__")} WHERE type = 1{Listed("table_id", tables)}";

    /// <summary>A table of the dataset.</summary>
    internal TableName Name(string table) => new(project, dataset, table);

    // The views' names are no identifiers to quote: BigQuery knows them by their two words.
    private string View(string view) => $"{BigQueryText.QuoteIdentifier(project)}.{BigQueryText.QuoteIdentifier(dataset)}.INFORMATION_SCHEMA.{view}";

    private string Quoted(string table) => string.Join('.', new[] { project, dataset, table }.Select(BigQueryText.QuoteIdentifier));

    // None stands for all.
    private static string Listed(string column, ImmutableArray<string> tables) => tables.IsEmpty ? "" : $" AND {column} IN ({string.Join(", ", tables.Select(BigQueryText.Quote))})";
}

/// <summary>The declared keys of a dataset, by table.</summary>
internal sealed record DeclaredKeys(
    Dictionary<string, ImmutableArray<string>> Primary, Dictionary<string, ImmutableArray<(ImmutableArray<string> Columns, TableName Referenced, ImmutableArray<string> ReferencedColumns)>> Foreign)
{
    internal static DeclaredKeys None => new([], []);

    /// <summary>Puts together what the views say. A reference into another dataset is left out: the columns of its key are listed there.</summary>
    internal static DeclaredKeys Of(DatasetQueries queries, List<string?[]> uses, List<string?[]> references)
    {
        var primary = uses.Where(use => use[2] == "PRIMARY KEY").GroupBy(use => use[1]!, StringComparer.Ordinal)
            .ToDictionary(key => key.Key, key => key.Select(use => use[3]!).ToImmutableArray(), StringComparer.Ordinal);
        var referenced = references.ToLookup(row => row[0], row => new TableName(row[1]!, row[2]!, row[3]!), StringComparer.Ordinal);
        var foreign = uses.Where(use => use[2] == "FOREIGN KEY").GroupBy(use => (Constraint: use[0], Table: use[1]!))
            .Select(key => (key.Key.Table, Columns: key.Select(use => use[3]!).ToImmutableArray(), Places: key.Select(use => PlaceOf(use[4])).ToImmutableArray(), Referenced: referenced[key.Key.Constraint].FirstOrDefault()))
            .Where(key => key.Referenced is { } table && table == queries.Name(table.Table) && primary.TryGetValue(table.Table, out var columns) && key.Places.All(place => place >= 1 && place <= columns.Length))
            .GroupBy(key => key.Table, StringComparer.Ordinal)
            .ToDictionary(
                table => table.Key,
                table => table.Select(key => (key.Columns, key.Referenced!, key.Places.Select(place => primary[key.Referenced!.Table][place - 1]).ToImmutableArray())).ToImmutableArray(),
                StringComparer.Ordinal);
        return new DeclaredKeys(primary, foreign);
    }

    private static int PlaceOf(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : 0;
}
