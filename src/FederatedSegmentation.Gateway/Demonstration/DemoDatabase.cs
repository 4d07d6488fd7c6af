using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FederatedSegmentation.Gateway.Demonstration;

/// <summary>A PostgreSQL server for the time of the demonstration, in its folder and on loopback only.</summary>
internal sealed class DemoDatabase : IAsyncDisposable
{
    /// <summary>The role that the demonstration uses.</summary>
    internal const string User = "demo";

    private readonly string _programs;
    private readonly string _folder;

    private DemoDatabase(string programs, string folder, int port)
    {
        _programs = programs;
        _folder = folder;
        Port = port;
    }

    /// <summary>The port on 127.0.0.1.</summary>
    internal int Port { get; }

    // A folder of its own: the account of the server need not be able to look into the user's.
    private string Home { get; } = Directory.CreateTempSubdirectory("fedseg-demo-server-").FullName;

    private string Data => Path.Combine(Home, "data");

    /// <summary>Starts a server, or gives null where PostgreSQL is not installed.</summary>
    internal static async Task<DemoDatabase?> TryStartAsync(string folder, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || FindPrograms() is not { } programs)
        {
            return null;
        }

        var database = new DemoDatabase(programs, folder, FreePort());
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var password = Path.Combine(database.Home, "password");
        foreach (var file in new[] { password, Path.Combine(folder, "password") })
        {
            await File.WriteAllTextAsync(file, secret, cancellationToken).ConfigureAwait(false);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Directory.CreateDirectory(database.Data);
        if (Environment.IsPrivilegedProcess)
        {
            // The server refuses to run as root; the package brought an account for it.
            await ExecuteAsync("chown", ["-R", "postgres", database.Home], cancellationToken).ConfigureAwait(false);
        }

        await database.RunAsync("initdb", ["-D", database.Data, "-U", User, "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8", "--locale=C", "--no-sync"], cancellationToken).ConfigureAwait(false);
        var options = string.Create(CultureInfo.InvariantCulture, $"-p {database.Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off");
        await database.RunAsync("pg_ctl", ["-s", "-D", database.Data, "-w", "-l", Path.Combine(database.Data, "log"), "-o", options, "start"], cancellationToken).ConfigureAwait(false);
        return database;
    }

    /// <summary>Fills the table of customers from a CSV file.</summary>
    internal async Task LoadCustomersAsync(string csv, CancellationToken cancellationToken)
    {
        const string Create = """
            CREATE TABLE customers (id bigint PRIMARY KEY, country text, score numeric(4,3), opted_out boolean, spending_limit numeric(10,2), signed_up date);
            """;
        var password = await File.ReadAllTextAsync(Path.Combine(_folder, "password"), cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(
            Path.Combine(_programs, "psql"),
            ["-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User, "-d", "postgres", "-c", Create, "-c", $"\\copy customers from '{csv}' with (format csv, header)", "-c", "ANALYZE customers"],
            cancellationToken,
            password).ConfigureAwait(false);
        File.Delete(csv);
    }

    /// <summary>Stops the server and removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        await RunAsync("pg_ctl", ["-s", "-D", Data, "-m", "immediate", "-w", "stop"], CancellationToken.None).ConfigureAwait(false);
        Directory.Delete(Home, recursive: true);
    }

    private static string? FindPrograms()
    {
        const string Packages = "/usr/lib/postgresql";
        var versions = Directory.Exists(Packages) ? Directory.EnumerateDirectories(Packages).OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")) : [];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':');
        return versions.Concat(onPath).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")) && File.Exists(Path.Combine(folder, "psql")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_programs, program);
        return Environment.IsPrivilegedProcess
            ? ExecuteAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments], cancellationToken)
            : ExecuteAsync(path, arguments, cancellationToken);
    }

    private static async Task ExecuteAsync(string program, string[] arguments, CancellationToken cancellationToken, string? password = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = false, RedirectStandardError = false, UseShellExecute = false, WorkingDirectory = "/" };
        start.RedirectStandardOutput = program.EndsWith("initdb", StringComparison.Ordinal) || arguments.Any(argument => argument.EndsWith("initdb", StringComparison.Ordinal));
        if (password is not null)
        {
            start.Environment["PGPASSWORD"] = password;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        if (start.RedirectStandardOutput)
        {
            await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        }

        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Path.GetFileName(program)} ended with code {process.ExitCode}.");
        }
    }
}
