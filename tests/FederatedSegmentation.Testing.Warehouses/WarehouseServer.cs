using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace FederatedSegmentation.Testing.Warehouses;

/// <summary>A local server of one warehouse on a free loopback port: a process that ends with this one, in whatever way. Safe for concurrent use.</summary>
public sealed class WarehouseServer : IAsyncDisposable
{
    private const int KeptLines = 200;

    private readonly Process _process;
    private readonly string _folder;
    private readonly ConcurrentQueue<string> _errors;

    private WarehouseServer(Process process, string folder, ConcurrentQueue<string> errors, JsonObject ready)
    {
        _process = process;
        _folder = folder;
        _errors = errors;
        Ready = ready;
        Port = (int)ready["port"]!;
        Control = new WarehouseControl(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{Host}:{Port}/")));
    }

    /// <summary>The address where servers listen.</summary>
    public const string Host = "127.0.0.1";

    /// <summary>The port, for plain connections and TLS alike.</summary>
    public int Port { get; }

    /// <summary>The endpoint without TLS.</summary>
    public Uri Endpoint => Control.Endpoint;

    /// <summary>The endpoint with TLS; its certificate is in <see cref="CertificateFile"/>.</summary>
    public Uri SecureEndpoint => new(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{Port}/"));

    /// <summary>The certificate that the server uses for TLS and whoever connects must trust, in a PEM file.</summary>
    public string CertificateFile => Path.Combine(_folder, "server.crt");

    /// <summary>What tests say to the server beside the vendor's protocol.</summary>
    public WarehouseControl Control { get; }

    /// <summary>What the server wrote when it was ready: the port, and whatever the vendor adds.</summary>
    public JsonObject Ready { get; }

    /// <summary>The last lines that the server wrote to its standard error: its own defects.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <summary>Starts a server.</summary>
    /// <param name="vendor">The folder of the server: <c>snowflake</c>, <c>databricks</c>, <c>bigquery</c>, <c>fabric</c>.</param>
    /// <param name="options">Further arguments, <c>--name=value</c>.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="InvalidOperationException">It does not start; the message holds its log.</exception>
    public static async Task<WarehouseServer> StartAsync(string vendor, IReadOnlyList<string> options, CancellationToken cancellationToken)
    {
        if (NodeInstallation.WhyMissing is { } reason)
        {
            throw new InvalidOperationException(reason + " Mark the test with [WarehouseFact].");
        }

        await NodeInstallation.RestoreAsync(cancellationToken);
        var folder = Directory.CreateTempSubdirectory("fedseg-warehouse-").FullName;
        var process = Process.Start(NodeInstallation.Start("node", ["main.js", vendor, "--port=0", "--certificate=" + Path.Combine(folder, "server.crt"), .. options]))!;
        var errors = new ConcurrentQueue<string>();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                errors.Enqueue(text);
                if (errors.Count > KeptLines)
                {
                    errors.TryDequeue(out var _);
                }
            }
        };
        process.BeginErrorReadLine();
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
            if (line is null)
            {
                await process.WaitForExitAsync(cancellationToken);
                throw new InvalidOperationException($"The server of {vendor} does not start (exit code {process.ExitCode}):\n{string.Join('\n', errors)}");
            }

            return new WarehouseServer(process, folder, errors, JsonNode.Parse(line)!.AsObject());
        }
        catch
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            process.Dispose();
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Stops the server.</summary>
    public async ValueTask DisposeAsync()
    {
        Control.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The one server of each vendor in a test process, started when the first test asks for it and gone when the process ends.</summary>
public static class SharedWarehouseServer
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<WarehouseServer>>> Servers = new(StringComparer.Ordinal);

    /// <summary>The shared server. It holds the tables of all tests: each takes a catalog or schema of its own, and nobody resets it.</summary>
    public static Task<WarehouseServer> GetAsync(string vendor) =>
        Servers.GetOrAdd(vendor, name => new Lazy<Task<WarehouseServer>>(() => WarehouseServer.StartAsync(name, [], CancellationToken.None))).Value;
}
