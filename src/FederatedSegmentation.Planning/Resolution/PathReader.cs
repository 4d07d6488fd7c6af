using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>A path that ends in a column.</summary>
internal sealed record ColumnPath(EntityPath Path, Column Column);

/// <summary>Finds the relationships and columns that paths name.</summary>
internal static class PathReader
{
    /// <summary>A path of at least one relationship, of any cardinality.</summary>
    /// <param name="start">Where it starts; null where that is unknown, then nothing is checked.</param>
    /// <param name="node">The text of the path.</param>
    /// <param name="context">The segment.</param>
    /// <param name="what">What the path is for: <c>the path of 'has'</c>.</param>
    public static EntityPath? ReadRelated(Entity? start, DocumentNode node, SegmentContext context, string what) =>
        NodeShapes.Text(node, context.Problems, what) is { } text && start is not null ? ReadSteps(start, text.Split('.'), node.Place, context) : null;

    /// <summary>A column, or a to-one path that ends in one.</summary>
    /// <param name="start">Where it starts; null where that is unknown, then nothing is checked.</param>
    /// <param name="text">The path.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="context">The segment.</param>
    /// <param name="toManyCode">The code of a step that leads to many rows.</param>
    public static ColumnPath? ReadColumn(Entity? start, string text, DocumentPlace place, SegmentContext context, string toManyCode)
    {
        if (start is null)
        {
            return null;
        }

        var parts = text.Split('.');
        if (parts.SkipLast(1).FirstOrDefault(part => part.EndsWith('*')) is { } repeated)
        {
            context.Problems.Add(
                toManyCode,
                place,
                $"The path '{text}' crosses '{repeated}', which leads to many rows.",
                $"Ask of the related rows with {{has: {string.Join('.', parts.SkipLast(1))}, where: {{field: {parts[^1]}, …}}}}.");
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
                $"Ask of the related rows with {{has: {path}, where: {{field: {column}, …}}}}.");
            return null;
        }

        return new ColumnPath(path, column);
    }

    private static EntityPath? ReadSteps(Entity start, ReadOnlySpan<string> names, DocumentPlace place, SegmentContext context)
    {
        var steps = ImmutableArray.CreateBuilder<PathStep>(names.Length);
        var current = start;
        foreach (var name in names)
        {
            if (name.EndsWith('*') && context.Model.FindStep(current, name[..^1]) is not null)
            {
                context.LaterLevel(place, name, level: 2);
                return null;
            }

            if (context.Model.FindStep(current, name) is not { } step)
            {
                ReportUnknownStep(current, name, place, context);
                return null;
            }

            steps.Add(step);
            current = step.To;
        }

        return new EntityPath(start, steps.MoveToImmutable());
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
