using System.Collections.Immutable;
using System.Numerics;
using System.Text.RegularExpressions;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads what happens to the members: <c>rank</c>, <c>tiers</c> and <c>split</c>. What is wrong with one is SDL011.</summary>
internal static partial class DistributionReader
{
    /// <summary>What happens to the members; what is wrong is reported and left out.</summary>
    /// <param name="root">The segment.</param>
    /// <param name="row">The row that stands for a member.</param>
    /// <param name="context">The segment's surroundings.</param>
    public static Distribution Read(MappingNode root, RowScope row, SegmentContext context)
    {
        ImmutableArray<RankLayer> ranks = [.. Items(root, "rank", "layer", context).Select(node => ReadLayer(node, row, context)).OfType<RankLayer>()];
        var tiers = ReadTiers(root, row, context);
        CheckOutputNames(root, row, context);
        return new Distribution(ranks, tiers, root.Find("split") is { } split ? SplitReader.Read(split, context) : null);
    }

    /// <summary>Members are written with the key's columns by name, and with those that tiers and split add.</summary>
    private static void CheckOutputNames(MappingNode root, RowScope row, SegmentContext context)
    {
        foreach (var (construct, added) in (ReadOnlySpan<(string, string[])>)[("tiers", ["tier"]), ("split", ["arm", "bucket"])])
        {
            if (root.Find(construct) is { } node && row.Entity?.Key.FirstOrDefault(column => added.Contains(column.Name, StringComparer.OrdinalIgnoreCase)) is { } taken)
            {
                Bad(node, context, $"'{construct}' adds a column '{taken}' to the members, and the key of '{row.Entity}' has one.", "Give the key's column another logical name in the model.");
            }
        }
    }

    [GeneratedRegex(@"^(?<number>[0-9]+(\.[0-9]{1,6})?)%\z", RegexOptions.CultureInvariant)]
    private static partial Regex Percentage { get; }

    /// <summary>The mappings of a list that has at least one, and no more than a definition may have nodes.</summary>
    private static IEnumerable<MappingNode> Items(MappingNode node, string key, string item, SegmentContext context)
    {
        if (node.Find(key) is not { } value || NodeShapes.Sequence(value, context.Problems, $"'{key}'") is not { } list)
        {
            return [];
        }

        if (list.Items.IsEmpty)
        {
            Bad(list, context, $"'{key}' is empty.", $"Write at least one {item}, or remove '{key}'.");
        }

        return list.Items.TakeWhile(each => context.Enter(each, depth: 1)).Select(each => NodeShapes.Mapping(each, context.Problems, $"each {item} of '{key}'")).OfType<MappingNode>();
    }

    private static RankLayer? ReadLayer(MappingNode node, RowScope row, SegmentContext context)
    {
        NodeShapes.CheckKeys(node, context.Problems, "a layer of 'rank'", ["per", "by", "take", "ties"]);
        var per = ReadPer(node, row, context);
        var by = ReadBy(node, row, context);
        var take = NodeShapes.Required(node, "take", context.Problems, "a layer of 'rank'", "SDL011") is { } takeNode ? ReadTake(takeNode, context) : null;
        var tiesNode = node.Find("ties");
        var ties = tiesNode is null ? "break" : NodeShapes.Word(tiesNode, context.Problems, "SDL011", "'ties'", "break", "include");
        if (ties == "include" && node.Find("by") is null)
        {
            Bad(tiesNode!, context, "'ties' are members that are equal in 'by', and there is none.", "Add 'by', or remove 'ties'.");
        }

        return take is null || ties is null ? null : new RankLayer(per, by, take, ties == "include");
    }

    private static ImmutableArray<PathColumn> ReadPer(MappingNode node, RowScope row, SegmentContext context) =>
        node.Find("per") is { } perNode && NodeShapes.Sequence(perNode, context.Problems, "'per'") is { } list
            ? [.. list.Items.Select(item => ReadField(item, "a column of 'per'", "Group by a column, or over a path that leads to one row.", row, context)).OfType<PathColumn>()]
            : [];

    private static PathColumn? ReadField(DocumentNode node, string what, string? toManyHint, RowScope row, SegmentContext context) =>
        NodeShapes.Text(node, context.Problems, what) is { } text
        && PathReader.ReadColumn(
            row.Entity, text, node.Place, context, "SDL001", (path, column) => toManyHint ?? $"Order by an aggregate: {{has: {path}, agg: {{max: {column}}}}}.") is { } found
            ? new PathColumn(found.Path, found.Column)
            : null;

    private static ImmutableArray<MemberOrder> ReadBy(MappingNode node, RowScope row, SegmentContext context) =>
        [.. Items(node, "by", "order", context).Select(order => ReadOrder(order, row, context)).OfType<MemberOrder>()];

    private static MemberOrder? ReadOrder(MappingNode node, RowScope row, SegmentContext context)
    {
        var direction = node.Find("dir") is { } dirNode ? NodeShapes.Word(dirNode, context.Problems, "SDL011", "'dir'", "asc", "desc") : "asc";
        var descending = direction == "desc";
        if (node.Find("field") is { } fieldNode)
        {
            NodeShapes.CheckKeys(node, context.Problems, "an order by a field", ["field", "dir"]);
            return ReadField(fieldNode, "'field'", toManyHint: null, row, context) is { } field ? new FieldOrder(field, descending) : null;
        }

        if (node.Find("has") is null)
        {
            Bad(node, context, "An order names a field or an aggregate.", "Write {field: column} or {has: path, agg: {sum: column}}.");
            return null;
        }

        NodeShapes.CheckKeys(node, context.Problems, "an order by an aggregate", ["has", "depth", "where", "agg", "dir"]);
        var path = PathReader.ReadRelated(row.Entity, node, "has", context);
        var where = PredicateReader.ReadWhere(node, new RowScope(path?.End, row), depth: 1, context);
        if (NodeShapes.Required(node, "agg", context.Problems, "an order by an aggregate", "SDL011") is not { } aggregateNode
            || NodeShapes.Mapping(aggregateNode, context.Problems, "'agg'") is not { } aggregate)
        {
            return null;
        }

        if (aggregate.Find("pick") is { } pick)
        {
            Bad(pick, context, "'pick' is no value to order by.", "Order by count, count_distinct, sum, avg, min or max.");
            return null;
        }

        return AggregationReader.ReadValue(aggregate, row, path?.End, context) is var (function, input, emptyAs) && path is not null && where is not null
            ? new AggregateOrder(path, where, function, input, emptyAs, context.Origin(node), descending)
            : null;
    }

    private static Take? ReadTake(DocumentNode node, SegmentContext context)
    {
        if (node is ScalarNode { Kind: ScalarKind.Integer })
        {
            return NodeShapes.Whole(node, context.Problems, "SDL011", "'take'", 1) is { } count ? new TakeCount(count) : null;
        }

        if (node is ScalarNode { Kind: ScalarKind.String } scalar && Percentage.Match(scalar.Text) is { Success: true } match)
        {
            if (NumberText.OfString(match.Groups["number"].Value) is { Unscaled.Sign: > 0 } percent
                && BigInteger.Pow(10, percent.Scale + 2) is var whole
                && percent.Unscaled <= whole)
            {
                return new TakeShare((long)percent.Unscaled, (long)whole);
            }

            Bad(node, context, "'take' must be more than 0% and at most 100%.", "Write a percentage in between, or a number of members.");
            return null;
        }

        Bad(node, context, "'take' must be a number of members, or a percentage of at most six decimals in quotes.", "Write 10, or \"2.5%\".");
        return null;
    }

    private static ImmutableArray<Tier> ReadTiers(MappingNode root, RowScope row, SegmentContext context)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return [.. Items(root, "tiers", "tier", context).Select(node => ReadTier(node, names, row, context)).OfType<Tier>()];
    }

    private static Tier? ReadTier(MappingNode node, HashSet<string> names, RowScope row, SegmentContext context)
    {
        NodeShapes.CheckKeys(node, context.Problems, "a tier", ["name", "where", "rest", "cap", "by"]);
        var name = SplitReader.ReadName(node, "name", "a tier", context);
        if (name is not null && !names.Add(name))
        {
            Bad(node.Find("name")!, context, $"Several tiers are called '{name}'.", "Give each tier a name of its own.");
        }

        var (restNode, whereNode) = (node.Find("rest"), node.Find("where"));
        var isRest = restNode is null ? false : NodeShapes.Boolean(restNode, context.Problems, "SDL011", "'rest'");
        if (isRest is { } takesAll && takesAll != whereNode is null)
        {
            Bad(node, context, "A tier has exactly one of where and rest.", takesAll ? "Keep one of them." : "Add where: {field: …}, or rest: true.");
        }

        var where = PredicateReader.ReadWhere(node, row, depth: 1, context);
        var cap = node.Find("cap") is { } capNode ? NodeShapes.Whole(capNode, context.Problems, "SDL011", "'cap'", 1) : null;
        var by = ReadBy(node, row, context);
        return name is null || where is null ? null : new Tier(name, where, cap, by);
    }

    private static void Bad(DocumentNode node, SegmentContext context, string message, string hint) => context.Problems.Add("SDL011", node.Place, message, hint);
}
