namespace FederatedSegmentation.Connectors.AdoNet.Reading;

/// <summary>Values that a statement casts to text, because a driver's own types do not hold them. Pure functions; nothing is rounded.</summary>
internal static class ExactText
{
    private const int MostDigits = 38;
    private const int LongestExponent = 3;
    private const long MicrosecondsPerDay = 86_400_000_000;

    /// <summary>A number in units of 10^-scale: <c>-12.50</c>, <c>0E-10</c>.</summary>
    internal static bool TryNumber(ReadOnlySpan<char> text, int scale, out Int128 unscaled)
    {
        unscaled = 0;
        var isNegative = text is ['-', ..];
        var rest = isNegative || text is ['+', ..] ? text[1..] : text;
        var own = 0;
        if (rest.IndexOfAny('e', 'E') is var mark and >= 0)
        {
            if (!TryExponent(rest[(mark + 1)..], out var exponent))
            {
                return false;
            }

            own = -exponent;
            rest = rest[..mark];
        }

        var (digits, significant, isBehind) = (0, 0, false);
        foreach (var character in rest)
        {
            if (character == '.' && !isBehind)
            {
                isBehind = true;
                continue;
            }

            if (!char.IsAsciiDigit(character))
            {
                return false;
            }

            digits++;
            significant += significant > 0 || character != '0' ? 1 : 0;
            if (significant > MostDigits)
            {
                // More digits than any number of ours, unless they are zeros behind the point.
                if (!isBehind || character != '0')
                {
                    return false;
                }

                continue;
            }

            own += isBehind ? 1 : 0;
            unscaled = (unscaled * 10) + (character - '0');
        }

        unscaled = isNegative ? -unscaled : unscaled;
        return digits > 0 && (unscaled == 0 || (Math.Abs(own - scale) <= 2 * MostDigits && ExactNumbers.TryRescale(unscaled, own, scale, out unscaled)));
    }

    /// <summary>Days since 1970-01-01 of <c>2026-01-31</c>.</summary>
    internal static bool TryDate(ReadOnlySpan<char> text, out int days)
    {
        days = 0;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-' || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..], out var day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        days = new DateOnly(year, month, day).DayNumber - DateReader.Epoch;
        return true;
    }

    /// <summary>Microseconds since 1970-01-01 of <c>2026-01-31T13:05:00.000001</c>: further digits must be zeros, and a zone must be none or <c>Z</c>.</summary>
    internal static bool TryTime(ReadOnlySpan<char> text, out long microseconds)
    {
        microseconds = 0;
        text = text is [.., 'Z'] ? text[..^1] : text;
        if (text.Length < 19 || text[10] is not ('T' or ' ') || text[13] != ':' || text[16] != ':' || !TryDate(text[..10], out var days)
            || !TryDigits(text[11..13], out var hour) || !TryDigits(text[14..16], out var minute) || !TryDigits(text[17..19], out var second) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var fraction = 0;
        if (text.Length > 19)
        {
            var digits = text[20..];
            if (text[19] != '.' || digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9') || (digits.Length > 6 && digits[6..].ContainsAnyExcept('0')))
            {
                return false;
            }

            for (var i = 0; i < 6; i++)
            {
                fraction = (fraction * 10) + (i < digits.Length ? digits[i] - '0' : 0);
            }
        }

        microseconds = (days * MicrosecondsPerDay) + (((((hour * 60L) + minute) * 60) + second) * 1_000_000) + fraction;
        return true;
    }

    private static bool TryExponent(ReadOnlySpan<char> text, out int exponent)
    {
        var isNegative = text is ['-', ..];
        var digits = isNegative || text is ['+', ..] ? text[1..] : text;
        exponent = 0;
        if (digits.Length > LongestExponent || !TryDigits(digits, out exponent))
        {
            return false;
        }

        exponent = isNegative ? -exponent : exponent;
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        return !text.IsEmpty;
    }
}
