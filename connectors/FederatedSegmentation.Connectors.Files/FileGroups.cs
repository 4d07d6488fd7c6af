using System.Collections.Immutable;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>Proposes tables for the files of a folder: one per file at the top, one glob per folder and format below.</summary>
internal static class FileGroups
{
    private static readonly string[] Extensions = [".parquet", ".csv", ".csv.gz", ".csv.zst", ".jsonl", ".jsonl.gz", ".jsonl.zst", ".ndjson"];

    /// <summary>Paths and globs, relative to the root, in byte order.</summary>
    public static ImmutableArray<string> Of(string root) =>
    [
        .. Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden })
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Select(path => (Path: path, Extension: Array.Find(Extensions, extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase))))
            .Where(file => file.Extension is not null)
            .Select(file => Path.GetDirectoryName(file.Path) is { Length: > 0 } folder ? $"{folder.Replace('\\', '/')}/*{file.Extension}" : file.Path)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The type that a model would declare, or null.</summary>
    public static string? Suggest(string engineType) => FileTable.StorageOf(engineType) switch
    {
        StoredBoolean => "boolean",
        StoredInteger => "int64",
        StoredDecimal exact => new DecimalType(exact.Precision, exact.Scale).Name,
        StoredFloat => "float64",
        StoredText => "string",
        StoredDate => "date",
        StoredInstant => "timestamp",
        StoredWallClock => "datetime",
        StoredBinary => "binary",
        StoredOther => "string",
        _ => null,
    };
}
