using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>What the engine's failures on files mean. Its messages quote lines of the data, so only file and line are taken from them.</summary>
internal static partial class FilesErrors
{
    /// <summary>The problem behind a failure, or null where it has nothing to do with files.</summary>
    /// <param name="source">The source.</param>
    /// <param name="root">Its root.</param>
    /// <param name="failure">What the engine reported.</param>
    /// <param name="tables">The files that it read, with the delimiter of CSV.</param>
    /// <param name="cancellationToken">Ends the search for the line.</param>
    public static async Task<Problem?> ExplainAsync(
        string source, string root, DuckDbException failure, ImmutableArray<(FileSet Files, char Delimiter)> tables, CancellationToken cancellationToken)
    {
        var message = failure.Message;
        var path = FileName().Match(message) is { Success: true } named ? named.Groups["file"].Value : null;
        Problem Of(string code, string? file, int? line, string what, string hint)
            => new() { Code = code, Stage = Stage.Residual, Source = source, File = file is null ? null : Path.GetRelativePath(root, file), Line = line, Message = what, Hint = hint };

        var isCsv = message.Contains("CSV Error", StringComparison.Ordinal) || message.Contains("Expected Number of Columns", StringComparison.Ordinal);
        var isJson = !isCsv && message.Contains("JSON", StringComparison.Ordinal) && failure.Kind is DuckDbErrorKind.InvalidInput or DuckDbErrorKind.Conversion or DuckDbErrorKind.Io;
        if (!isCsv && !isJson && failure.Kind is not (DuckDbErrorKind.Io or DuckDbErrorKind.Permission or DuckDbErrorKind.InvalidInput))
        {
            return null;
        }

        foreach (var (files, delimiter) in tables.Where(table => table.Files.Format != FileFormat.Parquet))
        {
            foreach (var file in files.Paths.Where(file => path is null || string.Equals(file, path, StringComparison.Ordinal)))
            {
                if (await FindAsync(file, files.Format, delimiter, cancellationToken).ConfigureAwait(false) is { } defect)
                {
                    return Of(defect.Code, file, defect.Line, defect.Message, defect.Hint);
                }
            }
        }

        if (!isCsv && !isJson)
        {
            return Of("SRC106", path, null, "The file is damaged, not of the format that its name says, or not readable for the gateway.", "Check the file and its permissions.");
        }

        var line = LineNumber().Match(message) is { Success: true } counted ? int.Parse(counted.Groups["line"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : (int?)null;
        if (message.Contains("utf-8", StringComparison.OrdinalIgnoreCase) || message.Contains("unicode", StringComparison.OrdinalIgnoreCase))
        {
            return Of("DAT005", path, line, "The file is not UTF-8.", "Convert it to UTF-8.");
        }

        return isCsv
            ? Of("DAT002", path, line, "A row of the CSV file does not fit its header.", "Give every row as many fields as the header has, quoted by RFC 4180.")
            : Of("DAT002", path, line, "A line of the JSON Lines file is not a valid object.", "Write one JSON object a line.");
    }

    /// <summary>The problem of a file as a whole.</summary>
    public static Problem Of(string source, string root, string file, TextDefect defect)
        => new() { Code = defect.Code, Stage = Stage.Residual, Source = source, File = Path.GetRelativePath(root, file), Line = defect.Line, Message = defect.Message, Hint = defect.Hint };

    private static async Task<TextDefect?> FindAsync(string file, FileFormat format, char delimiter, CancellationToken cancellationToken)
    {
        try
        {
            return await TextDefects.FindAsync(file, format, delimiter, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return TextDefects.Unreadable;
        }
    }

    [GeneratedRegex("[Ff]ile(?: =|:)? (?:'(?<file>/[^\\n]+?)'(?=[ ,.:\\n]|$)|\"?(?<file>/[^\"\\n]+?)\"?(?:[,:\\n]| at | on | in |$))", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex("[Ll]ine:? (?<line>[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex LineNumber();
}
