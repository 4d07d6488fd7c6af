using System.Text;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Tests.Settings;

/// <summary>The setting <c>ScratchSchema</c>: names that the vendor cannot have are refused where they are set.</summary>
public sealed class ScratchSchemaTests
{
    private const string Snowflake = """ "Kind": "snowflake", "Endpoint": "https://myorg-account1.snowflakecomputing.com", "Database": "CRM", "Auth": { "Kind": "pat", "Token": { "Env": "T" } } """;
    private const string Databricks = """ "Kind": "databricks", "Endpoint": "https://dbc-1.cloud.databricks.com", "WarehouseId": "0123456789abcdef", "Catalog": "ml", "Auth": { "Kind": "pat", "Token": { "Env": "T" } } """;
    private const string BigQuery = """ "Kind": "bigquery", "Project": "p", "Location": "EU", "Auth": { "Kind": "application_default" } """;
    private const string Fabric = """ "Kind": "fabric", "Server": "x.datawarehouse.fabric.microsoft.com", "Database": "w", "Auth": { "Kind": "default" } """;

    [Theory]
    [InlineData(BigQuery, "scratch_1")]
    [InlineData(BigQuery, "_Hidden")]
    [InlineData(Databricks, "scratch")]
    [InlineData(Databricks, "two-parts")]
    [InlineData(Databricks, "grün`")]
    [InlineData(Fabric, "my scratch")]
    [InlineData(Fabric, "a.b]")]
    [InlineData(Snowflake, "SCRATCH")]
    [InlineData(Snowflake, "a \"quoted\" ${name}.x")]
    public void A_name_that_the_vendor_can_have_is_taken_as_it_is(string source, string name)
        => Assert.Equal(name, NameOf(Bind(source, name)));

    [Theory]
    [InlineData(BigQuery, "project.scratch", "dataset")]
    [InlineData(BigQuery, "`scratch`", "dataset")]
    [InlineData(BigQuery, "my-scratch", "dataset")]
    [InlineData(BigQuery, "grün", "dataset")]
    [InlineData(BigQuery, "a b", "dataset")]
    [InlineData(Databricks, "main.scratch", "Unity Catalog")]
    [InlineData(Databricks, "my scratch", "Unity Catalog")]
    [InlineData(Databricks, "a/b", "Unity Catalog")]
    [InlineData(Databricks, "a\u007f", "Unity Catalog")]
    [InlineData(Fabric, "a/b", "warehouse")]
    [InlineData(Fabric, "a\\b", "warehouse")]
    [InlineData(Fabric, "scratch.", "warehouse")]
    [InlineData(Fabric, "a\0", "warehouse")]
    [InlineData(Snowflake, "a\nb", "Snowflake")]
    public void A_name_that_the_vendor_cannot_have_is_an_error_that_says_what_it_may_be(string source, string name, string what)
    {
        var problem = Assert.Single(Assert.Throws<FederatedSegmentationException>(() => Bind(source, name)).Problems);
        Assert.Equal(("CFG006", "FederatedSegmentation:Sources:one:ScratchSchema"), (problem.Code, problem.Pointer));
        Assert.Contains(what, problem.Message, StringComparison.Ordinal);
        Assert.StartsWith("Name a ", problem.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BigQuery, 1024)]
    [InlineData(Databricks, 255)]
    [InlineData(Fabric, 128)]
    [InlineData(Snowflake, 255)]
    public void The_longest_name_is_taken_and_a_longer_one_is_not(string source, int longest)
    {
        Assert.Equal(longest, NameOf(Bind(source, new string('a', longest)))?.Length);
        var problem = Assert.Single(Assert.Throws<FederatedSegmentationException>(() => Bind(source, new string('a', longest + 1))).Problems);
        Assert.Equal(("CFG006", FormattableString.Invariant($"The name has {longest + 1:N0} characters, and {longest:N0} are the most here.")), (problem.Code, problem.Message));
    }

    [Theory]
    [InlineData(BigQuery)]
    [InlineData(Databricks)]
    [InlineData(Fabric)]
    [InlineData(Snowflake)]
    public void An_empty_name_is_an_error_and_none_is_none(string source)
    {
        Assert.Equal("CFG006", Assert.Single(Assert.Throws<FederatedSegmentationException>(() => Bind(source, "")).Problems).Code);
        Assert.Null(NameOf(Bind(source, null)));
    }

    private static string? NameOf(SourceOptions source) => source switch
    {
        SnowflakeSourceOptions snowflake => snowflake.ScratchSchema,
        DatabricksSourceOptions databricks => databricks.ScratchSchema,
        BigQuerySourceOptions bigQuery => bigQuery.ScratchSchema,
        FabricSourceOptions fabric => fabric.ScratchSchema,
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    private static SourceOptions Bind(string source, string? name)
    {
        var json = System.Text.Json.JsonSerializer.Serialize(name);
        return SettingsReader.Bind(
            Encoding.UTF8.GetBytes($$"""{ "FederatedSegmentation": { "Sources": { "one": { {{source}}, "ScratchSchema": {{json}} } } } }"""),
            Path.GetFullPath("appsettings.json"), "appsettings.json", [], new SettingsProblems("appsettings.json")).Sources.Single();
    }
}
