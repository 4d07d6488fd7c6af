using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>Standard output as shells connect it.</summary>
public sealed class StandardOutputTests
{
    [FactWhereBash]
    public async Task Several_commands_share_one_redirected_file()
    {
        using var workspace = new DocsWorkspace();
        var result = await ShellBlock.RunAsync("{ echo first; fedseg count newsletter_readers; echo second; fedseg count mailing; } >shared.txt\ncat shared.txt", workspace.Path);
        Assert.Equal((0, "first\n2\nsecond\n1\n"), (result.ExitCode, result.Output));
    }

    [FactWhereBash]
    public async Task A_reader_that_went_away_is_an_error_and_no_half_result()
    {
        using var workspace = new DocsWorkspace();
        var result = await ShellBlock.RunAsync("set +e\nfedseg run newsletter_readers --out - | true\necho ${PIPESTATUS[0]}", workspace.Path);
        Assert.Equal("6\n", result.Output);
        Assert.StartsWith("OUT005 ", result.Errors, StringComparison.Ordinal);
    }
}
