using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Membership;

/// <summary>Turns failures of the file system into typed errors.</summary>
public static class OutputFailure
{
    // errno of Linux and macOS where they agree; Windows reports by HResult.
    private const int BrokenPipe = 32;
    private const int NoSpace = 28;
    private const int FileTooLarge = 27;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaExceededLinux = 122;
    private const int QuotaExceededMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsPipeClosing = unchecked((int)0x800700E8);
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);

    /// <summary>Whether an exception says that a file or stream cannot be written.</summary>
    public static bool IsOne(Exception exception) => exception is IOException or UnauthorizedAccessException || IsFileTooLarge(exception);

    /// <summary>The typed error for a failure while writing.</summary>
    /// <param name="exception">An exception for which <see cref="IsOne"/> holds.</param>
    /// <param name="place">The file or stream as the user named it.</param>
    public static FederatedSegmentationException Typed(Exception exception, string place) => exception switch
    {
        UnauthorizedAccessException => Of(OutputCodes.NoPermission, place, "You may not write there.", "Choose another place, or ask for the permission.", exception),
        DirectoryNotFoundException => Of(OutputCodes.NoFolder, place, "The folder is not there.", "Create it, or choose another place.", exception),
        _ when IsFileTooLarge(exception) => TooLarge(place, exception),
        _ => exception.HResult switch
        {
            NoSpace or WindowsDiskFull or WindowsHandleDiskFull => Of(OutputCodes.DiskFull, place, "The disk is full.", "Free space, or choose another place.", exception),
            QuotaExceededLinux => Of(OutputCodes.DiskFull, place, "Your quota on this disk is used up.", "Free space, or choose another place.", exception),
            QuotaExceededMac when OperatingSystem.IsMacOS() => Of(OutputCodes.DiskFull, place, "Your quota on this disk is used up.", "Free space, or choose another place.", exception),
            FileTooLarge => TooLarge(place, exception),
            ReadOnlyFileSystem => Of(OutputCodes.NoPermission, place, "The file system is read-only.", "Choose another place.", exception),
            BrokenPipe or WindowsBrokenPipe or WindowsPipeClosing => Of(OutputCodes.StreamClosed, place, "The reader closed the stream before the end.", "Let it read everything, or write to a file.", exception),
            _ => Of(OutputCodes.WriteFailed, place, $"It cannot be written: {Reason(exception)}.", "Choose another place, or see to the disk.", exception),
        },
    };

    /// <summary>A typed error without an exception behind it, or with one.</summary>
    internal static FederatedSegmentationException Of(string code, string place, string message, string hint, Exception? inner = null)
        => new(new Problem { Code = code, Stage = Stage.Membership, File = place, Message = message, Hint = hint }, inner);

    /// <summary>The typed error for a failure of somebody else who wrote the file, who only says in words what it was.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="place">The file as the user named it.</param>
    public static FederatedSegmentationException OfWords(Exception exception, string place) => exception.Message switch
    {
        var words when words.Contains("No space left", StringComparison.OrdinalIgnoreCase) || words.Contains("disk full", StringComparison.OrdinalIgnoreCase)
            => Of(OutputCodes.DiskFull, place, "The disk is full.", "Free space, or choose another place.", exception),
        var words when words.Contains("File too large", StringComparison.OrdinalIgnoreCase) => TooLarge(place, exception),
        var words when words.Contains("quota", StringComparison.OrdinalIgnoreCase) => Of(OutputCodes.DiskFull, place, "Your quota on this disk is used up.", "Free space, or choose another place.", exception),
        _ => Of(OutputCodes.WriteFailed, place, "It cannot be written.", "Choose another place, or see to the disk.", exception),
    };

    // .NET's answer to a write beyond the limit of the process (EFBIG) is no IOException.
    private static bool IsFileTooLarge(Exception exception) => exception is ArgumentOutOfRangeException { ParamName: "value" };

    private static FederatedSegmentationException TooLarge(string place, Exception exception)
        => Of(OutputCodes.DiskFull, place, "The file became larger than the system allows.", "Raise the limit (ulimit -f), or choose another place.", exception);

    // The system's words up to the path, which the message names already as the user knows it.
    private static string Reason(Exception exception)
    {
        var text = exception.Message.Split('\'')[0].TrimEnd(' ', ':', '.');
        return text.EndsWith(" in", StringComparison.Ordinal) ? text[..^3] : text;
    }
}
