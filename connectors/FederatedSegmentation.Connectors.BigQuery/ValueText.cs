using System.Buffers.Text;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>Reads BigQuery's text of values. Pure functions over UTF-8.</summary>
internal static class ValueText
{
    private const long MicrosecondsPerDay = 86_400_000_000;
    private static readonly int EpochDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>A number in units of 10^-scale.</summary>
    /// <returns>Whether it has at most that many digits behind the point, and in all.</returns>
    /// <exception cref="FormatException">It is no number in digits.</exception>
    internal static bool TryDecimal(ReadOnlySpan<byte> text, int precision, int scale, out Int128 unscaled)
    {
        unscaled = 0;
        var isNegative = text is [(byte)'-', ..];
        var digits = isNegative || text is [(byte)'+', ..] ? text[1..] : text;
        var behind = -1;
        var count = 0;
        var fits = true;
        if (digits.IsEmpty)
        {
            throw new FormatException("a number is empty");
        }

        foreach (var character in digits)
        {
            if (character == '.' && behind < 0)
            {
                behind = 0;
                continue;
            }

            if (character is < (byte)'0' or > (byte)'9')
            {
                throw new FormatException("a number is none");
            }

            if (behind == scale)
            {
                // Zeros beyond the scale change nothing.
                fits &= character == '0';
                continue;
            }

            behind += behind >= 0 ? 1 : 0;
            count += count > 0 || character != '0' ? 1 : 0;
            if (count > precision)
            {
                return false;
            }

            unscaled = (unscaled * 10) + (character - '0');
        }

        for (var i = Math.Max(behind, 0); i < scale; i++)
        {
            count += count > 0 ? 1 : 0;
            if (count > precision)
            {
                return false;
            }

            unscaled *= 10;
        }

        unscaled = isNegative ? -unscaled : unscaled;
        return fits;
    }

    /// <summary>A float.</summary>
    internal static double Float(ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out double number, out var used) && used == text.Length)
        {
            return number;
        }

        return text.SequenceEqual("NaN"u8) ? double.NaN
            : text.SequenceEqual("Infinity"u8) || text.SequenceEqual("inf"u8) ? double.PositiveInfinity
            : text.SequenceEqual("-Infinity"u8) || text.SequenceEqual("-inf"u8) ? double.NegativeInfinity
            : throw new FormatException("a float is none");
    }

    /// <summary>Days since 1970-01-01 of <c>2026-01-31</c>.</summary>
    internal static int Days(ReadOnlySpan<byte> text)
    {
        if (text.Length == 10 && text[4] == '-' && text[7] == '-')
        {
            var (year, month, day) = (Number(text[..4]), Number(text[5..7]), Number(text[8..]));
            if (year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month))
            {
                return new DateOnly(year, month, day).DayNumber - EpochDay;
            }
        }

        throw new FormatException("a date is none");
    }

    /// <summary>Microseconds since 1970-01-01T00:00:00 of <c>2026-01-31T13:05:00.000001</c>.</summary>
    internal static long WallClock(ReadOnlySpan<byte> text)
    {
        if (text.Length < 19 || text[10] is not ((byte)'T' or (byte)' ') || text[13] != ':' || text[16] != ':')
        {
            throw new FormatException("a time is none");
        }

        var (hour, minute, second) = (Number(text[11..13]), Number(text[14..16]), Number(text[17..19]));
        var micros = 0;
        if (text.Length > 19)
        {
            var fraction = text[20..];
            if (text[19] != '.' || fraction.Length is < 1 or > 6)
            {
                throw new FormatException("a time is none");
            }

            micros = Number(fraction);
            for (var i = fraction.Length; i < 6; i++)
            {
                micros *= 10;
            }
        }

        return hour < 24 && minute < 60 && second < 60
            ? (Days(text[..10]) * MicrosecondsPerDay) + ((((hour * 60L) + minute) * 60 + second) * 1_000_000) + micros
            : throw new FormatException("a time is none");
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            number = digit is >= (byte)'0' and <= (byte)'9' ? (number * 10) + (digit - '0') : throw new FormatException("a number is none");
        }

        return number;
    }
}
