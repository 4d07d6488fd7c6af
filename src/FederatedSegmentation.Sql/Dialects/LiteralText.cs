using System.Globalization;
using System.Numerics;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Sql.Dialects;

/// <summary>The forms of constants that most dialects share. Pure functions.</summary>
public static class LiteralText
{
    private const long MicrosecondsPerDay = 86_400_000_000;
    private static readonly long MinimumMicroseconds = (new DateTime(1, 1, 1, 0, 0, 0, DateTimeKind.Unspecified) - DateTime.UnixEpoch).Ticks / 10;
    private static readonly long MaximumMicroseconds = (new DateTime(9999, 12, 31, 0, 0, 0, DateTimeKind.Unspecified) - DateTime.UnixEpoch).Ticks / 10 + MicrosecondsPerDay - 1;

    /// <summary>The text in single quotes, quotes doubled; nothing else is special in standard strings.</summary>
    public static string Quote(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary><c>2026-01-31</c>.</summary>
    public static string Date(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary><c>2026-01-31 13:05:00.000001</c>, the fraction only where there is one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the years 0001 to 9999.</exception>
    public static string WallClock(long microseconds)
    {
        if (microseconds < MinimumMicroseconds || microseconds > MaximumMicroseconds)
        {
            throw new ArgumentOutOfRangeException(nameof(microseconds), "Times lie in the years 0001 to 9999.");
        }

        var time = DateTime.UnixEpoch.AddTicks(checked(microseconds * 10));
        return time.ToString(microseconds % 1_000_000 == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
    }

    /// <summary>The shortest text that reads back as the same float.</summary>
    public static string Float(double value) => value switch
    {
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>The number with exactly <paramref name="scale"/> digits behind the point.</summary>
    /// <exception cref="ArgumentException">The literal is not an exact number, or has more digits behind the point.</exception>
    public static string Decimal(Literal value, int scale)
    {
        var (unscaled, own) = ExactNumber.Of(value);
        (unscaled, own) = ExactNumber.Strip(unscaled, own);
        if (own > scale)
        {
            throw new ArgumentException($"The number has more than {scale} digits behind the point.", nameof(value));
        }

        unscaled *= BigInteger.Pow(10, scale - own);
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var sign = unscaled.Sign < 0 ? "-" : string.Empty;
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    /// <summary>Lower-case hexadecimal digits.</summary>
    public static string Hex(BinaryLiteral value) => Convert.ToHexStringLower(value.Value.AsSpan());
}
