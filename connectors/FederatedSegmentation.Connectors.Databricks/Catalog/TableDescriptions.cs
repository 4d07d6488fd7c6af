using System.Collections.Frozen;
using System.Collections.Immutable;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Databricks.Catalog;

/// <summary>Reads how the tables behind entities are stored; missing tables, columns and grants of all entities are reported together.</summary>
internal sealed class TableDescriptions(CatalogReader catalog, HttpErrors errors, DatabricksOptions options)
{
    private sealed record Estimate(long? Rows, long? Bytes, bool IsRefused);

    /// <summary>One description per entity, in order: the columns by one statement a catalog, the estimates side by side.</summary>
    internal async Task<ImmutableArray<StoredTable>> ReadAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
    {
        if (entities.IsEmpty)
        {
            return [];
        }

        var names = entities.Select(Resolve).ToArray();
        var columns = await ColumnsAsync(names, cancellationToken).ConfigureAwait(false);
        var found = names.Distinct().Where(columns.ContainsKey).ToArray();
        var estimates = await Task.WhenAll(found.Select(name => EstimateAsync(name, cancellationToken))).ConfigureAwait(false);
        var byName = found.Zip(estimates).ToDictionary(pair => pair.First, pair => pair.Second);
        await ReportAsync(entities, names, columns, byName, cancellationToken).ConfigureAwait(false);
        return
        [
            .. entities.Select((entity, i) => new StoredTable(
                entity.Columns.ToFrozenDictionary(column => column.Name, column => DatabricksTypes.StorageOf(columns[names[i]][column.SourceName]), StringComparer.Ordinal),
                byName[names[i]].Rows,
                byName[names[i]].Bytes)),
        ];
    }

    private QualifiedName Resolve(Entity entity) => DatabricksNames.Resolve(entity.Table, options) ?? throw errors.Make(
        SourceErrorCodes.TableMissing,
        Stage.Plan,
        $"Entity '{entity.Name}' names the table {string.Join('.', entity.Table)}, which has more parts than a table of Databricks.",
        "Name it [table], [schema, table] or [catalog, schema, table].");

    private async Task<Dictionary<QualifiedName, Dictionary<string, string>>> ColumnsAsync(QualifiedName[] names, CancellationToken cancellationToken)
    {
        var columns = new Dictionary<QualifiedName, Dictionary<string, string>>();
        foreach (var group in names.Distinct().GroupBy(name => name.Catalog))
        {
            var wanted = string.Join(" OR ", group.Select(name => $"(table_schema = {CatalogReader.Text(name.Schema)} AND table_name = {CatalogReader.Text(name.Table)})"));
            var rows = await catalog.ReadAsync(
                $"SELECT table_schema, table_name, column_name, full_data_type\nFROM {CatalogReader.View(group.Key, "columns")}\nWHERE {wanted}",
                4,
                "the description of its tables",
                Stage.Plan,
                cancellationToken).ConfigureAwait(false);
            foreach (var row in rows)
            {
                var name = new QualifiedName(group.Key, row[0] ?? "", row[1] ?? "");
                if (!columns.TryGetValue(name, out var known))
                {
                    columns.Add(name, known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase));
                }

                known[row[2] ?? ""] = row[3] ?? "";
            }
        }

        return columns;
    }

    // The catalogue shows tables that may be browsed; only a plan over one shows whether it may be read.
    private async Task<Estimate> EstimateAsync(QualifiedName name, CancellationToken cancellationToken)
    {
        try
        {
            var (rows, bytes) = await catalog.EstimateAsync(name, Stage.Plan, cancellationToken).ConfigureAwait(false);
            return new Estimate(rows, bytes, IsRefused: false);
        }
        catch (SourceException refused) when (refused.Problems[0].Code is SourceErrorCodes.PermissionDenied or SourceErrorCodes.TableMissing && refused.NativeCode is "42501" or "42P01")
        {
            return new Estimate(null, null, IsRefused: true);
        }
    }

    private async Task ReportAsync(
        ImmutableArray<Entity> entities,
        QualifiedName[] names,
        Dictionary<QualifiedName, Dictionary<string, string>> columns,
        Dictionary<QualifiedName, Estimate> estimates,
        CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        for (var i = 0; i < entities.Length; i++)
        {
            var (entity, name) = (entities[i], names[i]);
            if (!columns.TryGetValue(name, out var known))
            {
                problems.Add(await MissingTableAsync(entity, name, cancellationToken).ConfigureAwait(false));
                continue;
            }

            problems.AddRange(entity.Columns.Where(column => !known.ContainsKey(column.SourceName)).Select(column => MissingColumn(entity, name, column.SourceName, known.Keys)));
            if (estimates[name].IsRefused)
            {
                problems.Add(Problem(
                    SourceErrorCodes.PermissionDenied,
                    $"Entity '{entity.Name}': the principal may not read {name}.",
                    $"Let its owner run: {DatabricksGrants.Of([name], options)}"));
            }
        }

        if (problems.Count > 0)
        {
            throw problems.Count == 1 ? new SourceException(problems[0]) : new FederatedSegmentationException(problems.ToImmutable());
        }
    }

    private async Task<Problem> MissingTableAsync(Entity entity, QualifiedName name, CancellationToken cancellationToken)
    {
        var visible = await catalog.ReadAsync(
            $"SELECT table_name FROM {CatalogReader.View(name.Catalog, "tables")} WHERE table_schema = {CatalogReader.Text(name.Schema)}", 1, "the names of its tables", Stage.Plan, cancellationToken).ConfigureAwait(false);
        var alike = NearestNames.Of(name.Table, visible.Select(row => row[0]).OfType<string>());
        return Problem(
            SourceErrorCodes.TableMissing,
            $"Entity '{entity.Name}': there is no table or view {name}, or the principal may not see it.",
            alike.IsEmpty
                ? $"Correct the table's name in the model; if it is there, let its owner run: {DatabricksGrants.Of([name], options)}"
                : $"Did you mean {string.Join(" or ", alike.Select(DatabricksDialect.Instance.QuoteIdentifier))}?");
    }

    private Problem MissingColumn(Entity entity, QualifiedName name, string column, IEnumerable<string> known)
    {
        var alike = NearestNames.Of(column, known);
        return Problem(
            SourceErrorCodes.ColumnMissing,
            $"Entity '{entity.Name}': {name} has no column {DatabricksDialect.Instance.QuoteIdentifier(column)}.",
            alike.IsEmpty ? "Correct the column in the model, or add it to the table." : $"Did you mean {string.Join(" or ", alike.Select(DatabricksDialect.Instance.QuoteIdentifier))}?");
    }

    private Problem Problem(string code, string message, string hint) => errors.Make(code, Stage.Plan, message, hint).Problems[0];
}
