using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FederatedSegmentation.Benchmarks;

/// <summary>A client of TDS 8.0 that throws away what it reads: what the server and TLS yield at most. Not safe for concurrent use.</summary>
internal sealed class BareTds : IAsyncDisposable
{
    private const int HeaderBytes = 8;
    private const int LoginBytes = 94;
    private const int PacketSize = 32767;
    private const byte BatchPacket = 1;
    private const byte LoginPacket = 16;
    private const byte PreloginPacket = 18;
    private const byte EndOfMessage = 1;

    private readonly SslStream _stream;
    private readonly byte[] _buffer = new byte[1 << 18];
    private int _start;
    private int _end;

    private BareTds(SslStream stream) => _stream = stream;

    /// <summary>Connects and logs in.</summary>
    internal static async Task<BareTds> ConnectAsync(int port, string certificateFile, string user, string password, string database, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port, cancellationToken);
        using var pinned = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(certificateFile, cancellationToken));
        var expected = pinned.RawData;
        var client = new BareTds(new SslStream(new NetworkStream(socket, ownsSocket: true)));
        await client._stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ApplicationProtocols = [new SslApplicationProtocol("tds/8.0")],
                EnabledSslProtocols = SslProtocols.None,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(expected),
            },
            cancellationToken);
        // Two options, the version and the encryption, behind their table.
        await client.SendAsync(PreloginPacket, [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 1, 0, 0, 0, 0, 0, 0], cancellationToken);
        await client.ReadMessageAsync(cancellationToken);
        await client.SendAsync(LoginPacket, Login(user, password, database), cancellationToken);
        await client.ReadMessageAsync(cancellationToken);
        return client;
    }

    /// <summary>Runs a statement and returns the bytes of its answer.</summary>
    internal async Task<long> ReadAsync(string statement, CancellationToken cancellationToken)
    {
        // One header of 18 bytes, the transaction: none, one request.
        byte[] headers = [22, 0, 0, 0, 18, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
        await SendAsync(BatchPacket, [.. headers, .. Encoding.Unicode.GetBytes(statement)], cancellationToken);
        return await ReadMessageAsync(cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static byte[] Login(string user, string password, string database)
    {
        var rest = new MemoryStream();
        var login = new byte[LoginBytes];
        void Field(int at, byte[] text)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(login.AsSpan(at), (ushort)(LoginBytes + rest.Length));
            BinaryPrimitives.WriteUInt16LittleEndian(login.AsSpan(at + 2), (ushort)(text.Length / 2));
            rest.Write(text);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(login.AsSpan(4), 0x08000000);
        BinaryPrimitives.WriteUInt32LittleEndian(login.AsSpan(8), PacketSize);
        Field(40, Encoding.Unicode.GetBytes(user));
        Field(44, [.. Encoding.Unicode.GetBytes(password).Select(letter => (byte)(((letter << 4) | (letter >> 4)) ^ 0xa5))]);
        Field(68, Encoding.Unicode.GetBytes(database));
        BinaryPrimitives.WriteUInt32LittleEndian(login, (uint)(LoginBytes + rest.Length));
        return [.. login, .. rest.ToArray()];
    }

    private async Task SendAsync(byte type, byte[] payload, CancellationToken cancellationToken)
    {
        var packet = new byte[HeaderBytes + payload.Length];
        packet[0] = type;
        packet[1] = EndOfMessage;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), checked((ushort)packet.Length));
        packet[6] = 1;
        payload.CopyTo(packet, HeaderBytes);
        await _stream.WriteAsync(packet, cancellationToken);
    }

    private async Task<long> ReadMessageAsync(CancellationToken cancellationToken)
    {
        var total = 0L;
        while (true)
        {
            await FillAsync(HeaderBytes, cancellationToken);
            var isLast = (_buffer[_start + 1] & EndOfMessage) != 0;
            var length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start + 2));
            await FillAsync(length, cancellationToken);
            _start += length;
            total += length;
            if (isLast)
            {
                return total;
            }
        }
    }

    private async ValueTask FillAsync(int bytes, CancellationToken cancellationToken)
    {
        while (_end - _start < bytes)
        {
            if (_buffer.Length - _start < PacketSize + HeaderBytes)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _end += read > 0 ? read : throw new InvalidOperationException("The server has closed the connection.");
        }
    }
}
