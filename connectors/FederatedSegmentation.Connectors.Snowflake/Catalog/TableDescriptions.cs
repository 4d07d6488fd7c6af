using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Snowflake.Catalog;

/// <summary>Reads how the tables behind entities are stored; missing tables and columns of all entities are reported together.</summary>
internal sealed class TableDescriptions(ICatalogReader catalog, HttpErrors errors, SnowflakeOptions options)
{
    private sealed record Table(Dictionary<string, NativeType> Columns, long? Rows, long? Bytes);

    /// <summary>One description per entity, in order, by one statement a database.</summary>
    internal async Task<ImmutableArray<StoredTable>> ReadAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
    {
        var names = entities.Select(Resolve).ToArray();
        var tables = new Dictionary<QualifiedName, Table>();
        foreach (var database in names.GroupBy(name => name.Database, StringComparer.Ordinal))
        {
            await ReadAsync(database.Key, [.. database.Distinct()], tables, cancellationToken).ConfigureAwait(false);
        }

        var problems = entities.SelectMany((entity, i) => ProblemsOf(entity, names[i], tables)).ToImmutableArray();
        if (!problems.IsEmpty)
        {
            throw problems.Length == 1 ? new SourceException(problems[0]) : new FederatedSegmentationException(problems);
        }

        return
        [
            .. entities.Select((entity, i) => new StoredTable(
                entity.Columns.ToFrozenDictionary(column => column.Name, column => SnowflakeTypes.StorageOf(tables[names[i]].Columns[column.SourceName], column.Type), StringComparer.Ordinal),
                tables[names[i]].Rows,
                tables[names[i]].Bytes)),
        ];
    }

    /// <summary>The type in five columns of a row.</summary>
    internal static NativeType TypeAt(string?[] row, int ordinal) => new(row[ordinal] ?? "", (int?)NumberAt(row, ordinal + 1), (int?)NumberAt(row, ordinal + 2), row[ordinal + 3]);

    /// <summary>A number of a row, or null.</summary>
    internal static long? NumberAt(string?[] row, int ordinal) => long.TryParse(row[ordinal], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private async Task ReadAsync(string database, QualifiedName[] names, Dictionary<QualifiedName, Table> tables, CancellationToken cancellationToken)
    {
        var place = $"{SnowflakeDialect.Instance.QuoteIdentifier(database)}.INFORMATION_SCHEMA";
        var wanted = string.Join(" OR ", names.Select(name => $"(c.TABLE_SCHEMA = {SnowflakeDialect.Quote(name.Schema)} AND c.TABLE_NAME = {SnowflakeDialect.Quote(name.Table)})"));
        var (_, rows) = await catalog.ReadAsync(
            $"""
            SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE, c.NUMERIC_PRECISION, c.NUMERIC_SCALE, c.COLLATION_NAME, t.ROW_COUNT, t.BYTES
            FROM {place}.COLUMNS AS c
            LEFT JOIN {place}.TABLES AS t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
            WHERE {wanted}
            """,
            Stage.Plan,
            "the description of its tables",
            cancellationToken).ConfigureAwait(false);
        foreach (var row in rows)
        {
            var name = new QualifiedName(database, row[0]!, row[1]!);
            if (!tables.TryGetValue(name, out var table))
            {
                tables.Add(name, table = new Table(new Dictionary<string, NativeType>(StringComparer.Ordinal), NumberAt(row, 7), NumberAt(row, 8)));
            }

            table.Columns[row[2]!] = TypeAt(row, 3);
        }
    }

    private QualifiedName Resolve(Entity entity) => QualifiedName.Resolve(entity.Table, options) ?? throw errors.Make(
        SourceErrorCodes.TableMissing,
        Stage.Plan,
        $"Entity '{entity.Name}' names a table by {entity.Table.Length} parts.",
        "Name it [table], [schema, table] or [database, schema, table].");

    private IEnumerable<Problem> ProblemsOf(Entity entity, QualifiedName name, Dictionary<QualifiedName, Table> tables)
    {
        if (!tables.TryGetValue(name, out var table))
        {
            yield return errors.Make(
                SourceErrorCodes.TableMissing,
                Stage.Plan,
                $"Entity '{entity.Name}': there is no table or view {name}, or the role may not see it.",
                $"Correct the name in the model (names are upper case unless they were made with quotes), or let its owner run: {SnowflakeGrants.Of([name], options)}").Problems[0];
            yield break;
        }

        foreach (var column in entity.Columns.Where(column => !table.Columns.ContainsKey(column.SourceName)))
        {
            var alike = table.Columns.Keys.FirstOrDefault(other => string.Equals(other, column.SourceName, StringComparison.OrdinalIgnoreCase));
            yield return errors.Make(
                SourceErrorCodes.ColumnMissing,
                Stage.Plan,
                $"Entity '{entity.Name}': {name} has no column {SnowflakeDialect.Instance.QuoteIdentifier(column.SourceName)}.",
                alike is null ? "Correct the column in the model, or add it to the table." : $"Did you mean {SnowflakeDialect.Instance.QuoteIdentifier(alike)}? Letter case matters.").Problems[0];
        }
    }
}
