using System.Diagnostics;
using System.Globalization;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>The real process where the machine is another one: with a disk of a few megabytes, without PostgreSQL, without the engine's library.</summary>
public sealed class MountTests
{
    // A name space of mounts is the process's own: nothing is left mounted, however it ends.
    private static Task<Answer> InNamespaceAsync(Workspace workspace, string script)
        => ProcessTests.ShellAsync(workspace, $"{FactWhereMountsAttribute.Unshare} /bin/bash -c {Quote(script)}");

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static Workspace WithRows(int count)
    {
        var workspace = new Workspace();
        workspace.Write("data/customers.csv", "id,country,credit,signed_up\n" + string.Concat(Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},\"{Guid.NewGuid():N}{Guid.NewGuid():N}\",1.00,\n"))));
        workspace.Write("segments/all.yaml", "segment: all\nof: customer\nwhere: true\n");
        Directory.CreateDirectory(workspace.PathOf("small"));
        return workspace;
    }

    [FactWhereMounts]
    public async Task A_full_disk_under_the_output_leaves_nothing_half_written()
    {
        using var workspace = WithRows(400_000);
        foreach (var extension in new[] { "csv", "jsonl", "arrow", "parquet" })
        {
            var answer = await InNamespaceAsync(
                workspace,
                $"mount -t tmpfs -o size=256k tmpfs small && echo older > small/members.{extension} && dotnet '{ProcessTests.Executable}' run all --out small/members.{extension}; code=$?; ls -A small; cat small/members.{extension}; exit $code");
            Assert.Equal((6, $"members.{extension}\nolder\n"), (answer.ExitCode, answer.Output));
            Assert.Equal($"OUT004 small/members.{extension}: The disk is full. Free space, or choose another place.\n", answer.Errors);
        }
    }

    [FactWhereMounts]
    public async Task A_full_disk_under_spilled_data_ends_the_run_and_leaves_nothing()
    {
        using var workspace = WithRows(2_000_000);
        workspace.Write("appsettings.json", """
            {"FederatedSegmentation": {"Sources": {"lake": {"Kind": "files", "Root": "data"}},
              "Engine": {"DuckDb": {"MemoryLimit": "128 MB", "Threads": 1, "TempDirectory": "small", "MaxTempSize": "10 GB"}}}}
            """);
        workspace.Write("model.yaml", """
            model: shop
            entities:
              customer: {source: lake, table: [customers.csv], key: [country], columns: {id: int64, country: string}}
            relationships: []
            """);
        var answer = await InNamespaceAsync(
            workspace, $"mount -t tmpfs -o size=2m tmpfs small && dotnet '{ProcessTests.Executable}' run all --out members.csv; code=$?; ls -A small; exit $code");
        Assert.Equal((4, ""), (answer.ExitCode, answer.Output));
        Assert.Equal("RES004: The disk to which the engine spills is full. Make room, or name a folder on another disk in Engine:DuckDb:TempDirectory.\n", answer.Errors);
        Assert.Empty(workspace.Left());
    }

    [FactWhereMounts]
    public async Task The_demonstration_runs_without_PostgreSQL()
    {
        using var workspace = new Workspace();
        var answer = await InNamespaceAsync(
            workspace,
            $"if [ -d /usr/lib/postgresql ]; then mount -t tmpfs -o size=64k tmpfs /usr/lib/postgresql; fi; mkdir programs; ln -s \"$(command -v dotnet)\" programs/dotnet; PATH=$PWD/programs exec dotnet '{ProcessTests.Executable}' demo");
        DemoTests.IsWhole(answer, "PostgreSQL is not installed: all data lie in files.", "lake");
    }

    [FactWhereMounts]
    public async Task A_machine_on_which_the_engine_does_not_load_is_told()
    {
        using var workspace = new Workspace();
        var native = Path.Combine(AppContext.BaseDirectory, "runtimes");
        (await InNamespaceAsync(workspace, $"mount -t tmpfs -o size=64k tmpfs '{native}' && dotnet '{ProcessTests.Executable}' run germans --out members.csv"))
            .Failed(1, "CFG021", "The embedded engine cannot be loaded on this machine.", "Build again on this machine");
        Assert.Empty(workspace.Left());
    }
}

/// <summary>A test with mounts of its own; not run where the process may not make them.</summary>
internal sealed class FactWhereMountsAttribute : FactAttribute
{
    private static readonly Lazy<bool> MayMount = new(Probe);

    /// <summary>The words before a command that give it a name space of mounts.</summary>
    public static string Unshare { get; } = Environment.IsPrivilegedProcess ? "unshare --mount" : "unshare --user --map-root-user --mount";

    public FactWhereMountsAttribute()
    {
        if (!MayMount.Value)
        {
            Skip = "This account cannot mount a small file system (unshare --mount, mount -t tmpfs). Run the tests as root on Linux, or allow user name spaces.";
        }
    }

    private static bool Probe()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/bin/bash"))
        {
            return false;
        }

        using var probe = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", $"{Unshare} mount -t tmpfs -o size=64k tmpfs /mnt"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        probe.WaitForExit();
        return probe.ExitCode == 0;
    }
}
