using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Encodings.Web;
using FederatedSegmentation.Membership;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway.CommandLine;

/// <summary>Makes the gateway of valid settings.</summary>
internal delegate ISegmentGateway OpenGateway(GatewayOptions options);

/// <summary>One call of the command line: what was typed, and where it reads and writes.</summary>
internal sealed class CommandContext(ParseResult arguments, Terminal terminal, TimeProvider time, OpenGateway open, long startedAt)
{
    private const string OutputName = "standard output";
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal ParseResult Arguments { get; } = arguments;

    internal Terminal Terminal { get; } = terminal;

    internal TimeProvider Time { get; } = time;

    /// <summary>When work on the call began.</summary>
    internal long StartedAt { get; } = startedAt;

    internal bool IsJson => Arguments.GetValue(SharedOptions.Json);

    internal bool IsVerbose => Arguments.GetValue(SharedOptions.Verbose);

    /// <summary>Reads the settings.</summary>
    internal Task<GatewayOptions> ReadSettingsAsync(CancellationToken cancellationToken)
    {
        var file = Arguments.GetValue(SharedOptions.Settings) ?? SettingsReader.DefaultFile;
        return SettingsReader.ReadAsync(PathOf(file), file, Terminal.Environment, cancellationToken);
    }

    /// <summary>The gateway of the settings; the caller disposes of it.</summary>
    internal ISegmentGateway Open(GatewayOptions options) => open(options);

    /// <summary>The absolute path of a path on the command line.</summary>
    internal string PathOf(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw UsageCodes.Error(UsageCodes.WrongValue, "A path is empty or holds U+0000.", "Name a file.");
        }

        return Path.GetFullPath(path, Terminal.WorkingDirectory);
    }

    /// <summary>The listener of a run.</summary>
    internal ProgressWriter StartProgress() => new(Terminal, Time, IsVerbose);

    /// <summary>Writes a result as one line of JSON.</summary>
    internal Task WriteJsonAsync<T>(T result, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonOptions))
        {
            JsonSerializer.Serialize(writer, result, type);
        }

        buffer.WriteByte((byte)'\n');
        return WriteAsync(buffer.ToArray(), cancellationToken);
    }

    /// <summary>Writes a result as text.</summary>
    internal Task WriteTextAsync(string text, CancellationToken cancellationToken) => WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellationToken);

    /// <summary>Standard output as the target of members.</summary>
    internal MembershipTarget OutputTarget => new MembershipStream(Terminal.Output, OutputName, MembershipFormat.Csv);

    private async Task WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            await Terminal.Output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            await Terminal.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (OutputFailure.IsOne(problem))
        {
            throw OutputFailure.Typed(problem, OutputName);
        }
    }
}
