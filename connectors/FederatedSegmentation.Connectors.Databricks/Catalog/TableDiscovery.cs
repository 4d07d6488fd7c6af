using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Databricks.Catalog;

/// <summary>Reads what the principal sees in the catalog: tables and views with columns, keys and, for not too many, sizes.</summary>
internal sealed class TableDiscovery(CatalogReader catalog, DatabricksOptions options)
{
    // Each size takes a statement.
    private const int MostSizes = 200;

    private const string What = "the list of its tables";

    /// <summary>All tables and views of the catalog, by schema and name.</summary>
    internal async Task<ImmutableArray<DiscoveredTable>> ReadAsync(CancellationToken cancellationToken)
    {
        var own = options.Catalog.ToLowerInvariant();
        var tables = ReadAsync($"SELECT table_schema, table_name FROM {CatalogReader.View(own, "tables")} WHERE table_schema <> 'information_schema' ORDER BY table_schema, table_name", 2);
        var columns = ReadAsync(
            $"SELECT table_schema, table_name, column_name, full_data_type FROM {CatalogReader.View(own, "columns")} WHERE table_schema <> 'information_schema' ORDER BY table_schema, table_name, ordinal_position", 4);
        var keys = ReadAsync(
            $"""
            SELECT c.table_schema, c.table_name, c.constraint_type, c.constraint_name, k.column_name, CAST(k.ordinal_position AS STRING), r.unique_constraint_schema, r.unique_constraint_name
            FROM {CatalogReader.View(own, "table_constraints")} AS c
            JOIN {CatalogReader.View(own, "key_column_usage")} AS k ON k.constraint_schema = c.constraint_schema AND k.constraint_name = c.constraint_name AND k.table_name = c.table_name
            LEFT JOIN {CatalogReader.View(own, "referential_constraints")} AS r ON r.constraint_schema = c.constraint_schema AND r.constraint_name = c.constraint_name
            """,
            8);
        await Task.WhenAll(tables, columns, keys).ConfigureAwait(false);

        var names = (await tables.ConfigureAwait(false)).Select(row => new QualifiedName(own, row[0] ?? "", row[1] ?? "")).ToList();
        var columnsOf = (await columns.ConfigureAwait(false)).ToLookup(row => new QualifiedName(own, row[0] ?? "", row[1] ?? ""), row => new DiscoveredColumn(row[2] ?? "", row[3] ?? "", DatabricksTypes.SuggestedType(row[3] ?? "")));
        var constraints = Constraints(own, await keys.ConfigureAwait(false));
        var primary = constraints.Where(key => key.IsPrimary).ToList();
        var sizes = await SizesAsync(names, cancellationToken).ConfigureAwait(false);
        return
        [
            .. names.Select((name, i) => new DiscoveredTable(
                Parts(name),
                [.. columnsOf[name]],
                primary.Find(key => key.Table == name)?.Columns ?? [],
                [
                    .. constraints.Where(key => !key.IsPrimary && key.Table == name)
                        .Select(key => (key.Columns, Referenced: primary.Find(other => other.Table.Schema == key.ReferencedSchema && other.Name == key.ReferencedName)))
                        .Where(pair => pair.Referenced is not null)
                        .Select(pair => new DiscoveredForeignKey(pair.Columns, Parts(pair.Referenced!.Table), pair.Referenced.Columns)),
                ],
                sizes[i].Rows,
                sizes[i].Bytes)),
        ];

        Task<List<string?[]>> ReadAsync(string sql, int count) => catalog.ReadAsync(sql, count, What, Stage.Settings, cancellationToken);
    }

    private static List<Constraint> Constraints(string catalog, List<string?[]> rows) =>
    [
        .. rows.GroupBy(row => (Table: new QualifiedName(catalog, row[0] ?? "", row[1] ?? ""), Type: row[2], Name: row[3] ?? "", Schema: row[6], Referenced: row[7]))
            .Where(group => group.Key.Type is "PRIMARY KEY" or "FOREIGN KEY")
            .OrderBy(group => group.Key.Name, StringComparer.Ordinal)
            .Select(group => new Constraint(
                group.Key.Table,
                group.Key.Name,
                group.Key.Type == "PRIMARY KEY",
                [.. group.OrderBy(row => int.Parse(row[5] ?? "0", CultureInfo.InvariantCulture)).Select(row => row[4] ?? "")],
                group.Key.Schema,
                group.Key.Referenced)),
    ];

    private async Task<(long? Rows, long? Bytes)[]> SizesAsync(List<QualifiedName> names, CancellationToken cancellationToken)
        => await Task.WhenAll(names.Select(async (name, i) => i < MostSizes ? await SizeAsync(name, cancellationToken).ConfigureAwait(false) : (null, null))).ConfigureAwait(false);

    private async Task<(long? Rows, long? Bytes)> SizeAsync(QualifiedName name, CancellationToken cancellationToken)
    {
        try
        {
            return await catalog.EstimateAsync(name, Stage.Settings, cancellationToken).ConfigureAwait(false);
        }
        catch (SourceException refused) when (!refused.Problems[0].IsTransient && refused.NativeCode is { Length: 5 })
        {
            // A table that may be browsed and not read, or a view that is broken: listed without a size.
            return (null, null);
        }
    }

    // As a model would spell it: without the schema where that is the default one.
    private ImmutableArray<string> Parts(QualifiedName name) => string.Equals(name.Schema, options.Schema, StringComparison.OrdinalIgnoreCase) ? [name.Table] : [name.Schema, name.Table];

    private sealed record Constraint(QualifiedName Table, string Name, bool IsPrimary, ImmutableArray<string> Columns, string? ReferencedSchema, string? ReferencedName);
}
