using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads predicates: boolean structure and related rows; leaves, behaviour and sets of keys have readers of their own.</summary>
/// <remarks>What is wrong is reported and left out, so that what stands beside it is still checked.</remarks>
internal static class PredicateReader
{
    private static readonly string[] Kinds = ["all", "any", "not", "field", "has", "none", "every", "in_segment", "ids", "seq", "regular", "sql"];
    private static readonly string[] Companions = ["ci", "where", "must", "agg", "via", "depth", "mode", "max_age", "same", "steps", "at_least", "per", "of_last"];

    /// <summary>A predicate, or null after a report.</summary>
    /// <param name="node">The predicate.</param>
    /// <param name="scope">The row that it speaks of.</param>
    /// <param name="depth">The nesting, 1 for the outermost.</param>
    /// <param name="context">The segment.</param>
    public static ResolvedPredicate? Read(DocumentNode node, RowScope scope, int depth, SegmentContext context)
    {
        if (!context.Enter(node, depth))
        {
            return null;
        }

        if (node is ScalarNode { Kind: ScalarKind.Boolean } constant)
        {
            return new ConstantPredicate(constant.IsTrue, context.Origin(node));
        }

        if (node is not MappingNode mapping)
        {
            context.Problems.Add("SDL006", node.Place, "This is not a predicate.", $"Write true, false, or a mapping with one of {string.Join(", ", Kinds)}.");
            return null;
        }

        var kinds = mapping.Entries.Where(entry => Kinds.Contains(entry.Key, StringComparer.Ordinal)).ToList();
        if (kinds.Count != 1)
        {
            ReportKinds(mapping, kinds, context);
            return null;
        }

        var (kind, _, value) = kinds[0];
        switch (kind)
        {
            case "all" or "any":
                CheckKeys(mapping, context, kind, [kind]);
                return ReadItems(mapping, kind, value, scope, depth, context);
            case "not":
                CheckKeys(mapping, context, kind, [kind]);
                return Read(value, scope, depth + 1, context) is { } negated ? new NotPredicate(negated, context.Origin(node)) : null;
            case "field":
                return LeafReader.Read(mapping, scope, context);
            case "has" or "none":
                return ReadHas(mapping, kind, scope, depth, context);
            case "every":
                return ReadEvery(mapping, scope, depth, context);
            case "in_segment":
                return ReadInSegment(mapping, value, scope, context);
            case "ids":
                CheckKeys(mapping, context, kind, [kind]);
                return KeySetReader.ReadIds(value, scope.Entity, context) is { } keys && scope.Entity is { } entity
                    ? new InKeySetPredicate(entity, keys, context.Origin(node))
                    : null;
            case "seq":
                return SequenceReader.Read(mapping, scope, depth, context);
            case "regular":
                return RegularReader.Read(mapping, scope, depth, context);
            default:
                context.LaterLevel(value.Place, kind, level: 3);
                return null;
        }
    }

    /// <summary>The condition under <c>where</c>, TRUE where there is none; null after a report.</summary>
    /// <param name="node">What holds it.</param>
    /// <param name="row">The row that it speaks of.</param>
    /// <param name="depth">The nesting of <paramref name="node"/>.</param>
    /// <param name="context">The segment.</param>
    public static ResolvedPredicate? ReadWhere(MappingNode node, RowScope row, int depth, SegmentContext context) =>
        node.Find("where") is { } where ? Read(where, row, depth + 1, context) : new ConstantPredicate(true, context.Origin(node));

    private static void ReportKinds(MappingNode node, List<MappingEntry> kinds, SegmentContext context)
    {
        if (kinds.Count > 1)
        {
            context.Problems.Add(
                "SDL006",
                node.Place,
                $"A predicate has exactly one kind key, and this one has {kinds.Count}: {string.Join(", ", kinds.Select(entry => entry.Key))}.",
                "Write one predicate for each and join them with all or any.");
            return;
        }

        var misspelt = node.Entries.FirstOrDefault(entry =>
            !NodeShapes.IsAnnotation(entry.Key)
            && !LeafReader.IsOperator(entry.Key)
            && !Companions.Contains(entry.Key, StringComparer.Ordinal)
            && !NearestNames.Of(entry.Key, Kinds).IsEmpty);
        var (place, line) = misspelt is null ? (node.Place.Pointer, node.Place.Line) : (misspelt.Value.Place.Pointer, misspelt.KeyLine);
        context.Problems.Add(
            "SDL006",
            place,
            line,
            misspelt is null ? "A predicate has exactly one kind key, and this one has none." : $"'{misspelt.Key}' is not a kind of predicate.",
            misspelt is null ? $"Write one of {string.Join(", ", Kinds)}." : context.Problems.Suggest(misspelt.Key, Kinds, string.Empty));
    }

    private static void CheckKeys(MappingNode node, SegmentContext context, string kind, ReadOnlySpan<string> known) =>
        NodeShapes.CheckKeys(node, context.Problems, $"'{kind}'", known);

    private static ResolvedPredicate? ReadItems(MappingNode node, string kind, DocumentNode value, RowScope scope, int depth, SegmentContext context)
    {
        if (NodeShapes.Sequence(value, context.Problems, $"'{kind}'") is not { } list)
        {
            return null;
        }

        ImmutableArray<ResolvedPredicate> items = [.. list.Items.Select(item => Read(item, scope, depth + 1, context)).OfType<ResolvedPredicate>()];
        return kind == "all" ? new AllPredicate(items, context.Origin(node)) : new AnyPredicate(items, context.Origin(node));
    }

    private static ResolvedPredicate? ReadHas(MappingNode node, string kind, RowScope scope, int depth, SegmentContext context)
    {
        ReadOnlySpan<string> known = kind == "has" ? ["has", "where", "agg", "depth"] : ["none", "where", "depth"];
        CheckKeys(node, context, kind, known);
        var origin = context.Origin(node);
        var path = PathReader.ReadRelated(scope.Entity, node, kind, context);
        var related = new RowScope(path?.End, scope);
        var where = ReadWhere(node, related, depth, context);
        if (kind == "has" && node.Find("agg") is { } aggregationNode)
        {
            if (aggregationNode is MappingNode pick && pick.Find("pick") is not null)
            {
                return PickReader.Read(pick, path, where, related, depth, origin, context);
            }

            var aggregation = AggregationReader.Read(aggregationNode, scope, path?.End, context);
            return path is null || where is null || aggregation is null ? null : new RelatedPredicate(path, where, aggregation, origin);
        }

        if (path is null || where is null)
        {
            return null;
        }

        var has = new RelatedPredicate(path, where, null, origin);
        return kind == "has" ? has : new NotPredicate(has, origin);
    }

    /// <summary><c>every</c> is: some related row has <c>where</c>, and none of them lacks <c>must</c>.</summary>
    private static ResolvedPredicate? ReadEvery(MappingNode node, RowScope scope, int depth, SegmentContext context)
    {
        CheckKeys(node, context, "every", ["every", "where", "must", "empty", "depth"]);
        var origin = context.Origin(node);
        var path = PathReader.ReadRelated(scope.Entity, node, "every", context);
        var related = new RowScope(path?.End, scope);
        var where = ReadWhere(node, related, depth, context);
        var must = NodeShapes.Required(node, "must", context.Problems, "'every'") is { } mustNode ? Read(mustNode, related, depth + 1, context) : null;
        var passesEmpty = false;
        if (node.Find("empty") is { } emptyNode)
        {
            passesEmpty = emptyNode is ScalarNode { Text: "pass" };
            if (!passesEmpty && emptyNode is not ScalarNode { Text: "fail" })
            {
                context.Problems.Add("SDL006", emptyNode.Place, "'empty' of 'every' must be fail or pass.", "Write empty: pass where no related row is enough.");
            }
        }

        if (path is null || where is null || must is null)
        {
            return null;
        }

        var breach = new AllPredicate([where, new NotPredicate(must, origin)], origin);
        var noBreach = new NotPredicate(new RelatedPredicate(path, breach, null, origin), origin);

        // The breach first: it leaves fewer rows than the mere presence of a related row, and engines keep this order.
        return passesEmpty ? noBreach : new AllPredicate([noBreach, new RelatedPredicate(path, where, null, origin)], origin);
    }

    private static ResolvedPredicate? ReadInSegment(MappingNode node, DocumentNode value, RowScope scope, SegmentContext context)
    {
        CheckKeys(node, context, "in_segment", ["in_segment", "via", "mode", "max_age", "depth"]);
        foreach (var later in node.Entries.Where(entry => entry.Key is "mode" or "max_age"))
        {
            context.Problems.Add(
                "SDL006",
                later.Value.Place,
                $"'{later.Key}' needs stored memberships, which this version does not keep.",
                "Remove it: the segment is then evaluated in this run.");
        }

        var origin = context.Origin(node);
        var hasPath = node.Find("via") is not null;
        if (!hasPath)
        {
            PathReader.RefuseDepth(node, context);
        }

        var via = hasPath ? PathReader.ReadRelated(scope.Entity, node, "via", context) : null;
        var entity = hasPath ? via?.End : scope.Entity;
        if (via is { End.Key.IsEmpty: true })
        {
            context.Problems.Add("SDL013", node.Find("via")!.Place, $"Entity '{via.End}' has no key, so it has no segments.", "Declare its key in the model.");
        }

        if (KeySetReader.ReadSegment(value, entity, context) is not { } keys || entity is null)
        {
            return null;
        }

        var member = new InKeySetPredicate(entity, keys, origin);
        return via is null ? member : new RelatedPredicate(via, member, null, origin);
    }
}
