using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Testing.Postgres;
using static FederatedSegmentation.Connectors.Postgres.Tests.SourceOver;

namespace FederatedSegmentation.Connectors.Postgres.Tests;

/// <summary>TLS with a real server, whose certificate comes from an authority of its own and names <c>localhost</c> only.</summary>
public sealed class TransportSecurityTests(TransportSecurityTests.Server server) : IClassFixture<TransportSecurityTests.Server>
{
    private PostgresOptions Verified => server.Options with { Host = "localhost", SslMode = PostgresSslMode.VerifyFull, RootCertificate = server.RootCertificate };

    [PostgresFact]
    public async Task A_certificate_of_a_trusted_authority_with_the_name_of_the_host_is_accepted()
        => Assert.Equal([7L], await RunAsync(Verified));

    [PostgresFact]
    public async Task A_certificate_that_names_another_host_is_refused() => await FailsAsync(
        () => RunAsync(Verified with { Host = PostgresServer.Host }), "SRC002", "The certificate of 127.0.0.1:", "names another host", "Connect by a name that is in the certificate");

    [PostgresFact]
    public async Task A_certificate_of_an_unknown_authority_is_refused() => await FailsAsync(
        () => RunAsync(Verified with { RootCertificate = null }), "SRC002", "does not come from a trusted authority, or has expired", "Set RootCertificate");

    [PostgresFact]
    public async Task VerifyCA_takes_any_name_and_no_other_authority()
    {
        Assert.Equal([7L], await RunAsync(Verified with { Host = PostgresServer.Host, SslMode = PostgresSslMode.VerifyCA }));
        await FailsAsync(() => RunAsync(Verified with { SslMode = PostgresSslMode.VerifyCA, RootCertificate = null }), "SRC002", "trusted authority");
    }

    [PostgresFact]
    public async Task A_server_without_TLS_is_refused() => await FailsAsync(
        async () =>
        {
            var database = await DatabaseAsync();
            await RunAsync(Options(database) with { Host = "localhost", SslMode = PostgresSslMode.VerifyFull }, database.Server.AdminPassword);
        },
        "SRC002", "offers no TLS", "ssl = on");

    [PostgresFact]
    public async Task A_root_certificate_that_is_none_is_told()
    {
        var file = Path.GetTempFileName();
        try
        {
            await FailsAsync(() => RunAsync(Verified with { RootCertificate = file }), "CFG006", "RootCertificate", "PEM");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [PostgresFact]
    public async Task The_connection_test_says_how_the_connection_is_protected()
    {
        async Task<ConnectionCheck> TlsAsync(PostgresOptions options)
        {
            await using var source = Connector(options, server.Password);
            return (await source.TestAsync(default).ToListAsync()).Single(check => check.Step == "TLS");
        }

        Assert.Equal(CheckOutcome.Passed, (await TlsAsync(Verified)).Outcome);
        Assert.StartsWith("TLSv1.", (await TlsAsync(Verified)).Detail, StringComparison.Ordinal);
        Assert.Equal(CheckOutcome.Warning, (await TlsAsync(Verified with { SslMode = PostgresSslMode.VerifyCA })).Outcome);
        Assert.Equal(CheckOutcome.Warning, (await TlsAsync(Verified with { SslMode = PostgresSslMode.Require })).Outcome);
        Assert.Equal(CheckOutcome.Failed, (await TlsAsync(Verified with { Host = PostgresServer.Host })).Outcome);
    }

    private Task<List<long>> RunAsync(PostgresOptions options) => RunAsync(options, server.Password);

    private static async Task<List<long>> RunAsync(PostgresOptions options, string password)
    {
        await using var source = Connector(options, password);
        return await source.NumbersAsync(Numbers("SELECT 7::bigint AS id"));
    }

    /// <summary>A server with TLS.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private PostgresServer? _server;

        public PostgresOptions Options { get; private set; } = new();

        public string Password => _server!.AdminPassword;

        public string? RootCertificate => _server!.RootCertificate;

        public async Task InitializeAsync()
        {
            if (await PostgresServer.StartAsync(new PostgresServerOptions(Tls: true), default) is PostgresStart.Running running)
            {
                _server = running.Server;
                Options = SourceOver.Options(await _server.CreateDatabaseAsync(null, default));
            }
        }

        public async Task DisposeAsync()
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }
    }
}
