using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Fabric.Catalog;

/// <summary>Reads what an account may read: tables and views with columns, keys and sizes.</summary>
internal sealed class TableDiscovery(ICatalogReader catalog, FabricOptions options)
{
    private static readonly HashSet<string> SystemSchemas = new(StringComparer.OrdinalIgnoreCase) { "sys", "INFORMATION_SCHEMA", "queryinsights", "_rsc" };

    private sealed record KeyColumn(int Constraint, int Position, QualifiedName Table, string Column, QualifiedName Referenced, string ReferencedColumn);

    /// <summary>All tables and views outside the system's schemas, by schema and name.</summary>
    internal async Task<ImmutableArray<DiscoveredTable>> ReadAsync(CancellationToken cancellationToken)
    {
        var tables = new List<QualifiedName>();
        var columns = new List<(QualifiedName Table, int Position, DiscoveredColumn Column)>();
        var rows = new Dictionary<QualifiedName, long>();
        var primary = new List<(QualifiedName Table, int Position, string Column)>();
        var foreign = new List<KeyColumn>();
        await catalog.ReadAsync(
            Stage.Settings,
            "the list of its tables",
            cancellationToken,
            (CatalogQueries.Relations, row =>
            {
                if (!SystemSchemas.Contains(row.GetString(0)))
                {
                    tables.Add(new QualifiedName(row.GetString(0), row.GetString(1)));
                }
            }),
            (CatalogQueries.Columns([]), row =>
            {
                var type = NativeType.At(row, 4);
                columns.Add((new QualifiedName(row.GetString(0), row.GetString(1)), row.GetInt32(3), new DiscoveredColumn(row.GetString(2), type.Display, FabricTypes.SuggestedType(type))));
            }),
            (CatalogQueries.Sizes, row =>
            {
                if (!row.IsDBNull(2))
                {
                    rows[new QualifiedName(row.GetString(0), row.GetString(1))] = row.GetInt64(2);
                }
            }),
            (CatalogQueries.PrimaryKeys, row => primary.Add((new QualifiedName(row.GetString(0), row.GetString(1)), row.GetInt32(3), row.GetString(2)))),
            (CatalogQueries.ForeignKeys, row => foreign.Add(new KeyColumn(
                row.GetInt32(0), row.GetInt32(1), new QualifiedName(row.GetString(2), row.GetString(3)), row.GetString(4), new QualifiedName(row.GetString(5), row.GetString(6)), row.GetString(7)))))
            .ConfigureAwait(false);

        var columnsOf = columns.ToLookup(entry => entry.Table);
        var primaryOf = primary.ToLookup(entry => entry.Table);
        var foreignOf = foreign.ToLookup(entry => entry.Table);
        return
        [
            .. tables.OrderBy(table => table.Schema, StringComparer.Ordinal).ThenBy(table => table.Relation, StringComparer.Ordinal).Select(table => new DiscoveredTable(
                Parts(table),
                [.. columnsOf[table].OrderBy(entry => entry.Position).Select(entry => entry.Column)],
                [.. primaryOf[table].OrderBy(entry => entry.Position).Select(entry => entry.Column)],
                [.. foreignOf[table].GroupBy(column => column.Constraint).OrderBy(key => key.Key).Select(key => ForeignKey([.. key.OrderBy(column => column.Position)]))],
                rows.TryGetValue(table, out var count) ? count : null,
                null)),
        ];
    }

    private DiscoveredForeignKey ForeignKey(ImmutableArray<KeyColumn> columns)
        => new([.. columns.Select(column => column.Column)], Parts(columns[0].Referenced), [.. columns.Select(column => column.ReferencedColumn)]);

    // As a model would spell it: without the schema where that is the default one.
    private ImmutableArray<string> Parts(QualifiedName name) => name.Schema == options.Schema ? [name.Relation] : [name.Schema, name.Relation];
}
