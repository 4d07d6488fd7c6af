using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;
using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres.Catalog;

/// <summary>Reads what a role may read: tables and views with columns, keys and sizes.</summary>
internal sealed class TableDiscovery(CatalogReader catalog, PostgresOptions options)
{
    /// <summary>All tables and views outside the system's schemas, by schema and name; columns that may not be read are left out.</summary>
    internal async Task<ImmutableArray<DiscoveredTable>> ReadAsync(CancellationToken cancellationToken)
    {
        var tables = new List<(QualifiedName Name, long? Rows, long? Bytes)>();
        var columns = new List<(QualifiedName Table, DiscoveredColumn Column)>();
        var primaryKeys = new Dictionary<QualifiedName, ImmutableArray<string>>();
        var foreignKeys = new List<(QualifiedName Table, DiscoveredForeignKey Key)>();
        await catalog.ReadAsync(
            Stage.Settings,
            "the list of its tables",
            cancellationToken,
            (CatalogQueries.ReadableRelations, [], row => tables.Add((NameAt(row, 0), TableDescriptions.RowsAt(row, 2), row.IsDBNull(3) ? null : row.GetInt64(3)))),
            (CatalogQueries.ReadableColumns, [], row =>
            {
                if (row.GetBoolean(3))
                {
                    var type = TableDescriptions.TypeAt(row, 4);
                    columns.Add((NameAt(row, 0), new DiscoveredColumn(row.GetString(2), type.Display, PostgresTypes.SuggestedType(type))));
                }
            }),
            (CatalogQueries.ReadableKeys, [], row =>
            {
                var names = ImmutableArray.Create(row.GetFieldValue<string[]>(3));
                if (row.GetString(2) == "p")
                {
                    primaryKeys[NameAt(row, 0)] = names;
                }
                else
                {
                    foreignKeys.Add((NameAt(row, 0), new DiscoveredForeignKey(names, Parts(NameAt(row, 4)), ImmutableArray.Create(row.GetFieldValue<string[]>(6)))));
                }
            })).ConfigureAwait(false);

        var columnsOf = columns.ToLookup(entry => entry.Table, entry => entry.Column);
        var keysOf = foreignKeys.ToLookup(entry => entry.Table, entry => entry.Key);
        return
        [
            .. tables.Select(table => new DiscoveredTable(
                Parts(table.Name),
                [.. columnsOf[table.Name]],
                primaryKeys.GetValueOrDefault(table.Name, []),
                [.. keysOf[table.Name]],
                table.Rows,
                table.Bytes)),
        ];
    }

    private static QualifiedName NameAt(NpgsqlDataReader row, int ordinal) => new(row.GetString(ordinal), row.GetString(ordinal + 1));

    // As a model would spell it: without the schema where that is the default one.
    private ImmutableArray<string> Parts(QualifiedName name) => name.Schema == options.Schema ? [name.Relation] : [name.Schema, name.Relation];
}
