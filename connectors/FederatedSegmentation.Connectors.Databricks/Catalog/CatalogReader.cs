using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Databricks.Api;
using FederatedSegmentation.Connectors.Databricks.Fetch;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Databricks.Catalog;

/// <summary>Asks the catalogue. Safe for concurrent use.</summary>
internal abstract partial class CatalogReader
{
    /// <summary>The rows of a query all of whose columns are text.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="columns">How many columns it has.</param>
    /// <param name="what">What is read, for errors.</param>
    /// <param name="stage">For errors.</param>
    /// <param name="cancellationToken">Cancels it at the warehouse.</param>
    internal abstract Task<List<string?[]>> ReadAsync(string sql, int columns, string what, Stage stage, CancellationToken cancellationToken);

    /// <summary>What the optimizer expects of a whole table: rows and bytes, each null where it does not know. The plan is made and not run; it needs the right to read the table.</summary>
    internal async Task<(long? Rows, long? Bytes)> EstimateAsync(QualifiedName table, Stage stage, CancellationToken cancellationToken)
    {
        var plan = await ReadAsync($"EXPLAIN COST SELECT * FROM {table}", 1, $"the estimate of {table}", stage, cancellationToken).ConfigureAwait(false);
        return ReadEstimate(string.Join('\n', plan.Select(row => row[0])));
    }

    /// <summary>The statistics at the top of the optimized plan; nothing where there are none or they are the optimizer's word for "unknown".</summary>
    internal static (long? Rows, long? Bytes) ReadEstimate(string plan)
    {
        var start = plan.IndexOf("== Optimized Logical Plan ==", StringComparison.Ordinal);
        if (Statistics().Match(plan, Math.Max(0, start)) is not { Success: true } found)
        {
            return (null, null);
        }

        long? rows = found.Groups[3].Success && Number(found.Groups[3].Value) is { } count ? count : null;
        var unit = Array.IndexOf(Units, found.Groups[2].Value);
        var bytes = unit >= 0 && double.TryParse(found.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var size) ? size * Math.Pow(1024, unit) : double.MaxValue;
        // Without statistics the size is the greatest there is, so that nothing is broadcast.
        return (rows, bytes < 1e17 ? (long)bytes : null);
    }

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    private static long? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and < 9e18 ? (long)Math.Round(value) : null;

    [GeneratedRegex(@"Statistics\(sizeInBytes=([0-9.E+]+) ([KMGTPE]?i?B)(?:, rowCount=([0-9.E+]+))?")]
    private static partial Regex Statistics();

    /// <summary>A text as a literal.</summary>
    internal static string Text(string value) => DatabricksDialect.WriteText(value);

    /// <summary>A view of a catalog's <c>information_schema</c>.</summary>
    internal static string View(string catalog, string view) => DatabricksDialect.Instance.QuoteName(ImmutableArray.Create(catalog, "information_schema", view));
}

/// <summary>The catalogue over the same road as data: results are text and arrive as Arrow.</summary>
internal sealed class ApiCatalogReader(StatementContext context) : CatalogReader
{
    /// <inheritdoc />
    internal override async Task<List<string?[]>> ReadAsync(string sql, int columns, string what, Stage stage, CancellationToken cancellationToken)
    {
        await context.Slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        StatementAnswer answer;
        try
        {
            answer = await context.Runner.RunAsync(new StatementText(null, sql, "catalog", "catalog", what, stage), null, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            context.Slots.Release();
        }

        var schema = new ArrowSchema(Enumerable.Range(0, columns).Select(i => new ArrowField(string.Create(CultureInfo.InvariantCulture, $"c{i}"), ArrowType.Utf8)));
        var rows = new List<string?[]>();
        await foreach (var batch in context.Fetch.FetchAsync(answer, schema, what, stage, cancellationToken).ConfigureAwait(false))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add([.. batch.Columns.Select(column => column.IsNull(row) ? null : column.GetString(row))]);
                }
            }
        }

        return rows;
    }
}

/// <summary>The catalogue through a driver that the user supplies.</summary>
internal sealed class DriverCatalogReader(DriverTransport transport) : CatalogReader
{
    /// <inheritdoc />
    internal override async Task<List<string?[]>> ReadAsync(string sql, int columns, string what, Stage stage, CancellationToken cancellationToken)
        => (await transport.ReadTextAsync(sql, stage, what, cancellationToken).ConfigureAwait(false)).Rows;
}
