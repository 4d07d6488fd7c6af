using System.Text;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Tests.Settings;

/// <summary>The settings of a source behind a driver of the user's.</summary>
public sealed class DriverSettingsTests
{
    private const string Driver = """
        "Driver": { "Factory": "A.Factory, B", "Path": "drivers/b", "ConnectionString": { "Env": "C" } }
        """;

    [Theory]
    [InlineData("snowflake", "Database", "PUBLIC")]
    [InlineData("databricks", "Catalog", "default")]
    [InlineData("bigquery", "Dataset\": \"y\", \"Project", "y")]
    [InlineData("fabric", "Database", "dbo")]
    public void A_source_with_a_driver_keeps_its_kind_and_needs_nothing_of_a_connection(string kind, string database, string schema)
    {
        var source = (DriverSourceOptions)Bind($"\"Kind\": \"{kind}\", \"{database}\": \"x\", {Driver}").Sources.Single();
        Assert.Equal((kind, "x", schema, "A.Factory", 4), (source.Kind, source.Database, source.Schema, source.FactoryType, source.Limits.MaxConcurrent));
        Assert.Equal(Path.GetFullPath("drivers/b"), source.Path);
        Assert.Equal("environment variable C", source.ConnectionString.ToString());
    }

    [Theory]
    [InlineData("snowflake", "\"Endpoint\": \"https://a.example\"", "CFG012", "Endpoint")]
    [InlineData("snowflake", "\"Auth\": { \"Kind\": \"pat\" }", "CFG012", "Auth")]
    [InlineData("snowflake", "\"Warehouse\": \"W\"", "CFG012", "Warehouse")]
    [InlineData("fabric", "\"Server\": \"a.example\"", "CFG012", "Server")]
    [InlineData("fabric", "\"Encrypt\": \"Strict\"", "CFG012", "Encrypt")]
    [InlineData("fabric", "\"Endpiont\": \"a.example\"", "CFG003", "Endpiont")]
    [InlineData("fabric", "\"Limits\": { \"MaxConcurrent\": 0 }", "CFG006", "Limits:MaxConcurrent")]
    public void Options_that_the_connection_string_says_are_refused_beside_it(string kind, string option, string code, string path)
    {
        var refused = Assert.Throws<FederatedSegmentationException>(() => Bind($"\"Kind\": \"{kind}\", \"Database\": \"x\", {option}, {Driver}"));
        var problem = Assert.Single(refused.Problems);
        Assert.Equal((code, $"FederatedSegmentation:Sources:wh:{path}"), (problem.Code, problem.Pointer));
    }

    [Theory]
    [InlineData("\"Factory\": \"A.Factory, B\", ", "", "CFG004", "Driver:Factory")]
    [InlineData("A.Factory, B", "A.Factory", "CFG006", "Driver:Factory")]
    [InlineData("A.Factory, B", ", B", "CFG006", "Driver:Factory")]
    [InlineData("{ \"Env\": \"C\" }", "\"Server=x;Password=tiger\"", "CFG007", "Driver:ConnectionString")]
    [InlineData("\"Path\": \"drivers/b\", ", "", "CFG004", "Driver:Path")]
    public void What_is_wrong_is_named_by_its_path(string right, string wrong, string code, string path)
    {
        Assert.Contains(right, Driver, StringComparison.Ordinal);
        var refused = Assert.Throws<FederatedSegmentationException>(() => Bind($"\"Kind\": \"fabric\", \"Database\": \"x\", {Driver.Replace(right, wrong, StringComparison.Ordinal)}"));
        Assert.Contains(refused.Problems, problem => problem.Code == code && problem.Pointer == $"FederatedSegmentation:Sources:wh:{path}");
        Assert.DoesNotContain("tiger", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Dataset\": \"d\", \"Location\": \"EU\"", "CFG012", "Location")]
    [InlineData("\"Dataset\": \"d\", \"LargeResults\": \"rest\"", "CFG012", "LargeResults")]
    [InlineData("\"Dataset\": \"d\", \"Limits\": { \"MaxBytesPerQuery\": \"50 GB\" }", "CFG012", "Limits:MaxBytesPerQuery")]
    [InlineData("\"Dataset\": \"d\", \"Schema\": \"e\"", "CFG003", "Schema")]
    [InlineData("\"Kind\": \"bigquery\"", "CFG004", "Dataset")]
    public void BigQuery_s_limit_of_bytes_and_location_belong_in_the_connection_string(string options, string code, string path)
    {
        var kind = options.Contains("Kind", StringComparison.Ordinal) ? "" : "\"Kind\": \"bigquery\", ";
        var refused = Assert.Throws<FederatedSegmentationException>(() => Bind($"{kind}\"Project\": \"p\", {options}, {Driver}"));
        var problem = Assert.Single(refused.Problems);
        Assert.Equal((code, $"FederatedSegmentation:Sources:wh:{path}"), (problem.Code, problem.Pointer));
    }

    [Fact]
    public void A_driver_that_is_null_is_none()
        => Assert.IsType<FabricSourceOptions>(Bind("\"Kind\": \"fabric\", \"Server\": \"a.example\", \"Database\": \"x\", \"Auth\": { \"Kind\": \"default\" }, \"Driver\": null").Sources.Single());

    private static GatewayOptions Bind(string source) => SettingsReader.Bind(
        Encoding.UTF8.GetBytes($$"""{ "FederatedSegmentation": { "Sources": { "wh": { {{source}} } } } }"""), Path.GetFullPath("appsettings.json"), "appsettings.json", [], new SettingsProblems("appsettings.json"));
}
