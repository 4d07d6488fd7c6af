using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>Reads behaviour over time: <c>seq</c>, <c>regular</c>, and <c>pick</c> among the aggregates.</summary>
/// <param name="model">The data model.</param>
/// <param name="times">Reads durations and windows.</param>
/// <param name="findings">Where to-one promises are noted.</param>
/// <param name="readPredicate">Reads a nested predicate.</param>
internal sealed class BehaviourReader(ModelSchema model, TimeReader times, Findings findings, Func<JsonNode?, Surroundings, Predicate> readPredicate)
{
    private const long MaxWindows = 1_000;

    public PickPredicate ReadPick(EntityPath path, Predicate? where, JsonObject form, Surroundings surroundings)
    {
        Json.AllowOnly(form, "pick", "by", "must");
        if (!form.ContainsKey("pick"))
        {
            throw new InvalidDefinitionException("A pick says first or last.");
        }

        var last = Json.Choice(form["pick"], "pick", "first", "last") == "last";
        FieldPath by;
        if (form["by"] is { } field)
        {
            by = model.Field(path.End, Json.Text(field, "by"));
            findings.NotePromise(by.Path);
        }
        else
        {
            by = new FieldPath(new EntityPath(path.End, []), TimeOf(path.End));
        }

        return new PickPredicate(path, where, last, by, readPredicate(form["must"], surroundings.Inside(path.End)));
    }

    public SequencePredicate ReadSequence(EntityPath path, JsonObject form, Surroundings surroundings)
    {
        Json.AllowOnly(form, "seq", "depth", "same", "steps");
        var time = TimeOf(path.End);
        var subject = new Subject(time.Type, time.Zone);
        var same = form["same"] is { } columns ? Json.Array(columns, "same").Select(name => path.End.Column(Json.Text(name, "same"))).ToList() : [];
        var nodes = Json.Array(form["steps"], "steps").Select(node => Json.Object(node, "A step")).ToList();
        if (nodes.Count is < 2 or > 5)
        {
            throw new InvalidDefinitionException("A sequence has 2 to 5 steps.");
        }

        var steps = new List<SequenceStep>();
        AbsentStep? absent = null;
        foreach (var node in nodes)
        {
            Json.AllowOnly(node, "where", "within", "gap_min", "absent", "pending");
            var isFirst = node == nodes[0];
            if (isFirst && (node.ContainsKey("within") || node.ContainsKey("gap_min")))
            {
                throw new InvalidDefinitionException("The first step has no step before it to measure from.");
            }

            var where = node["where"] is { } inner ? readPredicate(inner, surroundings.Inside(path.End)) : null;
            var within = node["within"] is { } most ? TimeReader.ReadDuration(most, subject) : null;
            var gap = node["gap_min"] is { } least ? TimeReader.ReadDuration(least, subject) : null;
            if (node["absent"] is not { } flag || !Json.Boolean(flag, "absent"))
            {
                if (node.ContainsKey("pending"))
                {
                    throw new InvalidDefinitionException("Only an absent step can be pending.");
                }

                steps.Add(new SequenceStep(where, within, gap));
                continue;
            }

            if (node != nodes[^1] || isFirst || within is null || gap is not null)
            {
                throw new InvalidDefinitionException("An absent step is the last, has 'within' and no 'gap_min'.");
            }

            absent = new AbsentStep(where, within, Json.Choice(node["pending"], "pending", "exclude", "include") == "include", times.NowOf(subject));
        }

        return new SequencePredicate(path, same, steps, absent);
    }

    public RegularPredicate ReadRegular(EntityPath path, JsonObject form, Surroundings surroundings)
    {
        Json.AllowOnly(form, "regular", "depth", "where", "at_least", "per", "in", "of_last");
        var time = TimeOf(path.End);
        var subject = new Subject(time.Type, time.Zone);
        var where = form["where"] is { } inner ? readPredicate(inner, surroundings.Inside(path.End)) : null;
        var atLeast = form["at_least"] is { } least ? Json.AtLeast(1, least, "at_least") : 1;
        var wanted = Json.AtLeast(1, form["in"], "in");
        var count = Json.AtLeast(wanted, form["of_last"], "of_last");
        if (count > MaxWindows)
        {
            throw new InvalidDefinitionException($"of_last is at most {MaxWindows}.");
        }

        return new RegularPredicate(path, where, atLeast, wanted, times.WindowsBack(TimeReader.ReadDuration(form["per"], subject), (int)count, subject));
    }

    private static Column TimeOf(Entity entity) => entity.Time ?? throw new InvalidDefinitionException($"Entity '{entity.Name}' has no time.");
}
