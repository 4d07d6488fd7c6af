using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>What is wrong with a text file, without values of the data.</summary>
/// <param name="Code">The code of the error.</param>
/// <param name="Line">The line, from 1; null where the file as a whole is concerned.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What to do.</param>
internal sealed record TextDefect(string Code, int? Line, string Message, string Hint);

/// <summary>
/// Finds the first defect of a CSV or JSON Lines file by reading it once more, after the engine has refused it: the engine's own messages quote lines of the
/// data, and its line numbers are not those of an editor everywhere.
/// </summary>
internal static class TextDefects
{
    /// <summary>The longest line or quoted record that is read, in bytes.</summary>
    public const int LongestRecord = 16_000_000;

    private const string Encoding = "DAT005";
    private const string Content = "DAT002";

    /// <summary>The first defect, or null where there is none that this reader knows (what is compressed with zstd is not read).</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">How it is read.</param>
    /// <param name="delimiter">Of CSV.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<TextDefect?> FindAsync(string path, FileFormat format, char delimiter, CancellationToken cancellationToken)
    {
        if (path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase))
        {
            return await CompressedFile.IsWholeAsync(path, cancellationToken).ConfigureAwait(false) ? null : Damaged;
        }

        try
        {
            var file = File.OpenRead(path);
            await using (file.ConfigureAwait(false))
            {
                var isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
                var stream = isCompressed ? (Stream)new GZipStream(file, CompressionMode.Decompress) : file;
                await using (stream.ConfigureAwait(false))
                {
                    var records = format == FileFormat.Csv ? (IRecords)new CsvRecords((byte)delimiter) : new JsonRecords();
                    var defect = await FindAsync(PipeReader.Create(stream), records, cancellationToken).ConfigureAwait(false);
                    return isCompressed && !await CompressedFile.IsWholeAsync(path, cancellationToken).ConfigureAwait(false) ? Damaged : defect;
                }
            }
        }
        catch (InvalidDataException)
        {
            return Damaged;
        }
    }

    /// <summary>A file that cannot be opened.</summary>
    public static TextDefect Unreadable { get; } = new("SRC106", null, "The file cannot be read.", "Check that it is there and that the gateway may read it.");

    /// <summary>A compressed file that is not whole.</summary>
    public static TextDefect Damaged { get; } = new("SRC106", null, "The compressed file is damaged or cut short.", "Make it again, or fetch it again.");

    private static async Task<TextDefect?> FindAsync(PipeReader reader, IRecords records, CancellationToken cancellationToken)
    {
        for (var line = 1; ; line++)
        {
            var (bytes, isLast) = await LineAsync(reader, cancellationToken).ConfigureAwait(false);
            if (Look(bytes, line, records) is { } defect)
            {
                return defect;
            }

            if (isLast)
            {
                return records.End();
            }
        }
    }

    private static TextDefect? Look(byte[]? bytes, int line, IRecords records)
    {
        if (bytes is null)
        {
            return new TextDefect(Content, line, string.Create(CultureInfo.InvariantCulture, $"The line is longer than {LongestRecord / 1_000_000} MB."), "Check whether the file has line ends; split what is longer.");
        }

        if (line == 1 && bytes.AsSpan().StartsWith(System.Text.Encoding.UTF8.Preamble))
        {
            if (records is JsonRecords)
            {
                return new TextDefect(Content, line, "The file begins with a byte order mark, which JSON must not have.", "Save it as UTF-8 without one.");
            }

            bytes = bytes[System.Text.Encoding.UTF8.Preamble.Length..];
        }

        return Utf8.IsValid(bytes) ? records.Take(bytes, line) : new TextDefect(Encoding, line, "The file is not UTF-8.", "Convert it to UTF-8.");
    }

    // A line without its end; null where it is too long.
    private static async Task<(byte[]? Bytes, bool IsLast)> LineAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end).ToArray();
                reader.AdvanceTo(buffer.GetPosition(1, end));
                return (line.Length > LongestRecord ? null : line.AsSpan().EndsWith("\r"u8) ? line[..^1] : line, false);
            }

            if (result.IsCompleted)
            {
                return (buffer.ToArray(), true);
            }

            if (buffer.Length > LongestRecord)
            {
                return (null, false);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private interface IRecords
    {
        TextDefect? Take(ReadOnlySpan<byte> line, int number);

        TextDefect? End();
    }

    /// <summary>Records of RFC 4180, which may span lines inside quotes.</summary>
    private sealed class CsvRecords(byte delimiter) : IRecords
    {
        private int? _header;
        private int _fields;
        private int _start;
        private bool _isQuoted;

        public TextDefect? Take(ReadOnlySpan<byte> line, int number)
        {
            if (!_isQuoted)
            {
                if (line.IsEmpty)
                {
                    return null;
                }

                (_fields, _start) = (1, number);
            }

            var isStart = !_isQuoted;
            for (var i = 0; i < line.Length; i++)
            {
                if (_isQuoted)
                {
                    if (line[i] != (byte)'"')
                    {
                        continue;
                    }

                    if (i + 1 < line.Length && line[i + 1] == (byte)'"')
                    {
                        i++;
                        continue;
                    }

                    _isQuoted = false;
                    if (i + 1 < line.Length && line[i + 1] != delimiter)
                    {
                        return new TextDefect(Content, number, "There is text behind the closing quote of a field.", "Quote fields by RFC 4180: a quote inside of a quoted field is written twice.");
                    }
                }
                else if (line[i] == delimiter)
                {
                    _fields++;
                    isStart = true;
                }
                else
                {
                    _isQuoted = isStart && line[i] == (byte)'"';
                    isStart = false;
                }
            }

            if (_isQuoted)
            {
                return null;
            }

            _header ??= _fields;
            return _fields == _header
                ? null
                : new TextDefect(
                    Content, _start, string.Create(CultureInfo.InvariantCulture, $"The row has {_fields} fields; the header has {_header}."), "Give every row as many fields as the header has, quoted by RFC 4180.");
        }

        public TextDefect? End() => _isQuoted
            ? new TextDefect(Content, _start, "The quote that is opened in this row is never closed.", "Close it; a quote inside of a quoted field is written twice.")
            : null;
    }

    /// <summary>One JSON object a line.</summary>
    private sealed class JsonRecords : IRecords
    {
        private const string Hint = "Write one JSON object a line.";

        public TextDefect? Take(ReadOnlySpan<byte> line, int number)
        {
            if (line.Trim(" \t\r"u8).IsEmpty)
            {
                return null;
            }

            try
            {
                var reader = new Utf8JsonReader(line);
                reader.Read();
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    return new TextDefect(Content, number, "The line is not a JSON object.", Hint);
                }

                var names = new HashSet<string>(StringComparer.Ordinal);
                while (reader.Read())
                {
                    if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && !names.Add(reader.GetString()!))
                    {
                        return new TextDefect(Content, number, "The object of this line has a key twice.", "Give each key one value.");
                    }
                }

                return null;
            }
            catch (Exception broken) when (broken is JsonException or InvalidOperationException)
            {
                return new TextDefect(Content, number, "The line is not valid JSON.", Hint);
            }
        }

        public TextDefect? End() => null;
    }
}
