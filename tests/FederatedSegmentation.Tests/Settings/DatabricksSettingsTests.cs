using System.Text;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Tests.Settings;

/// <summary>The settings of a Databricks source.</summary>
public sealed class DatabricksSettingsTests
{
    private const string Right = """
        "Kind": "databricks", "Endpoint": "https://dbc-1.cloud.databricks.com", "WarehouseId": "0123456789abcdef", "Catalog": "ml", "Auth": { "Kind": "pat", "Token": { "Env": "T" } }
        """;

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        var source = (DatabricksSourceOptions)Bind(Right).Sources.Single();
        Assert.Equal(("default", null, 4, null, "ml"), (source.Schema, source.ClientId, source.Limits.MaxConcurrent, source.Limits.StatementTimeout, source.Catalog));
        Assert.Null(source.Http.Proxy);
        Assert.Empty(source.Http.LinkHosts);
    }

    [Theory]
    [InlineData("https://dbc-1.cloud.databricks.com", "http://dbc-1.cloud.databricks.com", "CFG009", "Endpoint")]
    [InlineData("https://dbc-1.cloud.databricks.com", "https://user:p4ss@dbc-1.cloud.databricks.com", "CFG006", "Endpoint")]
    [InlineData("https://dbc-1.cloud.databricks.com", "dbc-1", "CFG006", "Endpoint")]
    [InlineData("0123456789abcdef", "/sql/1.0/warehouses/0123456789abcdef", "CFG006", "WarehouseId")]
    [InlineData("\"Catalog\": \"ml\",", "", "CFG004", "Catalog")]
    [InlineData("{ \"Env\": \"T\" }", "\"dapi-secret\"", "CFG007", "Auth:Token")]
    [InlineData("\"Kind\": \"pat\", \"Token\"", "\"Kind\": \"oauth_m2m\", \"ClientSecret\"", "CFG004", "Auth:ClientId")]
    [InlineData("\"Kind\": \"pat\"", "\"Kind\": \"password\"", "CFG003", "Auth:Kind")]
    [InlineData("\"Catalog\"", "\"HttpPath\": \"x\", \"Catalog\"", "CFG003", "HttpPath")]
    public void What_is_wrong_is_named_by_its_path(string right, string wrong, string code, string option)
    {
        Assert.Contains(right, Right, StringComparison.Ordinal);
        var refused = Assert.Throws<FederatedSegmentationException>(() => Bind(Right.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Contains(refused.Problems, problem => problem.Code == code && problem.Pointer == $"FederatedSegmentation:Sources:scores:{option}");
        Assert.DoesNotContain("dapi-secret", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("p4ss", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_http_and_link_hosts_are_for_a_local_server()
    {
        var source = (DatabricksSourceOptions)Bind(Right.Replace("https://dbc-1.cloud.databricks.com", "http://127.0.0.1:8081", StringComparison.Ordinal) + """, "LinkHosts": "127.0.0.1:8082, .storage.example.com" """).Sources.Single();
        Assert.Equal(["127.0.0.1:8082", ".storage.example.com"], source.Http.LinkHosts.ToArray());
    }

    private static GatewayOptions Bind(string source) => SettingsReader.Bind(
        Encoding.UTF8.GetBytes($$"""{ "FederatedSegmentation": { "Sources": { "scores": { {{source}} } } } }"""), Path.GetFullPath("appsettings.json"), "appsettings.json", [], new SettingsProblems("appsettings.json"));
}
