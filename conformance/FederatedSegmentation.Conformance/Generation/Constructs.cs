using System.Text.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Definitions;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Names the constructs of the language that definitions use, so that the coverage of generated cases can be counted.</summary>
public static class Constructs
{
    /// <summary>Every construct that the generator is expected to make with its default options.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "segment.where", "segment.set", "segment.except", "segment.except.list", "segment.time.zone", "segment.time.week_start", "segment.x-",
        "set.union", "set.intersect", "set.minus", "set.where", "set.in_segment", "set.ids", "set.nested",
        "true", "false", "all", "all.empty", "any", "any.empty", "not", "field", "field.path", "has", "has.where", "has.path", "has.nested", "none", "none.where",
        "every", "every.where", "every.empty.pass", "every.empty.fail", "in_segment", "in_segment.via", "ids", "ids.file", "ids.composite",
        "ci", "eq", "ne", "lt", "lte", "gt", "gte", "between", "not_between", "in", "in.empty", "not_in", "not_in.empty", "contains", "starts", "ends", "not_contains",
        "is.true", "is.false", "null.true", "null.false", "empty.true", "empty.false",
        "before", "after", "within.last", "within.next", "outside.last", "outside.next", "period", "anniversary", "anniversary.feb28", "anniversary.mar1",
        "window.rolling", "window.calendar", "window.current.true", "window.current.false", "window.zero",
        "unit.minute", "unit.hour", "unit.day", "unit.week", "unit.month", "unit.quarter", "unit.year",
        "moment.now", "moment.today", "moment.ago", "moment.ahead", "moment.calendar",
        "part.dow", "part.dom", "part.month", "part.year", "part.hour",
        "ref", "ref.path", "ref.outer", "ref.outer2", "ref.root",
        "agg.count", "agg.count_distinct", "agg.sum", "agg.avg", "agg.min", "agg.max", "agg.empty_as", "agg.path", "agg.ref", "agg.several", "agg.between", "agg.in", "agg.moment",
        "model.dedupe", "model.no_key", "model.composite_key", "model.self", "model.many_to_many", "model.one_to_one", "model.zone", "model.time", "model.stored_name",
    ];

    /// <summary>Every construct that the generator is expected to make with <see cref="Generation.Level2.All"/> besides.</summary>
    public static IReadOnlyList<string> Level2 { get; } =
    [
        "pick.first", "pick.last", "pick.by", "pick.by.path", "pick.time", "pick.where",
        "seq", "seq.2", "seq.3", "seq.4", "seq.5", "seq.same", "seq.same.several", "seq.within", "seq.gap_min", "seq.absent", "seq.pending.exclude", "seq.pending.include", "seq.pending.default",
        "regular", "regular.where", "regular.at_least", "regular.per.several",
        "duration.minute", "duration.hour", "duration.day", "duration.week", "duration.month", "duration.quarter", "duration.year",
        "star.has", "star.none", "star.every", "star.via", "star.seq", "star.regular", "star.rank", "star.depth", "star.first", "star.last", "star.alone", "star.several",
        "rank", "rank.layers", "rank.per", "rank.per.several", "rank.per.path", "rank.by.none", "rank.by.several", "rank.by.path", "rank.by.desc", "rank.by.asc",
        "rank.by.count", "rank.by.count_distinct", "rank.by.sum", "rank.by.avg", "rank.by.min", "rank.by.max", "rank.by.empty_as", "rank.by.where",
        "rank.take.count", "rank.take.percent", "rank.ties.include", "rank.ties.break",
        "tiers", "tiers.cap", "tiers.cap.by", "tiers.rest", "tiers.rest.cap", "tiers.rest.early", "tiers.several",
        "split", "split.holdout", "split.several", "split.zero", "rank+tiers", "tiers+split",
        "params.boolean", "params.int64", "params.decimal", "params.float64", "params.string", "params.date", "params.timestamp", "params.datetime",
        "params.default", "params.given", "params.both", "params.shared",
        "param.leaf", "param.list", "param.text", "param.agg", "param.part", "param.before", "param.after",
    ];

    /// <summary>Whether the segments that the case runs hold anything of level 2.</summary>
    public static bool HasLevel2(GeneratedCase generated) =>
        Of(generated with { Segments = [.. SegmentReferences.OfRun(generated.Segments, generated.Segment)] }).Overlaps(Level2);

    public static IReadOnlySet<string> Of(GeneratedCase generated)
    {
        var found = new HashSet<string>();
        OfModel(generated.Model, found);
        foreach (var segment in generated.Segments)
        {
            OfSegment(segment.AsObject(), found);
        }

        Level2Constructs.OfParameters(generated, found);
        return found;
    }

    private static void OfModel(JsonNode model, HashSet<string> found)
    {
        foreach (var (_, node) in model["entities"]!.AsObject())
        {
            var entity = node!.AsObject();
            Add(found, entity.ContainsKey("dedupe"), "model.dedupe");
            Add(found, !entity.ContainsKey("key"), "model.no_key");
            Add(found, entity["key"] is JsonArray { Count: > 1 }, "model.composite_key");
            Add(found, entity.ContainsKey("time"), "model.time");
            Add(found, entity["columns"]!.AsObject().Any(column => column.Value is JsonObject details && details.ContainsKey("zone")), "model.zone");
            Add(found, entity["columns"]!.AsObject().Any(column => column.Value is JsonObject details && details.ContainsKey("column")), "model.stored_name");
        }

        foreach (var relationship in model["relationships"]!.AsArray())
        {
            Add(found, (string)relationship!["from"]! == (string)relationship["to"]!, "model.self");
            found.Add("model." + (string)relationship["cardinality"]!);
        }
    }

    private static void OfSegment(JsonObject segment, HashSet<string> found)
    {
        Add(found, segment.Any(pair => pair.Key.StartsWith("x-", StringComparison.Ordinal)), "segment.x-");
        Add(found, segment["time"]?["zone"] is not null, "segment.time.zone");
        Add(found, segment["time"]?["week_start"] is not null, "segment.time.week_start");
        if (segment.ContainsKey("where"))
        {
            found.Add("segment.where");
            OfPredicate(segment["where"], found);
        }

        if (segment.ContainsKey("set"))
        {
            found.Add("segment.set");
            OfSet(segment["set"]!.AsObject(), found, isNested: false);
        }

        Level2Constructs.OfDistribution(segment, found, predicate => OfPredicate(predicate, found));
        switch (segment["except"])
        {
            case JsonArray list:
                found.Add("segment.except.list");
                OfParts(list, found);
                break;
            case { } predicate:
                found.Add("segment.except");
                OfPredicate(predicate, found);
                break;
        }
    }

    private static void OfSet(JsonObject set, HashSet<string> found, bool isNested)
    {
        var (kind, value) = set.First();
        found.Add("set." + kind);
        if (kind is "union" or "intersect" or "minus")
        {
            Add(found, isNested, "set.nested");
            foreach (var part in value!.AsArray())
            {
                OfSet(part!.AsObject(), found, isNested: true);
            }
        }
        else
        {
            OfPredicate(kind == "where" ? value : set, found);
        }
    }

    private static void OfParts(JsonNode? parts, HashSet<string> found)
    {
        foreach (var part in parts!.AsArray())
        {
            OfPredicate(part, found);
        }
    }

    private static void OfPredicate(JsonNode? predicate, HashSet<string> found)
    {
        if (predicate is not JsonObject form)
        {
            found.Add(predicate!.GetValue<bool>() ? "true" : "false");
            return;
        }

        var kind = form.Select(pair => pair.Key).First(key => key is "all" or "any" or "not" or "field" or "has" or "none" or "every" or "in_segment" or "ids" or "seq" or "regular");
        found.Add(kind);
        Level2Constructs.OfPath(kind, form, found);
        switch (kind)
        {
            case "all" or "any":
                Add(found, form[kind] is JsonArray { Count: 0 }, kind + ".empty");
                OfParts(form[kind], found);
                break;
            case "not":
                OfPredicate(form["not"], found);
                break;
            case "field":
                Add(found, ((string)form["field"]!).Contains('.', StringComparison.Ordinal), "field.path");
                Add(found, form.ContainsKey("ci"), "ci");
                var (op, value) = form.First(pair => pair.Key is not ("field" or "ci"));
                OfCondition(op, value, found);
                break;
            case "in_segment":
                Add(found, form.ContainsKey("via"), "in_segment.via");
                break;
            case "ids":
                Add(found, form["ids"] is JsonObject, "ids.file");
                Add(found, form["ids"] is JsonArray { Count: > 0 } list && list[0] is JsonArray, "ids.composite");
                break;
            case "seq" or "regular":
                Level2Constructs.OfBehaviour(kind, form, found, predicate => OfPredicate(predicate, found));
                break;
            default:
                OfRelated(kind, form, found);
                break;
        }
    }

    private static void OfRelated(string kind, JsonObject form, HashSet<string> found)
    {
        Add(found, ((string)form[kind]!).Contains('.', StringComparison.Ordinal), "has.path");
        Add(found, form["empty"] is not null, "every.empty." + (string?)form["empty"]);
        if (form.ContainsKey("where"))
        {
            found.Add(kind + ".where");
            Add(found, form["where"] is JsonObject inner && inner.ContainsKey("has"), "has.nested");
            OfPredicate(form["where"], found);
        }

        if (form.ContainsKey("must"))
        {
            OfPredicate(form["must"], found);
        }

        if (form["agg"] is not JsonObject aggregate)
        {
            return;
        }

        if (aggregate.ContainsKey("pick"))
        {
            Level2Constructs.OfPick(form, aggregate, found, predicate => OfPredicate(predicate, found));
            return;
        }

        var comparisons = 0;
        foreach (var (key, value) in aggregate)
        {
            found.Add("agg." + key);
            if (key is "count" or "count_distinct" or "sum" or "avg" or "min" or "max")
            {
                Add(found, ((string)value!).Contains('.', StringComparison.Ordinal), "agg.path");
            }
            else if (key != "empty_as")
            {
                comparisons++;
                Add(found, value!.ToJsonString().Contains("\"ref\":", StringComparison.Ordinal), "agg.ref");
                Add(found, value is JsonObject moment && !moment.ContainsKey("ref") && !moment.ContainsKey("param"), "agg.moment");
                Add(found, value.ToJsonString().Contains("\"param\":", StringComparison.Ordinal), "param.agg");
                OfOperand(value, found);
            }
        }

        Add(found, comparisons > 1, "agg.several");
    }

    private static void OfCondition(string op, JsonNode? value, HashSet<string> found)
    {
        switch (op)
        {
            case "is" or "null" or "empty":
                found.Add($"{op}.{(value!.GetValue<bool>() ? "true" : "false")}");
                return;
            case "within" or "outside":
                var window = value!.AsObject();
                found.Add($"{op}.{(window.ContainsKey("last") ? "last" : "next")}");
                Add(found, (int?)(window["last"] ?? window["next"]) == 0, "window.zero");
                Add(found, window["align"] is not null, "window." + (string?)window["align"]);
                Add(found, window["current"] is not null, "window.current." + ((bool?)window["current"] == true ? "true" : "false"));
                found.Add("unit." + (string)window["unit"]!);
                return;
            case "period":
                found.Add("unit." + (string)value!["unit"]!);
                break;
            case "anniversary":
                Add(found, value!["feb29"] is not null, "anniversary." + (string?)value["feb29"]);
                break;
            case "part":
                found.Add("part." + (string)value!["of"]!);
                Add(found, value.ToJsonString().Contains("\"param\":", StringComparison.Ordinal), "param.part");
                break;
            default:
                Add(found, value is JsonObject parameter && parameter.ContainsKey("param"), op switch
                {
                    "before" or "after" => "param." + op,
                    "contains" or "starts" or "ends" or "not_contains" => "param.text",
                    _ => "param.leaf",
                });
                Add(found, value is JsonArray items && items.Any(item => item is JsonObject one && one.ContainsKey("param")), "param.list");
                Add(found, value is JsonArray { Count: 0 }, op + ".empty");
                OfOperand(value, found);
                break;
        }

        found.Add(op);
    }

    private static void OfOperand(JsonNode? value, HashSet<string> found)
    {
        switch (value)
        {
            case JsonArray list:
                foreach (var item in list)
                {
                    OfOperand(item, found);
                }

                break;
            case JsonObject form when form["ref"]?.GetValueKind() == JsonValueKind.String:
                var path = (string)form["ref"]!;
                found.Add("ref");
                Add(found, path.StartsWith("^.", StringComparison.Ordinal), "ref.outer");
                Add(found, path.StartsWith("^^", StringComparison.Ordinal), "ref.outer2");
                Add(found, path.StartsWith("root.", StringComparison.Ordinal), "ref.root");
                Add(found, path.Replace("root.", "", StringComparison.Ordinal).TrimStart('^').TrimStart('.').Contains('.', StringComparison.Ordinal), "ref.path");
                break;
            case JsonObject moment when !moment.ContainsKey("param"):
                found.Add("moment." + moment.First().Key);
                Add(found, (string?)moment["align"] == "calendar", "moment.calendar");
                Add(found, moment["unit"] is not null, "unit." + (string?)moment["unit"]);
                break;
        }
    }

    private static void Add(HashSet<string> found, bool condition, string construct)
    {
        if (condition)
        {
            found.Add(construct);
        }
    }
}
