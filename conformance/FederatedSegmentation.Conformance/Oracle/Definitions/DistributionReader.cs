using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>Reads <c>rank</c>, <c>tiers</c> and <c>split</c> of a segment.</summary>
internal sealed partial class DistributionReader(ModelSchema model, PredicateReader predicates, Findings findings)
{
    private const int Buckets = 10_000;
    private const string Holdout = "holdout";

    /// <returns>Nothing if the segment has none of the three.</returns>
    public Distribution? Read(JsonObject segment, Surroundings surroundings)
    {
        if (!segment.ContainsKey("rank") && !segment.ContainsKey("tiers") && !segment.ContainsKey("split"))
        {
            return null;
        }

        var rank = segment.ContainsKey("rank") ? NonEmpty(segment["rank"], "rank").Select(layer => ReadLayer(layer, surroundings)).ToList() : [];
        var tiers = segment.ContainsKey("tiers") ? NonEmpty(segment["tiers"], "tiers").Select(tier => ReadTier(tier, surroundings)).ToList() : null;
        RefuseTwice(tiers?.Select(tier => tier.Name) ?? []);
        return new Distribution(rank, tiers, segment.ContainsKey("split") ? ReadSplit(Json.Object(segment["split"], "split")) : null);
    }

    private RankLayer ReadLayer(JsonObject form, Surroundings surroundings)
    {
        Json.AllowOnly(form, "per", "by", "take", "ties");
        var per = form["per"] is { } paths ? Json.Array(paths, "per").Select(path => Field(path, surroundings)).ToList() : [];
        var by = ReadBy(form, surroundings);
        var keepsTies = Json.Choice(form["ties"], "ties", "break", "include") == "include";
        if (keepsTies && by.Count == 0)
        {
            throw new InvalidDefinitionException("Ties are ties of 'by'.");
        }

        return new RankLayer(per, by, ReadTake(form["take"]), keepsTies);
    }

    private static Take ReadTake(JsonNode? node)
    {
        if (node?.GetValueKind() != JsonValueKind.String)
        {
            return new TakeCount(Json.AtLeast(1, node, "take"));
        }

        var text = Json.Text(node, "take");
        var percent = Percent().IsMatch(text) ? ExactNumber.Parse(text[..^1]) : throw new InvalidDefinitionException($"'{text}' is no percentage.");
        return percent.Unscaled.Sign > 0 && percent.Unscaled <= 100 * BigInteger.Pow(10, percent.Scale)
            ? new TakePercent(percent.Unscaled, percent.Scale)
            : throw new InvalidDefinitionException("A percentage to take is above 0 and at most 100.");
    }

    private Tier ReadTier(JsonObject form, Surroundings surroundings)
    {
        Json.AllowOnly(form, "name", "where", "rest", "cap", "by");
        var isRest = form["rest"] is { } flag && Json.Boolean(flag, "rest");
        if (isRest == form.ContainsKey("where"))
        {
            throw new InvalidDefinitionException("A tier has exactly one of where and rest.");
        }

        return new Tier(
            Name(form["name"]),
            isRest ? null : predicates.Read(form["where"], surroundings),
            form["cap"] is { } cap ? Json.AtLeast(1, cap, "cap") : null,
            ReadBy(form, surroundings));
    }

    private List<OrderKey> ReadBy(JsonObject form, Surroundings surroundings) =>
        form["by"] is { } by ? Json.Array(by, "by").Select(key => ReadOrderKey(Json.Object(key, "An order"), surroundings)).ToList() : [];

    private OrderKey ReadOrderKey(JsonObject form, Surroundings surroundings)
    {
        var descending = Json.Choice(form["dir"], "dir", "asc", "desc") == "desc";
        if (form.ContainsKey("field"))
        {
            Json.AllowOnly(form, "field", "dir");
            return new FieldOrderKey(Field(form["field"], surroundings), descending);
        }

        Json.AllowOnly(form, "has", "depth", "where", "agg", "dir");
        var path = predicates.ReadPath("has", form, surroundings);
        var where = form["where"] is { } inner ? predicates.Read(inner, surroundings.Inside(path.End)) : null;
        var aggregate = Json.Object(form["agg"], "agg");
        var (value, _, others) = predicates.ReadAggregateValue(aggregate, path.End);
        return others.Count == 0
            ? new AggregateOrderKey(path, where, value, descending)
            : throw new InvalidDefinitionException("An aggregate to order by has no comparisons.");
    }

    private FieldPath Field(JsonNode? node, Surroundings surroundings)
    {
        var field = model.Field(surroundings.Own, Json.Text(node, "field"));
        findings.NotePromise(field.Path);
        return field;
    }

    private static Split ReadSplit(JsonObject form)
    {
        Json.AllowOnly(form, "salt", "parts", "holdout");
        var arms = NonEmpty(form["parts"], "parts").Select(part =>
        {
            Json.AllowOnly(part, "name", "pct");
            return new SplitArm(Name(part["name"]), BucketsOf(part["pct"]));
        }).ToList();
        arms.Add(new SplitArm(Holdout, form["holdout"] is { } holdout ? BucketsOf(holdout) : 0));
        RefuseTwice(arms.Select(arm => arm.Name));
        return arms.Sum(arm => arm.Buckets) == Buckets
            ? new Split(Name(form["salt"]), arms)
            : throw new InvalidDefinitionException("The percentages of a split sum to 100.");
    }

    private static int BucketsOf(JsonNode? node)
    {
        var percent = ExactNumber.Normalise(ExactNumber.Parse(Json.Number(node, "A percentage")));
        if (percent.Scale > 2 || percent.Unscaled.Sign < 0 || percent.Unscaled > 100 * BigInteger.Pow(10, percent.Scale))
        {
            throw new InvalidDefinitionException("A percentage lies from 0 to 100 and has at most two decimals.");
        }

        return (int)(percent.Unscaled * BigInteger.Pow(10, 2 - percent.Scale));
    }

    private static string Name(JsonNode? node) =>
        Json.Text(node, "A name") is { Length: > 0 } name ? name : throw new InvalidDefinitionException("A name or a salt is not empty.");

    private static List<JsonObject> NonEmpty(JsonNode? node, string what) =>
        Json.Array(node, what) is { Count: > 0 } items
            ? items.Select(item => Json.Object(item, what)).ToList()
            : throw new InvalidDefinitionException($"'{what}' is not empty.");

    private static void RefuseTwice(IEnumerable<string> names)
    {
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidDefinitionException($"'{twice.Key}' is there twice.");
        }
    }

    [GeneratedRegex(@"^\d+(\.\d{1,6})?%\z", RegexOptions.CultureInvariant)]
    private static partial Regex Percent();
}
