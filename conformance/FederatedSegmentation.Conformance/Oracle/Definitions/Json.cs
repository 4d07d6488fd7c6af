using System.Text.Json;
using System.Text.Json.Nodes;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>Reading of definition trees: keys with <c>x-</c> are not there, numbers keep their spelling.</summary>
internal static class Json
{
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Entries(JsonObject node) =>
        node.Where(pair => !pair.Key.StartsWith("x-", StringComparison.Ordinal));

    public static string Text(JsonNode? node, string what) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>()
            : throw new InvalidDefinitionException($"{what} must be a text, not {Describe(node)}.");

    /// <summary>A number as it is spelled.</summary>
    public static string Number(JsonNode? node, string what) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            ? value.ToJsonString()
            : throw new InvalidDefinitionException($"{what} must be a number, not {Describe(node)}.");

    public static long Integer(JsonNode? node, string what) =>
        long.TryParse(Number(node, what), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDefinitionException($"{what} must be a whole number, not {Describe(node)}.");

    public static long AtLeast(long least, JsonNode? node, string what)
    {
        var number = Integer(node, what);
        return number >= least ? number : throw new InvalidDefinitionException($"{what} must be at least {least}, not {number}.");
    }

    /// <summary>One of the words, the first if the node is absent.</summary>
    public static string Choice(JsonNode? node, string what, params string[] words)
    {
        var word = node is null ? words[0] : Text(node, what);
        return words.Contains(word) ? word : throw new InvalidDefinitionException($"{what} must be one of {string.Join(", ", words)}, not '{word}'.");
    }

    public static bool Boolean(JsonNode? node, string what) => node?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new InvalidDefinitionException($"{what} must be true or false, not {Describe(node)}."),
    };

    public static JsonArray Array(JsonNode? node, string what) =>
        node as JsonArray ?? throw new InvalidDefinitionException($"{what} must be a list, not {Describe(node)}.");

    public static JsonObject Object(JsonNode? node, string what) =>
        node as JsonObject ?? throw new InvalidDefinitionException($"{what} must be an object, not {Describe(node)}.");

    public static void AllowOnly(JsonObject node, params string[] keys)
    {
        foreach (var (key, _) in Entries(node))
        {
            if (!keys.Contains(key))
            {
                throw new InvalidDefinitionException($"Unknown key '{key}' in {Describe(node)}.");
            }
        }
    }

    public static string Describe(JsonNode? node) => node?.ToJsonString() ?? "null";
}
