using System.Collections.Immutable;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Snowflake.Tests;

/// <summary>What Snowflake needs of a driver of the user's.</summary>
public sealed class DriverTests
{
    [Fact]
    public void Values_that_a_driver_would_round_come_as_text()
    {
        ImmutableArray<PlanColumn> columns =
        [
            new(1, "ID", DataTypes.Int64, new StoredInteger()), new(2, "A\"M", new DecimalType(38, 10), new StoredDecimal(38, 10)), new(3, "PRICE", new DecimalType(28, 2), new StoredDecimal(28, 2)),
            new(4, "AT", DataTypes.Timestamp, new StoredInstant()), new(5, "CLOCK", new DateTimeType(null), new StoredWallClock()),
        ];
        Assert.Equal(
            """
            SELECT "ID", CAST("A""M" AS VARCHAR) AS "A""M", "PRICE", TO_VARCHAR(CONVERT_TIMEZONE('UTC', "AT"), 'YYYY-MM-DD HH24:MI:SS.FF9') AS "AT", TO_VARCHAR("CLOCK", 'YYYY-MM-DD HH24:MI:SS.FF9') AS "CLOCK"
            FROM (
            SELECT 1
            )
            """,
            SnowflakeDriver.Carried("SELECT 1", columns, ["ID", "A\"M", "PRICE", "AT", "CLOCK"]));
        Assert.Equal("SELECT 1", SnowflakeDriver.Carried("SELECT 1", [columns[0], columns[2]], ["ID", "PRICE"]));
    }

    [Fact]
    public void Sessions_are_pinned_and_nothing_in_a_name_ends_the_tag()
    {
        var pins = SnowflakeDriver.For(new SnowflakeOptions { Database = "DB" }).Pins(new DriverStatementName("run'1", "F1", TimeSpan.FromSeconds(1.5)));
        Assert.Equal(["ALTER SESSION SET TIMEZONE = 'UTC' QUERY_TAG = 'fedseg run1 F1' STATEMENT_TIMEOUT_IN_SECONDS = 2"], pins.ToArray());
    }

    [Fact]
    public async Task Keys_travel_as_constants_and_a_driver_that_is_not_there_fails_the_first_step()
    {
        await using var source = new SnowflakeConnector("crm", new SnowflakeOptions { Database = "DB", Driver = new DriverOptions("A.Factory, A", Path.GetTempPath(), () => "") }, secrets: null, TimeProvider.System);
        Assert.Equal([KeyPassage.List], source.Capabilities.KeyRungs.Select(rung => rung.Passage));
        var checks = await source.TestAsync(default).ToListAsync();
        Assert.Equal(("Driver", CheckOutcome.Failed), (Assert.Single(checks).Step, checks[0].Outcome));
    }

    [Theory]
    [InlineData("Number=3001;SqlState=42501", "SRC006", "Role of the connection string may not do what fragment F1 needs.", "Let their owner run: ")]
    [InlineData("SqlState=42501", "SRC006", "may not do what fragment F1 needs.", "Let their owner run: ")]
    [InlineData("Number=2003;SqlState=02000", "SRC004", "or role of the connection string may not see it.", "Compare the model with `fedseg sources discover`; if they are there, let their owner run: ")]
    public async Task A_refused_statement_names_the_grants_through_a_driver(string refusal, string code, string message, string hint)
    {
        var driver = new DriverOptions("FederatedSegmentation.Testing.Drivers.RefusingFactory, FederatedSegmentation.Testing.Drivers", DriverFolder.Path, () => refusal + ";Text=tiger");
        await using var source = new SnowflakeConnector(LocalSnowflake.Name, new SnowflakeOptions { Database = "DB", Driver = driver }, secrets: null, TimeProvider.System);
        var failure = await LocalSnowflake.FailsAsync(() => LocalSnowflake.RunAsync(source, LocalSnowflake.Scan(source, "my \"T\"")), code, message);
        Assert.Equal(
            hint + "GRANT USAGE ON DATABASE \"DB\" TO ROLE <role>; GRANT USAGE ON SCHEMA \"DB\".\"PUBLIC\" TO ROLE <role>; GRANT SELECT ON TABLE \"DB\".\"PUBLIC\".\"my \"\"T\"\"\" TO ROLE <role>;",
            failure.Problems[0].Hint);
        Assert.DoesNotContain("tiger", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2003", "SRC004")]
    [InlineData("390100", "SRC003")]
    [InlineData("630", "RES101")]
    [InlineData("42S02", null)]
    [InlineData("404", null)]
    public void Errors_are_found_by_the_vendor_s_numbers(string number, string? code) => Assert.Equal(code, SnowflakeErrors.FindRule(number)?.Code);
}
