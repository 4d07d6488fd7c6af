using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace FederatedSegmentation.Testing.Postgres;

/// <summary>A real PostgreSQL server on a free loopback port, in a temporary folder that goes with it. Safe for concurrent use.</summary>
/// <remarks>
/// Its defaults are unkind on purpose (linguistic collation where the version has ICU, an odd time zone, day-first dates), so that a connector that does not
/// pin its session is caught. Nothing is synced to the disk. A shell stands watch: when this process ends in whatever way, its standard input closes and
/// it stops the server and deletes the folder.
/// </remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The superuser.</summary>
    public const string AdminUser = "fedseg_admin";

    /// <summary>The address where servers listen; a certificate names <c>localhost</c> only.</summary>
    public const string Host = "127.0.0.1";

    // pg_ctl returns when the server accepts connections; reading standard input returns when the test process closes it or dies.
    private const string Watch = """
        trap '' INT HUP
        "$1/initdb" -D "$2/data" -U "$3" -A scram-sha-256 --pwfile="$2/password" -E UTF8 $4 --no-sync --no-instructions >"$2/initdb.log" 2>&1 || { cat "$2/initdb.log"; exit 1; }
        cat "$2/added.conf" >>"$2/data/postgresql.conf"
        "$1/pg_ctl" start -w -t 60 -s -D "$2/data" -l "$2/server.log" >/dev/null 2>&1 || { cat "$2/server.log"; exit 1; }
        echo ready
        cat >/dev/null
        "$1/pg_ctl" stop -m immediate -s -D "$2/data" >/dev/null 2>&1
        rm -rf "$2/data" "$2"/* 2>/dev/null
        rmdir "$2" 2>/dev/null
        exit 0
        """;

    private readonly Process _watch;
    private int _databases;

    private PostgresServer(Process watch, string folder, int port, string password, bool tls)
    {
        _watch = watch;
        Folder = folder;
        Port = port;
        AdminPassword = password;
        RootCertificate = tls ? Path.Combine(folder, "ca.crt") : null;
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>The superuser's password.</summary>
    public string AdminPassword { get; }

    /// <summary>The certificate of the server's authority, or null where it offers no TLS.</summary>
    public string? RootCertificate { get; }

    /// <summary>The folder with data, socket and log.</summary>
    public string Folder { get; }

    /// <summary>Starts a server, or says that none is installed.</summary>
    /// <exception cref="InvalidOperationException">It is installed and does not start; the message holds its log.</exception>
    public static async Task<PostgresStart> StartAsync(PostgresServerOptions options, CancellationToken cancellationToken)
    {
        if (PostgresInstallation.Find() is not { } installation)
        {
            return new PostgresStart.NotInstalled(PostgresInstallation.WhyMissing!);
        }

        // Another process may take the free port between asking and listening.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new PostgresStart.Running(await StartAsync(installation, options, cancellationToken));
            }
            catch (InvalidOperationException refused) when (attempt < 4 && refused.Message.Contains("Address already in use", StringComparison.Ordinal))
            {
            }
        }
    }

    /// <summary>Creates an empty database.</summary>
    /// <param name="name">Its name; null for one of its own.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    public async Task<PostgresDatabase> CreateDatabaseAsync(string? name, CancellationToken cancellationToken)
    {
        name ??= string.Create(CultureInfo.InvariantCulture, $"db{Interlocked.Increment(ref _databases)}");
        await using (var admin = new NpgsqlConnection(ConnectionString("postgres")))
        {
            await admin.OpenAsync(cancellationToken);
            await using var create = new NpgsqlCommand($"CREATE DATABASE {PostgresDatabase.Quote(name)}", admin);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        return new PostgresDatabase(this, name);
    }

    /// <summary>The superuser's connection string.</summary>
    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = Host,
        Port = Port,
        Username = AdminUser,
        Password = AdminPassword,
        Database = database,
        Pooling = false,
        SslMode = SslMode.Disable,
        IncludeErrorDetail = true,
        CommandTimeout = 0,
    }.ConnectionString;

    /// <summary>Stops the server and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_watch.HasExited)
        {
            _watch.StandardInput.Close();
            await _watch.WaitForExitAsync();
        }

        _watch.Dispose();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static async Task<PostgresServer> StartAsync(PostgresInstallation installation, PostgresServerOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("fedseg-pg-").FullName;
        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder, "password"), password, cancellationToken);
        await File.WriteAllLinesAsync(Path.Combine(folder, "added.conf"), Configuration(folder, port, options), cancellationToken);
        if (options.Tls && !OperatingSystem.IsWindows())
        {
            SelfMadeAuthority.Write(folder, TimeProvider.System.GetUtcNow());
            File.SetUnixFileMode(Path.Combine(folder, "server.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await UnprivilegedAccount.GiveAsync(folder, cancellationToken);
        var locale = await HasIcuAsync(installation, cancellationToken) ? "--locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US" : "--locale=C.UTF-8";
        var watch = Process.Start(UnprivilegedAccount.Shell(Watch, installation.BinDirectory, folder, AdminUser, locale))!;
        var line = await watch.StandardOutput.ReadLineAsync(cancellationToken);
        if (line == "ready")
        {
            return new PostgresServer(watch, folder, port, password, options.Tls);
        }

        var log = line + "\n" + await watch.StandardOutput.ReadToEndAsync(cancellationToken) + await watch.StandardError.ReadToEndAsync(cancellationToken);
        await watch.WaitForExitAsync(cancellationToken);
        watch.Dispose();
        Directory.Delete(folder, recursive: true);
        throw new InvalidOperationException($"PostgreSQL ({installation.BinDirectory}) does not start:\n{log}");
    }

    private static IEnumerable<string> Configuration(string folder, int port, PostgresServerOptions options) =>
    [
        $"listen_addresses = '{Host}'",
        string.Create(CultureInfo.InvariantCulture, $"port = {port}"),
        $"unix_socket_directories = '{folder}'",
        "fsync = off",
        "synchronous_commit = off",
        "full_page_writes = off",
        "wal_level = minimal",
        "max_wal_senders = 0",
        "max_wal_size = 4GB",
        "checkpoint_timeout = 1h",
        "shared_buffers = 256MB",
        "max_connections = 200",
        "autovacuum = off",
        "jit = off",
        "timezone = 'Asia/Kathmandu'",
        "datestyle = 'SQL, DMY'",
        "intervalstyle = 'sql_standard'",
        "bytea_output = 'escape'",
        "extra_float_digits = -5",
        .. options.Tls ? [$"ssl = on", $"ssl_cert_file = '{folder}/server.crt'", $"ssl_key_file = '{folder}/server.key'"] : Array.Empty<string>(),
        .. options.Settings,
    ];

    private static async Task<bool> HasIcuAsync(PostgresInstallation installation, CancellationToken cancellationToken)
    {
        using var help = Process.Start(new ProcessStartInfo(installation.Program("initdb"), "--help") { RedirectStandardOutput = true })!;
        var text = await help.StandardOutput.ReadToEndAsync(cancellationToken);
        await help.WaitForExitAsync(cancellationToken);
        return text.Contains("--icu-locale", StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
