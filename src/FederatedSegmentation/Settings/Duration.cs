using System.Globalization;

namespace FederatedSegmentation.Settings;

/// <summary>Spans of time as people write them: <c>00:20:00</c>, <c>1.12:00:00</c> (a day and a half), or <c>90s</c>, <c>20m</c>, <c>2h</c>, <c>500ms</c>, <c>1d</c>.</summary>
public static class Duration
{
    /// <summary>The longest span that a deadline or a timeout may be.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
    ];

    /// <summary>Reads a span of time.</summary>
    /// <returns>Whether the text is one, greater than zero and at most <see cref="Longest"/>. A number alone is none: it says no unit.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        if (TimeSpan.TryParseExact(text, ["c", @"h\:mm\:ss", @"h\:mm"], CultureInfo.InvariantCulture, out duration) && text.Contains(':', StringComparison.Ordinal))
        {
            return duration > TimeSpan.Zero && duration <= Longest;
        }

        duration = default;
        var unit = text.TrimStart([.. "0123456789."]);
        var ticks = Units.FirstOrDefault(candidate => string.Equals(unit, candidate.Unit, StringComparison.Ordinal)).Ticks;
        if (ticks == 0 || !decimal.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > Longest.Ticks / (decimal)ticks)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(value * ticks));
        return duration > TimeSpan.Zero;
    }

    /// <summary>The span for people: <c>850 ms</c>, <c>12.3 s</c>, <c>00:20:00</c>.</summary>
    public static string ToText(TimeSpan duration) => duration.TotalSeconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms"),
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s"),
        _ => duration.ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture) is var text && text.StartsWith("0.", StringComparison.Ordinal) ? text[2..] : text,
    };
}
