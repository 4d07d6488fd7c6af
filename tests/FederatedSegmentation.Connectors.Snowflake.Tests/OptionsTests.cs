namespace FederatedSegmentation.Connectors.Snowflake.Tests;

/// <summary>Settings.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void Every_wrong_option_is_told_at_once() => Assert.Equal(
        ["Endpoint", "Auth/User", "Database", "Schema", "Role", "Warehouse", "MaxConcurrent", "StatementTimeout", "InFlightBytes", "ParallelPartitions"],
        new SnowflakeOptions { Schema = "", Role = " ", Warehouse = "", MaxConcurrent = 0, StatementTimeout = TimeSpan.Zero, InFlightBytes = 0, ParallelPartitions = 0 }.Validate("crm").Select(problem => problem.Pointer));

    [Theory]
    [InlineData("https://myorg-account1.snowflakecomputing.com", null, "MYORG-ACCOUNT1")]
    [InlineData("https://myorg-account1.privatelink.snowflakecomputing.com", null, "MYORG-ACCOUNT1")]
    [InlineData("https://xy12345.eu-west-1.snowflakecomputing.com", null, "XY12345")]
    [InlineData("https://acct-extra.global.snowflakecomputing.com", null, "ACCT")]
    [InlineData("https://10.0.0.1", "my_org-acct", "MY_ORG-ACCT")]
    [InlineData("https://10.0.0.1", "xy12345.eu-west-1.aws", "XY12345")]
    public void The_account_of_tokens_is_the_first_part_of_the_host_or_what_is_named(string endpoint, string? account, string expected)
        => Assert.Equal(expected, new SnowflakeOptions { Endpoint = new Uri(endpoint), Account = account }.TokenAccount);

    [Fact]
    public void A_host_that_names_no_account_wants_one()
        => Assert.Equal(["CFG004"], new SnowflakeOptions { Endpoint = new Uri("https://10.0.0.1"), User = "u", Database = "d" }.Validate("crm").Select(problem => problem.Code));
}
