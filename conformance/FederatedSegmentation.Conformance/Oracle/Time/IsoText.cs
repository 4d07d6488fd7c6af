using System.Globalization;
using System.Text.RegularExpressions;

namespace FederatedSegmentation.Conformance.Oracle.Time;

/// <summary>A date, or a date with a time, as text spells it; microseconds since 1970-01-01 on the clock of that text.</summary>
public sealed partial record IsoText(long Days, long? LocalMicros, long? OffsetMicros)
{
    public bool IsDateOnly => LocalMicros is null;

    public static IsoText Parse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success)
        {
            throw new InvalidDefinitionException("The text is not an ISO 8601 date or time.");
        }

        int Number(string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
        var days = CivilCalendar.Days(Number("year"), Number("month"), Number("day"));
        if (!match.Groups["hour"].Success)
        {
            return new IsoText(days, null, null);
        }

        var seconds = match.Groups["second"].Success ? Number("second") : 0;
        var fraction = match.Groups["fraction"].Success
            ? int.Parse(match.Groups["fraction"].Value.PadRight(6, '0')[..6], CultureInfo.InvariantCulture)
            : 0;
        var micros = (days * CivilCalendar.MicrosPerDay) + (Number("hour") * CivilCalendar.MicrosPerHour)
            + (Number("minute") * CivilCalendar.MicrosPerMinute) + (seconds * 1_000_000L) + fraction;
        if (!match.Groups["zone"].Success)
        {
            return new IsoText(days, micros, null);
        }

        if (match.Groups["zone"].Value == "Z")
        {
            return new IsoText(days, micros, 0);
        }

        var sign = match.Groups["sign"].Value == "-" ? -1 : 1;
        var offset = (Number("zoneHour") * CivilCalendar.MicrosPerHour) + (Number("zoneMinute") * CivilCalendar.MicrosPerMinute);
        return new IsoText(days, micros, sign * offset);
    }

    [GeneratedRegex(
        @"^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:T(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d+))?)?(?<zone>Z|(?<sign>[+-])(?<zoneHour>\d\d):(?<zoneMinute>\d\d))?)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
