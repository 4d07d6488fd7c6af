using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

/// <summary>Settings that cannot work are refused together, before anything is connected.</summary>
public sealed class OptionsTests
{
    private static readonly FabricOptions Good = new() { Server = "abc.datawarehouse.fabric.microsoft.com", Database = "wh" };

    [Fact]
    public void Good_settings_have_no_problem() => Assert.Empty(Good.Validate("wh"));

    [Fact]
    public void Every_problem_is_named()
    {
        var problems = new FabricOptions { Port = 0, Schema = " ", MaxConcurrent = 0, StatementTimeout = TimeSpan.Zero, ConnectTimeout = TimeSpan.Zero, ServerCertificate = "/nowhere.pem" }.Validate("wh");
        Assert.Equal(["Server", "Port", "Database", "Schema", "ServerCertificate", "MaxConcurrent", "StatementTimeout", "ConnectTimeout"], problems.Select(problem => problem.Pointer));
    }

    [Theory]
    [InlineData("abc,1433")]
    [InlineData("tcp:abc")]
    [InlineData("abc;User ID=x")]
    public void A_server_is_one_name(string server) => Assert.Equal("Server", Assert.Single((Good with { Server = server }).Validate("wh")).Pointer);

    [Fact]
    public void A_password_is_for_a_local_server_only()
    {
        var problem = Assert.Single((Good with { Authentication = new FabricPassword("reader", () => "p") }).Validate("wh"));
        Assert.Equal("Authentication", problem.Pointer);
        Assert.Empty((Good with { Server = "localhost", Authentication = new FabricPassword("reader", () => "p") }).Validate("wh"));
    }

    [Fact]
    public void A_connector_with_bad_settings_is_not_made()
        => Assert.Throws<FederatedSegmentationException>(() => new FabricConnector("wh", new FabricOptions(), TimeProvider.System));
}
