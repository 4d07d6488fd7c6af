using System.Collections.Frozen;
using System.Collections.Immutable;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.BigQuery.Catalog;

/// <summary>Reads how the tables behind entities are stored; missing tables and columns of all entities are reported together.</summary>
internal sealed class TableDescriptions(ICatalog catalog, HttpErrors errors, BigQueryOptions options)
{
    private const string What = "the description of its tables";

    /// <summary>One description per entity, in order.</summary>
    internal async Task<ImmutableArray<StoredTable>> ReadAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
    {
        var names = entities.Select(Resolve).ToArray();
        var tables = await catalog.FindAsync(names, withKeys: false, Stage.Plan, What, cancellationToken).ConfigureAwait(false);
        await ReportAsync(entities, names, tables, cancellationToken).ConfigureAwait(false);
        return
        [
            .. entities.Select((entity, i) => new StoredTable(
                entity.Columns.ToFrozenDictionary(
                    column => column.Name,
                    column => BigQueryTypes.StorageOf(tables[i]!.Columns.First(stored => stored.Name == column.SourceName)),
                    StringComparer.Ordinal),
                tables[i]!.Rows,
                tables[i]!.Bytes)),
        ];
    }

    private TableName Resolve(Entity entity) => TableName.Resolve(entity.Table, options) ?? throw errors.Make(
        SourceErrorCodes.TableMissing,
        Stage.Plan,
        $"Entity '{entity.Name}' names the table {string.Join('.', entity.Table)}, which does not say in which dataset it is.",
        "Name it [dataset, table] or [project, dataset, table], or set Dataset of the source.");

    private async Task ReportAsync(ImmutableArray<Entity> entities, TableName[] names, ApiTable?[] tables, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        for (var i = 0; i < entities.Length; i++)
        {
            if (tables[i] is { } table)
            {
                problems.AddRange(MissingColumns(entities[i], names[i], table));
            }
            else
            {
                problems.Add(await MissingTableAsync(entities[i], names[i], cancellationToken).ConfigureAwait(false));
            }
        }

        if (problems.Count > 0)
        {
            throw problems.Count == 1 ? new SourceException(problems[0]) : new FederatedSegmentationException(problems.ToImmutable());
        }
    }

    private async Task<Problem> MissingTableAsync(Entity entity, TableName name, CancellationToken cancellationToken)
    {
        try
        {
            var others = await catalog.TablesAsync(name.Project, name.Dataset, Stage.Plan, cancellationToken).ConfigureAwait(false);
            var alike = NearestNames.Of(name.Table, others);
            return Problem(
                SourceErrorCodes.TableMissing,
                Stage.Plan,
                $"Entity '{entity.Name}': there is no table or view {name}, or the account may not see it.",
                alike.IsEmpty ? "Correct the table's name in the model; `fedseg sources discover` lists what the account may see." : $"Did you mean {string.Join(" or ", alike)}? Letter case matters.");
        }
        catch (SourceException missing) when (missing.NativeCode == "notFound")
        {
            return Problem(
                SourceErrorCodes.TableMissing,
                Stage.Plan,
                $"Entity '{entity.Name}': project {name.Project} has no dataset {name.Dataset}, or the account may not see it.",
                "Correct the table's name in the model; letter case matters.");
        }
    }

    private IEnumerable<Problem> MissingColumns(Entity entity, TableName name, ApiTable table) => entity.Columns
        .Where(column => !table.Columns.Any(stored => stored.Name == column.SourceName))
        .Select(column =>
        {
            var alike = NearestNames.Of(column.SourceName, table.Columns.Select(stored => stored.Name));
            return Problem(
                SourceErrorCodes.ColumnMissing,
                Stage.Plan,
                $"Entity '{entity.Name}': {name} has no column {column.SourceName}.",
                alike.IsEmpty ? "Correct the column in the model, or add it to the table." : $"Did you mean {string.Join(" or ", alike)}?");
        });

    private Problem Problem(string code, Stage stage, string message, string hint) => errors.Make(code, stage, message, hint).Problems[0];
}
