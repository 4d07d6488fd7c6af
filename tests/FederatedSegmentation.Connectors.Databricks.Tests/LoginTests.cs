using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Databricks.Tests;

/// <summary>Personal access tokens and OAuth machine-to-machine.</summary>
public sealed class LoginTests(Workspace workspace) : IClassFixture<Workspace>
{
    private static readonly (DataType, StorageType) Number = (new Int64Type(), new StoredInteger());

    [WarehouseFact]
    public async Task A_service_principal_gets_one_token_for_many_requests()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using var connector = OAuth(workspace, "local-secret");
        Assert.Equal(Tables.Many, (await Workspace.ReadAsync(connector, Workspace.Fragment("SELECT n FROM many", Number), CancellationToken.None)).Count);
        Assert.Single(await workspace.Server.Control.LogAsync(CancellationToken.None), request => request.Operation == "token");
    }

    [WarehouseTheory]
    [InlineData("submit")]
    [InlineData("openSession")]
    public async Task A_token_that_is_refused_is_renewed_once_and_nothing_is_lost(string operation)
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.SetAsync(("chunkRows", 1000), ("linksPerAnswer", 1));
        await workspace.FaultAsync(operation, "expire");
        await using var connector = OAuth(workspace, "local-secret");
        Assert.Equal(Tables.Many, (await Workspace.ReadAsync(connector, Workspace.Fragment("SELECT n FROM many", Number), CancellationToken.None)).Count);
        Assert.Equal(0, await workspace.Server.Control.WaitingFaultsAsync(CancellationToken.None));
        Assert.Equal(2, (await workspace.Server.Control.LogAsync(CancellationToken.None)).Count(request => request.Operation == "token"));
    }

    [WarehouseFact]
    public async Task A_token_that_is_refused_twice_ends_the_run()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.FaultAsync("poll", "expire", ("times", 2));
        await using var connector = OAuth(workspace, "local-secret");
        var refused = await Workspace.FailureAsync(connector);
        Assert.Equal("SRC003", refused.Problems[0].Code);
        Assert.False(refused.Problems[0].IsTransient);
    }

    [WarehouseFact]
    public async Task A_wrong_secret_and_a_wrong_token_are_told_and_not_shown()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await using (var connector = OAuth(workspace, "s3cret-value"))
        {
            var refused = await Workspace.FailureAsync(connector);
            Assert.Equal("SRC003", refused.Problems[0].Code);
            Assert.DoesNotContain("s3cret-value", refused.ToString(), StringComparison.Ordinal);
        }

        await using (var connector = workspace.Connect(secret: "dapi-s3cret"))
        {
            var refused = await Workspace.FailureAsync(connector);
            Assert.Equal("SRC003", refused.Problems[0].Code);
            Assert.DoesNotContain("dapi-s3cret", refused.ToString(), StringComparison.Ordinal);
        }
    }

    [WarehouseFact]
    public async Task A_workspace_with_a_certificate_of_its_own_is_read_over_tls()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        HttpTransportOptions Secure(DatabricksOptions options) => options.Transport with { Endpoint = workspace.Server.SecureEndpoint };
        await using (var connector = workspace.Connect(options => options with { Transport = Secure(options) with { RootCertificate = workspace.Server.CertificateFile } }))
        {
            Assert.Equal(Tables.Many, (await Workspace.ReadAsync(connector, Workspace.Fragment("SELECT n FROM many", Number), CancellationToken.None)).Count);
        }

        await using (var connector = workspace.Connect(options => options with { Transport = Secure(options) }))
        {
            Assert.Equal("SRC002", (await Workspace.FailureAsync(connector)).Problems[0].Code);
        }
    }

    [WarehouseFact]
    public async Task All_requests_and_links_go_through_the_proxy()
    {
        await workspace.Server.Control.ResetAsync(CancellationToken.None);
        await workspace.SetAsync(("chunkRows", 1000));
        await using var proxy = new LocalProxy();
        await using var connector = workspace.Connect(options => options with { Transport = options.Transport with { Endpoint = workspace.Server.SecureEndpoint, RootCertificate = workspace.Server.CertificateFile, Proxy = proxy.Address } });
        Assert.Equal(Tables.Many, (await Workspace.ReadAsync(connector, Workspace.Fragment("SELECT n FROM many", Number), CancellationToken.None)).Count);
        Assert.Contains(FormattableString.Invariant($"CONNECT localhost:{workspace.Server.Port}"), proxy.Requests);
        Assert.Equal(5, proxy.Requests.Count(request => request.StartsWith(FormattableString.Invariant($"GET http://127.0.0.1:{(int)workspace.Server.Ready["storagePort"]!}/storage/"), StringComparison.Ordinal)));
    }

    internal static DatabricksConnector OAuth(Workspace workspace, string secret) => workspace.Connect(options => options with { Auth = DatabricksAuth.OAuthMachineToMachine, ClientId = "local-client" }, secret);
}
