using System.Collections.Immutable;
using System.Text;
using FederatedSegmentation.Settings;
using Microsoft.Win32.SafeHandles;

namespace FederatedSegmentation.Gateway.CommandLine;

/// <summary>What the process is connected to. Tests put their own in its place.</summary>
internal sealed record Terminal
{
    /// <summary>Standard output: results only.</summary>
    internal required Stream Output { get; init; }

    /// <summary>Standard error: progress and errors.</summary>
    internal required TextWriter Error { get; init; }

    /// <summary>Whether a person watches standard error on a terminal that understands cursor movements.</summary>
    internal required bool IsErrorLive { get; init; }

    /// <summary>The absolute folder to which paths on the command line are relative.</summary>
    internal required string WorkingDirectory { get; init; }

    /// <summary>The environment variables.</summary>
    internal required ImmutableArray<KeyValuePair<string, string>> Environment { get; init; }

    /// <summary>The terminal of this process.</summary>
    internal static Terminal OfProcess() => new()
    {
        Output = OpenOutput(),
        Error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" },
        IsErrorLive = !Console.IsErrorRedirected && !OperatingSystem.IsWindows() && System.Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb",
        WorkingDirectory = Directory.GetCurrentDirectory(),
        Environment = SettingsReader.ProcessEnvironment(),
    };

    // The console's own stream says nothing when the reader of a pipe has gone, so that half a result would pass for a whole one. To a file, though,
    // a FileStream writes at positions of its own, over what other processes of the same shell redirection have written.
    private static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }
}
