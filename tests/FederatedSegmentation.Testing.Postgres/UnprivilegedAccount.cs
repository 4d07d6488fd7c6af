using System.Diagnostics;

namespace FederatedSegmentation.Testing.Postgres;

/// <summary>The account under which a server runs: the test's own, or an unprivileged one when root runs the tests (PostgreSQL refuses root).</summary>
internal static class UnprivilegedAccount
{
    private static readonly string[] ProgramFolders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];

    /// <summary>The account's name, or null where programs are started as they are.</summary>
    internal static string? Name { get; } = Environment.IsPrivilegedProcess ? Choose() : null;

    /// <summary>A shell that runs the script as the account.</summary>
    internal static ProcessStartInfo Shell(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] prefix = Name is null ? [] : Find("setpriv") is { } setpriv
            ? [setpriv, "--reuid", Name, "--regid", GroupOf(Name), "--clear-groups", "--"]
            : [Find("runuser") ?? throw new InvalidOperationException("Neither setpriv nor runuser is there to leave the root account."), "-u", Name, "--"];
        string[] words = [.. prefix, "/bin/sh", "-c", script, "sh", .. arguments];
        start.FileName = words[0];
        foreach (var word in words[1..])
        {
            start.ArgumentList.Add(word);
        }

        // Messages in English whatever the machine speaks, and no client settings of the person who runs the tests.
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var variable in start.Environment.Keys.Where(key => key.StartsWith("PG", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(variable);
        }

        return start;
    }

    /// <summary>Gives a folder to the account.</summary>
    internal static async Task GiveAsync(string folder, CancellationToken cancellationToken)
    {
        if (Name is null)
        {
            return;
        }

        var start = new ProcessStartInfo("chown") { RedirectStandardError = true };
        start.ArgumentList.Add("-R");
        start.ArgumentList.Add(Name);
        start.ArgumentList.Add(folder);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The folder {folder} cannot be given to {Name}: {await process.StandardError.ReadToEndAsync(cancellationToken)}");
        }
    }

    private static string Choose()
    {
        var accounts = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
        return accounts.Contains("postgres") ? "postgres" : "nobody";
    }

    private static string GroupOf(string account) => File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == account)[3];

    private static string? Find(string program) => ProgramFolders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
