using System.Globalization;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Snowflake.Catalog;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Snowflake;

/// <summary>Tests a connection step by step: network, TLS and login; the list of tables; one row.</summary>
internal sealed class SnowflakeConnectionTest(ICatalogReader catalog, DriverTransport? driver, SnowflakeOptions options)
{
    internal async IAsyncEnumerable<ConnectionCheck> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (driver is not null)
        {
            var loaded = driver.Check();
            yield return loaded;
            if (loaded.Outcome == CheckOutcome.Failed)
            {
                yield break;
            }
        }

        var (login, _) = await TryAsync("SELECT 1 AS ANSWER", cancellationToken).ConfigureAwait(false);
        if (login is not null)
        {
            // One request goes through all of them; its error says where it stopped.
            yield return Failed(login.Code is SourceErrorCodes.TransportSecurity ? "TLS" : login.Code is SourceErrorCodes.Unreachable or SourceErrorCodes.ConnectionLost ? "Network" : "Login", login);
            yield break;
        }

        if (driver is not null)
        {
            yield return Passed("Login", "With the account, role and warehouse of the connection string.");
        }
        else
        {
            yield return Passed("Network", $"{options.Endpoint!.Authority} answers{(options.Proxy is { } proxy ? $" through {proxy.Authority}" : "")}.");
            yield return Passed("TLS", options.Endpoint.Scheme == Uri.UriSchemeHttps ? "On, the certificate is trusted and names the host." : "Off: the server is this machine.");
            yield return Passed("Login", $"{(options.User is { } user ? $"User {user}" : "The user of the token")}, role {options.Role ?? "by default"}, warehouse {options.Warehouse ?? "by default"}.");
        }

        var database = SnowflakeDialect.Instance.QuoteIdentifier(options.Database);
        var (listing, tables) = await TryAsync(
            $"SELECT TABLE_SCHEMA, TABLE_NAME FROM {database}.INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA <> 'INFORMATION_SCHEMA' ORDER BY TABLE_SCHEMA, TABLE_NAME", cancellationToken).ConfigureAwait(false);
        if (listing is not null)
        {
            yield return Failed("Read", listing);
            yield break;
        }

        if (tables.Count == 0)
        {
            yield return new ConnectionCheck("Read", CheckOutcome.Warning, $"The role may not see any table of {database}. {HowToGrant}");
            yield break;
        }

        var row = tables.Find(table => table[0] == options.Schema) ?? tables[0];
        var first = new QualifiedName(options.Database, row[0]!, row[1]!);
        var (reading, _) = await TryAsync($"SELECT 1 AS ANSWER FROM {first} LIMIT 1", cancellationToken).ConfigureAwait(false);
        if (reading is not null)
        {
            yield return Failed("Read", reading);
            yield break;
        }

        yield return Passed("Read", string.Create(CultureInfo.InvariantCulture, $"{tables.Count} tables and views may be seen; {first} was read."));
        yield return await WriteAsync(database, cancellationToken).ConfigureAwait(false);
    }

    // Privileges of the roles that the session has, those that they inherit included; nothing is tried.
    private async Task<ConnectionCheck> WriteAsync(string database, CancellationToken cancellationToken)
    {
        var (refused, powers) = await TryAsync(
            $"""
            SELECT DISTINCT p.PRIVILEGE_TYPE
            FROM {database}.INFORMATION_SCHEMA.OBJECT_PRIVILEGES AS p
            WHERE p.GRANTEE IN (SELECT r.ROLE_NAME FROM {database}.INFORMATION_SCHEMA.ENABLED_ROLES AS r)
              AND p.PRIVILEGE_TYPE IN ('OWNERSHIP', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'CREATE TABLE', 'CREATE VIEW')
            """,
            cancellationToken).ConfigureAwait(false);
        return refused is not null
            ? Failed("Write", refused)
            : powers.Count == 0
            ? Passed("Write", $"The roles of the session may not change what is in {database}.")
            : new ConnectionCheck(
                "Write",
                CheckOutcome.Warning,
                $"The roles of the session have {string.Join(", ", powers.Select(row => row[0]).Order(StringComparer.Ordinal))} in {database}. The gateway only sends SELECT, and does not need it. {HowToGrant}");
    }

    private string HowToGrant
    {
        get
        {
            var database = SnowflakeDialect.Instance.QuoteIdentifier(options.Database);
            var schema = $"{database}.{SnowflakeDialect.Instance.QuoteIdentifier(options.Schema)}";
            var role = options.Role is { } own ? SnowflakeDialect.Instance.QuoteIdentifier(own) : "<role>";
            return $"Let its owner run: GRANT USAGE ON DATABASE {database} TO ROLE {role}; GRANT USAGE ON SCHEMA {schema} TO ROLE {role}; GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO ROLE {role};";
        }
    }

    private async Task<(Problem? Problem, List<string?[]> Rows)> TryAsync(string sql, CancellationToken cancellationToken)
    {
        try
        {
            var (_, rows) = await catalog.ReadAsync(sql, Stage.Settings, "the test of its connection", cancellationToken).ConfigureAwait(false);
            return (null, rows);
        }
        catch (FederatedSegmentationException failure)
        {
            return (failure.Problems[0], []);
        }
    }

    private static ConnectionCheck Passed(string step, string detail) => new(step, CheckOutcome.Passed, detail);

    private static ConnectionCheck Failed(string step, Problem problem) => new(step, CheckOutcome.Failed, $"{problem.Message} {problem.Hint}");
}
