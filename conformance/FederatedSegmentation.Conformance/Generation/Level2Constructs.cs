using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Definitions;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Names the constructs of level 2 that definitions use.</summary>
internal static class Level2Constructs
{
    /// <summary>Repeated steps of a path, wherever it stands.</summary>
    public static void OfPath(string kind, JsonObject form, HashSet<string> found)
    {
        var (where, key) = kind switch
        {
            "in_segment" => ("via", "via"),
            "rank" => ("rank", "has"),
            _ => (kind, kind),
        };
        if (form[key]?.GetValueKind() != System.Text.Json.JsonValueKind.String || !((string)form[key]!).Contains('*', StringComparison.Ordinal))
        {
            return;
        }

        var steps = ((string)form[key]!).Split('.');
        found.Add("star." + where);
        Add(found, form.ContainsKey("depth"), "star.depth");
        Add(found, steps.Length == 1, "star.alone");
        Add(found, steps.Length > 1 && steps[0].EndsWith('*'), "star.first");
        Add(found, steps.Length > 1 && steps[^1].EndsWith('*'), "star.last");
        Add(found, steps.Count(step => step.EndsWith('*')) > 1, "star.several");
    }

    public static void OfPick(JsonObject has, JsonObject pick, HashSet<string> found, Action<JsonNode?> ofPredicate)
    {
        found.Add("pick." + (string)pick["pick"]!);
        Add(found, pick.ContainsKey("by"), "pick.by");
        Add(found, !pick.ContainsKey("by"), "pick.time");
        Add(found, ((string?)pick["by"] ?? "").Contains('.', StringComparison.Ordinal), "pick.by.path");
        Add(found, has.ContainsKey("where"), "pick.where");
        ofPredicate(pick["must"]);
    }

    public static void OfBehaviour(string kind, JsonObject form, HashSet<string> found, Action<JsonNode?> ofPredicate)
    {
        found.Add(kind);
        if (form.ContainsKey("where"))
        {
            found.Add(kind + ".where");
            ofPredicate(form["where"]);
        }

        Add(found, form.ContainsKey("at_least"), "regular.at_least");
        Add(found, form["per"] is { } per && Json.Integer(per["n"], "n") > 1, "regular.per.several");
        OfDuration(form["per"], found);
        Add(found, form.ContainsKey("same"), "seq.same");
        Add(found, form["same"] is JsonArray { Count: > 1 }, "seq.same.several");
        if (form["steps"] is not JsonArray steps)
        {
            return;
        }

        found.Add($"seq.{steps.Count}");
        foreach (var step in steps.Select(node => node!.AsObject()))
        {
            var isAbsent = (bool?)step["absent"] == true;
            Add(found, step.ContainsKey("within"), "seq.within");
            Add(found, step.ContainsKey("gap_min"), "seq.gap_min");
            Add(found, isAbsent, "seq.absent");
            Add(found, isAbsent, "seq.pending." + ((string?)step["pending"] ?? "default"));
            OfDuration(step["within"], found);
            OfDuration(step["gap_min"], found);
            if (step.ContainsKey("where"))
            {
                ofPredicate(step["where"]);
            }
        }
    }

    public static void OfDistribution(JsonObject segment, HashSet<string> found, Action<JsonNode?> ofPredicate)
    {
        var (rank, tiers, split) = (segment["rank"] as JsonArray, segment["tiers"] as JsonArray, segment["split"] as JsonObject);
        Add(found, rank is not null && tiers is not null, "rank+tiers");
        Add(found, tiers is not null && split is not null, "tiers+split");
        Add(found, rank is { Count: > 1 }, "rank.layers");
        foreach (var layer in rank?.Select(node => node!.AsObject()) ?? [])
        {
            found.Add("rank");
            var per = (layer["per"] as JsonArray)?.Select(node => (string)node!).ToList() ?? [];
            Add(found, per.Count > 0, "rank.per");
            Add(found, per.Count > 1, "rank.per.several");
            Add(found, per.Any(path => path.Contains('.', StringComparison.Ordinal)), "rank.per.path");
            Add(found, !layer.ContainsKey("by"), "rank.by.none");
            found.Add(layer["take"]!.GetValueKind() == System.Text.Json.JsonValueKind.String ? "rank.take.percent" : "rank.take.count");
            Add(found, layer.ContainsKey("ties"), "rank.ties." + (string?)layer["ties"]);
            OfBy(layer, found, ofPredicate);
        }

        Add(found, tiers is { Count: > 1 }, "tiers.several");
        foreach (var tier in tiers?.Select(node => node!.AsObject()) ?? [])
        {
            found.Add("tiers");
            var isRest = tier.ContainsKey("rest");
            Add(found, isRest, "tiers.rest");
            Add(found, isRest && tier.ContainsKey("cap"), "tiers.rest.cap");
            Add(found, isRest && tier != tiers![^1], "tiers.rest.early");
            Add(found, tier.ContainsKey("cap"), "tiers.cap");
            Add(found, tier.ContainsKey("by"), "tiers.cap.by");
            OfBy(tier, found, ofPredicate);
            if (!isRest)
            {
                ofPredicate(tier["where"]);
            }
        }

        if (split is not null)
        {
            found.Add("split");
            Add(found, split.ContainsKey("holdout"), "split.holdout");
            Add(found, split["parts"] is JsonArray { Count: > 1 }, "split.several");
            Add(found, split["parts"]!.AsArray().Any(part => part!["pct"]!.ToJsonString() == "0"), "split.zero");
        }
    }

    public static void OfParameters(GeneratedCase generated, HashSet<string> found)
    {
        var declarations = generated.Segments.SelectMany(segment => segment["params"]?.AsObject() ?? []).ToList();
        foreach (var (name, declaration) in declarations)
        {
            var isGiven = generated.Parameters.ContainsKey(name);
            var hasDefault = declaration!.AsObject().ContainsKey("default");
            found.Add("params." + ((string)declaration["type"]!).Split('(')[0]);
            found.Add(isGiven ? hasDefault ? "params.both" : "params.given" : "params.default");
            Add(found, declarations.Count(other => other.Key == name) > 1, "params.shared");
        }
    }

    private static void OfBy(JsonObject form, HashSet<string> found, Action<JsonNode?> ofPredicate)
    {
        var keys = (form["by"] as JsonArray)?.Select(node => node!.AsObject()).ToList() ?? [];
        Add(found, keys.Count > 1, "rank.by.several");
        foreach (var key in keys)
        {
            Add(found, key.ContainsKey("dir"), "rank.by." + (string?)key["dir"]);
            Add(found, ((string?)key["field"] ?? "").Contains('.', StringComparison.Ordinal), "rank.by.path");
            if (key["agg"] is not JsonObject aggregate)
            {
                continue;
            }

            OfPath("rank", key, found);
            found.UnionWith(aggregate.Select(pair => "rank.by." + pair.Key));
            if (key.ContainsKey("where"))
            {
                found.Add("rank.by.where");
                ofPredicate(key["where"]);
            }
        }
    }

    private static void OfDuration(JsonNode? duration, HashSet<string> found) => Add(found, duration is not null, "duration." + (string?)duration?["unit"]);

    private static void Add(HashSet<string> found, bool condition, string construct)
    {
        if (condition)
        {
            found.Add(construct);
        }
    }
}
