using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Folds <c>within</c>, <c>outside</c> and <c>period</c> to half-open windows of literals.</summary>
/// <remarks>
/// | form | timestamp, datetime | date |
/// | last N u | [cur(u) − N u, now) | [cur(u) − N u, tomorrow) |
/// | last N u, current: false | [cur(u) − N u, cur(u)) | the same, as days |
/// | last N u, align: rolling | [now − N u, now) | [today − N u, tomorrow) |
/// | next N u | [now, cur(u) + (N+1) u) | [today, cur(u) + (N+1) u) |
/// | next N u, current: false | [cur(u) + u, cur(u) + (N+1) u) | the same, as days |
/// | next N u, align: rolling | [now, now + N u) | [today, today + N u) |
/// | period k u | [cur(u) + k u, cur(u) + (k+1) u) | the same, as days |
/// </remarks>
internal static class WindowReader
{
    /// <summary>A window, or null after a report.</summary>
    /// <param name="node">The value of <c>within</c> or <c>outside</c>.</param>
    /// <param name="type">A temporal type.</param>
    /// <param name="isOutside">Whether the window is to be left.</param>
    /// <param name="context">The segment.</param>
    public static WindowTest? ReadWithin(DocumentNode node, DataType type, bool isOutside, SegmentContext context)
    {
        if (NodeShapes.Mapping(node, context.Problems, isOutside ? "'outside'" : "'within'") is not { } window)
        {
            return null;
        }

        NodeShapes.CheckKeys(window, context.Problems, "a window", ["last", "next", "unit", "current", "align"]);
        var unit = RelativeTimeReader.ReadUnit(window, type, context);
        var current = window.Find("current") is { } currentNode ? NodeShapes.Boolean(currentNode, context.Problems, "SDL007", "'current'") : true;
        var align = window.Find("align") is { } alignNode ? RelativeTimeReader.ReadAlignment(alignNode, context) : "calendar";
        var (last, next) = (window.Find("last"), window.Find("next"));
        if (last is null == next is null)
        {
            context.Problems.Add("SDL007", window.Place, "A window has exactly one of last and next.", "Write {last: N, unit: u} or {next: N, unit: u}.");
            return null;
        }

        var countNode = (last ?? next)!;
        var count = RelativeTimeReader.ReadCount(countNode, context, last is null ? "'next'" : "'last'", allowNegative: false);
        if (align == "rolling" && current == false)
        {
            context.Problems.Add("SDL007", window.Place, "A rolling window has no current unit to leave out.", "Remove 'current', or 'align: rolling'.");
            return null;
        }

        if (unit is not { } u || current is not { } withCurrent || align is null || count is not { } n)
        {
            return null;
        }

        var bounds = new Bounds(type, context.Calendar);
        var (from, to) = (last is not null, align == "rolling", withCurrent) switch
        {
            (true, true, _) => (bounds.ShiftedNow(u, -n), bounds.NowAsUpper),
            (true, false, true) => (bounds.StartOf(u, -n), bounds.NowAsUpper),
            (true, false, false) => (bounds.StartOf(u, -n), bounds.StartOf(u, 0)),
            (false, true, _) => (bounds.NowAsLower, bounds.ShiftedNow(u, n)),
            (false, false, true) => (bounds.NowAsLower, n == long.MaxValue ? null : bounds.StartOf(u, n + 1)),
            (false, false, false) => (bounds.StartOf(u, 1), n == long.MaxValue ? null : bounds.StartOf(u, n + 1)),
        };
        return Window(from, to, isOutside, countNode, context);
    }

    /// <summary>A window, or null after a report.</summary>
    public static WindowTest? ReadPeriod(DocumentNode node, DataType type, SegmentContext context)
    {
        if (NodeShapes.Mapping(node, context.Problems, "'period'") is not { } period)
        {
            return null;
        }

        NodeShapes.CheckKeys(period, context.Problems, "a period", ["unit", "offset"]);
        var unit = RelativeTimeReader.ReadUnit(period, type, context);
        var offset = period.Find("offset") is { } offsetNode ? RelativeTimeReader.ReadCount(offsetNode, context, "'offset'", allowNegative: true) : 0;
        if (unit is not { } u || offset is not { } k)
        {
            return null;
        }

        var bounds = new Bounds(type, context.Calendar);
        return Window(bounds.StartOf(u, k), k == long.MaxValue ? null : bounds.StartOf(u, k + 1), isOutside: false, period, context);
    }

    private static WindowTest? Window(Literal? from, Literal? to, bool isOutside, DocumentNode node, SegmentContext context)
    {
        if (from is not null && to is not null)
        {
            return new WindowTest(from, to, isOutside);
        }

        RelativeTimeReader.ReportRange(node, context);
        return null;
    }

    /// <summary>The bounds of windows as values of one column type; null beyond the years 1 to 9999.</summary>
    private readonly struct Bounds(DataType type, RunCalendar calendar)
    {
        public Literal? NowAsUpper => type is DateType ? Day(calendar.ShiftToday(TimeUnit.Day, 1)) : Instant(calendar.Now);

        public Literal? NowAsLower => type is DateType ? Day(calendar.Today) : Instant(calendar.Now);

        public Literal? ShiftedNow(TimeUnit unit, long units) => type is DateType ? Day(calendar.ShiftToday(unit, units)) : Instant(calendar.ShiftNow(unit, units));

        public Literal? StartOf(TimeUnit unit, long units) => type is DateType ? Day(calendar.FirstDayOfUnit(unit, units)) : Instant(calendar.StartOfUnit(unit, units));

        private static DateLiteral? Day(DateOnly? day) => day is { } value ? new DateLiteral(value) : null;

        private Literal? Instant(long? instant) => instant is { } value ? LiteralReader.OfInstant(value, type, calendar) : null;
    }
}
