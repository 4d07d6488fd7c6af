using System.Collections.Frozen;
using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres.Catalog;

/// <summary>Reads how the tables behind entities are stored; missing tables, columns and grants of all entities are reported together.</summary>
internal sealed class TableDescriptions(CatalogReader catalog, PostgresErrors errors, PostgresOptions options)
{
    private sealed record Relation(bool SchemaExists, bool SchemaUsable, bool Exists, long? Rows, long? Bytes);

    private sealed record StoredColumn(bool Readable, NativeType Type);

    /// <summary>One description per entity, in order, by one round trip.</summary>
    internal async Task<ImmutableArray<StoredTable>> ReadAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
    {
        if (entities.IsEmpty)
        {
            return [];
        }

        var names = entities.Select(Resolve).ToArray();
        var relations = new Relation[entities.Length];
        var columns = entities.Select(_ => new Dictionary<string, StoredColumn>(StringComparer.Ordinal)).ToArray();
        string[][] parameters = [[.. names.Select(name => name.Schema)], [.. names.Select(name => name.Relation)]];
        await catalog.ReadAsync(
            Stage.Plan,
            "the description of its tables",
            cancellationToken,
            (CatalogQueries.Relations, parameters, row => relations[row.GetInt32(0) - 1] = new Relation(
                row.GetBoolean(1), row.GetBoolean(2), row.GetBoolean(3), RowsAt(row, 4), row.IsDBNull(5) ? null : row.GetInt64(5))),
            (CatalogQueries.Columns, parameters, row => columns[row.GetInt32(0) - 1].Add(row.GetString(1), new StoredColumn(row.GetBoolean(2), TypeAt(row, 3)))))
            .ConfigureAwait(false);

        await ReportAsync(entities, names, relations, columns, cancellationToken).ConfigureAwait(false);
        return
        [
            .. entities.Select((entity, i) => new StoredTable(
                entity.Columns.ToFrozenDictionary(column => column.Name, column => PostgresTypes.StorageOf(columns[i][column.SourceName].Type), StringComparer.Ordinal),
                relations[i].Rows,
                relations[i].Bytes)),
        ];
    }

    /// <summary>An estimate of rows, or null.</summary>
    internal static long? RowsAt(NpgsqlDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : checked((long)row.GetDouble(ordinal));

    /// <summary>The eight columns of a type.</summary>
    internal static NativeType TypeAt(NpgsqlDataReader row, int ordinal) => new(
        row.GetString(ordinal),
        row.GetString(ordinal + 1),
        row.GetString(ordinal + 2)[0],
        row.GetString(ordinal + 3),
        row.GetInt32(ordinal + 4),
        row.IsDBNull(ordinal + 5) ? null : row.GetString(ordinal + 5),
        row.GetBoolean(ordinal + 6),
        row.GetString(ordinal + 7)[0]);

    private QualifiedName Resolve(Entity entity) => PostgresNames.Resolve(entity.Table, options) ?? throw errors.Make(
        SourceErrorCodes.TableMissing,
        Stage.Plan,
        $"Entity '{entity.Name}' names the table {PostgresNames.Display(entity.Table)}, which is not in database {PostgresNames.Quote(options.Database)}.",
        "Name it [table], [schema, table] or [database, schema, table]; another database is another source.");

    private async Task ReportAsync(ImmutableArray<Entity> entities, QualifiedName[] names, Relation[] relations, Dictionary<string, StoredColumn>[] columns, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var missing = Enumerable.Range(0, entities.Length).Where(i => !relations[i].Exists).ToArray();
        var nearby = missing.Length > 0 ? await NamesAsync(missing.Select(i => names[i].Schema), cancellationToken).ConfigureAwait(false) : [];
        for (var i = 0; i < entities.Length; i++)
        {
            if (!relations[i].Exists)
            {
                problems.Add(MissingTable(entities[i], names[i], relations[i], nearby));
            }
            else
            {
                problems.AddRange(MissingColumns(entities[i], names[i], columns[i]));
                if (MissingGrants(entities[i], names[i], relations[i], columns[i]) is { } grants)
                {
                    problems.Add(grants);
                }
            }
        }

        if (problems.Count > 0)
        {
            throw problems.Count == 1 ? new SourceException(problems[0]) : new FederatedSegmentationException(problems.ToImmutable());
        }
    }

    private async Task<ImmutableArray<QualifiedName>> NamesAsync(IEnumerable<string> schemas, CancellationToken cancellationToken)
    {
        var names = ImmutableArray.CreateBuilder<QualifiedName>();
        string[] searched = [.. schemas.Distinct(StringComparer.Ordinal)];
        await catalog.ReadAsync(
            Stage.Plan,
            "the names of its tables",
            cancellationToken,
            (CatalogQueries.NamesInSchemas, [searched], row => names.Add(new QualifiedName(row.GetString(0), row.GetString(1)))))
            .ConfigureAwait(false);
        return names.ToImmutable();
    }

    private Problem MissingTable(Entity entity, QualifiedName name, Relation relation, ImmutableArray<QualifiedName> nearby)
    {
        var role = PostgresNames.Quote(options.User);
        if (!relation.SchemaExists)
        {
            return errors.MakeProblem(
                SourceErrorCodes.TableMissing,
                Stage.Plan,
                $"Entity '{entity.Name}': database {PostgresNames.Quote(options.Database)} has no schema {PostgresNames.Quote(name.Schema)}.",
                "Correct the table's name in the model; letter case matters.");
        }

        var alike = NearestNames.Of(name.Relation, nearby.Where(other => other.Schema == name.Schema).Select(other => other.Relation));
        return errors.MakeProblem(
            SourceErrorCodes.TableMissing,
            Stage.Plan,
            $"Entity '{entity.Name}': there is no table or view {name}.",
            alike.IsEmpty
                ? $"Correct the table's name in the model; `fedseg sources discover` lists what {role} may read."
                : $"Did you mean {string.Join(" or ", alike.Select(PostgresNames.Quote))}? Letter case matters.");
    }

    private IEnumerable<Problem> MissingColumns(Entity entity, QualifiedName name, Dictionary<string, StoredColumn> columns) => entity.Columns
        .Where(column => !columns.ContainsKey(column.SourceName))
        .Select(column =>
        {
            var alike = NearestNames.Of(column.SourceName, columns.Keys);
            return errors.MakeProblem(
                SourceErrorCodes.ColumnMissing,
                Stage.Plan,
                $"Entity '{entity.Name}': {name} has no column {PostgresNames.Quote(column.SourceName)}.",
                alike.IsEmpty
                    ? "Correct the column in the model, or add it to the table."
                    : $"Did you mean {string.Join(" or ", alike.Select(PostgresNames.Quote))}? Letter case matters.");
        });

    private Problem? MissingGrants(Entity entity, QualifiedName name, Relation relation, Dictionary<string, StoredColumn> columns)
    {
        var refused = entity.Columns.Where(column => columns.TryGetValue(column.SourceName, out var stored) && !stored.Readable).ToArray();
        if (relation.SchemaUsable && refused.Length == 0)
        {
            return null;
        }

        var role = PostgresNames.Quote(options.User);
        string[] grants =
        [
            .. relation.SchemaUsable ? Array.Empty<string>() : [$"GRANT USAGE ON SCHEMA {PostgresNames.Quote(name.Schema)} TO {role};"],
            .. refused.Length == 0 ? Array.Empty<string>()
                : refused.Length == entity.Columns.Length ? [$"GRANT SELECT ON {name} TO {role};"]
                : [$"GRANT SELECT ({string.Join(", ", refused.Select(column => PostgresNames.Quote(column.SourceName)))}) ON {name} TO {role};"],
        ];
        return errors.MakeProblem(
            SourceErrorCodes.PermissionDenied,
            Stage.Plan,
            $"Entity '{entity.Name}': role {role} may not read {(refused.Length is > 0 && refused.Length < entity.Columns.Length ? "all declared columns of " : "")}{name}.",
            $"Let its owner run: {string.Join(" ", grants)}");
    }
}
