using System.Collections.Immutable;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>The files of a table as they are at one moment: which, how long, and when they were written. Immutable.</summary>
internal sealed class FileStamps
{
    private readonly ImmutableArray<Stamp> _stamps;

    private FileStamps(ImmutableArray<Stamp> stamps) => _stamps = stamps;

    /// <summary>Looks at the files.</summary>
    /// <exception cref="IOException">One of them cannot be looked at.</exception>
    public static FileStamps Of(FileSet files) => new([.. files.Paths.Select(path => new FileInfo(path)).Select(file => new Stamp(file.FullName, file.Exists ? file.Length : -1, file.LastWriteTimeUtc))]);

    /// <summary>Whether the files are the same and none was written in between.</summary>
    public bool AreSame(FileStamps others) => _stamps.SequenceEqual(others._stamps);

    /// <summary>Whether the last of the files was written before an instant.</summary>
    public bool AreOlderThan(DateTime instant) => _stamps.All(stamp => stamp.WrittenAt < instant);

    private sealed record Stamp(string Path, long Length, DateTime WrittenAt);
}
