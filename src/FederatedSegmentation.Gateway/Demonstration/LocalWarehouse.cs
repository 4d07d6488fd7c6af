using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace FederatedSegmentation.Gateway.Demonstration;

/// <summary>A local server that speaks a warehouse's protocol: a Node process on loopback that ends with this one, in whatever way.</summary>
internal sealed class LocalWarehouse : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _control;

    private LocalWarehouse(Process process, JsonObject ready, string certificate)
    {
        _process = process;
        Ready = ready;
        Certificate = certificate;
        Port = (int)ready["port"]!;
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");
        _control = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(Endpoint + "/__control/"), Timeout = TimeSpan.FromMinutes(5) };
    }

    /// <summary>The port, for every protocol that it speaks.</summary>
    internal int Port { get; }

    /// <summary>Its address for HTTP.</summary>
    internal string Endpoint { get; }

    /// <summary>The PEM file with the certificate that it shows.</summary>
    internal string Certificate { get; }

    /// <summary>What it said when it was ready.</summary>
    internal JsonObject Ready { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="servers">The folder of the servers.</param>
    /// <param name="vendor">The folder of this one in it.</param>
    /// <param name="certificate">Where it writes its certificate.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    internal static async Task<LocalWarehouse> StartAsync(string servers, string vendor, string certificate, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node", ["main.js", vendor, "--port=0", "--certificate=" + certificate])
        {
            WorkingDirectory = servers,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"The local server of {vendor} did not start; what it says stands above.");
            return new LocalWarehouse(process, JsonNode.Parse(line)!.AsObject(), certificate);
        }
        catch
        {
            await StopAsync(process).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says something to the server beside the vendor's protocol.</summary>
    internal async Task<JsonObject> ControlAsync(string name, JsonNode body, CancellationToken cancellationToken)
    {
        using var response = await _control.PostAsJsonAsync(new Uri(name, UriKind.Relative), body, cancellationToken).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? JsonNode.Parse(text)!.AsObject() : throw new InvalidOperationException($"The local server refused {name}: {text}");
    }

    /// <summary>Stops the server.</summary>
    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await StopAsync(_process).ConfigureAwait(false);
    }

    private static async Task StopAsync(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
