using System.Text;
using System.Text.Unicode;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Planning.Resolution;

namespace FederatedSegmentation.Reading;

/// <summary>Reads the text of a model or a segment into a document tree: YAML 1.2 (core schema), or JSON where the file's name ends in <c>.json</c>.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public static class DocumentReader
{
    /// <summary>Reads a text.</summary>
    /// <param name="text">UTF-8, with or without a byte order mark; any line endings.</param>
    /// <param name="file">The file as the user named it; its ending chooses the format.</param>
    /// <param name="limits">What to accept.</param>
    /// <exception cref="Model.Errors.FederatedSegmentationException">SDL017 for text that is not YAML or JSON, SDL015 for one over a limit: every defect found.</exception>
    public static DocumentNode Read(ReadOnlyMemory<byte> text, string file, ReadingLimits limits)
    {
        var problems = new DefinitionProblems(file);
        if (text.Length > limits.Bytes)
        {
            throw problems.Fatal("SDL015", null, null, $"The definition is longer than 1 MB.", "Move long lists of keys into a file (ids: {file: …}).");
        }

        var bytes = text.Span;
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        if (!Utf8.IsValid(bytes))
        {
            throw problems.Fatal("SDL017", null, LineOfBadByte(bytes), "The text is not valid UTF-8.", "Save the file as UTF-8.");
        }

        var root = file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? JsonDocumentReader.Read(bytes, limits, problems)
            : YamlDocumentReader.Read(Encoding.UTF8.GetString(bytes), limits, problems);
        problems.ThrowIfAny();
        return root;
    }

    private static int LineOfBadByte(ReadOnlySpan<byte> bytes)
    {
        var line = 1;
        while (true)
        {
            var end = bytes.IndexOf((byte)'\n');
            if (end < 0 || !Utf8.IsValid(bytes[..end]))
            {
                return line;
            }

            bytes = bytes[(end + 1)..];
            line++;
        }
    }
}
