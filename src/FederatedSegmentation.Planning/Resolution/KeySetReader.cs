using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads sets of keys: other segments, lists, files, and the algebra over them.</summary>
internal static class KeySetReader
{
    private static readonly string[] SetKeys = ["union", "intersect", "minus", "in_segment", "where", "ids"];

    /// <summary>The members of another segment of this entity, or null after a report.</summary>
    public static SegmentKeys? ReadSegment(DocumentNode node, Entity? entity, SegmentContext context)
    {
        if (NodeShapes.Text(node, context.Problems, "'in_segment'") is not { } id)
        {
            return null;
        }

        var library = context.Environment.Library;
        var files = library.Find(id);
        if (files.IsEmpty)
        {
            var unreadable = library.Files.Count(file => file.Root is null);
            context.Problems.Add(
                "SDL002",
                node.Place,
                $"There is no segment '{id}'.",
                context.Problems.Suggest(id, library.Ids, unreadable == 0 ? "Add its file to the segments folder." : $"{unreadable} file(s) of the segments folder cannot be read; mend them first."));
            return null;
        }

        if (files.Length > 1)
        {
            context.Problems.Add("SDL014", node.Place, $"Several files define the segment '{id}': {string.Join(", ", files.Select(file => file.File))}.", "Give each segment an id of its own.");
            return null;
        }

        context.Need(id, node.Place);
        if (entity is not null && files[0].Of is { } of && of != entity.Name)
        {
            context.Problems.Add(
                "SDL002",
                node.Place,
                $"The segment '{id}' is of '{of}', and here a segment of '{entity}' is needed.",
                "Name a segment of this entity, or lead there with via: path.");
            return null;
        }

        return new SegmentKeys(id);
    }

    /// <summary><c>ids</c>: a list in the definition, or a file; null after a report.</summary>
    public static KeySet? ReadIds(DocumentNode node, Entity? entity, SegmentContext context)
    {
        if (entity is not null && entity.Key.IsEmpty)
        {
            context.Problems.Add("SDL013", node.Place, $"Entity '{entity}' has no key, so its rows cannot be listed.", "Declare its key in the model.");
            return null;
        }

        return node switch
        {
            SequenceNode list => ReadListed(list, entity, context),
            MappingNode file => ReadFile(file, context),
            _ => NotIds(node, context),
        };
    }

    /// <summary>A set expression, or null after a report.</summary>
    /// <param name="node">The expression.</param>
    /// <param name="of">The row of the segment's entity.</param>
    /// <param name="depth">The nesting.</param>
    /// <param name="context">The segment.</param>
    public static KeySet? ReadSet(DocumentNode node, RowScope of, int depth, SegmentContext context)
    {
        if (NodeShapes.Mapping(node, context.Problems, "a set expression") is not { } mapping || !context.Enter(node, depth))
        {
            return null;
        }

        var kinds = mapping.Entries.Where(entry => SetKeys.Contains(entry.Key, StringComparer.Ordinal)).ToList();
        if (kinds.Count != 1)
        {
            context.Problems.Add("SDL006", mapping.Place, $"A set expression has exactly one of {string.Join(", ", SetKeys)}.", kinds.Count == 0 ? "Write one of them." : "Keep one of them.");
            return null;
        }

        var (kind, _, value) = kinds[0];
        if (kind == "in_segment")
        {
            return ReadSegmentTerm(mapping, of, depth, context);
        }

        NodeShapes.CheckKeys(mapping, context.Problems, "a set expression", [kind]);
        switch (kind)
        {
            case "where":
                return PredicateReader.Read(value, of, depth + 1, context) is { } where ? new WhereKeys(where) : null;
            case "ids":
                return ReadIds(value, of.Entity, context);
            default:
                return ReadOperation(kind, value, of, depth, context);
        }
    }

    private static KeySet? ReadSegmentTerm(MappingNode node, RowScope of, int depth, SegmentContext context) =>
        PredicateReader.Read(node, of, depth, context) switch
        {
            InKeySetPredicate own => own.Keys,
            { } overPath => new WhereKeys(overPath),
            null => null,
        };

    private static KeySet? ReadOperation(string kind, DocumentNode value, RowScope of, int depth, SegmentContext context)
    {
        if (NodeShapes.Sequence(value, context.Problems, $"'{kind}'") is not { } list)
        {
            return null;
        }

        if (list.Items.IsEmpty)
        {
            context.Problems.Add("SDL006", list.Place, $"'{kind}' has no sets.", "Write at least one set expression.");
            return null;
        }

        ImmutableArray<KeySet> sets = [.. list.Items.Select(item => ReadSet(item, of, depth + 1, context)).OfType<KeySet>()];
        if (sets.Length < list.Items.Length)
        {
            return null;
        }

        return kind switch
        {
            "union" => new UnionKeys(sets),
            "intersect" => new IntersectKeys(sets),
            "minus" => new MinusKeys(sets),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    private static ListedKeys? ReadListed(SequenceNode list, Entity? entity, SegmentContext context)
    {
        if (entity is null)
        {
            return null;
        }

        var keys = ImmutableArray.CreateBuilder<ImmutableArray<Literal>>(Math.Min(list.Items.Length, 10_001));
        foreach (var item in list.Items)
        {
            if (ReadKey(item, entity, context) is { } key)
            {
                keys.Add(key);
            }
            else if (!context.CountLiterals(0, item))
            {
                return null;
            }
        }

        return new ListedKeys(keys.ToImmutable());
    }

    private static ImmutableArray<Literal>? ReadKey(DocumentNode node, Entity entity, SegmentContext context)
    {
        if (entity.Key is [var single])
        {
            return LiteralReader.Read(node, single.Type, context) is { } literal ? [literal] : null;
        }

        if (node is not SequenceNode { Items: var parts } || parts.Length != entity.Key.Length)
        {
            context.Problems.Add("SDL005", node.Place, $"A key of '{entity}' has {entity.Key.Length} parts.", $"Write [{string.Join(", ", entity.Key)}].");
            return null;
        }

        ImmutableArray<Literal> literals = [.. parts.Select((part, index) => LiteralReader.Read(part, entity.Key[index].Type, context)).OfType<Literal>()];
        return literals.Length == parts.Length ? literals : null;
    }

    private static FileKeys? ReadFile(MappingNode node, SegmentContext context)
    {
        NodeShapes.CheckKeys(node, context.Problems, "'ids'", ["file"]);
        if (NodeShapes.Required(node, "file", context.Problems, "'ids'") is not { } fileNode || NodeShapes.Text(fileNode, context.Problems, "the name of a key file") is not { } name)
        {
            return null;
        }

        var location = context.Environment.KeyFiles.Locate(context.File.Path, name);
        if (location.Path is { } path)
        {
            return new FileKeys(path, name);
        }

        context.Problems.Add(location.Code ?? "CFG102", fileNode.Place, location.Message ?? "The key file cannot be used.", location.Hint ?? string.Empty);
        return null;
    }

    private static KeySet? NotIds(DocumentNode node, SegmentContext context)
    {
        context.Problems.Add("SDL006", node.Place, "'ids' must be a list of keys or a file.", "Write [key, key, …] or {file: keys.csv}.");
        return null;
    }
}
