using System.Globalization;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads ISO 8601 dates and times as definitions spell them.</summary>
internal static class IsoTime
{
    private const int MicrosecondDigits = 6;

    /// <summary>A day: <c>2026-01-31</c>.</summary>
    public static bool TryReadDate(ReadOnlySpan<char> text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>A day and a time: <c>2026-01-31T12:30</c>, with seconds, up to six digits behind the second, and <c>Z</c> or <c>+02:00</c> where an offset is given.</summary>
    /// <param name="text">The text.</param>
    /// <param name="wallClock">The time as written, microseconds.</param>
    /// <param name="offset">The offset in microseconds, or null where the text has none.</param>
    public static bool TryRead(ReadOnlySpan<char> text, out long wallClock, out long? offset)
    {
        wallClock = 0;
        offset = null;
        if (text.Length < 16 || text[10] is not ('T' or 't' or ' ') || !TryReadDate(text[..10], out var day))
        {
            return false;
        }

        var rest = text[11..];
        if (!TryReadPair(ref rest, 24, out var hours) || !TrySkip(ref rest, ':') || !TryReadPair(ref rest, 60, out var minutes))
        {
            return false;
        }

        var seconds = 0;
        long micros = 0;
        if (TrySkip(ref rest, ':'))
        {
            if (!TryReadPair(ref rest, 60, out seconds) || (TrySkip(ref rest, '.') && !TryReadFraction(ref rest, out micros)))
            {
                return false;
            }
        }

        wallClock = WallClock.Midnight(day) + (((((hours * 60L) + minutes) * 60) + seconds) * 1_000_000) + micros;
        return TryReadOffset(rest, out offset);
    }

    private static bool TryReadOffset(ReadOnlySpan<char> rest, out long? offset)
    {
        offset = null;
        if (rest.IsEmpty)
        {
            return true;
        }

        if (rest is "Z" or "z")
        {
            offset = 0;
            return true;
        }

        if (rest[0] is not ('+' or '-'))
        {
            return false;
        }

        var sign = rest[0] == '-' ? -1 : 1;
        rest = rest[1..];
        var minutes = 0;
        if (!TryReadPair(ref rest, 19, out var hours))
        {
            return false;
        }

        if (!rest.IsEmpty)
        {
            TrySkip(ref rest, ':');
            if (!TryReadPair(ref rest, 60, out minutes) || !rest.IsEmpty)
            {
                return false;
            }
        }

        offset = sign * ((hours * 60L) + minutes) * 60_000_000;
        return true;
    }

    private static bool TryReadFraction(ref ReadOnlySpan<char> rest, out long micros)
    {
        micros = 0;
        var digits = 0;
        while (digits < rest.Length && char.IsAsciiDigit(rest[digits]))
        {
            var digit = rest[digits] - '0';
            if (digits < MicrosecondDigits)
            {
                micros = (micros * 10) + digit;
            }
            else if (digit != 0)
            {
                return false;
            }

            digits++;
        }

        for (var missing = digits; missing < MicrosecondDigits; missing++)
        {
            micros *= 10;
        }

        rest = rest[digits..];
        return digits > 0;
    }

    private static bool TryReadPair(ref ReadOnlySpan<char> rest, int limit, out int value)
    {
        value = 0;
        if (rest.Length < 2 || !char.IsAsciiDigit(rest[0]) || !char.IsAsciiDigit(rest[1]))
        {
            return false;
        }

        value = ((rest[0] - '0') * 10) + rest[1] - '0';
        rest = rest[2..];
        return value < limit;
    }

    private static bool TrySkip(ref ReadOnlySpan<char> rest, char expected)
    {
        if (rest.IsEmpty || rest[0] != expected)
        {
            return false;
        }

        rest = rest[1..];
        return true;
    }
}
