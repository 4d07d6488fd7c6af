using System.Globalization;
using System.Text.RegularExpressions;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>What the engine's failures on files mean. Its messages quote lines of the data, so only file and line are taken from them.</summary>
internal static partial class FilesErrors
{
    /// <summary>The problem behind a failure, or null where it has nothing to do with files.</summary>
    public static Problem? Explain(string source, string root, DuckDbException failure)
    {
        var message = failure.Message;
        var file = FileName().Match(message) is { Success: true } named && Path.IsPathRooted(named.Groups["file"].Value) ? Path.GetRelativePath(root, named.Groups["file"].Value) : null;
        var line = LineNumber().Match(message) is { Success: true } counted ? int.Parse(counted.Groups["line"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : (int?)null;
        Problem Of(string code, string what, string hint) => new() { Code = code, Stage = Stage.Residual, Source = source, File = file, Line = line, Message = what, Hint = hint };

        if (message.Contains("CSV Error", StringComparison.Ordinal) || message.Contains("Expected Number of Columns", StringComparison.Ordinal))
        {
            return message.Contains("utf-8", StringComparison.OrdinalIgnoreCase) || message.Contains("unicode", StringComparison.OrdinalIgnoreCase)
                ? Of("DAT005", "The file is not UTF-8.", "Convert it to UTF-8.")
                : Of("DAT002", "A row of the CSV file does not fit its header.", "Give every row as many fields as the header has, quoted by RFC 4180.");
        }

        if (message.Contains("JSON", StringComparison.Ordinal) && failure.Kind is DuckDbErrorKind.InvalidInput or DuckDbErrorKind.Conversion or DuckDbErrorKind.Io)
        {
            return Of("DAT002", "A line of the JSON Lines file is not a valid object.", "Write one JSON object a line.");
        }

        return failure.Kind is DuckDbErrorKind.Io or DuckDbErrorKind.Permission or DuckDbErrorKind.InvalidInput
            ? Of("SRC106", "A file cannot be read: it is missing, damaged, not of the format its name says, or not readable for the gateway.", "Check the file and its permissions.")
            : null;
    }

    [GeneratedRegex("[Ff]ile:? \"?(?<file>/[^\"\\n]+?)\"?(?:[,:\\n]| at | on | in |$)", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex("[Ll]ine:? (?<line>[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex LineNumber();
}
