using FederatedSegmentation.Planning.Resolution;

namespace FederatedSegmentation.Reading;

/// <summary>Finds the key files that segments name: relative to the segment's file and inside the segments folder, also after all links are followed.</summary>
/// <remarks>Safe for concurrent use.</remarks>
/// <param name="folder">The segments folder.</param>
public sealed class SegmentKeyFiles(string folder) : IKeyFiles
{
    private const int MostLinks = 40;

    /// <inheritdoc />
    public KeyFileLocation Locate(string segmentPath, string name)
    {
        try
        {
            if (Path.IsPathRooted(name))
            {
                return Outside(name);
            }

            var root = Path.GetFullPath(folder);
            var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(segmentPath)) ?? root, name));
            if (!IsInside(root, path) && !IsInside(RealPath(root), path))
            {
                return Outside(name);
            }

            var real = RealPath(path);
            if (!IsInside(RealPath(root), real))
            {
                return Outside(name);
            }

            if (File.Exists(real))
            {
                return new KeyFileLocation(real);
            }

            return Directory.Exists(real)
                ? new KeyFileLocation(null, "CFG102", $"The key file '{name}' is a folder.", "Name a CSV file.")
                : new KeyFileLocation(null, "CFG102", $"The key file '{name}' does not exist.", "Put it beside the segment's file, or correct the path; it is relative to that file.");
        }
        catch (Exception error) when (DefinitionFile.IsUnreadable(error))
        {
            return new KeyFileLocation(null, "CFG102", $"The key file '{name}' cannot be read.", "Check the path and the rights of this user.");
        }
    }

    private static KeyFileLocation Outside(string name) =>
        new(null, "CFG101", $"The key file '{name}' lies outside of the segments folder.", "Put it into the segments folder; links may not lead out of it either.");

    private static bool IsInside(string root, string path) =>
        path.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path without links: each part is looked at in turn.</summary>
    private static string RealPath(string path)
    {
        var rest = new Stack<string>();
        var current = Path.GetPathRoot(path) ?? string.Empty;
        Push(rest, path[current.Length..]);
        var links = 0;
        while (rest.TryPop(out var part))
        {
            var next = Path.Combine(current, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException("Too many links.");
            }

            var full = Path.GetFullPath(target, current);
            current = Path.GetPathRoot(full) ?? string.Empty;
            Push(rest, full[current.Length..]);
        }

        return current;
    }

    private static void Push(Stack<string> rest, string path)
    {
        var parts = path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        for (var index = parts.Length - 1; index >= 0; index--)
        {
            rest.Push(parts[index]);
        }
    }
}
