using System.Text.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>Reads predicate objects of level 1.</summary>
internal sealed class PredicateReader(ModelSchema model, ConditionReader conditions, LiteralReader literals, KeyListReader keyLists, Findings findings)
{
    private static readonly string[] Kinds = ["all", "any", "not", "field", "has", "none", "every", "in_segment", "ids", "seq", "regular", "sql"];

    public Predicate Read(JsonNode? node, Surroundings surroundings)
    {
        if (node is JsonValue value && value.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
        {
            return new ConstantPredicate(Json.Boolean(node, "A predicate"));
        }

        var form = Json.Object(node, "A predicate");
        var kinds = Json.Entries(form).Select(pair => pair.Key).Where(Kinds.Contains).ToList();
        if (kinds.Count != 1)
        {
            throw new InvalidDefinitionException($"A predicate has exactly one kind: {Json.Describe(form)}.");
        }

        switch (kinds[0])
        {
            case "all":
                Json.AllowOnly(form, "all");
                return new AllPredicate(ReadList(form["all"], surroundings));
            case "any":
                Json.AllowOnly(form, "any");
                return new AnyPredicate(ReadList(form["any"], surroundings));
            case "not":
                Json.AllowOnly(form, "not");
                return new NotPredicate(Read(form["not"], surroundings));
            case "field":
                return ReadLeaf(form, surroundings);
            case "has":
                Json.AllowOnly(form, "has", "where", "agg");
                return ReadHas("has", form, surroundings);
            case "none":
                Json.AllowOnly(form, "none", "where");
                return new NotPredicate(ReadHas("none", form, surroundings));
            case "every":
                return ReadEvery(form, surroundings);
            case "in_segment":
                Json.AllowOnly(form, "in_segment", "via");
                var via = form["via"] is { } path ? model.Path(surroundings.Own, Json.Text(path, "via")) : null;
                return new InSegmentPredicate(Json.Text(form["in_segment"], "in_segment"), via);
            case "ids":
                Json.AllowOnly(form, "ids");
                return new IdsPredicate(keyLists.Read(form["ids"], surroundings.Own));
            default:
                throw new InvalidDefinitionException($"'{kinds[0]}' is not of level 1.");
        }
    }

    public IReadOnlyList<Predicate> ReadList(JsonNode? node, Surroundings surroundings) =>
        Json.Array(node, "A list of predicates").Select(part => Read(part, surroundings)).ToList();

    private LeafPredicate ReadLeaf(JsonObject form, Surroundings surroundings)
    {
        var field = model.Field(surroundings.Own, Json.Text(form["field"], "field"));
        var foldCase = form["ci"] is { } ci && Json.Boolean(ci, "ci");
        var ops = Json.Entries(form).Where(pair => pair.Key is not ("field" or "ci")).ToList();
        return ops.Count == 1
            ? new LeafPredicate(field, conditions.Read(ops[0].Key, ops[0].Value, new Subject(field.Column.Type, field.Column.Zone), surroundings, foldCase))
            : throw new InvalidDefinitionException($"A leaf has exactly one operator: {Json.Describe(form)}.");
    }

    private HasPredicate ReadHas(string kind, JsonObject form, Surroundings surroundings)
    {
        var path = model.Path(surroundings.Own, Json.Text(form[kind], kind));
        var where = form["where"] is { } inner ? Read(inner, surroundings.Inside(path.End)) : null;
        var aggregate = form["agg"] is { } agg ? ReadAggregate(Json.Object(agg, "agg"), path.End, surroundings) : null;
        return new HasPredicate(path, where, aggregate);
    }

    private EveryPredicate ReadEvery(JsonObject form, Surroundings surroundings)
    {
        Json.AllowOnly(form, "every", "where", "must", "empty");
        var path = model.Path(surroundings.Own, Json.Text(form["every"], "every"));
        var inside = surroundings.Inside(path.End);
        var where = form["where"] is { } inner ? Read(inner, inside) : null;
        var emptyPasses = form["empty"] is { } empty && Json.Text(empty, "empty") == "pass";
        return new EveryPredicate(path, where, Read(form["must"], inside), emptyPasses);
    }

    private Aggregate ReadAggregate(JsonObject form, Entity related, Surroundings surroundings)
    {
        var (name, argument) = Json.Entries(form).Single(pair => pair.Key is "count" or "count_distinct" or "sum" or "avg" or "min" or "max");
        var function = name switch
        {
            "count" => AggregateFunction.Count,
            "count_distinct" => AggregateFunction.CountDistinct,
            "sum" => AggregateFunction.Sum,
            "avg" => AggregateFunction.Average,
            "min" => AggregateFunction.Minimum,
            _ => AggregateFunction.Maximum,
        };
        var field = function == AggregateFunction.Count ? null : model.Field(related, Json.Text(argument, name));
        if (field is null && Json.Text(argument, name) != "*")
        {
            throw new InvalidDefinitionException("'count' takes only \"*\".");
        }

        if (field is not null)
        {
            findings.NotePromise(field.Path);
        }

        var subject = SubjectOf(function, field);
        var comparisons = Json.Entries(form)
            .Where(pair => pair.Key != name && pair.Key != "empty_as")
            .Select(pair => ConditionReader.AggregateComparisons.Contains(pair.Key)
                ? conditions.Read(pair.Key, pair.Value, subject, surroundings, foldCase: false)
                : throw new InvalidDefinitionException($"'{pair.Key}' is not a comparison of an aggregate."))
            .ToList();
        if (comparisons.Count == 0)
        {
            throw new InvalidDefinitionException("An aggregate needs a comparison.");
        }

        return new Aggregate(function, field, comparisons, form["empty_as"] is { } empty ? literals.Read(empty, subject) : null);
    }

    /// <summary>The type of an aggregate's result; a sum or an average of exact numbers takes any number, so its literals are read as decimals.</summary>
    private static Subject SubjectOf(AggregateFunction function, FieldPath? field) => function switch
    {
        AggregateFunction.Count or AggregateFunction.CountDistinct => new Subject(new DataType(TypeKind.Int64)),
        AggregateFunction.Sum or AggregateFunction.Average when field!.Column.Type.Kind == TypeKind.Float64 => new Subject(field.Column.Type),
        AggregateFunction.Sum or AggregateFunction.Average when field!.Column.Type.IsNumeric => new Subject(new DataType(TypeKind.Decimal, 38, 0)),
        AggregateFunction.Sum or AggregateFunction.Average => throw new InvalidDefinitionException("Only numbers have a sum."),
        _ when field!.Column.Type.Kind == TypeKind.Boolean => throw new InvalidDefinitionException("min and max take no boolean."),
        _ => new Subject(field.Column.Type, field.Column.Zone),
    };
}
