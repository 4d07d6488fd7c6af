using System.Text.Json.Nodes;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>Which segments a run is made of.</summary>
public static class SegmentReferences
{
    /// <summary>The trees of a segment and of all that it names, directly or over others.</summary>
    public static IReadOnlyList<JsonNode> OfRun(IReadOnlyList<JsonNode> segments, string segment)
    {
        var found = new List<JsonNode>();
        var pending = new Queue<string>([segment]);
        while (pending.TryDequeue(out var name))
        {
            if (segments.FirstOrDefault(node => (string?)node["segment"] == name) is { } tree && !found.Contains(tree))
            {
                found.Add(tree);
                Names(tree, pending);
            }
        }

        return found;
    }

    /// <summary>The names of all parameters that the segments of a run declare.</summary>
    public static IReadOnlySet<string> ParametersOfRun(IReadOnlyList<JsonNode> segments, string segment) =>
        OfRun(segments, segment).SelectMany(tree => tree["params"]?.AsObject().Select(pair => pair.Key) ?? []).ToHashSet();

    private static void Names(JsonNode? node, Queue<string> names)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (var item in list)
                {
                    Names(item, names);
                }

                break;
            case JsonObject form:
                foreach (var (key, value) in Json.Entries(form))
                {
                    if (key == "in_segment")
                    {
                        names.Enqueue(Json.Text(value, key));
                    }
                    else
                    {
                        Names(value, names);
                    }
                }

                break;
        }
    }
}
