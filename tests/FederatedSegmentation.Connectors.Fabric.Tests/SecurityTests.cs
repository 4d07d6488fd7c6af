using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Identity;
using FederatedSegmentation.Testing.Warehouses;
using static FederatedSegmentation.Connectors.Fabric.Tests.SourceOver;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

/// <summary>TLS and logins.</summary>
public sealed class SecurityTests
{
    private const string Audience = "https://database.windows.net/";

    [WarehouseTheory]
    [InlineData(FabricEncryption.Strict)]
    [InlineData(FabricEncryption.Mandatory)]
    public async Task Statements_run_over_both_ways_to_start_tls(FabricEncryption encrypt)
    {
        var server = await ServerAsync();
        await using var source = Connector(Options(server) with { Encrypt = encrypt });
        Assert.Equal([42], await source.NumbersAsync(Numbers("SELECT CAST('42' AS bigint) AS id")));
    }

    [WarehouseTheory]
    [InlineData(FabricEncryption.Strict)]
    [InlineData(FabricEncryption.Mandatory)]
    public async Task A_certificate_that_nobody_vouches_for_is_refused(FabricEncryption encrypt)
    {
        var server = await ServerAsync();
        await using var source = Connector(Options(server) with { Encrypt = encrypt, ServerCertificate = null });
        await FailsAsync(() => source.NumbersAsync(Numbers("SELECT CAST('42' AS bigint) AS id")), "SRC002", "ServerCertificate");
    }

    [WarehouseFact]
    public async Task Another_certificate_than_the_pinned_one_is_refused()
    {
        var server = await ServerAsync();
        await using var other = await WarehouseServer.StartAsync("fabric", [], default);
        await using var source = Connector(Options(server) with { ServerCertificate = other.CertificateFile });
        await FailsAsync(() => source.NumbersAsync(Numbers("SELECT CAST('42' AS bigint) AS id")), "SRC002");
    }

    [WarehouseFact]
    public async Task A_server_without_tls_is_refused()
    {
        await using var server = await WarehouseServer.StartAsync("fabric", [], default);
        await server.Control.VendorAsync(new JsonObject { ["encryption"] = 2 }, default);
        await using var source = Connector(Options(server));
        await FailsAsync(() => source.NumbersAsync(Numbers("SELECT CAST('42' AS bigint) AS id")), "SRC002");
    }

    [WarehouseTheory]
    [InlineData(FabricEncryption.Strict)]
    [InlineData(FabricEncryption.Mandatory)]
    public async Task An_access_token_logs_in(FabricEncryption encrypt)
    {
        var server = await ServerAsync();
        await using var source = Connector(Options(server) with { Encrypt = encrypt, Authentication = new FabricAccessToken(() => Token(Audience, TimeSpan.FromHours(1))) });
        Assert.Equal([1], await source.NumbersAsync(Numbers("SELECT COUNT_BIG(*) AS id FROM (SELECT SUSER_SNAME() AS who) AS u WHERE u.who = N'an-application'")));
    }

    [WarehouseFact]
    public async Task An_expired_token_is_refused()
    {
        var server = await ServerAsync();
        var token = Token(Audience, TimeSpan.FromSeconds(-5));
        await using var source = Connector(Options(server) with { Authentication = new FabricAccessToken(() => token) });
        var failure = await FailsAsync(() => source.NumbersAsync(Numbers("SELECT CAST('1' AS bigint) AS id")), "SRC003", "(error 18456)");
        Assert.DoesNotContain(token, failure.ToString(), StringComparison.Ordinal);
    }

    [WarehouseFact]
    public async Task Tokens_come_from_a_credential_of_azure_identity_for_the_scope_of_warehouses()
    {
        var server = await ServerAsync();
        var credential = new CountingCredential();
        await using var source = new FabricConnector(Name, Options(server) with { Authentication = new FabricDefaultCredential() }, credential, TimeProvider.System);
        Assert.Equal([1], await source.NumbersAsync(Numbers("SELECT CAST('1' AS bigint) AS id")));
        Assert.Equal(["https://database.windows.net/.default"], credential.Scopes.Distinct());
    }

    [WarehouseFact]
    public async Task A_credential_that_gives_no_token_is_told_without_its_secret()
    {
        var server = await ServerAsync();
        await using var source = new FabricConnector(
            Name, Options(server) with { Authentication = new FabricServicePrincipal("tenant", "client-1", () => "s3cret") }, new RefusingCredential(), TimeProvider.System);
        var failure = await FailsAsync(() => source.NumbersAsync(Numbers("SELECT CAST('1' AS bigint) AS id")), "SRC003", "Entra ID gives application client-1 no access token");
        Assert.DoesNotContain("s3cret", failure.Problems[0].ToString(), StringComparison.Ordinal);
    }

    [WarehouseFact]
    public async Task A_wrong_password_and_a_wrong_warehouse_are_told_apart()
    {
        var server = await ServerAsync();
        await using (var source = Connector(Options(server) with { Authentication = new FabricPassword("reader", () => "wrong-" + Password) }))
        {
            await FailsAsync(() => source.NumbersAsync(Numbers("SELECT CAST('1' AS bigint) AS id")), "SRC003", "refuses login [reader]", "(error 18456)");
        }

        await using (var source = Connector(Options(server, "WH")))
        {
            await FailsAsync(() => source.NumbersAsync(Numbers("SELECT CAST('1' AS bigint) AS id")), "SRC003", "has no warehouse [WH]", "(error 4060)");
        }
    }

    private sealed class CountingCredential : TokenCredential
    {
        public System.Collections.Concurrent.ConcurrentBag<string> Scopes { get; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.Add(Assert.Single(requestContext.Scopes));
            return new AccessToken(SourceOver.Token(Audience, TimeSpan.FromHours(1)), TimeProvider.System.GetUtcNow().AddHours(1));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }

    private sealed class RefusingCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new AuthenticationFailedException("AADSTS7000215: Invalid client secret provided.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
