using System.Globalization;
using System.Text;
using FederatedSegmentation.Model.Definition;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>The short form of a predicate for people: <c>country eq "DE"</c>, <c>has orders with count "*" gte 3</c>.</summary>
internal static class OriginText
{
    private const int MostItems = 3;
    private const int MostCharacters = 60;

    /// <summary>The short form of a predicate, a set expression, or what stands in the place of one.</summary>
    public static string Of(DocumentNode node) => node is MappingNode mapping ? OfMapping(mapping) : Value(node);

    private static string OfMapping(MappingNode node)
    {
        foreach (var (key, _, value) in node.Entries)
        {
            switch (key)
            {
                case "all" or "any" or "union" or "intersect" or "minus":
                    return string.Create(CultureInfo.InvariantCulture, $"{key} of {(value as SequenceNode)?.Items.Length ?? 0}");
                case "not":
                    return $"not {Of(value)}";
                case "has" or "none" or "every":
                    return node.Find("agg") is MappingNode aggregation ? $"{key} {Plain(value)} with {Aggregate(aggregation)}" : $"{key} {Plain(value)}";
                case "seq":
                    return string.Create(CultureInfo.InvariantCulture, $"seq {Plain(value)} in {(node.Find("steps") as SequenceNode)?.Items.Length ?? 0} steps");
                case "regular":
                    return $"regular {Plain(value)} in {Part(node, "in")} of {Part(node, "of_last")} times {Part(node.Find("per") as MappingNode, "n")} {Part(node.Find("per") as MappingNode, "unit")}";
                case "in_segment":
                    return node.Find("via") is { } via ? $"in_segment {Plain(value)} via {Plain(via)}" : $"in_segment {Plain(value)}";
                case "ids":
                    return value switch
                    {
                        SequenceNode keys => string.Create(CultureInfo.InvariantCulture, $"ids ({keys.Items.Length})"),
                        MappingNode file when file.Find("file") is { } name => $"ids from {Plain(name)}",
                        _ => "ids",
                    };
                case "field":
                    return Leaf(node, Plain(value));
                default:
                    break;
            }
        }

        return node.Find("where") is { } where ? Of(where) : Value(node);
    }

    private static string Aggregate(MappingNode node) => node.Find("pick") is { } which
        ? $"pick {Plain(which)}{(node.Find("by") is { } by ? $" by {Plain(by)}" : string.Empty)}{(node.Find("must") is { } must ? $" must {Of(must)}" : string.Empty)}"
        : Pairs(node);

    private static string Part(MappingNode? node, string key) => node?.Find(key) is { } value ? Plain(value) : "?";

    private static string Leaf(MappingNode node, string field)
    {
        var text = new StringBuilder(field);
        foreach (var (key, _, value) in node.Entries)
        {
            if (key != "field" && !NodeShapes.IsAnnotation(key))
            {
                text.Append(' ').Append(key).Append(' ').Append(Value(value));
            }
        }

        return text.ToString();
    }

    private static string Pairs(MappingNode node) =>
        string.Join(' ', node.Entries.Where(entry => !NodeShapes.IsAnnotation(entry.Key)).Select(entry => $"{entry.Key} {Value(entry.Value)}"));

    private static string Plain(DocumentNode node) => node is ScalarNode scalar ? Shorten(scalar.Text) : Value(node);

    private static string Value(DocumentNode node) => node switch
    {
        ScalarNode { Kind: ScalarKind.String } scalar => $"\"{Shorten(scalar.Text)}\"",
        ScalarNode scalar => scalar.Text.Length == 0 ? "null" : Shorten(scalar.Text),
        SequenceNode sequence => $"[{string.Join(", ", sequence.Items.Take(MostItems).Select(Value))}{(sequence.Items.Length > MostItems ? ", …" : string.Empty)}]",
        MappingNode mapping => $"{{{string.Join(", ", mapping.Entries.Take(MostItems).Select(entry => $"{entry.Key}: {Plain(entry.Value)}"))}{(mapping.Entries.Length > MostItems ? ", …" : string.Empty)}}}",
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    /// <summary>One line, whatever the text holds.</summary>
    private static string Shorten(string text)
    {
        var cut = text.Length > MostCharacters;
        var length = cut && char.IsHighSurrogate(text[MostCharacters - 1]) ? MostCharacters - 1 : Math.Min(text.Length, MostCharacters);
        var clean = string.Create(length, text, static (target, source) =>
        {
            for (var index = 0; index < target.Length; index++)
            {
                target[index] = char.IsControl(source[index]) ? ' ' : source[index];
            }
        });
        return cut ? clean + "…" : clean;
    }
}
