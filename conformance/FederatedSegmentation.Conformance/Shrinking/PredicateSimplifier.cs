using System.Text.Json.Nodes;

namespace FederatedSegmentation.Conformance.Shrinking;

/// <summary>Enumerates simpler versions of definition trees, the greatest steps first. Every version is a tree of its own.</summary>
internal static class PredicateSimplifier
{
    /// <summary>Simpler versions of one segment: without parts, or with a simpler predicate or set.</summary>
    public static IEnumerable<JsonNode> OfSegment(JsonNode segment)
    {
        foreach (var key in new[] { "except", "rank", "tiers", "split", "time", "x-note" })
        {
            if (segment[key] is not null)
            {
                yield return Without(segment, key);
            }
        }

        foreach (var key in new[] { "rank", "tiers" })
        {
            foreach (var simpler in segment[key] is JsonArray parts ? OfList(parts, DistributionSimplifier.OfPart) : [])
            {
                yield return With(segment, key, simpler);
            }
        }

        foreach (var simpler in segment["split"] is { } split ? DistributionSimplifier.OfSplit(split) : [])
        {
            yield return With(segment, "split", simpler);
        }

        foreach (var simpler in segment["where"] is { } where ? OfPredicate(where) : [])
        {
            yield return With(segment, "where", simpler);
        }

        foreach (var simpler in segment["set"] is { } set ? OfSet(set) : [])
        {
            // A set of one predicate is a plain segment.
            yield return simpler["where"] is { } predicate
                ? With(Without(segment, "set"), "where", predicate)
                : simpler["union"] is null && simpler["intersect"] is null && simpler["minus"] is null
                    ? With(Without(segment, "set"), "where", simpler)
                    : With(segment, "set", simpler);
        }

        foreach (var simpler in segment["except"] is JsonArray list ? OfList(list, OfPredicate) : segment["except"] is { } except ? OfPredicate(except) : [])
        {
            yield return With(segment, "except", simpler);
        }
    }

    public static IEnumerable<JsonNode> OfPredicate(JsonNode predicate)
    {
        if (predicate is not JsonObject form)
        {
            yield break;
        }

        yield return JsonValue.Create(true);
        yield return JsonValue.Create(false);
        foreach (var kind in new[] { "all", "any" })
        {
            if (form[kind] is not JsonArray parts)
            {
                continue;
            }

            foreach (var part in parts)
            {
                yield return part!.DeepClone();
            }

            foreach (var simpler in OfList(parts, OfPredicate))
            {
                yield return With(form, kind, simpler);
            }
        }

        if (form["not"] is { } inner)
        {
            yield return inner.DeepClone();
        }

        foreach (var simpler in BehaviourSimplifier.Of(form))
        {
            yield return simpler;
        }

        foreach (var key in new[] { "where", "agg", "empty", "ci" })
        {
            if (form.ContainsKey(key) && !(key == "empty" && form.ContainsKey("field")))
            {
                yield return Without(form, key);
            }
        }

        foreach (var key in new[] { "not", "where", "must" })
        {
            foreach (var simpler in form[key] is { } nested ? OfPredicate(nested) : [])
            {
                yield return With(form, key, simpler);
            }
        }

        if (form["agg"] is JsonObject aggregate)
        {
            foreach (var simpler in aggregate["must"] is { } must ? OfPredicate(must) : [])
            {
                yield return With(form, "agg", With(aggregate, "must", simpler));
            }

            foreach (var (key, _) in aggregate.Where(pair => aggregate.Count > 2 && pair.Key is not ("count" or "count_distinct" or "sum" or "avg" or "min" or "max")))
            {
                yield return With(form, "agg", Without(aggregate, key));
            }
        }

        foreach (var key in new[] { "in", "not_in", "ids" })
        {
            foreach (var simpler in form[key] is JsonArray { Count: > 1 } items ? OfList(items, _ => []) : [])
            {
                yield return With(form, key, simpler);
            }
        }
    }

    private static IEnumerable<JsonNode> OfSet(JsonNode set)
    {
        foreach (var kind in new[] { "union", "intersect", "minus" })
        {
            if (set[kind] is not JsonArray parts)
            {
                continue;
            }

            foreach (var part in parts)
            {
                yield return part!.DeepClone();
            }

            foreach (var simpler in OfList(parts, OfSet).Where(simpler => ((JsonArray)simpler).Count > 1))
            {
                yield return With(set, kind, simpler);
            }
        }

        foreach (var simpler in set["where"] is { } where && set.AsObject().Count == 1 ? OfPredicate(where) : [])
        {
            yield return With(set, "where", simpler);
        }
    }

    /// <summary>The list by halves, without one part, and with one part simpler.</summary>
    internal static IEnumerable<JsonNode> OfList(JsonArray list, Func<JsonNode, IEnumerable<JsonNode>> simplify)
    {
        var parts = list.Select(part => part!).ToList();
        if (parts.Count > 3)
        {
            yield return Copy(parts.Take(parts.Count / 2));
            yield return Copy(parts.Skip(parts.Count / 2));
        }

        for (var i = 0; i < parts.Count; i++)
        {
            yield return Copy(parts.Where((_, at) => at != i));
        }

        for (var i = 0; i < parts.Count; i++)
        {
            foreach (var simpler in simplify(parts[i]))
            {
                yield return Copy(parts.Select((part, at) => at == i ? simpler : part));
            }
        }
    }

    private static JsonArray Copy(IEnumerable<JsonNode> parts) => new([.. parts.Select(part => part.DeepClone())]);

    internal static JsonNode With(JsonNode node, string key, JsonNode value)
    {
        var copy = node.DeepClone();
        copy[key] = value.DeepClone();
        return copy;
    }

    internal static JsonNode Without(JsonNode node, string key)
    {
        var copy = node.DeepClone();
        copy.AsObject().Remove(key);
        return copy;
    }
}
