using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres.Copy;

/// <summary>What was received of a COPY and not yet decoded. Grows only as far as bytes have really arrived. Not thread safe.</summary>
internal sealed class CopyBuffer
{
    private const int InitialBytes = 1 << 20;

    // The server sends each row by itself; decoding many at once keeps both loops tight.
    private const int EnoughBytes = 1 << 18;

    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>Whether the stream has ended.</summary>
    internal bool IsAtEnd { get; private set; }

    /// <summary>The bytes that are not yet decoded.</summary>
    internal ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Marks bytes as decoded.</summary>
    internal void Skip(int count) => _start += count;

    /// <summary>Marks all bytes as decoded.</summary>
    internal void Clear() => _start = _end;

    /// <summary>Receives until there is enough more to decode.</summary>
    /// <returns>False when the stream has ended.</returns>
    internal async ValueTask<bool> FillAsync(NpgsqlRawCopyStream stream, CancellationToken cancellationToken)
    {
        MakeRoom();
        for (var wanted = _end + EnoughBytes; _end < wanted;)
        {
            var read = await stream.ReadAsync(_bytes.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                IsAtEnd = true;
                return false;
            }

            _end += read;
        }

        return true;
    }

    private void MakeRoom()
    {
        var unread = _end - _start;
        // At least half of the buffer is free afterwards: a value of many megabytes is copied a few times only.
        if (unread > _bytes.Length / 2 || _bytes.Length == 0)
        {
            var larger = new byte[Math.Max(InitialBytes, (int)Math.Min(2L * _bytes.Length, Array.MaxLength))];
            _bytes.AsSpan(_start, unread).CopyTo(larger);
            _bytes = larger;
        }
        else
        {
            _bytes.AsSpan(_start, unread).CopyTo(_bytes);
        }

        (_start, _end) = (0, unread);
    }
}
