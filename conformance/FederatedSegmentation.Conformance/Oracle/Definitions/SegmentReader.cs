using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>Reads one segment for one instant.</summary>
internal static class SegmentReader
{
    public static SegmentDefinition Read(JsonNode segment, ModelSchema model, OracleInput input, Findings findings)
    {
        var form = Json.Object(segment, "A segment");
        Json.AllowOnly(form, "segment", "of", "time", "where", "set", "except", "params", "rank", "tiers", "split");
        var name = Json.Text(form["segment"], "segment");
        var of = model.Entity(Json.Text(form["of"], "of"));
        if (of.Key.Count == 0)
        {
            throw new InvalidDefinitionException($"Entity '{of.Name}' has no key.");
        }

        var clock = ReadClock(form["time"], input.AsOf);
        var literals = new LiteralReader(clock, findings);
        var parameters = new Parameters(form["params"], input.Parameters);
        var times = new TimeReader(clock, literals, parameters, findings);
        var conditions = new ConditionReader(model, literals, times, parameters, findings);
        var predicates = new PredicateReader(model, conditions, literals, times, new KeyListReader(input.Files, literals), findings);
        var surroundings = new Surroundings([of]);

        if (form.ContainsKey("where") == form.ContainsKey("set"))
        {
            throw new InvalidDefinitionException("A segment has exactly one of where and set.");
        }

        var members = form.ContainsKey("where")
            ? new RowSet(predicates.Read(form["where"], surroundings))
            : ReadSet(form["set"], predicates, surroundings);
        var except = form["except"] switch
        {
            null => null,
            JsonArray list => new AnyPredicate(predicates.ReadList(list, surroundings)),
            var predicate => predicates.Read(predicate, surroundings),
        };
        return new SegmentDefinition(name, of, members, except, new DistributionReader(model, predicates, findings).Read(form, surroundings));
    }

    private static RunClock ReadClock(JsonNode? node, long asOf)
    {
        var zone = "UTC";
        var sunday = false;
        if (node is not null)
        {
            var form = Json.Object(node, "time");
            Json.AllowOnly(form, "zone", "week_start");
            zone = form["zone"] is { } id ? Json.Text(id, "zone") : zone;
            sunday = form["week_start"] is { } day && Json.Text(day, "week_start") == "sun";
        }

        return new RunClock(asOf, ZoneRules.Of(zone), sunday);
    }

    private static SetExpression ReadSet(JsonNode? node, PredicateReader predicates, Surroundings surroundings)
    {
        var form = Json.Object(node, "A set");
        IReadOnlyList<SetExpression> Parts(string key) =>
            Json.Array(form[key], key).Select(part => ReadSet(part, predicates, surroundings)).ToList();
        if (form.ContainsKey("union"))
        {
            return new UnionSet(Parts("union"));
        }

        if (form.ContainsKey("intersect"))
        {
            return new IntersectSet(Parts("intersect"));
        }

        if (form.ContainsKey("minus"))
        {
            return new MinusSet(Parts("minus"));
        }

        // in_segment and ids ask only for the key, so the rows that satisfy them have exactly the keys of the set.
        return new RowSet(form.ContainsKey("where") && !form.ContainsKey("has") && !form.ContainsKey("none") && !form.ContainsKey("every")
            && !form.ContainsKey("regular")
            ? predicates.Read(form["where"], surroundings)
            : predicates.Read(form, surroundings));
    }
}
