using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Reading;

/// <summary>Reads the bytes of definition files, with errors that a person understands.</summary>
internal static class DefinitionFile
{
    // The first buffer for what has no length.
    private const int PipeBytes = 1 << 14;

    // Between two of them the reading can be ended.
    private const int ChunkBytes = 1 << 24;

    /// <summary>
    /// The bytes of a file. Blocks its thread: the operating system reads files in no other way, and a thread that is asked for anew for each of many small
    /// files takes longer to come than the file does.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="file">The file as the user named it.</param>
    /// <param name="what">What it is: <c>model</c>.</param>
    /// <param name="most">Reads at most one byte more than this, which is enough to know that the file is too long; null reads all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="FederatedSegmentationException">CFG102.</exception>
    public static byte[] Read(string path, string file, string what, long? most, CancellationToken cancellationToken)
    {
        try
        {
            if (most is not { } limit)
            {
                return File.ReadAllBytes(path);
            }

            // As much as there is now; a file that grows meanwhile is read to its present end, but for the byte that says it is too long.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var buffer = new byte[Math.Min(stream.CanSeek ? stream.Length : PipeBytes, limit) + 1];
            var count = 0;
            while (count < buffer.Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = stream.Read(buffer.AsSpan(count, Math.Min(buffer.Length - count, ChunkBytes)));
                count += read;
                if (read == 0)
                {
                    break;
                }

                if (count == buffer.Length && count <= limit)
                {
                    Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, limit + 1));
                }
            }

            return buffer[..count];
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            throw Unreadable(path, file, what, error);
        }
    }

    /// <summary>Whether an exception says that a file or folder cannot be read.</summary>
    public static bool IsUnreadable(Exception error) => error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    /// <summary>CFG102 for a file or folder that cannot be read.</summary>
    public static FederatedSegmentationException Unreadable(string path, string file, string what, Exception? error)
    {
        var (message, hint) = error switch
        {
            _ when what != "segments folder" && Directory.Exists(path) => ($"The {what} is a folder, not a file.", "Name a file."),
            FileNotFoundException or DirectoryNotFoundException => ($"The {what} does not exist.", what == "segment" ? "Check its path; it is relative to the working directory." : "Check its path; relative paths in settings are relative to the settings file."),
            UnauthorizedAccessException => ($"The {what} may not be read.", "Grant this user the right to read it."),
            _ => ($"The {what} cannot be read.", "Check its path and its disk."),
        };
        return new FederatedSegmentationException(
            new Problem { Code = "CFG102", Message = message, Hint = hint, Stage = Stage.Definition, File = file },
            error);
    }
}
