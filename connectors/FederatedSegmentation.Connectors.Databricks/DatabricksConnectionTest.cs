using System.Globalization;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Databricks.Api;
using FederatedSegmentation.Connectors.Databricks.Catalog;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Databricks;

/// <summary>Tests a connection step by step: login, warehouse, list, read. A failed step ends the sequence.</summary>
internal sealed class DatabricksConnectionTest(DatabricksApi? api, TokenSource? tokens, DriverTransport? driver, CatalogReader catalog, DatabricksOptions options)
{
    internal async IAsyncEnumerable<ConnectionCheck> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string Step, Func<CancellationToken, Task<ConnectionCheck>> Run)[] steps = driver is null
            ? [("Login", LogInAsync), ("Warehouse", WarehouseAsync), ("List", ListAsync), ("Read", ReadAsync), ("Write", WriteAsync)]
            : [("Driver", _ => Task.FromResult(driver.Check())), ("List", ListAsync), ("Read", ReadAsync), ("Write", WriteAsync)];
        foreach (var (step, run) in steps)
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

    // Name, TLS and login in one: the errors tell them apart.
    private async Task<ConnectionCheck> LogInAsync(CancellationToken cancellationToken)
    {
        await tokens!.GetAsync(null, Stage.Settings, cancellationToken).ConfigureAwait(false);
        await api!.WarehouseAsync(cancellationToken).ConfigureAwait(false);
        var how = options.Auth == DatabricksAuth.OAuthMachineToMachine ? "with a token of OAuth" : "with a personal access token";
        var tls = options.Transport.Endpoint!.Scheme == Uri.UriSchemeHttps ? "over TLS" : "without TLS, which is for loopback only";
        return new ConnectionCheck("Login", CheckOutcome.Passed, $"{api.Errors.Server}, {how}, {tls}.");
    }

    private async Task<ConnectionCheck> WarehouseAsync(CancellationToken cancellationToken)
    {
        var (name, state) = await api!.WarehouseAsync(cancellationToken).ConfigureAwait(false);
        return state switch
        {
            "RUNNING" => new ConnectionCheck("Warehouse", CheckOutcome.Passed, $"'{name}' runs."),
            "STARTING" or "STOPPED" or "STOPPING" => new ConnectionCheck("Warehouse", CheckOutcome.Warning, $"'{name}' is {state.ToLowerInvariant()}: the first statement starts it and waits."),
            _ => new ConnectionCheck("Warehouse", CheckOutcome.Failed, $"'{name}' is {state.ToLowerInvariant()}. Name another one as WarehouseId."),
        };
    }

    private async Task<ConnectionCheck> ListAsync(CancellationToken cancellationToken)
    {
        var visible = await TablesAsync(cancellationToken).ConfigureAwait(false);
        return visible.Count == 0
            ? new ConnectionCheck("List", CheckOutcome.Failed, $"Catalog {Quoted(options.Catalog)} has no table that the principal sees. Check Catalog; GRANT USE CATALOG, USE SCHEMA and SELECT to the principal.")
            : new ConnectionCheck("List", CheckOutcome.Passed, string.Create(CultureInfo.InvariantCulture, $"{visible.Count} tables and views are visible in catalog {Quoted(options.Catalog)}."));
    }

    private async Task<ConnectionCheck> ReadAsync(CancellationToken cancellationToken)
    {
        var visible = await TablesAsync(cancellationToken).ConfigureAwait(false);
        var first = visible.Find(row => string.Equals(row[0], options.Schema, StringComparison.OrdinalIgnoreCase)) ?? visible[0];
        var name = new QualifiedName(options.Catalog.ToLowerInvariant(), first[0] ?? "", first[1] ?? "");
        await catalog.ReadAsync($"SELECT 'x' AS `read` FROM {name} LIMIT 1", 1, $"one row of {name}", Stage.Settings, cancellationToken).ConfigureAwait(false);
        return new ConnectionCheck("Read", CheckOutcome.Passed, $"{name} was read{(driver is null ? ", and its result came from the workspace's storage" : "")}.");
    }

    // Privileges of the principal and of its groups, and what they own; nothing is tried.
    private async Task<ConnectionCheck> WriteAsync(CancellationToken cancellationToken)
    {
        var own = options.Catalog.ToLowerInvariant();
        var powers = await catalog.ReadAsync(
            $"""
            SELECT DISTINCT privilege_type FROM {CatalogReader.View(own, "table_privileges")}
            WHERE privilege_type IN ('MODIFY', 'ALL PRIVILEGES', 'ALL_PRIVILEGES') AND (grantee = current_user() OR is_account_group_member(grantee))
            UNION
            SELECT DISTINCT 'OWNER' AS privilege_type FROM {CatalogReader.View(own, "tables")}
            WHERE table_schema <> 'information_schema' AND (table_owner = current_user() OR is_account_group_member(table_owner))
            """,
            1,
            "a look at what may be written",
            Stage.Settings,
            cancellationToken).ConfigureAwait(false);
        return powers.Count == 0
            ? new ConnectionCheck("Write", CheckOutcome.Passed, $"The principal may not change the tables of catalog {Quoted(options.Catalog)}.")
            : new ConnectionCheck(
                "Write",
                CheckOutcome.Warning,
                $"The principal has {string.Join(", ", powers.Select(row => row[0]).Order(StringComparer.Ordinal))} of tables in catalog {Quoted(options.Catalog)}. The gateway only sends SELECT, and does not need it: USE CATALOG, USE SCHEMA and SELECT are enough.");
    }

    private Task<List<string?[]>> TablesAsync(CancellationToken cancellationToken) => catalog.ReadAsync(
        $"SELECT table_schema, table_name FROM {CatalogReader.View(options.Catalog.ToLowerInvariant(), "tables")} WHERE table_schema <> 'information_schema' ORDER BY table_schema, table_name",
        2,
        "the list of its tables",
        Stage.Settings,
        cancellationToken);

    private static string Quoted(string name) => DatabricksDialect.Instance.QuoteIdentifier(name);
}
