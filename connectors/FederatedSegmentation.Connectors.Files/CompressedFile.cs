using System.Buffers.Binary;
using System.IO.Compression;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>
/// Tells whole compressed files from those that were cut short. The engine takes a CSV file that ends in the middle of its compressed data as one that ends
/// there, without its last rows.
/// </summary>
internal static class CompressedFile
{
    private const int BufferBytes = 1 << 20;
    private const uint ZstandardFrame = 0xFD2FB528;
    private const uint ZstandardSkippableFrame = 0x184D2A50;

    // A member of gzip of its own, put behind the file: its text is the end of what is read only where the last member of the file has ended.
    private static readonly byte[] Mark = "\0fedseg: the file ends before this\0"u8.ToArray();
    private static readonly byte[] MarkMember = Compress(Mark);

    /// <summary>Whether the name says that the file is compressed.</summary>
    public static bool IsOne(string path) => IsGzip(path) || IsZstandard(path);

    /// <summary>Whether the compressed data are whole. Those of gzip are read to their end and compared with their check sums; of zstd, the lengths of the blocks are added up.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<bool> IsWholeAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = IsZstandard(path) ? 4096 : 0, Share = FileShare.ReadWrite | FileShare.Delete });
        await using (file.ConfigureAwait(false))
        {
            return IsZstandard(path)
                ? await IsWholeZstandardAsync(file, cancellationToken).ConfigureAwait(false)
                : await IsWholeGzipAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsGzip(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static bool IsZstandard(string path) => path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase);

    private static async Task<bool> IsWholeGzipAsync(FileStream file, CancellationToken cancellationToken)
    {
        var marked = new MarkedStream(file);
        var text = new GZipStream(marked, CompressionMode.Decompress);
        await using (text.ConfigureAwait(false))
        {
            // The mark's length is kept in front of each new piece, for a mark that comes in two.
            var buffer = new byte[BufferBytes];
            var kept = 0;
            try
            {
                while (await text.ReadAsync(buffer.AsMemory(kept), cancellationToken).ConfigureAwait(false) is > 0 and var read)
                {
                    var end = kept + read;
                    kept = Math.Min(end, Mark.Length);
                    buffer.AsSpan(end - kept, kept).CopyTo(buffer);
                }
            }
            catch (InvalidDataException)
            {
                return false;
            }

            return buffer.AsSpan(0, kept).SequenceEqual(Mark);
        }
    }

    // RFC 8878: frames one after the other; a frame is a header, blocks with their lengths, and maybe a check sum.
    private static async Task<bool> IsWholeZstandardAsync(FileStream file, CancellationToken cancellationToken)
    {
        var bytes = new byte[14];
        async Task<bool> ReadAsync(int count) => await file.ReadAtLeastAsync(bytes.AsMemory(0, count), count, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) == count;
        bool Skip(long count)
        {
            var end = file.Position + count;
            return end <= file.Length && file.Seek(end, SeekOrigin.Begin) == end;
        }

        while (file.Position < file.Length)
        {
            if (!await ReadAsync(4).ConfigureAwait(false))
            {
                return false;
            }

            var magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            if ((magic & 0xFFFFFFF0) == ZstandardSkippableFrame)
            {
                if (!await ReadAsync(4).ConfigureAwait(false) || !Skip(BinaryPrimitives.ReadUInt32LittleEndian(bytes)))
                {
                    return false;
                }

                continue;
            }

            if (magic != ZstandardFrame || !await ReadAsync(1).ConfigureAwait(false))
            {
                return false;
            }

            var descriptor = bytes[0];
            if (!Skip(HeaderRest(descriptor)))
            {
                return false;
            }

            for (var isLast = false; !isLast;)
            {
                if (!await ReadAsync(3).ConfigureAwait(false))
                {
                    return false;
                }

                var block = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
                isLast = (block & 1) != 0;
                // Type 1 is one byte that is repeated, type 3 is reserved.
                if ((block & 6) == 6 || !Skip((block & 6) == 2 ? 1 : block >> 3))
                {
                    return false;
                }
            }

            if ((descriptor & 4) != 0 && !Skip(4))
            {
                return false;
            }
        }

        return true;
    }

    // The window's size, the dictionary's id, and the length of the text, each where the descriptor says that it is there.
    private static int HeaderRest(byte descriptor)
    {
        var isSingleSegment = (descriptor & 0x20) != 0;
        var dictionary = (descriptor & 3) switch { 0 => 0, 1 => 1, 2 => 2, _ => 4 };
        var length = (descriptor >> 6) switch { 0 => isSingleSegment ? 1 : 0, 1 => 2, 2 => 4, _ => 8 };
        return (isSingleSegment ? 0 : 1) + dictionary + length;
    }

    private static byte[] Compress(byte[] text)
    {
        using var memory = new MemoryStream();
        using (var member = new GZipStream(memory, CompressionLevel.Fastest))
        {
            member.Write(text);
        }

        return memory.ToArray();
    }

    /// <summary>The file, and behind it the mark.</summary>
    private sealed class MarkedStream(FileStream file) : Stream
    {
        private int _given;
        private bool _hasEnded;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_hasEnded && await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                return read;
            }

            _hasEnded = true;
            var count = Math.Min(buffer.Length, MarkMember.Length - _given);
            MarkMember.AsMemory(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously only.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
