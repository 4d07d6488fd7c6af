using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>A path that ends in a column.</summary>
internal sealed record ColumnPath(EntityPath Path, Column Column);

/// <summary>Finds the relationships and columns that paths name.</summary>
internal static class PathReader
{
    private const int MostLevels = 100;

    /// <summary>A path of at least one relationship, of any cardinality and with repeated steps, or null after a report.</summary>
    /// <param name="start">Where it starts; null where that is unknown, then its names are not checked.</param>
    /// <param name="node">What holds the path, and <c>depth</c> beside it.</param>
    /// <param name="key">The key of the path, which is there.</param>
    /// <param name="context">The segment.</param>
    public static EntityPath? ReadRelated(Entity? start, MappingNode node, string key, SegmentContext context)
    {
        var pathNode = node.Find(key)!;
        if (NodeShapes.Text(pathNode, context.Problems, key == "via" ? "'via'" : $"the path of '{key}'") is not { } text)
        {
            return null;
        }

        var names = text.Split('.');
        var depth = ReadDepth(node, names, context);
        return start is not null && ReadSteps(start, names, pathNode.Place, context) is { } path && depth is { } levels ? path with { Depth = levels } : null;
    }

    /// <summary>A column, or a to-one path that ends in one.</summary>
    /// <param name="start">Where it starts; null where that is unknown, then nothing is checked.</param>
    /// <param name="text">The path.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="context">The segment.</param>
    /// <param name="toManyCode">The code of a relationship that leads to many rows; a repeated step is always SDL001.</param>
    /// <param name="toManyHint">What to do then, from the path and the column; null for advice that fits a condition.</param>
    public static ColumnPath? ReadColumn(
        Entity? start, string text, DocumentPlace place, SegmentContext context, string toManyCode, Func<string, string, string>? toManyHint = null)
    {
        if (start is null)
        {
            return null;
        }

        toManyHint ??= static (path, column) => $"Ask of the related rows with {{has: {path}, where: {{field: {column}, …}}}}.";
        var parts = text.Split('.');
        if (parts.SkipLast(1).FirstOrDefault(IsRepeated) is { } repeated)
        {
            context.Problems.Add(
                "SDL001",
                place,
                $"The path '{text}' crosses '{repeated}', which leads to many rows.",
                toManyHint(string.Join('.', parts.SkipLast(1)), parts[^1]));
            return null;
        }

        if (ReadSteps(start, parts.AsSpan(0, parts.Length - 1), place, context) is not { } path)
        {
            return null;
        }

        var column = path.End.FindColumn(parts[^1]);
        if (column is null)
        {
            ReportUnknownColumn(path.End, parts[^1], place, context);
            return null;
        }

        if (path.Steps.FirstOrDefault(step => !step.IsToOne) is { } toMany)
        {
            context.Problems.Add(
                toManyCode,
                place,
                $"The path '{text}' crosses '{toMany.Name}', which leads from {toMany.From} to many rows of {toMany.To}.",
                toManyHint(path.ToString(), column.Name));
            return null;
        }

        return new ColumnPath(path, column);
    }

    /// <summary>Reports a <c>depth</c> that stands where no path is.</summary>
    public static void RefuseDepth(MappingNode node, SegmentContext context)
    {
        if (node.Find("depth") is { } depth)
        {
            context.Problems.Add(
                "SDL006",
                depth.Place,
                "'depth' says how often a step is repeated, and no step is.",
                "Write name* for a relationship from an entity to itself, or remove 'depth'.");
        }
    }

    private static bool IsRepeated(string name) => name.EndsWith('*');

    private static int? ReadDepth(MappingNode node, string[] names, SegmentContext context)
    {
        if (node.Find("depth") is not { } depth)
        {
            return EntityPath.DefaultDepth;
        }

        if (!names.Any(IsRepeated))
        {
            RefuseDepth(node, context);
            return null;
        }

        return (int?)NodeShapes.Whole(depth, context.Problems, "SDL005", "'depth'", 1, MostLevels);
    }

    private static EntityPath? ReadSteps(Entity start, ReadOnlySpan<string> names, DocumentPlace place, SegmentContext context)
    {
        var steps = ImmutableArray.CreateBuilder<PathStep>(names.Length);
        var current = start;
        foreach (var name in names)
        {
            var isRepeated = IsRepeated(name);
            var once = isRepeated ? name[..^1] : name;
            if (context.Model.FindStep(current, once) is not { } step)
            {
                ReportUnknownStep(current, once, place, context);
                return null;
            }

            if (isRepeated && !CanRepeat(step, place, context))
            {
                return null;
            }

            steps.Add(step with { IsRepeated = isRepeated });
            current = step.To;
        }

        return new EntityPath(start, steps.MoveToImmutable());
    }

    private static bool CanRepeat(PathStep step, DocumentPlace place, SegmentContext context)
    {
        if (step.From != step.To)
        {
            context.Problems.Add(
                "SDL002",
                place,
                $"'{step.Name}' leads from {step.From} to {step.To}, and only a relationship from an entity to itself can be repeated.",
                $"Write '{step.Name}' without '*'.");
            return false;
        }

        if (step.From.Key.IsEmpty)
        {
            context.Problems.Add("SDL013", place, $"Entity '{step.From}' has no key, so '{step.Name}' cannot be repeated.", "Declare its key in the model.");
            return false;
        }

        return true;
    }

    private static void ReportUnknownStep(Entity from, string name, DocumentPlace place, SegmentContext context)
    {
        var names = context.Model.StepNames(from);
        context.Problems.Add(
            "SDL002",
            place,
            $"Entity '{from}' has no relationship '{name}'{(from.FindColumn(name) is null ? string.Empty : "; that is a column")}.",
            context.Problems.Suggest(name, names, names.IsEmpty ? "No relationship starts there." : $"Relationships: {Some(names)}."));
    }

    private static void ReportUnknownColumn(Entity entity, string name, DocumentPlace place, SegmentContext context)
    {
        var isStep = context.Model.FindStep(entity, name) is not null;
        var names = entity.Columns.Select(column => column.Name).ToImmutableArray();
        context.Problems.Add(
            "SDL002",
            place,
            $"Entity '{entity}' has no column '{name}'{(isStep ? "; that is a relationship" : string.Empty)}.",
            isStep ? $"End the path in a column, or use {{has: {name}}}." : context.Problems.Suggest(name, names, $"Columns: {Some(names)}."));
    }

    private static string Some(ImmutableArray<string> names)
    {
        const int most = 10;
        return string.Join(", ", names.Order(StringComparer.Ordinal).Take(most)) + (names.Length > most ? ", …" : string.Empty);
    }
}
