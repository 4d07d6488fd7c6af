using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Snowflake.Catalog;

/// <summary>Reads what the role may see of the database: tables and views with columns, declared keys and sizes.</summary>
internal sealed class TableDiscovery(ICatalogReader catalog, SnowflakeOptions options)
{
    private const string What = "the list of its tables";

    private string Database => SnowflakeDialect.Instance.QuoteIdentifier(options.Database);

    /// <summary>All tables and views outside INFORMATION_SCHEMA, by schema and name.</summary>
    internal async Task<ImmutableArray<DiscoveredTable>> ReadAsync(CancellationToken cancellationToken)
    {
        var (_, columns) = await catalog.ReadAsync(
            $"""
            SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE, c.NUMERIC_PRECISION, c.NUMERIC_SCALE, c.COLLATION_NAME, t.ROW_COUNT, t.BYTES
            FROM {Database}.INFORMATION_SCHEMA.COLUMNS AS c
            JOIN {Database}.INFORMATION_SCHEMA.TABLES AS t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
            WHERE c.TABLE_SCHEMA <> 'INFORMATION_SCHEMA'
            ORDER BY c.TABLE_SCHEMA, c.TABLE_NAME, c.ORDINAL_POSITION
            """,
            Stage.Settings,
            What,
            cancellationToken).ConfigureAwait(false);
        var primaryKeys = await KeysAsync("PRIMARY", cancellationToken).ConfigureAwait(false);
        var foreignKeys = await KeysAsync("IMPORTED", cancellationToken).ConfigureAwait(false);

        var keyColumns = primaryKeys
            .GroupBy(row => new QualifiedName(row["database_name"], row["schema_name"], row["table_name"]))
            .ToDictionary(table => table.Key, table => InOrder(table, "column_name"));
        var references = foreignKeys
            .GroupBy(row => (Table: new QualifiedName(row["fk_database_name"], row["fk_schema_name"], row["fk_table_name"]), Name: row["fk_name"]))
            .ToLookup(key => key.Key.Table, key =>
            {
                var first = key.First();
                var target = new QualifiedName(first["pk_database_name"], first["pk_schema_name"], first["pk_table_name"]);
                return new DiscoveredForeignKey(InOrder(key, "fk_column_name"), target.PartsFor(options), InOrder(key, "pk_column_name"));
            });

        return
        [
            .. columns.GroupBy(row => new QualifiedName(options.Database, row[0]!, row[1]!)).Select(table => new DiscoveredTable(
                table.Key.PartsFor(options),
                [.. table.Select(row => TableDescriptions.TypeAt(row, 3) is var type ? new DiscoveredColumn(row[2]!, type.Display, SnowflakeTypes.SuggestedType(type)) : null!)],
                keyColumns.GetValueOrDefault(table.Key, []),
                [.. references[table.Key]],
                TableDescriptions.NumberAt(table.First(), 7),
                TableDescriptions.NumberAt(table.First(), 8))),
        ];
    }

    // There is no view of key columns; SHOW names its columns in lower case.
    private async Task<List<Dictionary<string, string>>> KeysAsync(string kind, CancellationToken cancellationToken)
    {
        var (names, rows) = await catalog.ReadAsync($"SHOW {kind} KEYS IN DATABASE {Database}", Stage.Settings, What, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => names.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second ?? "", StringComparer.OrdinalIgnoreCase))];
    }

    private static ImmutableArray<string> InOrder(IEnumerable<Dictionary<string, string>> rows, string column)
        => [.. rows.OrderBy(row => int.Parse(row["key_sequence"], System.Globalization.CultureInfo.InvariantCulture)).Select(row => row[column])];
}
