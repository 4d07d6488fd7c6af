using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FederatedSegmentation.Testing.Warehouses;

/// <summary>An HTTP proxy on a free loopback port, which lets everything through and remembers what it was asked for. Safe for concurrent use.</summary>
public sealed class LocalProxy : IAsyncDisposable
{
    private const int LongestHead = 64 << 10;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentDictionary<Task, bool> _open = new();
    private readonly Task _accepting;

    /// <summary>Starts to listen.</summary>
    public LocalProxy()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Method and target of each request: <c>CONNECT localhost:443</c> for a tunnel, <c>GET http://host/path</c> otherwise.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_open.Keys);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var serving = ServeAsync(client);
                _open.TryAdd(serving, true);
                _ = serving.ContinueWith(ended => _open.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The tests have ended.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using var disposing = client;
            var near = client.GetStream();
            var (head, behind) = await ReadHeadAsync(near);
            var words = head[..head.IndexOf('\r', StringComparison.Ordinal)].Split(' ');
            _requests.Enqueue($"{words[0]} {words[1]}");
            var isTunnel = words[0] == "CONNECT";
            var target = new Uri(isTunnel ? $"https://{words[1]}" : words[1]);
            using var server = new TcpClient();
            await server.ConnectAsync(target.Host, target.Port, _stop.Token);
            var far = server.GetStream();
            if (isTunnel)
            {
                await near.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _stop.Token);
            }
            else
            {
                // One request a connection: the next one may be for another server.
                await far.WriteAsync(Encoding.Latin1.GetBytes($"{head}\r\nConnection: close\r\n\r\n"), _stop.Token);
            }

            await far.WriteAsync(behind, _stop.Token);
            await Task.WhenAny(near.CopyToAsync(far, _stop.Token), far.CopyToAsync(near, _stop.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException)
        {
            // One of both has gone.
        }
    }

    // The head without the empty line, and what came behind it.
    private async Task<(string Head, byte[] Behind)> ReadHeadAsync(NetworkStream stream)
    {
        var buffer = new byte[LongestHead];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), _stop.Token);
            length += read > 0 ? read : throw new IOException("The client has gone.");
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is var end and >= 0)
            {
                return (Encoding.Latin1.GetString(buffer, 0, end), buffer[(end + 4)..length]);
            }
        }
    }
}
