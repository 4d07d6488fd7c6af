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
        yield return reading is not null
            ? Failed("Read", reading)
            : Passed("Read", string.Create(CultureInfo.InvariantCulture, $"{tables.Count} tables and views may be seen; {first} was read."));
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
