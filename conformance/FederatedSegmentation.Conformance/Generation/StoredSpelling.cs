using System.Globalization;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>The spellings that a declared type accepts for stored text: signs, leading zeros, fewer decimals, offsets, fewer digits of a second, or more than count.</summary>
public static class StoredSpelling
{
    /// <summary>One spelling of a value that is not NULL; strings and binary have only one.</summary>
    public static string Of(Value value, SeededRandom random)
    {
        var canonical = CanonicalText.Of(value);
        switch (value)
        {
            case Value.Integer integer:
                return integer.Number < 0 || random.Chance(0.7) ? canonical : random.Pick(["+" + canonical, "0" + canonical, "+00" + canonical]);
            case Value.Decimal number:
                var shorter = random.Chance(0.4) ? CanonicalText.Of(ExactNumber.Normalise(number)) : canonical;
                return number.Unscaled.Sign >= 0 && random.Chance(0.2) ? "+" + shorter : shorter;
            case Value.Float number when double.IsFinite(number.Number) && random.Chance(0.3):
                return number.Number.ToString("E16", CultureInfo.InvariantCulture);
            case Value.Timestamp timestamp:
                // Without an offset a stored time is UTC.
                return random.Below(5) switch
                {
                    4 => canonical[..^1] + random.Pick(["9", "04", "999", "0000001"]) + "Z",
                    0 => canonical,
                    1 => canonical[..^1],
                    2 => CivilCalendar.DateTimeText(timestamp.Micros + (2 * CivilCalendar.MicrosPerHour)) + "+02:00",
                    _ => Shortened(canonical[..^1]) + "Z",
                };
            case Value.WallClock:
                return random.Below(5) switch
                {
                    0 => canonical + random.Pick(["9", "04", "999"]),
                    1 or 2 => canonical,
                    _ => Shortened(canonical),
                };
            default:
                return canonical;
        }
    }

    private static string Shortened(string text) => text.EndsWith(".000000", StringComparison.Ordinal) ? text[..^7] : text.TrimEnd('0');
}
