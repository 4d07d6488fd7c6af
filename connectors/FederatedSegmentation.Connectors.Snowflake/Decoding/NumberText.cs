namespace FederatedSegmentation.Connectors.Snowflake.Decoding;

/// <summary>Reads exact numbers out of their text. Pure functions.</summary>
internal static class NumberText
{
    private const int MaxDigits = 38;

    // Up to here the arithmetic is that of the machine.
    private const int MaxMachineDigits = 18;

    /// <summary>A decimal number times ten to the power of the scale.</summary>
    /// <param name="text">Digits with an optional sign and point: <c>-12.50</c>.</param>
    /// <param name="scale">Digits behind the point of the result, 0 to 38.</param>
    /// <param name="unscaled">The result.</param>
    /// <returns>True if it is a number; false where digits other than zero are cut off, or more than 38 are left.</returns>
    /// <exception cref="MalformedCellException">It is no decimal number.</exception>
    internal static bool TryParse(ReadOnlySpan<byte> text, int scale, out Int128 unscaled)
    {
        unscaled = 0;
        var negative = text.Length > 0 && text[0] == (byte)'-';
        var digits = negative ? text[1..] : text;
        if (digits.Length is > 0 and <= MaxMachineDigits && scale == 0)
        {
            long narrow = 0;
            var i = 0;
            for (; i < digits.Length && (uint)(digits[i] - '0') <= 9; i++)
            {
                narrow = (narrow * 10) + (digits[i] - '0');
            }

            if (i == digits.Length)
            {
                unscaled = negative ? -narrow : narrow;
                return true;
            }
        }

        return TryParseWide(digits, negative, scale, out unscaled);
    }

    private static bool TryParseWide(ReadOnlySpan<byte> text, bool negative, int scale, out Int128 unscaled)
    {
        unscaled = 0;
        UInt128 magnitude = 0;
        ulong narrow = 0;
        var length = 0;
        var behind = -1;
        var seen = 0;
        var fits = true;
        foreach (var character in text)
        {
            if (character == (byte)'.' && behind < 0)
            {
                behind = 0;
                continue;
            }

            var digit = (uint)(character - '0');
            if (digit > 9)
            {
                throw new MalformedCellException("is no decimal number");
            }

            seen++;
            if (behind >= scale)
            {
                fits &= digit == 0;
                continue;
            }

            behind += behind >= 0 ? 1 : 0;
            if (length > 0 || digit > 0)
            {
                length++;
            }

            if (length <= MaxMachineDigits)
            {
                narrow = (narrow * 10) + digit;
            }
            else if (length <= MaxDigits)
            {
                magnitude = ((length == MaxMachineDigits + 1 ? narrow : magnitude) * 10) + digit;
            }
        }

        if (seen == 0)
        {
            throw new MalformedCellException("is no decimal number");
        }

        var missing = scale - Math.Max(behind, 0);
        if (length == 0)
        {
            return fits;
        }

        if (!fits || length + missing > MaxDigits)
        {
            return false;
        }

        if (length <= MaxMachineDigits)
        {
            magnitude = narrow;
        }

        for (; missing > 0; missing--)
        {
            magnitude *= 10;
        }

        unscaled = negative ? -(Int128)magnitude : (Int128)magnitude;
        return true;
    }
}

/// <summary>The text of a cell is not what its column's type says. The message holds no value.</summary>
internal sealed class MalformedCellException(string defect) : Exception(defect);
