namespace FederatedSegmentation.Gateway.Tests;

/// <summary>Values of the customers' data: never in a message, but for the first three of a data error where the user asks for them.</summary>
public sealed class ValuesTests
{
    private static readonly string[] Offending = ["secret-a", "secret-b", "secret-c", "secret-d"];

    private static Workspace WithOffendingValues()
    {
        var workspace = new Workspace();
        workspace.Write("data/customers.csv", Workspace.Customers + string.Concat(Offending.Select((value, i) => $"{i + 10},DE,{value},\n")));
        return workspace;
    }

    [Theory]
    [InlineData("run", "rich", "--out", "members.csv")]
    [InlineData("run", "rich", "--verbose")]
    [InlineData("count", "rich")]
    [InlineData("count", "rich", "--json")]
    [InlineData("check", "--data")]
    [InlineData("check", "--data", "--verbose")]
    public async Task Without_being_asked_no_value_is_shown(params string[] arguments)
    {
        using var workspace = WithOffendingValues();
        var answer = await workspace.RunAsync(arguments);
        Assert.Equal(3, answer.ExitCode);
        Assert.Contains("4 values of customer.credit do not fit the declared type decimal(10,2). Correct", answer.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer.Errors + answer.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "rich", "--show-values")]
    [InlineData("count", "rich", "--show-values")]
    [InlineData("check", "--data", "--show-values")]
    public async Task With_show_values_the_first_three_are(params string[] arguments)
    {
        using var workspace = WithOffendingValues();
        (await workspace.RunAsync(arguments)).Failed(3, "DAT001", "decimal(10,2): 'secret-a', 'secret-b', 'secret-c' and 1 more.");
    }

    [Fact]
    public async Task A_value_of_several_lines_stays_in_one()
    {
        using var workspace = new Workspace();
        workspace.Write("data/customers.csv", Workspace.Customers + $"4,DE,\"a\nb{new string('c', 100)}\",\n");
        (await workspace.RunAsync("count", "rich", "--show-values")).Failed(3, "DAT001", "'a�bccc", "c…'.");
    }

    [Theory]
    [InlineData("9,DE\n")]
    [InlineData("9,secret,1.00,2026-01-01,x\n")]
    [InlineData("9,\"secret,1.00\n")]
    public async Task Traces_do_not_quote_the_row_that_does_not_fit(string row)
    {
        using var workspace = new Workspace();
        workspace.Write("data/customers.csv", Workspace.Customers + row.Replace("DE", "secret", StringComparison.Ordinal));
        var answer = await workspace.RunAsync("count", "germans", "--verbose");
        Assert.Contains("   at FederatedSegmentation.", answer.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_verbose_there_is_no_stack_trace()
    {
        using var workspace = WithOffendingValues();
        Assert.DoesNotContain("   at ", (await workspace.RunAsync("count", "rich")).Errors, StringComparison.Ordinal);
    }
}
