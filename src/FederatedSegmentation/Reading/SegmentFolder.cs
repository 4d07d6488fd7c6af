using System.Collections.Immutable;
using System.IO.Enumeration;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Planning.Resolution;

namespace FederatedSegmentation.Reading;

/// <summary>Reads segments from files: <c>*.yaml</c>, <c>*.yml</c> and <c>*.json</c> of a folder and the folders in it.</summary>
public static class SegmentFolder
{
    /// <summary>Reads all segments of a folder, in the order of their paths. Files whose text cannot be read are in the library with their problems.</summary>
    /// <param name="folder">The folder. Hidden files and folders, and links to folders, are passed over.</param>
    /// <param name="name">The folder as the user named it, for messages.</param>
    /// <param name="cache">What was read before.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="FederatedSegmentationException">CFG102: the folder cannot be read.</exception>
    public static Task<SegmentLibrary> ReadAsync(string folder, string name, DefinitionCache cache, CancellationToken cancellationToken)
        => Task.Run(() => Read(folder, name, cache, cancellationToken), cancellationToken);

    /// <summary>Reads one file. A text that cannot be read is in the result with its problems.</summary>
    /// <param name="path">The file.</param>
    /// <param name="file">The file as the user named it, for messages.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static Task<SegmentFile> ReadFileAsync(string path, string file, CancellationToken cancellationToken)
        => Task.Run(() => ReadFile(path, file, look: null, cancellationToken), cancellationToken);

    private static SegmentLibrary Read(string folder, string name, DefinitionCache cache, CancellationToken cancellationToken)
    {
        string[] paths;
        try
        {
            paths = [.. Find(folder)];
        }
        catch (Exception error) when (DefinitionFile.IsUnreadable(error))
        {
            throw DefinitionFile.Unreadable(folder, name, "segments folder", error);
        }

        Array.Sort(paths, StringComparer.Ordinal);
        var files = ImmutableArray.CreateBuilder<SegmentFile>(paths.Length);
        var look = cache.Segments();
        foreach (var path in paths)
        {
            files.Add(ReadFile(path, Path.Combine(name, Path.GetRelativePath(folder, path)), look, cancellationToken));
        }

        look.Keep();
        return new SegmentLibrary(files.MoveToImmutable());
    }

    private static SegmentFile ReadFile(string path, string file, DefinitionCache.SegmentLook? look, CancellationToken cancellationToken)
    {
        var fullPath = Path.GetFullPath(path);
        try
        {
            var text = DefinitionFile.Read(path, file, "segment", ReadingLimits.Segment.Bytes, cancellationToken);
            return look is null ? Parse(text, file, fullPath) : look.Segment(fullPath, text, () => Parse(text, file, fullPath));
        }
        catch (FederatedSegmentationException error)
        {
            return new SegmentFile(file, fullPath, null, error.Problems);
        }
    }

    private static SegmentFile Parse(byte[] text, string file, string path) => new(file, path, DocumentReader.Read(text, file, ReadingLimits.Segment), []);

    private static FileSystemEnumerable<string> Find(string folder) => new(
        folder,
        static (ref FileSystemEntry entry) => entry.ToFullPath(),
        new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System })
    {
        ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory && IsDefinition(entry.FileName),
        ShouldRecursePredicate = static (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
    };

    private static bool IsDefinition(ReadOnlySpan<char> name)
    {
        var extension = Path.GetExtension(name);
        return extension.Equals(".yaml", StringComparison.OrdinalIgnoreCase)
            || extension.Equals(".yml", StringComparison.OrdinalIgnoreCase)
            || extension.Equals(".json", StringComparison.OrdinalIgnoreCase);
    }
}
