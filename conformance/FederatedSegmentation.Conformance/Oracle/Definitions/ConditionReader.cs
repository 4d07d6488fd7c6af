using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>The entities of the rows that stand around a predicate, the root first, the own row last.</summary>
internal sealed record Surroundings(IReadOnlyList<Entity> Entities)
{
    public Entity Own => Entities[^1];

    public Surroundings Inside(Entity related) => new([.. Entities, related]);
}

/// <summary>Reads <c>OP: VALUE</c> for a value of a known type.</summary>
internal sealed class ConditionReader(ModelSchema model, LiteralReader literals, TimeReader times, Parameters parameters, Findings findings)
{
    public static readonly IReadOnlySet<string> AggregateComparisons =
        new HashSet<string> { "eq", "ne", "lt", "lte", "gt", "gte", "between", "not_between", "in" };

    public Condition Read(string op, JsonNode? value, Subject subject, Surroundings surroundings, bool foldCase)
    {
        Operand One(JsonNode? node) => ReadOperand(node, subject, surroundings);
        Condition Comparison(ComparisonKind kind) => new ComparisonCondition(kind, One(value), foldCase);
        Condition Text(TextKind kind, bool negated) => new TextCondition(kind, One(value), negated, foldCase);
        switch (op)
        {
            case "eq":
                return Comparison(ComparisonKind.Equal);
            case "ne":
                return Comparison(ComparisonKind.NotEqual);
            case "lt":
                return Comparison(ComparisonKind.Less);
            case "lte":
                return Comparison(ComparisonKind.LessOrEqual);
            case "gt":
                return Comparison(ComparisonKind.Greater);
            case "gte":
                return Comparison(ComparisonKind.GreaterOrEqual);
            case "between" or "not_between":
                var bounds = Json.Array(value, op);
                if (bounds.Count != 2)
                {
                    throw new InvalidDefinitionException($"'{op}' takes two bounds.");
                }

                return new BetweenCondition(One(bounds[0]), One(bounds[1]), op == "not_between");
            case "in" or "not_in":
                return new ListCondition(Json.Array(value, op).Select(One).ToList(), op == "not_in", foldCase);
            case "contains":
                return Text(TextKind.Contains, negated: false);
            case "not_contains":
                return Text(TextKind.Contains, negated: true);
            case "starts":
                return Text(TextKind.Starts, negated: false);
            case "ends":
                return Text(TextKind.Ends, negated: false);
            case "is":
                return new ComparisonCondition(ComparisonKind.Equal, new LiteralOperand(Values.Value.Of(Json.Boolean(value, "is"))));
            case "null":
                return new NullCondition(Json.Boolean(value, "null"));
            case "empty":
                return new EmptyCondition(Json.Boolean(value, "empty"));
            case "before":
                return times.Before(value, subject);
            case "after":
                return times.After(value, subject);
            case "within":
                return times.Window(value, subject, outside: false);
            case "outside":
                return times.Window(value, subject, outside: true);
            case "period":
                return times.Period(value, subject);
            case "anniversary":
                return times.Anniversary(value, subject);
            case "part":
                return times.Part(
                    value,
                    subject,
                    (inner, operand) => Read(inner, operand, new Subject(new DataType(TypeKind.Int64)), surroundings, foldCase: false));
            default:
                throw new InvalidDefinitionException($"'{op}' is not an operator of level 1 or 2.");
        }
    }

    private Operand ReadOperand(JsonNode? node, Subject subject, Surroundings surroundings)
    {
        if (node is JsonObject reference && reference.ContainsKey("ref"))
        {
            Json.AllowOnly(reference, "ref");
            return ReadReference(Json.Text(reference["ref"], "ref"), surroundings);
        }

        if (Parameters.IsParameter(node))
        {
            return new LiteralOperand(parameters.Value(node, subject, literals));
        }

        return new LiteralOperand(TimeReader.IsMoment(node) ? times.Moment(node!.AsObject(), subject) : literals.Read(node, subject));
    }

    private ReferenceOperand ReadReference(string text, Surroundings surroundings)
    {
        if (text.StartsWith("root.", StringComparison.Ordinal))
        {
            return Reference(Predicate.ToRoot, surroundings.Entities[0], text["root.".Length..]);
        }

        var level = text.TakeWhile(character => character == '^').Count();
        if (level >= surroundings.Entities.Count)
        {
            throw new InvalidDefinitionException($"'{text}' looks further out than the segment.");
        }

        var path = level == 0 ? text : text[(level + 1)..];
        return Reference(level, surroundings.Entities[^(level + 1)], path);
    }

    private ReferenceOperand Reference(int level, Entity start, string path)
    {
        var field = model.Field(start, path);
        findings.NotePromise(field.Path);
        return new ReferenceOperand(level, field);
    }
}
