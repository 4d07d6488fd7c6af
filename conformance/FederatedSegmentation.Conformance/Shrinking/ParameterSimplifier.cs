using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Generation;

namespace FederatedSegmentation.Conformance.Shrinking;

/// <summary>Enumerates cases with fewer parameters: with literals in their place, without values that have a default, without declarations.</summary>
internal static class ParameterSimplifier
{
    public static IEnumerable<GeneratedCase> Of(GeneratedCase generated)
    {
        foreach (var name in generated.Parameters.Keys)
        {
            yield return generated with { Parameters = generated.Parameters.Remove(name) };
        }

        foreach (var segment in generated.Segments)
        {
            foreach (var (name, declaration) in segment["params"]?.AsObject() ?? [])
            {
                var without = segment.DeepClone();
                without["params"]!.AsObject().Remove(name);
                if (without["params"]!.AsObject().Count == 0)
                {
                    without.AsObject().Remove("params");
                }

                var literal = generated.Parameters.TryGetValue(name, out var text) ? LiteralOf(text, (string)declaration!["type"]!) : declaration!["default"];

                // Without a value, it is a parameter of a segment that the run does not use.
                if (literal is null)
                {
                    continue;
                }

                Replace(without, name, literal);
                yield return generated with { Segments = generated.Segments.Replace(segment, without) };
            }
        }
    }

    private static JsonNode LiteralOf(string text, string type) => type switch
    {
        "boolean" => text == "true",
        "int64" or "float64" => JsonNode.Parse(text)!,
        _ => text,
    };

    private static void Replace(JsonNode? node, string name, JsonNode literal)
    {
        switch (node)
        {
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    if (IsParameter(list[i], name))
                    {
                        list[i] = literal.DeepClone();
                    }
                    else
                    {
                        Replace(list[i], name, literal);
                    }
                }

                break;
            case JsonObject form:
                foreach (var (key, value) in form.ToList())
                {
                    if (IsParameter(value, name))
                    {
                        form[key] = literal.DeepClone();
                    }
                    else
                    {
                        Replace(value, name, literal);
                    }
                }

                break;
        }
    }

    private static bool IsParameter(JsonNode? node, string name) => node is JsonObject form && (string?)form["param"] == name;
}
