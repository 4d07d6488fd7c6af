using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace FederatedSegmentation.Connectors.Postgres.Tests;

/// <summary>Stands between a client and a PostgreSQL server and changes the rows that the server sends by COPY, as a broken proxy would. Without TLS only.</summary>
internal sealed class TamperingRelay : IAsyncDisposable
{
    private const byte CopyData = (byte)'d';

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _connections = [];
    private readonly int _server;
    private readonly Func<byte[], byte[]> _change;
    private readonly Task _accepting;

    /// <param name="server">The server's port.</param>
    /// <param name="change">What becomes of the data of each message; empty drops it.</param>
    public TamperingRelay(int server, Func<byte[], byte[]> change)
    {
        (_server, _change) = (server, change);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using (client)
        {
            using var server = new TcpClient();
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server, _end.Token);
                await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream(), _end.Token), ChangeAsync(server.GetStream(), client.GetStream()));
            }
            catch (Exception ended) when (ended is IOException or OperationCanceledException)
            {
            }
        }
    }

    // Every message of a server is a letter, its length with the four bytes of the length, and data.
    private async Task ChangeAsync(NetworkStream server, NetworkStream client)
    {
        var head = new byte[5];
        while (true)
        {
            await server.ReadExactlyAsync(head, _end.Token);
            var data = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4];
            await server.ReadExactlyAsync(data, _end.Token);
            if (head[0] == CopyData)
            {
                data = _change(data);
                if (data.Length == 0)
                {
                    continue;
                }

                BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), data.Length + 4);
            }

            await client.WriteAsync(head, _end.Token);
            await client.WriteAsync(data, _end.Token);
        }
    }
}
