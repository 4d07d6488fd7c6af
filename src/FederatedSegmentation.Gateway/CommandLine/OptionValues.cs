using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Settings;

namespace FederatedSegmentation.Gateway.CommandLine;

/// <summary>Reads values of options.</summary>
internal static class OptionValues
{
    private static readonly string[] InstantFormats =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK",
        "yyyy-MM-dd' 'HH:mmK",
        "yyyy-MM-dd' 'HH:mm:ssK",
        "yyyy-MM-dd' 'HH:mm:ss.FFFFFFK",
    ];

    /// <summary>The instant of <c>--as-of</c>, or null where it is not given. A day alone is its midnight in UTC.</summary>
    internal static DateTimeOffset? AsOf(CommandContext context)
    {
        if (context.Arguments.GetValue(SharedOptions.AsOf) is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParseExact(text, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : throw UsageCodes.Error(UsageCodes.WrongValue, $"--as-of: '{text}' is not an instant.", "Write it as 2026-01-31T12:00:00Z or 2026-01-31.");
    }

    /// <summary>The values of <c>--param</c> by name. Messages hold no values.</summary>
    internal static ImmutableDictionary<string, string> Parameters(CommandContext context)
    {
        var parameters = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var text in context.Arguments.GetValue(SharedOptions.Parameters) ?? [])
        {
            var end = text.IndexOf('=', StringComparison.Ordinal);
            if (end < 1)
            {
                throw UsageCodes.Error(UsageCodes.WrongValue, "--param: a parameter is not written as name=value.", "Write --param name=value, once for each parameter.");
            }

            if (!parameters.TryAdd(text[..end], text[(end + 1)..]))
            {
                throw UsageCodes.Error(UsageCodes.WrongValue, $"--param: '{text[..end]}' is given more than once.", "Give each parameter one value.");
            }
        }

        return parameters.ToImmutable();
    }

    /// <summary>The time allowed: of <c>--deadline</c>, or of the settings.</summary>
    internal static TimeSpan Deadline(CommandContext context, GatewayOptions options)
    {
        if (context.Arguments.GetValue(SharedOptions.Deadline) is not { } text)
        {
            return options.Deadline;
        }

        return Duration.TryParse(text, out var deadline)
            ? deadline
            : throw UsageCodes.Error(UsageCodes.WrongValue, $"--deadline: '{text}' is not a span of time that can be used.", "Write it as 00:20:00 or 90s; more than nothing, and at most 24 days.");
    }

    /// <summary>The engine: of <c>--engine</c>, or of the settings.</summary>
    internal static EngineKind Engine(CommandContext context, GatewayOptions options) => context.Arguments.GetValue(SharedOptions.Engine) switch
    {
        null => options.Engine.Kind,
        "auto" => EngineKind.Auto,
        "duckdb" => EngineKind.DuckDb,
        var other => throw UsageCodes.Error(UsageCodes.WrongValue, $"--engine: '{other}' is not an engine of this version.", "Use auto or duckdb."),
    };

    /// <summary>The segment that was named.</summary>
    internal static SegmentReference Segment(CommandContext context)
    {
        var text = context.Arguments.GetValue(SharedOptions.Segment)!;
        _ = context.PathOf(text);
        return SegmentReference.Parse(text, context.Terminal.WorkingDirectory);
    }

    /// <summary>Reads all values that can be wrong, so that a wrong call ends before the settings are read.</summary>
    internal static void Check(CommandContext context)
    {
        _ = AsOf(context);
        _ = Parameters(context);
        _ = context.Arguments.GetValue(SharedOptions.Deadline) is null ? default : Deadline(context, null!);
        _ = context.Arguments.GetValue(SharedOptions.Engine) is null ? default : Engine(context, null!);
    }
}
