using System.Text.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Definitions;

namespace FederatedSegmentation.Conformance.Shrinking;

/// <summary>Enumerates simpler versions of repeated steps, sequences and regular behaviour.</summary>
internal static class BehaviourSimplifier
{
    private static readonly string[] PathKeys = ["has", "none", "every", "via", "seq", "regular"];

    public static IEnumerable<JsonNode> Of(JsonObject form)
    {
        foreach (var key in PathKeys)
        {
            foreach (var simpler in form[key]?.GetValueKind() == JsonValueKind.String ? OfPath(form, key) : [])
            {
                yield return simpler;
            }
        }

        foreach (var key in new[] { "depth", "same", "at_least" })
        {
            if (form.ContainsKey(key))
            {
                yield return PredicateSimplifier.Without(form, key);
            }
        }

        if (form["same"] is JsonArray { Count: > 1 } same)
        {
            foreach (var fewer in PredicateSimplifier.OfList(same, _ => []))
            {
                yield return PredicateSimplifier.With(form, "same", fewer);
            }
        }

        foreach (var simpler in form["steps"] is JsonArray steps ? PredicateSimplifier.OfList(steps, OfStep) : [])
        {
            yield return PredicateSimplifier.With(form, "steps", simpler);
        }

        foreach (var key in new[] { "in", "of_last" })
        {
            if (form.ContainsKey("regular") && form.ContainsKey(key) && Json.Integer(form[key], key) > 1)
            {
                yield return PredicateSimplifier.With(form, key, Json.Integer(form[key], key) - 1);
            }
        }

        foreach (var simpler in form["per"] is JsonObject per ? OfDuration(per) : [])
        {
            yield return PredicateSimplifier.With(form, "per", simpler);
        }
    }

    /// <summary>A repeated step stays at its entity, so it can be left out; or it is travelled exactly once.</summary>
    public static IEnumerable<JsonNode> OfPath(JsonObject form, string key)
    {
        var steps = ((string)form[key]!).Split('.');
        for (var i = 0; i < steps.Length; i++)
        {
            if (!steps[i].EndsWith('*'))
            {
                continue;
            }

            var others = steps.Where((_, at) => at != i).ToList();
            if (others.Count > 0)
            {
                yield return WithPath(form, key, others);
            }

            yield return WithPath(form, key, steps.Select((step, at) => at == i ? step[..^1] : step));
        }
    }

    private static JsonNode WithPath(JsonObject form, string key, IEnumerable<string> steps)
    {
        var path = string.Join('.', steps);
        var changed = PredicateSimplifier.With(form, key, path);
        return path.Contains('*', StringComparison.Ordinal) ? changed : PredicateSimplifier.Without(changed, "depth");
    }

    private static IEnumerable<JsonNode> OfStep(JsonNode step)
    {
        foreach (var (key, _) in step.AsObject())
        {
            yield return PredicateSimplifier.Without(step, key);
        }

        foreach (var simpler in step["where"] is { } where ? PredicateSimplifier.OfPredicate(where) : [])
        {
            yield return PredicateSimplifier.With(step, "where", simpler);
        }

        foreach (var key in new[] { "within", "gap_min" })
        {
            foreach (var simpler in step[key] is JsonObject duration ? OfDuration(duration) : [])
            {
                yield return PredicateSimplifier.With(step, key, simpler);
            }
        }
    }

    private static IEnumerable<JsonNode> OfDuration(JsonObject duration)
    {
        if (Json.Integer(duration["n"], "n") > 1)
        {
            yield return PredicateSimplifier.With(duration, "n", 1);
        }

        if ((string)duration["unit"]! != "day")
        {
            yield return PredicateSimplifier.With(duration, "unit", "day");
        }
    }
}
