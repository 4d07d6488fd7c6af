using System.Globalization;
using FederatedSegmentation.Model.Definition;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>The shapes that parts of a definition must have; what has another shape is SDL006.</summary>
internal static class NodeShapes
{
    /// <summary>Whether a key is an annotation that nobody reads.</summary>
    public static bool IsAnnotation(string key) => key.StartsWith("x-", StringComparison.Ordinal);

    /// <summary>Reports every key that is not known here.</summary>
    /// <param name="node">The mapping.</param>
    /// <param name="problems">Where to.</param>
    /// <param name="what">What the mapping is: <c>an entity</c>.</param>
    /// <param name="known">The keys that may stand in it.</param>
    public static void CheckKeys(MappingNode node, DefinitionProblems problems, string what, ReadOnlySpan<string> known)
    {
        foreach (var entry in node.Entries)
        {
            if (!known.Contains(entry.Key) && !IsAnnotation(entry.Key))
            {
                UnknownKey(entry, problems, what, known);
            }
        }
    }

    /// <summary>Reports a key that is not known here.</summary>
    public static void UnknownKey(MappingEntry entry, DefinitionProblems problems, string what, ReadOnlySpan<string> known)
    {
        var names = known.ToArray();
        problems.Add(
            "SDL006",
            entry.Value.Place.Pointer,
            entry.KeyLine,
            $"'{entry.Key}' is not a key of {what}.",
            problems.Suggest(entry.Key, names, $"Known keys: {string.Join(", ", names)}."));
    }

    /// <summary>The node as a mapping; anything else is reported.</summary>
    public static MappingNode? Mapping(DocumentNode node, DefinitionProblems problems, string what)
    {
        if (node is MappingNode mapping)
        {
            return mapping;
        }

        problems.Add("SDL006", node.Place, $"{Capital(what)} must be a mapping of keys to values.", "Write key: value pairs here.");
        return null;
    }

    /// <summary>The node as a list; anything else is reported.</summary>
    public static SequenceNode? Sequence(DocumentNode node, DefinitionProblems problems, string what)
    {
        if (node is SequenceNode sequence)
        {
            return sequence;
        }

        problems.Add("SDL006", node.Place, $"{Capital(what)} must be a list.", "Write it in square brackets, or with a dash before each item.");
        return null;
    }

    /// <summary>The text of a name or a word, whatever its scalar type; null, lists and mappings are reported.</summary>
    public static string? Text(DocumentNode node, DefinitionProblems problems, string what)
    {
        if (node is ScalarNode { Kind: not ScalarKind.Null, Text.Length: > 0 } scalar)
        {
            return scalar.Text;
        }

        problems.Add("SDL006", node.Place, $"{Capital(what)} must be a single word or text.", "Write one value here.");
        return null;
    }

    /// <summary>A boolean; anything else is reported under the code given.</summary>
    public static bool? Boolean(DocumentNode node, DefinitionProblems problems, string code, string what)
    {
        if (node is ScalarNode { Kind: ScalarKind.Boolean } scalar)
        {
            return scalar.IsTrue;
        }

        problems.Add(code, node.Place, $"{Capital(what)} must be true or false.", "Write true or false, without quotes.");
        return null;
    }

    /// <summary>A whole number between two bounds; anything else is reported under the code given.</summary>
    public static long? Whole(DocumentNode node, DefinitionProblems problems, string code, string what, long least, long most = long.MaxValue)
    {
        if (node is ScalarNode { Kind: ScalarKind.Integer } scalar
            && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most)
        {
            return number;
        }

        problems.Add(code, node.Place, $"{Capital(what)} must be a whole number{(most == long.MaxValue ? $", {least} or more" : $" from {least} to {most:N0}")}.", "Write an integer.");
        return null;
    }

    /// <summary>One of a few words; anything else is reported under the code given.</summary>
    public static string? Word(DocumentNode node, DefinitionProblems problems, string code, string what, params ReadOnlySpan<string> words)
    {
        if (node is ScalarNode scalar && words.Contains(scalar.Text))
        {
            return scalar.Text;
        }

        problems.Add(code, node.Place, $"{Capital(what)} must be {string.Join(" or ", words.ToArray())}.", "Write one of the two.");
        return null;
    }

    /// <summary>The value of a key that must be there; its absence is reported.</summary>
    public static DocumentNode? Required(MappingNode node, string key, DefinitionProblems problems, string what, string code = "SDL006")
    {
        var value = node.Find(key);
        if (value is null)
        {
            problems.Add(code, node.Place, $"{Capital(what)} lacks the key '{key}'.", $"Add '{key}'.");
        }

        return value;
    }

    private static string Capital(string what) => char.ToUpperInvariant(what[0]) + what[1..];
}
