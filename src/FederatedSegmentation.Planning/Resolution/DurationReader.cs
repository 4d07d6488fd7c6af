using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads lengths of time: <c>{n: 3, unit: day}</c>.</summary>
internal static class DurationReader
{
    private const long MicrosecondsPerMinute = 60_000_000;
    private const long MostYears = 10_000;

    /// <summary>So many units, 1 or more, or null after a report.</summary>
    /// <param name="node">The length.</param>
    /// <param name="what">What it is: <c>'within'</c>.</param>
    /// <param name="time">The type of the time column; a date has no units below a day.</param>
    /// <param name="context">The segment.</param>
    public static (long Count, TimeUnit Unit)? ReadUnits(DocumentNode node, string what, DataType time, SegmentContext context)
    {
        if (NodeShapes.Mapping(node, context.Problems, what) is not { } mapping)
        {
            return null;
        }

        NodeShapes.CheckKeys(mapping, context.Problems, what, ["n", "unit"]);
        var count = NodeShapes.Required(mapping, "n", context.Problems, what, "SDL010") is { } number
            ? NodeShapes.Whole(number, context.Problems, "SDL010", $"'n' of {what}", 1)
            : null;
        var unit = RelativeTimeReader.ReadUnit(mapping, time, context);
        return count is { } n && unit is { } u ? (n, u) : null;
    }

    /// <summary>A length between two stored times, or null after a report.</summary>
    public static Duration? Read(DocumentNode node, string what, DataType time, SegmentContext context)
    {
        if (ReadUnits(node, what, time, context) is not var (count, unit))
        {
            return null;
        }

        var (months, microseconds) = LengthOf(unit);
        var most = months > 0 ? 12 * MostYears / months : 366 * MostYears * WallClock.MicrosecondsPerDay / microseconds;
        if (count > most)
        {
            RelativeTimeReader.ReportRange(node, context);
            return null;
        }

        return new Duration(count * months, count * microseconds);
    }

    private static (long Months, long Microseconds) LengthOf(TimeUnit unit) => unit switch
    {
        TimeUnit.Minute => (0, MicrosecondsPerMinute),
        TimeUnit.Hour => (0, 60 * MicrosecondsPerMinute),
        TimeUnit.Day => (0, WallClock.MicrosecondsPerDay),
        TimeUnit.Week => (0, 7 * WallClock.MicrosecondsPerDay),
        TimeUnit.Month => (1, 0),
        TimeUnit.Quarter => (3, 0),
        TimeUnit.Year => (12, 0),
        _ => throw new ArgumentOutOfRangeException(nameof(unit)),
    };
}
