using System.Text.Json.Nodes;

namespace FederatedSegmentation.Conformance.Shrinking;

/// <summary>Enumerates simpler versions of layers of a rank, of tiers, and of splits.</summary>
internal static class DistributionSimplifier
{
    /// <summary>A layer or a tier without parts, or with simpler ones.</summary>
    public static IEnumerable<JsonNode> OfPart(JsonNode part)
    {
        foreach (var key in new[] { "per", "by", "ties", "cap" })
        {
            if (part[key] is not null)
            {
                yield return PredicateSimplifier.Without(part, key);
            }
        }

        foreach (var simpler in part["where"] is { } where ? PredicateSimplifier.OfPredicate(where) : [])
        {
            yield return PredicateSimplifier.With(part, "where", simpler);
        }

        foreach (var simpler in part["per"] is JsonArray { Count: > 1 } per ? PredicateSimplifier.OfList(per, _ => []) : [])
        {
            yield return PredicateSimplifier.With(part, "per", simpler);
        }

        foreach (var simpler in part["by"] is JsonArray by ? PredicateSimplifier.OfList(by, OfKey) : [])
        {
            yield return PredicateSimplifier.With(part, "by", simpler);
        }

        foreach (var key in new[] { "take", "cap" })
        {
            if (part[key] is { } number && number.ToJsonString() != "1")
            {
                yield return PredicateSimplifier.With(part, key, 1);
            }
        }
    }

    public static IEnumerable<JsonNode> OfSplit(JsonNode split)
    {
        var plain = new JsonObject { ["salt"] = "s", ["parts"] = new JsonArray(new JsonObject { ["name"] = "a", ["pct"] = 100 }) };
        if (!JsonNode.DeepEquals(plain, split))
        {
            yield return plain;
        }

        if ((string)split["salt"]! != "s")
        {
            yield return PredicateSimplifier.With(split, "salt", "s");
        }
    }

    private static IEnumerable<JsonNode> OfKey(JsonNode key)
    {
        foreach (var name in new[] { "dir", "where", "depth" })
        {
            if (key[name] is not null)
            {
                yield return PredicateSimplifier.Without(key, name);
            }
        }

        foreach (var simpler in key["has"] is not null ? BehaviourSimplifier.OfPath(key.AsObject(), "has") : [])
        {
            yield return simpler;
        }

        foreach (var simpler in key["where"] is { } where ? PredicateSimplifier.OfPredicate(where) : [])
        {
            yield return PredicateSimplifier.With(key, "where", simpler);
        }

        if (key["agg"] is JsonObject aggregate)
        {
            if (aggregate.ContainsKey("empty_as"))
            {
                yield return PredicateSimplifier.With(key, "agg", PredicateSimplifier.Without(aggregate, "empty_as"));
            }

            if (!aggregate.ContainsKey("count"))
            {
                yield return PredicateSimplifier.With(key, "agg", new JsonObject { ["count"] = "*" });
            }
        }
    }
}
