using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads <c>agg: {pick: last, by: scored_at, must: P}</c>: one of the related rows, and what is asked of it.</summary>
internal static class PickReader
{
    private static readonly string[] Keys = ["pick", "by", "must"];

    /// <summary>A pick, or null after a report.</summary>
    /// <param name="node">The value of <c>agg</c>.</param>
    /// <param name="path">The path of the <c>has</c>; null where something is wrong with it.</param>
    /// <param name="where">The condition of the <c>has</c>; null where something is wrong with it.</param>
    /// <param name="related">The related row.</param>
    /// <param name="depth">The nesting of the <c>has</c>.</param>
    /// <param name="origin">Where the <c>has</c> stands.</param>
    /// <param name="context">The segment.</param>
    public static PickPredicate? Read(
        MappingNode node, EntityPath? path, ResolvedPredicate? where, RowScope related, int depth, PredicateOrigin origin, SegmentContext context)
    {
        foreach (var entry in node.Entries.Where(entry => !Keys.Contains(entry.Key, StringComparer.Ordinal) && !NodeShapes.IsAnnotation(entry.Key)))
        {
            if (AggregationReader.IsKey(entry.Key) || LeafReader.IsOperator(entry.Key))
            {
                context.Problems.Add("SDL009", entry.Value.Place, $"'{entry.Key}' does not go with 'pick'.", "Ask of the row that is picked with must: {field: …}.");
            }
            else
            {
                NodeShapes.UnknownKey(entry, context.Problems, "a pick", Keys);
            }
        }

        var which = NodeShapes.Word(node.Find("pick")!, context.Problems, "SDL009", "'pick'", "first", "last");
        var by = ReadBy(node, path?.End, context);
        var must = NodeShapes.Required(node, "must", context.Problems, "a pick", "SDL009") is { } mustNode ? PredicateReader.Read(mustNode, related, depth + 1, context) : null;
        return path is null || where is null || which is null || by is null || must is null ? null : new PickPredicate(path, where, by, which == "last", must, origin);
    }

    private static PathColumn? ReadBy(MappingNode node, Entity? end, SegmentContext context)
    {
        if (node.Find("by") is not { } byNode)
        {
            return EventTimes.Find(end, node.Place, context) is { } time ? new PathColumn(new EntityPath(end!, []), time) : null;
        }

        return NodeShapes.Text(byNode, context.Problems, "'by'") is { } text
            && PathReader.ReadColumn(
                end, text, byNode.Place, context, "SDL009", static (_, _) => "Order by a column of the related row, or over a path that leads to one row.") is { } found
            ? new PathColumn(found.Path, found.Column)
            : null;
    }
}
