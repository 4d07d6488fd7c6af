using System.Globalization;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Folds times relative to the run to literals: <c>{now: true}</c>, <c>{today: true}</c>, <c>{ago: N, unit: u}</c>, <c>{ahead: N, unit: u}</c>.</summary>
/// <remarks>
/// | form | timestamp, datetime | date |
/// | now | asOf | today |
/// | today | local midnight | today |
/// | ago N u | now − N u | today − N u |
/// | ago N u, align: calendar | cur(u) − N u | the same, as a day |
/// | ahead N u | now + N u | today + N u |
/// </remarks>
internal static class RelativeTimeReader
{
    private static readonly string[] Kinds = ["now", "today", "ago", "ahead"];
    private static readonly string[] UnitNames = ["minute", "hour", "day", "week", "month", "quarter", "year"];
    private static readonly string[] Alignments = ["calendar", "rolling"];

    /// <summary>Whether a mapping looks like one of the forms.</summary>
    public static bool IsRelativeTime(MappingNode node) => node.Entries.Any(entry => Kinds.Contains(entry.Key, StringComparer.Ordinal));

    /// <summary>The literal, or null after a report.</summary>
    /// <param name="node">One of the forms.</param>
    /// <param name="type">A temporal type.</param>
    /// <param name="context">The segment.</param>
    public static Literal? Read(MappingNode node, DataType type, SegmentContext context)
    {
        var kinds = node.Entries.Where(entry => Kinds.Contains(entry.Key, StringComparer.Ordinal)).ToList();
        if (kinds.Count > 1)
        {
            context.Problems.Add("SDL007", node.Place, "A time has exactly one of now, today, ago and ahead.", "Keep one of them.");
            return null;
        }

        var (kind, _, value) = kinds[0];
        string[] known = kind switch { "ago" => ["ago", "unit", "align"], "ahead" => ["ahead", "unit"], _ => [kind] };
        NodeShapes.CheckKeys(node, context.Problems, $"{{{kind}}}", known);
        var calendar = context.Calendar;
        if (kind is "now" or "today")
        {
            if (value is not ScalarNode { IsTrue: true })
            {
                context.Problems.Add("SDL007", value.Place, $"'{kind}' must be true.", $"Write {{{kind}: true}}.");
                return null;
            }

            return type is DateType
                ? new DateLiteral(calendar.Today)
                : LiteralReader.OfInstant(kind == "now" ? calendar.Now : calendar.StartOfDay(calendar.Today), type, calendar);
        }

        var count = ReadCount(value, context, $"'{kind}'", allowNegative: false);
        var unit = ReadUnit(node, type, context);
        var isCalendar = node.Find("align") is { } align && ReadAlignment(align, context) == "calendar";
        if (count is null || unit is null)
        {
            return null;
        }

        var units = kind == "ago" ? -count.Value : count.Value;
        Literal? literal = type is DateType
            ? (isCalendar ? calendar.FirstDayOfUnit(unit.Value, units) : calendar.ShiftToday(unit.Value, units)) is { } day ? new DateLiteral(day) : null
            : (isCalendar ? calendar.StartOfUnit(unit.Value, units) : calendar.ShiftNow(unit.Value, units)) is { } instant ? LiteralReader.OfInstant(instant, type, calendar) : null;
        if (literal is null)
        {
            ReportRange(value, context);
        }

        return literal;
    }

    /// <summary>A time that no calendar of ours reaches.</summary>
    public static void ReportRange(DocumentNode node, SegmentContext context) =>
        context.Problems.Add("SDL007", node.Place, "This leads out of the years 1 to 9999.", "Use a smaller number of units.");

    /// <summary>A whole number of units, or null after a report.</summary>
    public static long? ReadCount(DocumentNode node, SegmentContext context, string what, bool allowNegative)
    {
        if (node is ScalarNode { Kind: ScalarKind.Integer } scalar
            && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
            && count > long.MinValue
            && (allowNegative || count >= 0))
        {
            return count;
        }

        context.Problems.Add("SDL007", node.Place, $"{what} must be a whole number{(allowNegative ? string.Empty : ", 0 or more")}.", "Write an integer.");
        return null;
    }

    /// <summary>The unit of a form, or null after a report; days at least on a date.</summary>
    public static TimeUnit? ReadUnit(MappingNode node, DataType type, SegmentContext context)
    {
        if (node.Find("unit") is not { } value)
        {
            context.Problems.Add("SDL007", node.Place, "The unit is missing.", $"Add unit: one of {string.Join(", ", UnitNames)}.");
            return null;
        }

        var index = value is ScalarNode scalar ? Array.IndexOf(UnitNames, scalar.Text) : -1;
        if (index < 0)
        {
            var fallback = $"Units: {string.Join(", ", UnitNames)}.";
            context.Problems.Add("SDL007", value.Place, "This is not a unit of time.", value is ScalarNode given ? context.Problems.Suggest(given.Text, UnitNames, fallback) : fallback);
            return null;
        }

        var unit = (TimeUnit)index;
        if (type is DateType && RunCalendar.IsSubDay(unit))
        {
            context.Problems.Add("SDL007", value.Place, $"A date has no {UnitNames[index]}s.", "Use day or a longer unit.");
            return null;
        }

        return unit;
    }

    /// <summary><c>calendar</c> or <c>rolling</c>, or null after a report.</summary>
    public static string? ReadAlignment(DocumentNode node, SegmentContext context)
    {
        if (node is ScalarNode scalar && Alignments.Contains(scalar.Text, StringComparer.Ordinal))
        {
            return scalar.Text;
        }

        context.Problems.Add("SDL007", node.Place, "'align' must be calendar or rolling.", "Write one of the two.");
        return null;
    }
}
