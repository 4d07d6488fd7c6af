using System.Collections.Frozen;
using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Fabric.Catalog;

/// <summary>Reads how the tables behind entities are stored; missing tables and columns of all entities are reported together.</summary>
internal sealed class TableDescriptions(ICatalogReader catalog, FabricErrors errors, FabricOptions options)
{
    /// <summary>One description per entity, in order.</summary>
    internal async Task<ImmutableArray<StoredTable>> ReadAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
    {
        if (entities.IsEmpty)
        {
            return [];
        }

        var names = entities.Select(Resolve).ToArray();
        var columns = names.Distinct().ToDictionary(name => name, _ => new Dictionary<string, NativeType>(StringComparer.Ordinal));
        var rows = new Dictionary<QualifiedName, long>();
        await catalog.ReadAsync(
            Stage.Plan,
            "the description of its tables",
            cancellationToken,
            (CatalogQueries.Columns(names), row =>
            {
                // Equality of T-SQL ignores trailing spaces; ours does not.
                if (columns.TryGetValue(new QualifiedName(row.GetString(0), row.GetString(1)), out var known))
                {
                    known.Add(row.GetString(2), NativeType.At(row, 4));
                }
            }),
            (CatalogQueries.Sizes, row =>
            {
                if (!row.IsDBNull(2))
                {
                    rows[new QualifiedName(row.GetString(0), row.GetString(1))] = row.GetInt64(2);
                }
            })).ConfigureAwait(false);

        await ReportAsync(entities, names, columns, cancellationToken).ConfigureAwait(false);
        return
        [
            .. entities.Select((entity, i) => new StoredTable(
                entity.Columns.ToFrozenDictionary(column => column.Name, column => FabricTypes.StorageOf(columns[names[i]][column.SourceName]), StringComparer.Ordinal),
                rows.TryGetValue(names[i], out var count) ? count : null,
                null)),
        ];
    }

    private QualifiedName Resolve(Entity entity) => FabricNames.Resolve(entity.Table, options) ?? throw errors.Make(
        SourceErrorCodes.TableMissing,
        Stage.Plan,
        $"Entity '{entity.Name}' names the table {string.Join('.', entity.Table)}, which is not in {FabricNames.Quote(options.Database)}.",
        "Name it [table], [schema, table] or [database, schema, table]; another warehouse is another source.");

    private async Task ReportAsync(ImmutableArray<Entity> entities, QualifiedName[] names, Dictionary<QualifiedName, Dictionary<string, NativeType>> columns, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var nearby = new List<QualifiedName>();
        if (names.Any(name => columns[name].Count == 0))
        {
            await catalog.ReadAsync(Stage.Plan, "the names of its tables", cancellationToken, (CatalogQueries.Relations, row => nearby.Add(new QualifiedName(row.GetString(0), row.GetString(1))))).ConfigureAwait(false);
        }

        for (var i = 0; i < entities.Length; i++)
        {
            if (columns[names[i]].Count == 0)
            {
                problems.Add(MissingTable(entities[i], names[i], nearby));
            }
            else
            {
                problems.AddRange(MissingColumns(entities[i], names[i], columns[names[i]]));
            }
        }

        if (problems.Count > 0)
        {
            throw problems.Count == 1 ? new SourceException(problems[0]) : new FederatedSegmentationException(problems.ToImmutable());
        }
    }

    // The views do not show what may not be read, so that both are one case.
    private Problem MissingTable(Entity entity, QualifiedName name, List<QualifiedName> nearby)
    {
        var alike = NearestNames.Of(name.Relation, nearby.Where(other => other.Schema == name.Schema).Select(other => other.Relation));
        return errors.MakeProblem(
            SourceErrorCodes.TableMissing,
            Stage.Plan,
            $"Entity '{entity.Name}': {options.Account} sees no table or view {name} in {FabricNames.Quote(options.Database)}.",
            alike.IsEmpty
                ? $"Correct the table's name in the model, letter by letter; or let an administrator of the workspace run GRANT SELECT ON OBJECT::{name} TO the account."
                : $"Did you mean {string.Join(" or ", alike.Select(FabricNames.Quote))}? Letter case matters.");
    }

    private IEnumerable<Problem> MissingColumns(Entity entity, QualifiedName name, Dictionary<string, NativeType> columns) => entity.Columns
        .Where(column => !columns.ContainsKey(column.SourceName))
        .Select(column =>
        {
            var alike = NearestNames.Of(column.SourceName, columns.Keys);
            return errors.MakeProblem(
                SourceErrorCodes.ColumnMissing,
                Stage.Plan,
                $"Entity '{entity.Name}': {name} has no column {FabricNames.Quote(column.SourceName)}.",
                alike.IsEmpty
                    ? "Correct the column in the model, or add it to the table."
                    : $"Did you mean {string.Join(" or ", alike.Select(FabricNames.Quote))}? Letter case matters.");
        });
}
