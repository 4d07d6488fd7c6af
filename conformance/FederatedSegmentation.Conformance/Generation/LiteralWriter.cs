using System.Globalization;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Spells values as literals of a definition, in one of the ways that the language allows.</summary>
internal sealed class LiteralWriter(SeededRandom random, ZoneRules zone)
{
    private static readonly long FirstDay = CivilCalendar.Days(1, 1, 1);
    private static readonly long LastDay = CivilCalendar.Days(9999, 12, 31);

    /// <summary>A literal near the value for a column: often exactly it, sometimes with another precision.</summary>
    public JsonNode Write(Value value, Column column)
    {
        switch (value)
        {
            case Value.Truth truth:
                return truth.Holds;
            case Value.Integer integer:
                return integer.Number;
            case Value.Decimal number:
                var text = CanonicalText.Of(random.Chance(0.3) ? ExactNumber.Normalise(number) : number);
                return random.Chance(0.3) ? text : JsonNode.Parse(text)!;
            case Value.Float number:
                return JsonNode.Parse(number.Number.ToString("R", CultureInfo.InvariantCulture))!;
            case Value.Text characters:
                return characters.Characters;
            case Value.Date date:
                return CivilCalendar.DateText(date.Days);
            case Value.Timestamp timestamp:
                return Instant(timestamp.Micros);
            case Value.WallClock wallClock:
                return column.Zone is null && random.Chance(0.7)
                    ? AsWritten(wallClock.Micros)
                    : Instant((column.Zone is { } own ? ZoneRules.Of(own) : zone).ToInstant(wallClock.Micros));
            default:
                throw new InvalidOperationException($"{value.GetType().Name} has no literal.");
        }
    }

    private string Instant(long instant)
    {
        var (ahead, local) = (instant + (90 * CivilCalendar.MicrosPerMinute), zone.ToLocal(instant));
        return random.Weighted((0.3, 0), (0.2, 1), (0.25, 2), (0.25, 3)) switch
        {
            1 when IsInCalendar(ahead) => Shortened(CivilCalendar.DateTimeText(ahead)) + "+01:30",
            2 when IsInCalendar(local) => Shortened(CivilCalendar.DateTimeText(local)),
            3 when IsInCalendar(local) => CivilCalendar.DateText(CivilCalendar.DayOf(local)),
            _ => Shortened(CivilCalendar.DateTimeText(instant)) + "Z",
        };
    }

    /// <summary>Whether a literal can be written so: the years 1 to 9999.</summary>
    private static bool IsInCalendar(long micros) => CivilCalendar.DayOf(micros) >= FirstDay && CivilCalendar.DayOf(micros) <= LastDay;

    private string AsWritten(long wallClock) => random.Chance(0.75)
        ? Shortened(CivilCalendar.DateTimeText(wallClock))
        : CivilCalendar.DateText(CivilCalendar.DayOf(wallClock));

    /// <summary>The digits of a second are written only if there are any.</summary>
    private static string Shortened(string text) => text.TrimEnd('0').EndsWith('.') ? text[..text.IndexOf('.', StringComparison.Ordinal)] : text.TrimEnd('0');
}
