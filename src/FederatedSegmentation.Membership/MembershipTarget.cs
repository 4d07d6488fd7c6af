using System.Diagnostics.CodeAnalysis;

namespace FederatedSegmentation.Membership;

/// <summary>How members are written.</summary>
public enum MembershipFormat
{
    /// <summary>CSV: a header, RFC 4180 quoting, lines end with LF.</summary>
    Csv,

    /// <summary>JSON Lines: one object a line.</summary>
    JsonLines,

    /// <summary>An Arrow IPC stream.</summary>
    ArrowStream,

    /// <summary>Parquet; the engine writes it.</summary>
    Parquet,
}

/// <summary>Where members go. A closed hierarchy.</summary>
/// <param name="Format">How they are written.</param>
public abstract record MembershipTarget(MembershipFormat Format)
{
    /// <summary>The format that a file's extension names.</summary>
    /// <param name="path">The path; only its extension matters, in any case.</param>
    /// <param name="format">The format.</param>
    /// <returns>Whether the extension is one of <c>.csv</c>, <c>.jsonl</c>, <c>.arrow</c> and <c>.parquet</c>.</returns>
    public static bool TryFormatOf(string path, [NotNullWhen(true)] out MembershipFormat? format)
    {
        format = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => MembershipFormat.Csv,
            ".jsonl" => MembershipFormat.JsonLines,
            ".arrow" => MembershipFormat.ArrowStream,
            ".parquet" => MembershipFormat.Parquet,
            _ => null,
        };
        return format is not null;
    }
}

/// <summary>A file, which appears whole or not at all.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="DisplayName">The path as the user typed it, for messages.</param>
/// <param name="Format">How it is written.</param>
public sealed record MembershipFile(string Path, string DisplayName, MembershipFormat Format) : MembershipTarget(Format);

/// <summary>An open stream, for instance standard output. What was written before a failure stays written.</summary>
/// <param name="Stream">The stream; it is flushed but not closed.</param>
/// <param name="DisplayName">Its name for messages, for instance <c>standard output</c>.</param>
/// <param name="Format">Anything but <see cref="MembershipFormat.Parquet"/>, which needs a file.</param>
public sealed record MembershipStream(Stream Stream, string DisplayName, MembershipFormat Format) : MembershipTarget(Format);
