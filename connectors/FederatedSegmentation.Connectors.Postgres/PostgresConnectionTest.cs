using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Connectors.Postgres.Catalog;
using FederatedSegmentation.Model.Errors;
using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>Tests a connection step by step: name, network, TLS, login, role, list, read, write.</summary>
internal sealed class PostgresConnectionTest(PostgresConnections connections, CatalogReader catalog, PostgresErrors errors, PostgresOptions options)
{
    private const int OldestVersion = 120000;

    private string Role => PostgresNames.Quote(options.User);

    internal async IAsyncEnumerable<ConnectionCheck> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var step in new Func<CancellationToken, Task<ConnectionCheck>>[] { ResolveAsync, ConnectAsync })
        {
            var check = await step(cancellationToken).ConfigureAwait(false);
            yield return check;
            if (check.Outcome == CheckOutcome.Failed)
            {
                yield break;
            }
        }

        var (login, session) = await LogInAsync(cancellationToken).ConfigureAwait(false);
        foreach (var check in login)
        {
            yield return check;
        }

        if (session is null)
        {
            yield break;
        }

        yield return RoleOf(session);
        foreach (var step in new Func<CancellationToken, Task<ConnectionCheck>>[] { ListAndReadAsync, WriteAsync })
        {
            var check = await step(cancellationToken).ConfigureAwait(false);
            yield return check;
            if (check.Outcome == CheckOutcome.Failed)
            {
                yield break;
            }
        }
    }

    private async Task<ConnectionCheck> ResolveAsync(CancellationToken cancellationToken)
    {
        if (options.Host.StartsWith('/'))
        {
            return Passed("DNS", "The server is reached by a Unix socket; no name is needed.");
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(options.Host, cancellationToken).ConfigureAwait(false);
            return Passed("DNS", $"{options.Host} is {string.Join(", ", addresses.Take(4).Select(address => address.ToString()))}.");
        }
        catch (SocketException unknown)
        {
            return Failed("DNS", unknown);
        }
    }

    private async Task<ConnectionCheck> ConnectAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.ConnectTimeout);
        try
        {
            var isSocket = options.Host.StartsWith('/');
            using var socket = isSocket
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
            var connecting = isSocket
                ? socket.ConnectAsync(new UnixDomainSocketEndPoint(string.Create(CultureInfo.InvariantCulture, $"{options.Host}/.s.PGSQL.{options.Port}")), limit.Token)
                : socket.ConnectAsync(options.Host, options.Port, limit.Token);
            await connecting.ConfigureAwait(false);
            return Passed("TCP", string.Create(CultureInfo.InvariantCulture, $"Port {options.Port} answers."));
        }
        catch (SocketException refused)
        {
            return Failed("TCP", refused);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed("TCP", new TimeoutException());
        }
    }

    private async Task<(IReadOnlyList<ConnectionCheck> Checks, SessionFacts? Session)> LogInAsync(CancellationToken cancellationToken)
    {
        SessionFacts? facts = null;
        try
        {
            var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
            await catalog.ReadAsync(Stage.Settings, "a look at its version and role", cancellationToken, (CatalogQueries.Session, [], row => facts = new SessionFacts(
                row.GetString(0), row.GetInt32(1), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5), row.GetBoolean(6), row.IsDBNull(7) ? null : row.GetString(7))))
                .ConfigureAwait(false);
        }
        catch (Exception refused) when (PostgresErrors.IsForeign(refused) || refused is SourceException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var error = refused as SourceException ?? errors.Of(refused, Stage.Settings, SubmissionState.NotSubmitted, "the login");
            var problem = error.Problems[0];
            return problem.Code == SourceErrorCodes.TransportSecurity
                ? ([Failed("TLS", problem)], null)
                : ([TlsOf(null), Failed("Login", problem)], null);
        }

        return facts switch
        {
            null => ([TlsOf(null), new ConnectionCheck("Login", CheckOutcome.Failed, $"Role {Role} is not in the server's list of roles.")], null),
            { VersionNumber: < OldestVersion } => ([TlsOf(facts.Tls), new ConnectionCheck("Login", CheckOutcome.Failed, $"The server is PostgreSQL {facts.Version}; 12 or later is needed.")], null),
            _ => ([TlsOf(facts.Tls), Passed("Login", $"Database {PostgresNames.Quote(options.Database)} on PostgreSQL {facts.Version}{(facts.IsStandby ? ", a standby" : "")}.")], facts),
        };
    }

    private ConnectionCheck TlsOf(string? version) => options.SslMode switch
    {
        PostgresSslMode.Disable => Passed("TLS", "Off: the server is this machine."),
        PostgresSslMode.Require => new ConnectionCheck("TLS", CheckOutcome.Warning, $"{version ?? "On"}, but the certificate is not verified. Use VerifyFull."),
        PostgresSslMode.VerifyCA => new ConnectionCheck("TLS", CheckOutcome.Warning, $"{version ?? "On"}, the certificate is trusted, but its name is not compared. Use VerifyFull."),
        _ => Passed("TLS", $"{version ?? "On"}, the certificate is trusted and names the host."),
    };

    private ConnectionCheck RoleOf(SessionFacts session)
    {
        string[] powers =
        [
            .. session.IsSuperuser ? ["is a superuser"] : Array.Empty<string>(),
            .. session.CreatesRolesOrDatabases ? ["may create roles or databases"] : Array.Empty<string>(),
            .. session.BypassesRowSecurity ? ["bypasses row security"] : Array.Empty<string>(),
        ];
        return powers.Length == 0
            ? Passed("Role", $"{Role} has no special rights.")
            : new ConnectionCheck("Role", CheckOutcome.Warning, $"{Role} {string.Join(" and ", powers)}, which the gateway does not need. {HowToMakeReader}");
    }

    private async Task<ConnectionCheck> ListAndReadAsync(CancellationToken cancellationToken)
    {
        var names = new List<QualifiedName>();
        try
        {
            await catalog.ReadAsync(Stage.Settings, "the list of its tables", cancellationToken, (CatalogQueries.ReadableRelations, [], row => names.Add(new QualifiedName(row.GetString(0), row.GetString(1)))))
                .ConfigureAwait(false);
            if (names.Count == 0)
            {
                return new ConnectionCheck("Read", CheckOutcome.Warning, $"{Role} may not read any table. {HowToMakeReader}");
            }

            var first = names.Find(name => name.Schema == options.Schema) ?? names[0];
            await catalog.ReadAsync(Stage.Settings, $"one row of {first}", cancellationToken, ($"SELECT FROM {first} LIMIT 1", [], _ => { })).ConfigureAwait(false);
            return Passed("Read", string.Create(CultureInfo.InvariantCulture, $"{names.Count} tables and views may be read; {first} was."));
        }
        catch (SourceException refused)
        {
            return Failed("Read", refused.Problems[0]);
        }
    }

    private async Task<ConnectionCheck> WriteAsync(CancellationToken cancellationToken)
    {
        var writable = new List<QualifiedName>();
        try
        {
            await catalog.ReadAsync(Stage.Settings, "a look at what may be written", cancellationToken, (CatalogQueries.Writable, [], row => writable.Add(new QualifiedName(row.GetString(0), row.GetString(1)))))
                .ConfigureAwait(false);
        }
        catch (SourceException refused)
        {
            return Failed("Write", refused.Problems[0]);
        }

        return writable.Count == 0
            ? Passed("Write", $"{Role} may not change any table.")
            : new ConnectionCheck("Write", CheckOutcome.Warning, $"{Role} may change {string.Join(", ", writable)}. The gateway never does (its transactions are read-only), but does not need it. {HowToMakeReader}");
    }

    private string HowToMakeReader =>
        $"A role that only reads: CREATE ROLE seg_reader LOGIN PASSWORD '…'; GRANT USAGE ON SCHEMA {PostgresNames.Quote(options.Schema)} TO seg_reader; "
        + $"GRANT SELECT ON ALL TABLES IN SCHEMA {PostgresNames.Quote(options.Schema)} TO seg_reader;";

    private static ConnectionCheck Passed(string step, string detail) => new(step, CheckOutcome.Passed, detail);

    private ConnectionCheck Failed(string step, Exception failure) => Failed(step, errors.Of(failure, Stage.Settings, SubmissionState.NotSubmitted, "the connection").Problems[0]);

    private static ConnectionCheck Failed(string step, Problem problem) => new(step, CheckOutcome.Failed, $"{problem.Message} {problem.Hint}");

    private sealed record SessionFacts(
        string Version, int VersionNumber, bool IsSuperuser, bool CreatesRolesOrDatabases, bool BypassesRowSecurity, bool MayCreateSchemas, bool IsStandby, string? Tls);
}
