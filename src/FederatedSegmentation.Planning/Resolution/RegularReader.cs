using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads <c>regular</c>: related rows in enough of the windows before now. What is wrong with one is SDL010.</summary>
/// <remarks>
/// | | timestamp, datetime | date |
/// | now | asOf | the start of tomorrow |
/// | bound k | now − k · n units | tomorrow − k · n units |
/// Each bound is counted from now in one go, so that months clamp once.
/// </remarks>
internal static class RegularReader
{
    private const int MostWindows = 1_000;

    /// <summary>A condition on regularity, or null after a report.</summary>
    public static RegularPredicate? Read(MappingNode node, RowScope scope, int depth, SegmentContext context)
    {
        NodeShapes.CheckKeys(node, context.Problems, "'regular'", ["regular", "where", "at_least", "per", "in", "of_last", "depth"]);
        var path = PathReader.ReadRelated(scope.Entity, node, "regular", context);
        var time = EventTimes.Find(path?.End, node.Find("regular")!.Place, context);
        var where = PredicateReader.ReadWhere(node, new RowScope(path?.End, scope), depth, context);
        var atLeast = node.Find("at_least") is { } leastNode ? NodeShapes.Whole(leastNode, context.Problems, "SDL010", "'at_least'", 1) : 1;
        var perNode = Required(node, "per", context);
        var type = time?.Type ?? DataTypes.Timestamp;
        var per = perNode is null ? null : DurationReader.ReadUnits(perNode, "'per'", type, context);
        var ofLast = Required(node, "of_last", context) is { } lastNode ? NodeShapes.Whole(lastNode, context.Problems, "SDL010", "'of_last'", 1, MostWindows) : null;
        var inNode = Required(node, "in", context);
        var windows = inNode is null ? null : NodeShapes.Whole(inNode, context.Problems, "SDL010", "'in'", 1);
        if (windows > ofLast)
        {
            context.Problems.Add("SDL010", inNode!.Place, $"'in' asks for {windows} windows, and there are only {ofLast}.", "Raise 'of_last', or lower 'in'.");
        }

        if (per is not var (count, unit) || ofLast is not { } all || time is null)
        {
            return null;
        }

        var bounds = BoundsOf(type, count, unit, (int)all, context.Calendar);
        if (bounds is null)
        {
            RelativeTimeReader.ReportRange(perNode!, context);
        }

        return path is null || where is null || atLeast is null || windows is null || windows > all || bounds is null
            ? null
            : new RegularPredicate(path, time, where, bounds.Value, atLeast.Value, (int)windows, context.Origin(node));
    }

    private static DocumentNode? Required(MappingNode node, string key, SegmentContext context) =>
        NodeShapes.Required(node, key, context.Problems, "'regular'", "SDL010");

    /// <summary>The bounds of the windows, the earliest first; null beyond the years 1 to 9999.</summary>
    private static ImmutableArray<Literal>? BoundsOf(DataType type, long count, TimeUnit unit, int windows, RunCalendar calendar)
    {
        if (count > long.MaxValue / windows)
        {
            return null;
        }

        var bounds = ImmutableArray.CreateBuilder<Literal>(windows + 1);
        for (var back = windows; back >= 0; back--)
        {
            Literal? bound = type is DateType
                ? calendar.ShiftTomorrow(unit, -back * count) is { } day ? new DateLiteral(day) : null
                : calendar.ShiftNow(unit, -back * count) is { } instant ? LiteralReader.OfInstant(instant, type, calendar) : null;
            if (bound is null)
            {
                return null;
            }

            bounds.Add(bound);
        }

        return bounds.MoveToImmutable();
    }
}
