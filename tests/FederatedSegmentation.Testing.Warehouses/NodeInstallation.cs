using System.Diagnostics;
using System.Globalization;

namespace FederatedSegmentation.Testing.Warehouses;

/// <summary>Node.js and the packages of <c>conformance/servers</c>.</summary>
public static class NodeInstallation
{
    private const int OldestVersion = 20;

    // A connection to a registry that hangs must not take the time of all tests; the second try finds what the first one brought.
    private const int RestoreTries = 2;
    private static readonly TimeSpan RestoreLimit = TimeSpan.FromMinutes(3);

    // Node does not end while a statement of an engine inside it runs on.
    private static readonly TimeSpan TestsLimit = TimeSpan.FromMinutes(6);

    private static readonly Lazy<string?> Missing = new(FindWhyMissing);
    private static readonly Lazy<Task> Packages = new(() => Task.Factory.StartNew(Restore, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    /// <summary>The folder of the servers.</summary>
    public static string ServersFolder { get; } = Path.Combine(RootOfCheckout(), "conformance", "servers");

    /// <summary>Why no server can be started here, with what to install; null where one can.</summary>
    public static string? WhyMissing => Missing.Value;

    /// <summary>Restores the packages once, whoever asks first: of all test processes of a checkout one does it and the others wait.</summary>
    /// <exception cref="InvalidOperationException">They cannot be restored; the message holds what npm said.</exception>
    public static Task RestoreAsync(CancellationToken cancellationToken) => Packages.Value.WaitAsync(cancellationToken);

    /// <summary>Runs the tests of a folder of the servers with Node's own runner.</summary>
    /// <param name="folder">The folder below <c>conformance/servers</c>.</param>
    /// <param name="cancellationToken">Stops them.</param>
    /// <returns>The exit code, 0 if all passed, and everything that was written.</returns>
    /// <exception cref="TimeoutException">They did not end; they were stopped.</exception>
    public static async Task<(int ExitCode, string Output)> RunTestsAsync(string folder, CancellationToken cancellationToken)
    {
        await RestoreAsync(cancellationToken);
        var start = Start("node", ["--test", "--test-reporter=spec", "--test-timeout=300000", folder + "/"]);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TestsLimit);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token) + await errors;
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The tests of {folder} did not end within {TestsLimit}.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    internal static ProcessStartInfo Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = ServersFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["NO_COLOR"] = "1";
        // A runner of Node's that finds itself inside another one speaks to it instead of writing what happened.
        start.Environment.Remove("NODE_TEST_CONTEXT");
        return start;
    }

    private static void Restore()
    {
        // A thread of its own: a named mutex belongs to a thread.
        using var mutex = new Mutex(false, "Global\\fedseg-npm-" + string.Create(CultureInfo.InvariantCulture, $"{StableHashOf(ServersFolder):x}"));
        try
        {
            mutex.WaitOne();
        }
        catch (AbandonedMutexException)
        {
            // The other process died while it held the mutex, which is ours now; what it left half done is found below.
        }

        try
        {
            // npm writes this file last. It is compared with the lock by its time: a changed lock restores anew.
            var done = Path.Combine(ServersFolder, "node_modules", ".package-lock.json");
            if (File.Exists(done) && File.GetLastWriteTimeUtc(done) >= File.GetLastWriteTimeUtc(Path.Combine(ServersFolder, "package-lock.json")))
            {
                return;
            }

            for (var attempt = 1; ; attempt++)
            {
                var (exitCode, output) = Run("npm", ["ci", "--loglevel=error", "--prefer-offline", "--fetch-timeout=60000"], RestoreLimit);
                if (exitCode == 0)
                {
                    break;
                }

                if (attempt == RestoreTries)
                {
                    throw new InvalidOperationException($"npm ci in {ServersFolder} failed {RestoreTries} times ({exitCode?.ToString(CultureInfo.InvariantCulture) ?? $"stopped after {RestoreLimit}"}):\n{output}");
                }
            }

            File.SetLastWriteTimeUtc(done, TimeProvider.System.GetUtcNow().UtcDateTime);
        }
        finally
        {
            mutex.ReleaseMutex();
        }
    }

    /// <summary>Runs a program to its end, or to <paramref name="limit"/>: then it is killed with its children and has no exit code.</summary>
    private static (int? ExitCode, string Output) Run(string program, IReadOnlyList<string> arguments, TimeSpan limit)
    {
        using var process = Process.Start(Start(program, arguments))!;
        process.StandardInput.Close();
        var output = new StringWriter(CultureInfo.InvariantCulture);
        var lines = TextWriter.Synchronized(output);
        process.OutputDataReceived += (_, line) => lines.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => lines.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return (null, output.ToString());
        }

        // Without a limit it also waits for the last lines.
        process.WaitForExit();
        return (process.ExitCode, output.ToString());
    }

    private static string? FindWhyMissing()
    {
        try
        {
            var (exitCode, version) = Run("node", ["--version"], RestoreLimit);
            if (exitCode != 0 || !int.TryParse(version.Trim().TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture, out var major))
            {
                return "Node.js does not run here. Install Node.js 20 or newer with npm.";
            }

            if (major < OldestVersion)
            {
                return $"Node.js {version.Trim()} is too old for the local servers. Install Node.js {OldestVersion} or newer with npm.";
            }

            return Run("npm", ["--version"], RestoreLimit).ExitCode == 0 ? null : "npm does not run here. Install Node.js 20 or newer with npm.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Node.js is not installed. Install Node.js 20 or newer with npm.";
        }
    }

    private static uint StableHashOf(string text)
    {
        var hash = 2166136261;
        foreach (var character in text)
        {
            hash = unchecked((hash ^ character) * 16777619);
        }

        return hash;
    }

    private static string RootOfCheckout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FederatedSegmentation.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run inside a checkout: no FederatedSegmentation.sln above " + AppContext.BaseDirectory);
    }
}
