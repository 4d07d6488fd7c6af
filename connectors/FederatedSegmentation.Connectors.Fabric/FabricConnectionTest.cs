using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Fabric.Catalog;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>Tests a connection step by step: name, network, login with TLS, list, read, write.</summary>
internal sealed class FabricConnectionTest(FabricConnections? connections, DriverTransport? driver, ICatalogReader catalog, FabricErrors errors, FabricOptions options)
{
    private static readonly HashSet<string> WritePermissions = new(StringComparer.OrdinalIgnoreCase) { "CONTROL", "ALTER", "INSERT", "UPDATE", "DELETE", "CREATE TABLE", "ALTER ANY SCHEMA" };

    internal async IAsyncEnumerable<ConnectionCheck> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Func<CancellationToken, Task<ConnectionCheck>>[] steps = driver is null ? [ResolveAsync, ConnectAsync, LogInAsync, ListAndReadAsync, WriteAsync] : [_ => Task.FromResult(driver.Check()), LogInAsync, ListAndReadAsync, WriteAsync];
        foreach (var step in steps)
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
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(options.Server, cancellationToken).ConfigureAwait(false);
            return Passed("DNS", $"{options.Server} is {string.Join(", ", addresses.Take(4).Select(address => address.ToString()))}.");
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
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(options.Server, options.Port, limit.Token).ConfigureAwait(false);
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

    private async Task<ConnectionCheck> LogInAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (connections is not null)
            {
                var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            var collation = "";
            await catalog.ReadAsync(Stage.Settings, "a look at its collation", cancellationToken, (CatalogQueries.Collation, row => collation = row.IsDBNull(0) ? "" : row.GetString(0))).ConfigureAwait(false);
            var protocol = driver is not null ? "as the connection string says" : options.Encrypt == FabricEncryption.Strict ? "TDS 8.0, TLS from the first byte" : "TDS 7.4 with TLS";
            return Passed("Login", $"{Capitalized(options.Account)} in {FabricNames.Quote(options.Database)}, {protocol}, collation {collation}.");
        }
        catch (Exception refused) when (FabricErrors.IsForeign(refused) || refused is FederatedSegmentationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var error = refused as FederatedSegmentationException ?? errors.Of(refused, Stage.Settings, SubmissionState.NotSubmitted, "the login");
            return Failed(error.Problems[0].Code == SourceErrorCodes.TransportSecurity ? "TLS" : "Login", error.Problems[0]);
        }
    }

    private async Task<ConnectionCheck> ListAndReadAsync(CancellationToken cancellationToken)
    {
        var names = new List<QualifiedName>();
        try
        {
            await catalog.ReadAsync(Stage.Settings, "the list of its tables", cancellationToken, (CatalogQueries.Relations, row => names.Add(new QualifiedName(row.GetString(0), row.GetString(1))))).ConfigureAwait(false);
            if (names.Count == 0)
            {
                return new ConnectionCheck("Read", CheckOutcome.Warning, $"{Capitalized(options.Account)} may not read any table. {HowToGrant}");
            }

            var first = names.Find(name => name.Schema == options.Schema) ?? names[0];
            await catalog.ReadAsync(Stage.Settings, $"one row of {first}", cancellationToken, ($"SELECT TOP (1) CAST(1 AS int) AS [one] FROM {first} AS t", _ => { })).ConfigureAwait(false);
            return Passed("Read", string.Create(CultureInfo.InvariantCulture, $"{names.Count} tables and views may be read; {first} was."));
        }
        catch (SourceException refused)
        {
            return Failed("Read", refused.Problems[0]);
        }
    }

    private async Task<ConnectionCheck> WriteAsync(CancellationToken cancellationToken)
    {
        var powers = new List<string>();
        try
        {
            await catalog.ReadAsync(Stage.Settings, "a look at what may be written", cancellationToken, (CatalogQueries.Permissions, row =>
            {
                if (WritePermissions.Contains(row.GetString(0)))
                {
                    powers.Add(row.GetString(0));
                }
            })).ConfigureAwait(false);
        }
        catch (SourceException refused)
        {
            return Failed("Write", refused.Problems[0]);
        }

        return powers.Count == 0
            ? Passed("Write", $"{Capitalized(options.Account)} may not change the warehouse.")
            : new ConnectionCheck("Write", CheckOutcome.Warning, $"{Capitalized(options.Account)} has {string.Join(", ", powers.Order(StringComparer.Ordinal))} in the whole warehouse. The gateway only sends SELECT, and does not need it. {HowToGrant}");
    }

    private string HowToGrant => $"An account that only reads: share the item with it (Read), then GRANT SELECT ON SCHEMA::{FabricNames.Quote(options.Schema)} TO the account.";

    private static string Capitalized(string account) => char.ToUpperInvariant(account[0]) + account[1..];

    private static ConnectionCheck Passed(string step, string detail) => new(step, CheckOutcome.Passed, detail);

    private ConnectionCheck Failed(string step, Exception failure) => Failed(step, errors.Of(failure, Stage.Settings, SubmissionState.NotSubmitted, "the connection").Problems[0]);

    private static ConnectionCheck Failed(string step, Problem problem) => new(step, CheckOutcome.Failed, $"{problem.Message} {problem.Hint}");
}
