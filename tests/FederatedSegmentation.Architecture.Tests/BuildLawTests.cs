using Xunit;

namespace FederatedSegmentation.Architecture.Tests;

/// <summary>What the build refuses, proved by building projects that do it under the repository's own law.</summary>
public sealed class BuildLawTests(LawlessBuild build) : IClassFixture<LawlessBuild>
{
    [Fact]
    public void A_reference_that_the_layer_map_does_not_allow_fails_the_build()
        => build.Refused("FS0001", "FederatedSegmentation.Model may not reference FederatedSegmentation.Arrow");

    [Fact]
    public void A_project_that_the_layer_map_does_not_know_fails_the_build()
        => build.Refused("FS0001", "FederatedSegmentation.Unheard is not in the layer map");

    [Fact]
    public void A_file_of_more_than_600_lines_fails_the_build() => build.Refused("FS0002", "Hub.cs");

    [Fact]
    public void A_file_of_600_lines_does_not() => Assert.DoesNotContain("Long.cs", build.Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("DateTime.UtcNow")]
    [InlineData("DateTimeOffset.Now")]
    [InlineData("Thread.Sleep(int)")]
    [InlineData("Task.Wait()")]
    [InlineData("Task<TResult>.Result")]
    public void A_banned_symbol_fails_the_build(string symbol) => build.Refused("RS0030", $"The symbol '{symbol}' is banned");

    [Theory]
    [InlineData("CS1591", "a public type without a docstring")]
    [InlineData("CS8600", "a null where none may be")]
    [InlineData("IDE0161", "a namespace with braces")]
    [InlineData("CA1031", "a catch of everything")]
    [InlineData("CA2007", "an await that captures the context")]
    [InlineData("CA2016", "a token that is not forwarded")]
    [InlineData("CA1852", "a class that nobody derives from and that is not sealed")]
    [InlineData("IDE0051", "a private member that nobody uses")]
    public void What_the_editor_config_warns_of_fails_the_build(string code, string what) => Assert.True(build.Output.Contains($"error {code}:", StringComparison.Ordinal), $"{what}\n{build.Output}");
}
