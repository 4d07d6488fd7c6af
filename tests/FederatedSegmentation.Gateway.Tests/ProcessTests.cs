using System.Diagnostics;
using System.Globalization;
using FederatedSegmentation.Testing.Postgres;

namespace FederatedSegmentation.Gateway.Tests;

/// <summary>The real process: signals, permissions, full disks.</summary>
public sealed class ProcessTests
{
    internal static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "fedseg.dll");

    [PostgresFact]
    public async Task Ctrl_C_cancels_the_statement_at_the_database_and_leaves_no_file()
    {
        using var workspace = await WithSlowTableAsync();
        using var process = Start(workspace.Workspace.Folder, "run", "slow", "--out", "members.csv");
        await workspace.UntilRunningAsync();
        await SignalAsync(process, "INT");
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(130, process.ExitCode);
        Assert.Equal("CAN001: The run was cancelled. Nothing was written.\n", errors);
        Assert.Equal(0L, await workspace.RunningAsync());
        Assert.Empty(workspace.Workspace.Left());
    }

    [PostgresFact]
    public async Task A_deadline_stops_the_statement_at_the_database_and_leaves_no_file()
    {
        using var workspace = await WithSlowTableAsync();
        (await workspace.Workspace.RunAsync("run", "slow", "--deadline", "3s", "--out", "members.csv")).Failed(5, "SLA001", "--deadline");
        Assert.Equal(0L, await workspace.RunningAsync());
        Assert.Empty(workspace.Workspace.Left());
    }

    [FactWhereShell]
    public async Task A_full_disk_is_told_and_leaves_nothing()
    {
        // Root may write everywhere; /dev/full and a file size limit are the same for everybody.
        using var workspace = new Workspace();
        var full = await ShellAsync(workspace, $"dotnet '{Executable}' run germans --out - >/dev/full");
        full.Failed(6, "OUT004", "standard output", "disk is full");

        workspace.Write("segments/all.yaml", "segment: all\nof: customer\nwhere: true\n");
        workspace.Write("data/customers.csv", "id,country,credit,signed_up\n" + string.Concat(Enumerable.Range(1, 200_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},DE,1.00,\n"))));
        // The runtime itself wants large files in memory, unless it is told otherwise.
        foreach (var extension in new[] { "csv", "jsonl", "arrow", "parquet" })
        {
            var limited = await ShellAsync(workspace, $"ulimit -f 200; trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; dotnet '{Executable}' run all --out members.{extension}");
            Assert.True(limited.ExitCode == 6 && limited.Errors.StartsWith("OUT004 members.", StringComparison.Ordinal), $"{extension}: {limited.ExitCode} {limited.Errors}");
            Assert.Empty(workspace.Left());
        }
    }

    [FactWhereAnotherAccount]
    public async Task An_account_that_may_not_write_there_is_told()
    {
        using var workspace = new Workspace();
        var answer = await ShellAsync(workspace, $"chmod -R a+rX . && chmod a-w . && {FactWhereAnotherAccountAttribute.As} dotnet '{Executable}' run germans --out members.csv");
        answer.Failed(6, "OUT003", "members.csv");
    }

    [FactWhereAnotherAccount]
    public async Task A_file_that_may_not_be_read_is_told()
    {
        using var workspace = new Workspace();
        var answer = await ShellAsync(workspace, $"chmod -R a+rX . && chmod 600 data/customers.csv && {FactWhereAnotherAccountAttribute.As} dotnet '{Executable}' run germans");
        answer.Failed(3, "SRC106", "customers.csv", "may read it");
        (await ShellAsync(workspace, $"chmod a+r data/customers.csv; chmod 600 model.yaml; {FactWhereAnotherAccountAttribute.As} dotnet '{Executable}' check")).Failed(1, "CFG102", "model.yaml");
    }

    private static Process Start(string folder, params string[] arguments)
        => Process.Start(new ProcessStartInfo("dotnet", [Executable, .. arguments]) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true })!;

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    internal static async Task<Answer> ShellAsync(Workspace workspace, string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { WorkingDirectory = workspace.Folder, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Answer(process.ExitCode, await output, errors);
    }

    private static async Task<SlowTable> WithSlowTableAsync()
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None);
        // Each row takes its time, so that the statement runs until somebody stops it.
        await database.ExecuteAsync("CREATE VIEW public.slow AS SELECT i::bigint AS id, pg_sleep(0.05)::text AS waited FROM generate_series(1, 100000) AS s(i)", CancellationToken.None);
        return new SlowTable(database);
    }

    private sealed class SlowTable : IDisposable
    {
        private readonly PostgresDatabase _database;

        public SlowTable(PostgresDatabase database)
        {
            _database = database;
            Workspace.Write("password", database.Server.AdminPassword);
            Workspace.Write("appsettings.json", $$$"""
                {"FederatedSegmentation": {"Sources": {"ops": {"Kind": "postgres", "Host": "{{{PostgresServer.Host}}}", "Port": {{{database.Server.Port}}}, "Database": "{{{database.Name}}}", "SslMode": "Disable",
                  "Auth": {"Kind": "password", "User": "{{{PostgresServer.AdminUser}}}", "Password": {"File": "password"} } } } } }
                """);
            Workspace.Write("model.yaml", "model: slow\nentities:\n  row: {source: ops, table: [slow], key: [id], columns: {id: int64, waited: string}}\nrelationships: []\n");
            Directory.Delete(Workspace.PathOf("segments"), recursive: true);
            Workspace.Write("segments/slow.yaml", "segment: slow\nof: row\nwhere: {field: waited, null: false}\n");
        }

        public Workspace Workspace { get; } = new();

        public async Task<long> RunningAsync() => (long)(await _database.ScalarAsync(
            $"SELECT count(*) FROM pg_stat_activity WHERE datname = '{_database.Name}' AND state = 'active' AND query LIKE '%slow%' AND pid <> pg_backend_pid()", CancellationToken.None))!;

        /// <summary>Returns when the database works on the statement.</summary>
        public async Task UntilRunningAsync()
        {
            while (await RunningAsync() == 0)
            {
                await Task.Yield();
            }
        }

        public void Dispose() => Workspace.Dispose();
    }
}

/// <summary>A test with a shell; not run where there is no bash.</summary>
internal sealed class FactWhereShellAttribute : FactAttribute
{
    public FactWhereShellAttribute()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/bin/bash"))
        {
            Skip = "There is no /bin/bash on Linux here. Run the tests on Linux.";
        }
    }
}

/// <summary>A test that leaves the root account, for which permissions mean nothing; not run where that cannot be done, nor where it is not needed but files belong to somebody else.</summary>
internal sealed class FactWhereAnotherAccountAttribute : FactAttribute
{
    /// <summary>The words before a command that run it as another account.</summary>
    public static string As { get; } = Environment.IsPrivilegedProcess ? "env HOME=/tmp DOTNET_CLI_HOME=/tmp setpriv --reuid=65534 --regid=65534 --clear-groups" : "";

    public FactWhereAnotherAccountAttribute()
    {
        if (!OperatingSystem.IsLinux() || (Environment.IsPrivilegedProcess && (!File.Exists("/usr/bin/setpriv") || !CanBeRead())))
        {
            Skip = "The tests run as root, and another account cannot run them: setpriv is missing, or the build lies in a folder of root's own. Run the tests as an ordinary user.";
        }
    }

    private static bool CanBeRead()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!OperatingSystem.IsWindows() && !folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }
}
