using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.BigQuery.Catalog;

/// <summary>Reads what the account may see: tables and views with columns, declared keys and sizes.</summary>
internal sealed class TableDiscovery(ICatalog catalog, BigQueryOptions options)
{
    /// <summary>All tables and views of the project, or of the source's dataset where it has one, by dataset and name.</summary>
    internal async Task<ImmutableArray<DiscoveredTable>> ReadAsync(CancellationToken cancellationToken)
    {
        var names = new List<TableName>();
        foreach (var dataset in options.Dataset is { } only ? [only] : await catalog.DatasetsAsync(Stage.Settings, cancellationToken).ConfigureAwait(false))
        {
            var tables = await catalog.TablesAsync(options.Project, dataset, Stage.Settings, cancellationToken).ConfigureAwait(false);
            names.AddRange(tables.Select(table => new TableName(options.Project, dataset, table)));
        }

        var found = await catalog.FindAsync(names, withKeys: true, Stage.Settings, "the description of its tables", cancellationToken).ConfigureAwait(false);
        return
        [
            .. names.Zip(found).Where(pair => pair.Second is not null).Select(pair => new DiscoveredTable(
                Parts(pair.First),
                [.. pair.Second!.Columns.Select(column => new DiscoveredColumn(column.Name, column.Display, BigQueryTypes.SuggestedType(column)))],
                pair.Second.PrimaryKey,
                [.. pair.Second.ForeignKeys.Select(key => new DiscoveredForeignKey(key.Columns, Parts(key.Referenced), key.ReferencedColumns))],
                pair.Second.Rows,
                pair.Second.Bytes)),
        ];
    }

    // As a model would spell it: as short as it can be.
    private ImmutableArray<string> Parts(TableName name) => name switch
    {
        { Project: var project, Dataset: var dataset } when project == options.Project && dataset == options.Dataset => [name.Table],
        { Project: var project } when project == options.Project => [name.Dataset, name.Table],
        _ => [name.Project, name.Dataset, name.Table],
    };
}
