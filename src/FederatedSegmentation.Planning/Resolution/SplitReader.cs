using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads <c>split</c>: the arms, whose percentages become buckets, exactly. What is wrong with one is SDL011.</summary>
internal static class SplitReader
{
    private const int BucketsPerPercent = Split.Buckets / 100;

    /// <summary>A split, or null after a report.</summary>
    public static Split? Read(DocumentNode node, SegmentContext context)
    {
        if (NodeShapes.Mapping(node, context.Problems, "'split'") is not { } split)
        {
            return null;
        }

        NodeShapes.CheckKeys(split, context.Problems, "'split'", ["salt", "parts", "holdout"]);
        var salt = ReadName(split, "salt", "'split'", context);
        var holdout = split.Find("holdout") is { } holdoutNode ? ReadBuckets(holdoutNode, "'holdout'", context) : 0;
        if (NodeShapes.Required(split, "parts", context.Problems, "'split'", "SDL011") is not { } partsNode
            || NodeShapes.Sequence(partsNode, context.Problems, "'parts'") is not { } list)
        {
            return null;
        }

        if (list.Items.IsEmpty)
        {
            Bad(list, context, "'parts' is empty.", "Write at least one arm: {name: a, pct: 100}.");
            return null;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        ImmutableArray<SplitArm> arms = [.. list.Items.TakeWhile(item => context.Enter(item, depth: 1)).Select(item => ReadArm(item, names, context)).OfType<SplitArm>()];
        if (arms.Length < list.Items.Length || holdout is not { } heldOut)
        {
            return null;
        }

        var buckets = arms.Sum(arm => (long)arm.Buckets) + heldOut;
        if (buckets != Split.Buckets)
        {
            Bad(split, context, $"The percentages sum to {Percent(buckets)}, not to 100.", "Change them, or leave the rest to 'holdout'.");
            return null;
        }

        return salt is null ? null : new Split(salt, heldOut == 0 ? arms : [.. arms, new SplitArm(Split.Holdout, heldOut)]);
    }

    /// <summary>A name or a salt: text that is not empty; null after a report.</summary>
    public static string? ReadName(MappingNode node, string key, string what, SegmentContext context)
    {
        if (NodeShapes.Required(node, key, context.Problems, what, "SDL011") is not { } value)
        {
            return null;
        }

        if (value is ScalarNode { Kind: not ScalarKind.Null, Text.Length: > 0 } scalar)
        {
            return scalar.Text;
        }

        Bad(value, context, $"The {key} of {what} must be a text that is not empty.", "Write one.");
        return null;
    }

    private static SplitArm? ReadArm(DocumentNode node, HashSet<string> names, SegmentContext context)
    {
        if (NodeShapes.Mapping(node, context.Problems, "an arm") is not { } arm)
        {
            return null;
        }

        NodeShapes.CheckKeys(arm, context.Problems, "an arm", ["name", "pct"]);
        var name = ReadName(arm, "name", "an arm", context);
        if (name == Split.Holdout)
        {
            Bad(arm.Find("name")!, context, $"An arm cannot be called '{name}'.", "Write holdout: 10 beside 'parts' for those who are held out.");
        }
        else if (name is not null && !names.Add(name))
        {
            Bad(arm.Find("name")!, context, $"Several arms are called '{name}'.", "Give each arm a name of its own.");
        }

        var buckets = NodeShapes.Required(arm, "pct", context.Problems, "an arm", "SDL011") is { } percent ? ReadBuckets(percent, "'pct'", context) : null;
        return name is null || buckets is null ? null : new SplitArm(name, buckets.Value);
    }

    private static int? ReadBuckets(DocumentNode node, string what, SegmentContext context)
    {
        if (node is ScalarNode scalar && NumberText.OfScalar(scalar) is { } percent && Buckets(percent) is { } buckets)
        {
            return buckets;
        }

        Bad(node, context, $"{what} must be a number from 0 to 100 with at most two decimals.", "Write a percentage without quotes: 12.5.");
        return null;
    }

    /// <summary>The percentage in buckets, or null where it is no whole number of them, or not from 0 to 100.</summary>
    private static int? Buckets(DecimalLiteral percent)
    {
        var buckets = BigInteger.DivRem(percent.Unscaled * BucketsPerPercent, BigInteger.Pow(10, percent.Scale), out var rest);
        return rest.IsZero && buckets >= 0 && buckets <= Split.Buckets ? (int)buckets : null;
    }

    private static string Percent(long buckets) => (buckets / (decimal)BucketsPerPercent).ToString("0.##", CultureInfo.InvariantCulture);

    private static void Bad(DocumentNode node, SegmentContext context, string message, string hint) => context.Problems.Add("SDL011", node.Place, message, hint);
}
