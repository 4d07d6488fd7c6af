using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;

namespace FederatedSegmentation.Membership;

/// <summary>
/// Values in canonical text, as UTF-8: the form in which keys are written to files and hashed. All methods return the number of bytes written and
/// need a destination of <see cref="MaxFixedLength"/> bytes, but for <see cref="WriteBinary"/>.
/// </summary>
public static class CanonicalText
{
    /// <summary>The most bytes that a value of a fixed-size type takes.</summary>
    public const int MaxFixedLength = 64;

    private const long MicrosecondsPerDay = 86_400_000_000;

    /// <summary>Decimal digits, with a minus sign where it is negative.</summary>
    public static int WriteInt64(long value, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(value, destination, out var written);
        return written;
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static int WriteBoolean(bool value, Span<byte> destination)
    {
        var text = value ? "true"u8 : "false"u8;
        text.CopyTo(destination);
        return text.Length;
    }

    /// <summary>An exact number with exactly <paramref name="scale"/> digits behind the point: <c>-0.50</c>.</summary>
    /// <param name="unscaled">All digits as an integer.</param>
    /// <param name="scale">Digits behind the point, 0 to 38; without any there is no point.</param>
    /// <param name="destination">Where to write.</param>
    public static int WriteDecimal(Int128 unscaled, int scale, Span<byte> destination)
    {
        Span<byte> digits = stackalloc byte[40];
        var magnitude = Int128.IsNegative(unscaled) ? UInt128.Zero - (UInt128)unscaled : (UInt128)unscaled;
        int count;
        if (magnitude <= ulong.MaxValue)
        {
            Utf8Formatter.TryFormat((ulong)magnitude, digits, out count);
        }
        else
        {
            magnitude.TryFormat(digits, out count, default, CultureInfo.InvariantCulture);
        }

        var length = 0;
        if (Int128.IsNegative(unscaled))
        {
            destination[length++] = (byte)'-';
        }

        var whole = count - scale;
        if (whole <= 0)
        {
            destination[length++] = (byte)'0';
        }
        else
        {
            digits[..whole].CopyTo(destination[length..]);
            length += whole;
        }

        if (scale == 0)
        {
            return length;
        }

        destination[length++] = (byte)'.';
        if (whole < 0)
        {
            destination.Slice(length, -whole).Fill((byte)'0');
            length -= whole;
        }

        var fraction = digits[Math.Max(whole, 0)..count];
        fraction.CopyTo(destination[length..]);
        return length + fraction.Length;
    }

    /// <summary>ISO 8601: <c>2026-01-31</c>. Years before 0 or after 9999 carry a sign (<c>+12345-01-31</c>); the year before 1 is 0.</summary>
    /// <param name="days">Days since 1970-01-01.</param>
    /// <param name="destination">Where to write.</param>
    public static int WriteDate(long days, Span<byte> destination)
    {
        var (year, month, day) = CivilDate(days);
        var length = WriteYear(year, destination);
        destination[length++] = (byte)'-';
        length += WriteDigits((uint)month, 2, destination[length..]);
        destination[length++] = (byte)'-';
        return length + WriteDigits((uint)day, 2, destination[length..]);
    }

    /// <summary>ISO 8601 with six digits: <c>2026-01-31T12:00:00.000000</c>, and a <c>Z</c> for an instant.</summary>
    /// <param name="microseconds">Since 1970-01-01T00:00:00.</param>
    /// <param name="isInstant">Whether it is an instant in UTC rather than a wall clock.</param>
    /// <param name="destination">Where to write.</param>
    public static int WriteDateTime(long microseconds, bool isInstant, Span<byte> destination)
    {
        var days = Math.DivRem(microseconds, MicrosecondsPerDay, out var rest);
        if (rest < 0)
        {
            days--;
            rest += MicrosecondsPerDay;
        }

        var length = WriteDate(days, destination);
        var seconds = (uint)(rest / 1_000_000);
        destination[length++] = (byte)'T';
        length += WriteDigits(seconds / 3600, 2, destination[length..]);
        destination[length++] = (byte)':';
        length += WriteDigits(seconds / 60 % 60, 2, destination[length..]);
        destination[length++] = (byte)':';
        length += WriteDigits(seconds % 60, 2, destination[length..]);
        destination[length++] = (byte)'.';
        length += WriteDigits((uint)(rest % 1_000_000), 6, destination[length..]);
        if (isInstant)
        {
            destination[length++] = (byte)'Z';
        }

        return length;
    }

    /// <summary>Lower-case hex digits, two a byte.</summary>
    /// <param name="value">The bytes.</param>
    /// <param name="destination">Twice as long as <paramref name="value"/> at least.</param>
    public static int WriteBinary(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        var status = Convert.TryToHexStringLower(value, destination, out var written);
        Debug.Assert(status, "The destination is twice as long.");
        return written;
    }

    // Days to year, month and day of the proleptic Gregorian calendar, for any day that 64 bits of microseconds or 32 bits of days reach
    // (DateOnly ends in 9999). The year is counted from March, so that the leap day is its last one; 400 years have 146,097 days.
    private static (long Year, int Month, int Day) CivilDate(long days)
    {
        days += 719_468;
        var era = (days >= 0 ? days : days - 146_096) / 146_097;
        var dayOfEra = (int)(days - (era * 146_097));
        var yearOfEra = (dayOfEra - (dayOfEra / 1_460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var shifted = ((5 * dayOfYear) + 2) / 153;
        var month = shifted < 10 ? shifted + 3 : shifted - 9;
        return (yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month, dayOfYear - (((153 * shifted) + 2) / 5) + 1);
    }

    private static int WriteYear(long year, Span<byte> destination)
    {
        if (year is >= 0 and <= 9999)
        {
            return WriteDigits((uint)year, 4, destination);
        }

        destination[0] = year < 0 ? (byte)'-' : (byte)'+';
        Utf8Formatter.TryFormat(Math.Abs(year), destination[1..], out var written, new StandardFormat('D', 4));
        return written + 1;
    }

    private static int WriteDigits(uint value, int count, Span<byte> destination)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            destination[i] = (byte)('0' + (value % 10));
            value /= 10;
        }

        return count;
    }
}
