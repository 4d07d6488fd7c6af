using System.Collections.Immutable;
using System.IO.Enumeration;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>How a file is read.</summary>
internal enum FileFormat
{
    /// <summary>Parquet.</summary>
    Parquet,

    /// <summary>CSV.</summary>
    Csv,

    /// <summary>JSON Lines.</summary>
    JsonLines,
}

/// <summary>The files behind one table: a path or glob under the root, expanded once.</summary>
/// <param name="Format">Their format.</param>
/// <param name="Paths">Absolute paths behind all links, in byte order.</param>
/// <param name="Pattern">What the model says.</param>
internal sealed record FileSet(FileFormat Format, ImmutableArray<string> Paths, string Pattern)
{
    /// <summary>Expands a pattern.</summary>
    /// <exception cref="FederatedSegmentationException">CFG110: it leaves the root. SRC101: nothing matches. SRC102: not files that can be read.</exception>
    public static FileSet Expand(string source, string root, string pattern)
    {
        if (Path.IsPathRooted(pattern) || pattern.Split('/', '\\').Contains("..", StringComparer.Ordinal))
        {
            throw Leaves(source, pattern);
        }

        var matches = Match(root, pattern.Split('/', StringSplitOptions.RemoveEmptyEntries)).Order(StringComparer.Ordinal).ToList();
        if (matches.Count == 0)
        {
            throw Fail("SRC101", source, $"No file matches '{pattern}'.", "Check the spelling of the path; it is relative to the Root of the source.");
        }

        if (matches.Find(Directory.Exists) is not null)
        {
            throw Fail("SRC102", source, $"'{pattern}' names a folder.", $"Name the files in it, for instance '{pattern.TrimEnd('/')}/*.parquet'.");
        }

        var real = matches.Select(path => RealPath(path)).ToImmutableArray();
        var inside = root.EndsWith(Path.DirectorySeparatorChar) ? root : root + Path.DirectorySeparatorChar;
        if (real.Any(path => !path.StartsWith(inside, StringComparison.Ordinal)))
        {
            throw Leaves(source, pattern);
        }

        if (real.Any(path => !RegularFile.IsOne(path)))
        {
            throw Fail("SRC102", source, $"'{pattern}' names a pipe or a device, which cannot be read twice.", "Write what it gives into a file first.");
        }

        return new FileSet(FormatOf(source, pattern, matches), real, pattern);
    }

    /// <summary>The path behind all links of all its folders.</summary>
    public static string RealPath(string path)
    {
        var current = Path.GetPathRoot(path)!;
        foreach (var part in Path.GetRelativePath(current, path).Split(Path.DirectorySeparatorChar))
        {
            current = Path.Combine(current, part);
            FileSystemInfo info = Directory.Exists(current) ? new DirectoryInfo(current) : new FileInfo(current);
            if (info.LinkTarget is not null && info.ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                current = RealPath(target.FullName);
            }
        }

        return current;
    }

    private static FileFormat FormatOf(string source, string pattern, List<string> paths)
    {
        var formats = paths.Select(path => path.ToLowerInvariant() switch
        {
            var name when name.EndsWith(".parquet", StringComparison.Ordinal) => FileFormat.Parquet,
            var name when HasExtension(name, ".csv") || HasExtension(name, ".tsv") || HasExtension(name, ".txt") => FileFormat.Csv,
            var name when HasExtension(name, ".jsonl") || HasExtension(name, ".ndjson") => FileFormat.JsonLines,
            _ => (FileFormat?)null,
        }).Distinct().ToList();
        return formats is [{ } format]
            ? format
            : throw Fail("SRC102", source, $"The files of '{pattern}' are not all of one known format.", "Use .parquet, .csv or .jsonl (text also with .gz or .zst), one format a table.");
    }

    private static bool HasExtension(string name, string extension)
        => name.EndsWith(extension, StringComparison.Ordinal) || name.EndsWith(extension + ".gz", StringComparison.Ordinal) || name.EndsWith(extension + ".zst", StringComparison.Ordinal);

    private static IEnumerable<string> Match(string folder, string[] parts)
    {
        if (parts.Length == 0)
        {
            return [folder];
        }

        var (part, rest) = (parts[0], parts[1..]);
        if (part == "**")
        {
            return Match(folder, rest).Concat(Entries(folder).Where(Directory.Exists).SelectMany(inner => Match(inner, parts))).Distinct();
        }

        var next = Path.Combine(folder, part);
        if (File.Exists(next) || Directory.Exists(next))
        {
            return Match(next, rest);
        }

        return part.AsSpan().ContainsAny('*', '?')
            ? Entries(folder).Where(entry => FileSystemName.MatchesSimpleExpression(part, Path.GetFileName(entry), ignoreCase: false)).SelectMany(entry => Match(entry, rest))
            : [];
    }

    private static IEnumerable<string> Entries(string folder) => Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder) : [];

    private static FederatedSegmentationException Leaves(string source, string pattern) => new(new Problem
    {
        Code = "CFG110",
        Stage = Stage.Execute,
        Source = source,
        Message = $"The path '{pattern}' leaves the root of the source.",
        Hint = "Name files under the Root, without '..', absolute paths or links that lead out of it.",
    });

    private static SourceException Fail(string code, string source, string message, string hint)
        => new(new Problem { Code = code, Stage = Stage.Execute, Source = source, Message = message, Hint = hint });
}
