using System.Globalization;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.BigQuery.Catalog;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>Tests a connection through a driver step by step: driver, login, list, read. A failed step ends the sequence.</summary>
/// <remarks>What the account may write is not told: no view of a dataset shows it for the groups that the account is in.</remarks>
internal sealed class DriverConnectionTest(DriverTransport driver, DriverCatalog catalog, BigQueryOptions options)
{
    private List<string> _tables = [];

    internal async IAsyncEnumerable<ConnectionCheck> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (step, run) in new (string, Func<CancellationToken, Task<ConnectionCheck>>)[]
        {
            ("Driver", _ => Task.FromResult(driver.Check())), ("Login", LogInAsync), ("List", ListAsync), ("Read", ReadAsync),
        })
        {
            ConnectionCheck check;
            try
            {
                check = await run(cancellationToken).ConfigureAwait(false);
            }
            catch (FederatedSegmentationException failure)
            {
                check = new ConnectionCheck(step, CheckOutcome.Failed, $"{failure.Problems[0].Message} {failure.Problems[0].Hint}");
            }

            yield return check;
            if (check.Outcome == CheckOutcome.Failed)
            {
                yield break;
            }
        }
    }

    private async Task<ConnectionCheck> LogInAsync(CancellationToken cancellationToken)
    {
        await AskAsync("SELECT 1 AS answer", cancellationToken).ConfigureAwait(false);
        return new ConnectionCheck("Login", CheckOutcome.Passed, "With the account and project of the connection string, which takes queries.");
    }

    private async Task<ConnectionCheck> ListAsync(CancellationToken cancellationToken)
    {
        _tables = await catalog.TablesAsync(options.Project, options.Dataset!, Stage.Settings, cancellationToken).ConfigureAwait(false);
        return _tables.Count == 0
            ? new ConnectionCheck("List", CheckOutcome.Warning, $"The account sees no table of {options.Project}.{options.Dataset}. Grant it roles/bigquery.dataViewer on the datasets that the model names.")
            : new ConnectionCheck("List", CheckOutcome.Passed, string.Create(CultureInfo.InvariantCulture, $"{_tables.Count} tables and views are visible in {options.Project}.{options.Dataset}."));
    }

    // A row without columns: no bytes are billed for a table.
    private async Task<ConnectionCheck> ReadAsync(CancellationToken cancellationToken)
    {
        if (_tables is not [var first, ..])
        {
            return new ConnectionCheck("Read", CheckOutcome.Warning, "There is no table to try it with.");
        }

        var name = new TableName(options.Project, options.Dataset!, first);
        await AskAsync($"SELECT 1 AS answer FROM {string.Join('.', new[] { name.Project, name.Dataset, name.Table }.Select(BigQueryText.QuoteIdentifier))} LIMIT 1", cancellationToken).ConfigureAwait(false);
        return new ConnectionCheck("Read", CheckOutcome.Passed, $"{name} was read.");
    }

    private async Task AskAsync(string sql, CancellationToken cancellationToken)
        => await driver.ReadTextAsync(sql, Stage.Settings, "the test of its connection", cancellationToken).ConfigureAwait(false);
}
