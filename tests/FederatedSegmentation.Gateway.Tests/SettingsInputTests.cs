using System.Globalization;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>Settings that are wrong, and an output that the file system refuses.</summary>
public sealed class SettingsInputTests
{
    [Theory]
    [InlineData("""{"FederatedSegmentation": {"Sorces": {}, "Sources": {"lake": {"Kind": "files", "Root": "data"}}}}""", "CFG003", "Sorces", "Sources")]
    [InlineData("""{"FederatedSegmentation": {"Sources": {"lake": {"Kind": "file", "Root": "data"}}}}""", "CFG003", "Sources:lake:Kind", "files")]
    [InlineData("""{"FederatedSegmentation": {"Sources": {"lake": {"Kind": "files", "Root": "data", "root": "other"}}}}""", "CFG005", "oot", "twice")]
    [InlineData("""{"FederatedSegmentation": {"Sources": {"lake": {"Kind": "files", "Root": "data"}, "ops": {"Kind": "postgres", "Host": "localhost", "Database": "d", "Auth": {"Kind": "password", "User": "u", "Password": "hunter2"}}}}}""", "CFG007", "Sources:ops:Auth:Password")]
    [InlineData("""{"FederatedSegmentation": {"Sources": {"lake": {"Kind": "files", "Root": "data"}, "ops": {"Kind": "postgres", "Host": "db.example.com", "SslMode": "Disable", "Database": "d", "Auth": {"Kind": "password", "User": "u", "Password": {"File": "p"}}}}}}""", "CFG009", "ops")]
    [InlineData("""{"FederatedSegmentation": {"Sources": {"lake": {"Kind": "files", "Root": "data"}}, "Engine": {"DuckDb": {"TempDirectory": "nowhere"}}}}""", "CFG020", "Engine:DuckDb:TempDirectory", "The folder for spilled data cannot be used. Name an existing folder that the gateway may write to.")]
    public async Task A_setting_that_is_wrong_is_named_with_what_to_do(string settings, string code, params string[] parts)
    {
        using var workspace = new Workspace();
        workspace.Write("appsettings.json", settings);
        var answer = await workspace.RunAsync("run", "germans", "--out", "members.csv");
        answer.Failed(1, code, parts);
        Assert.DoesNotContain("hunter2", answer.Errors, StringComparison.Ordinal);
        Assert.Empty(workspace.Left());
    }

    [Fact]
    public async Task A_name_that_the_file_system_does_not_take_is_told_with_the_reason()
    {
        using var workspace = new Workspace();
        var name = new string('m', 300) + ".csv";
        (await workspace.RunAsync("run", "germans", "--out", name)).Failed(6, "OUT006", string.Create(CultureInfo.InvariantCulture, $"{name}: It cannot be written"), "Choose another place, or see to the disk.");
        Assert.Empty(workspace.Left());
    }
}
