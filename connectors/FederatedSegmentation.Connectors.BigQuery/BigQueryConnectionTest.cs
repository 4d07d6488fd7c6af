using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Connectors.BigQuery.Catalog;
using FederatedSegmentation.Connectors.BigQuery.Rest;
using FederatedSegmentation.Connectors.BigQuery.Storage;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>Tests a connection step by step: name, login, network and TLS, list, compute, read, result, write. Costs nothing: queries are dry runs.</summary>
internal sealed class BigQueryConnectionTest(BigQueryApi api, StorageApi? storage, BigQueryTokens tokens, CatalogApi catalog, BigQueryOptions options)
{
    private TableName? _table;

    internal async IAsyncEnumerable<ConnectionCheck> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (name, step) in new (string, Func<CancellationToken, Task<ConnectionCheck>>)[]
        {
            ("DNS", ResolveAsync), ("Login", LogInAsync), ("Compute", ComputeAsync), ("List", ListAsync), ("Read", ReadAsync), ("Result", ResultAsync), ("Write", WriteAsync),
        })
        {
            ConnectionCheck check;
            try
            {
                check = await step(cancellationToken).ConfigureAwait(false);
            }
            catch (SourceException refused)
            {
                check = new ConnectionCheck(name, CheckOutcome.Failed, $"{refused.Problems[0].Message} {refused.Problems[0].Hint}");
            }

            yield return check;
            if (check.Outcome == CheckOutcome.Failed)
            {
                yield break;
            }
        }
    }

    private async Task<ConnectionCheck> ResolveAsync(CancellationToken cancellationToken)
    {
        var host = options.Http.Endpoint!.IdnHost;
        if (options.Http.Proxy is not null)
        {
            return Passed("DNS", $"Left to the proxy {options.Http.Proxy.Authority}.");
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
            return Passed("DNS", $"{host} is {string.Join(", ", addresses.Take(4).Select(address => address.ToString()))}.");
        }
        catch (SocketException)
        {
            return new ConnectionCheck("DNS", CheckOutcome.Failed, $"The name {host} is not known. Check Endpoint, and the name servers of this machine.");
        }
    }

    private async Task<ConnectionCheck> LogInAsync(CancellationToken cancellationToken)
    {
        await tokens.GetAsync(Stage.Settings, cancellationToken).ConfigureAwait(false);
        return Passed("Login", $"Google gave a token to {tokens.Account}.");
    }

    private async Task<ConnectionCheck> ComputeAsync(CancellationToken cancellationToken)
    {
        await DryRunAsync("SELECT 1 AS one", cancellationToken).ConfigureAwait(false);
        var tls = options.Http.Endpoint!.Scheme == Uri.UriSchemeHttps ? "over TLS" : "without TLS: the server is this machine";
        return Passed("Compute", $"{options.Http.Endpoint.Authority} answers, {tls}; project {options.Project} takes queries in {options.Location}.");
    }

    private async Task<ConnectionCheck> ListAsync(CancellationToken cancellationToken)
    {
        var datasets = options.Dataset is { } only ? [only] : await catalog.DatasetsAsync(Stage.Settings, cancellationToken).ConfigureAwait(false);
        foreach (var dataset in datasets)
        {
            if (await catalog.TablesAsync(options.Project, dataset, Stage.Settings, cancellationToken).ConfigureAwait(false) is [var first, ..])
            {
                _table = new TableName(options.Project, dataset, first);
                break;
            }
        }

        return _table is null
            ? new ConnectionCheck("List", CheckOutcome.Warning, "The account sees no table. Grant it roles/bigquery.dataViewer on the datasets that the model names.")
            : Passed("List", string.Create(CultureInfo.InvariantCulture, $"{datasets.Count} datasets are visible."));
    }

    private async Task<ConnectionCheck> ReadAsync(CancellationToken cancellationToken)
    {
        if (_table is null)
        {
            return new ConnectionCheck("Read", CheckOutcome.Warning, "There is no table to try it with.");
        }

        var name = string.Join('.', new[] { _table.Project, _table.Dataset, _table.Table }.Select(BigQueryDialect.Instance.QuoteIdentifier));
        var bytes = await DryRunAsync($"SELECT * FROM {name}", cancellationToken).ConfigureAwait(false);
        return Passed("Read", string.Create(CultureInfo.InvariantCulture, $"{_table} may be read ({bytes ?? 0:N0} bytes in all); nothing was."));
    }

    private async Task<ConnectionCheck> ResultAsync(CancellationToken cancellationToken)
    {
        if (storage is null)
        {
            return new ConnectionCheck("Result", CheckOutcome.Warning, "Large results come over the REST API, which is slower; LargeResults is rest.");
        }

        if (_table is null)
        {
            return new ConnectionCheck("Result", CheckOutcome.Warning, "There is no table to try the Storage Read API with.");
        }

        if (await catalog.FindAsync(_table, Stage.Settings, "the description of a table", cancellationToken).ConfigureAwait(false) is not { Kind: "TABLE" })
        {
            return new ConnectionCheck("Result", CheckOutcome.Warning, "The Storage Read API was not tried: the first table is a view.");
        }

        await storage.CreateReadSessionAsync(options.Project, $"projects/{_table.Project}/datasets/{_table.Dataset}/tables/{_table.Table}", 1, "fedseg:test", "a test", cancellationToken).ConfigureAwait(false);
        return Passed("Result", "The Storage Read API may be used.");
    }

    private async Task<ConnectionCheck> WriteAsync(CancellationToken cancellationToken)
    {
        if (_table is null)
        {
            return Passed("Write", "There is no table that could be changed.");
        }

        var writable = await catalog.PermissionsAsync(_table, ["bigquery.tables.updateData", "bigquery.tables.delete"], cancellationToken).ConfigureAwait(false);
        return writable.IsEmpty
            ? Passed("Write", $"The account may not change {_table}.")
            : new ConnectionCheck("Write", CheckOutcome.Warning, $"The account may change {_table}. The gateway never does, but does not need it: roles/bigquery.dataViewer and roles/bigquery.jobUser are enough.");
    }

    private async Task<long?> DryRunAsync(string sql, CancellationToken cancellationToken)
        => await DryRun.BytesAsync(api, options, sql, Stage.Settings, "a dry run", cancellationToken).ConfigureAwait(false);

    private static ConnectionCheck Passed(string step, string detail) => new(step, CheckOutcome.Passed, detail);
}
