using System.Text.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>Reads predicate objects of the levels 1 and 2.</summary>
internal sealed class PredicateReader
{
    private const int GreatestDepth = 100;

    private static readonly string[] Kinds = ["all", "any", "not", "field", "has", "none", "every", "in_segment", "ids", "seq", "regular", "sql"];
    private static readonly string[] AggregateFunctions = ["count", "count_distinct", "sum", "avg", "min", "max"];

    private readonly ModelSchema _model;
    private readonly ConditionReader _conditions;
    private readonly LiteralReader _literals;
    private readonly KeyListReader _keyLists;
    private readonly BehaviourReader _behaviour;
    private readonly Findings _findings;

    public PredicateReader(
        ModelSchema model, ConditionReader conditions, LiteralReader literals, TimeReader times, KeyListReader keyLists, Findings findings)
    {
        (_model, _conditions, _literals, _keyLists, _findings) = (model, conditions, literals, keyLists, findings);
        _behaviour = new BehaviourReader(model, times, findings, Read);
    }

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
                Json.AllowOnly(form, "has", "depth", "where", "agg");
                return ReadHas("has", form, surroundings);
            case "none":
                Json.AllowOnly(form, "none", "depth", "where");
                return new NotPredicate(ReadHas("none", form, surroundings));
            case "every":
                return ReadEvery(form, surroundings);
            case "in_segment":
                Json.AllowOnly(form, "in_segment", "via", "depth");
                var via = form.ContainsKey("via") || form.ContainsKey("depth") ? ReadPath("via", form, surroundings) : null;
                return new InSegmentPredicate(Json.Text(form["in_segment"], "in_segment"), via);
            case "ids":
                Json.AllowOnly(form, "ids");
                return new IdsPredicate(_keyLists.Read(form["ids"], surroundings.Own));
            case "seq":
                return _behaviour.ReadSequence(ReadPath("seq", form, surroundings), form, surroundings);
            case "regular":
                return _behaviour.ReadRegular(ReadPath("regular", form, surroundings), form, surroundings);
            default:
                throw new InvalidDefinitionException($"'{kinds[0]}' is not of level 1 or 2.");
        }
    }

    public IReadOnlyList<Predicate> ReadList(JsonNode? node, Surroundings surroundings) =>
        Json.Array(node, "A list of predicates").Select(part => Read(part, surroundings)).ToList();

    /// <summary>The path under <paramref name="key"/>, with the <c>depth</c> beside it if it has a repeated step.</summary>
    public EntityPath ReadPath(string key, JsonObject form, Surroundings surroundings)
    {
        var text = Json.Text(form[key], key);
        if (form["depth"] is not { } node)
        {
            return _model.Path(surroundings.Own, text);
        }

        var depth = Json.AtLeast(1, node, "depth");
        return depth <= GreatestDepth && text.Contains('*', StringComparison.Ordinal)
            ? _model.Path(surroundings.Own, text, (int)depth)
            : throw new InvalidDefinitionException($"A depth is at most {GreatestDepth} and stands beside a path with a repeated step.");
    }

    /// <summary>The function with its field, the type of its result, and the keys that are left: comparisons.</summary>
    public (AggregateValue Value, Subject Subject, IReadOnlyList<KeyValuePair<string, JsonNode?>> Others) ReadAggregateValue(JsonObject form, Entity related)
    {
        var functions = Json.Entries(form).Where(pair => AggregateFunctions.Contains(pair.Key)).ToList();
        if (functions.Count != 1)
        {
            throw new InvalidDefinitionException($"An aggregate has exactly one function: {Json.Describe(form)}.");
        }

        var (name, argument) = functions[0];
        var function = name switch
        {
            "count" => AggregateFunction.Count,
            "count_distinct" => AggregateFunction.CountDistinct,
            "sum" => AggregateFunction.Sum,
            "avg" => AggregateFunction.Average,
            "min" => AggregateFunction.Minimum,
            _ => AggregateFunction.Maximum,
        };
        var field = function == AggregateFunction.Count ? null : _model.Field(related, Json.Text(argument, name));
        if (field is null && Json.Text(argument, name) != "*")
        {
            throw new InvalidDefinitionException("'count' takes only \"*\".");
        }

        if (field is not null)
        {
            _findings.NotePromise(field.Path);
        }

        var subject = SubjectOf(function, field);
        var emptyAs = form["empty_as"] is { } empty ? _literals.Read(empty, subject) : null;
        return (new AggregateValue(function, field, emptyAs), subject, Json.Entries(form).Where(pair => pair.Key != name && pair.Key != "empty_as").ToList());
    }

    private LeafPredicate ReadLeaf(JsonObject form, Surroundings surroundings)
    {
        var field = _model.Field(surroundings.Own, Json.Text(form["field"], "field"));
        var foldCase = form["ci"] is { } ci && Json.Boolean(ci, "ci");
        var ops = Json.Entries(form).Where(pair => pair.Key is not ("field" or "ci")).ToList();
        return ops.Count == 1
            ? new LeafPredicate(field, _conditions.Read(ops[0].Key, ops[0].Value, new Subject(field.Column.Type, field.Column.Zone), surroundings, foldCase))
            : throw new InvalidDefinitionException($"A leaf has exactly one operator: {Json.Describe(form)}.");
    }

    private Predicate ReadHas(string kind, JsonObject form, Surroundings surroundings)
    {
        var path = ReadPath(kind, form, surroundings);
        var where = form["where"] is { } inner ? Read(inner, surroundings.Inside(path.End)) : null;
        if (form["agg"] is not { } agg)
        {
            return new HasPredicate(path, where, null);
        }

        var aggregate = Json.Object(agg, "agg");
        return aggregate.ContainsKey("pick")
            ? _behaviour.ReadPick(path, where, aggregate, surroundings)
            : new HasPredicate(path, where, ReadAggregate(aggregate, path.End, surroundings));
    }

    private EveryPredicate ReadEvery(JsonObject form, Surroundings surroundings)
    {
        Json.AllowOnly(form, "every", "depth", "where", "must", "empty");
        var path = ReadPath("every", form, surroundings);
        var inside = surroundings.Inside(path.End);
        var where = form["where"] is { } inner ? Read(inner, inside) : null;
        var emptyPasses = Json.Choice(form["empty"], "empty", "fail", "pass") == "pass";
        return new EveryPredicate(path, where, Read(form["must"], inside), emptyPasses);
    }

    private Aggregate ReadAggregate(JsonObject form, Entity related, Surroundings surroundings)
    {
        var (value, subject, others) = ReadAggregateValue(form, related);
        var comparisons = others
            .Select(pair => ConditionReader.AggregateComparisons.Contains(pair.Key)
                ? _conditions.Read(pair.Key, pair.Value, subject, surroundings, foldCase: false)
                : throw new InvalidDefinitionException($"'{pair.Key}' is not a comparison of an aggregate."))
            .ToList();
        return comparisons.Count > 0 ? new Aggregate(value, comparisons) : throw new InvalidDefinitionException("An aggregate needs a comparison.");
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
