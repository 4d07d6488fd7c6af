using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Generates leaves: a column here or over a to-one path, an operator that fits its type, an operand near its values.</summary>
internal sealed class LeafGenerator(SegmentContext context)
{
    private static readonly string[] Comparisons = ["eq", "ne", "lt", "lte", "gt", "gte"];

    private readonly SeededRandom _random = context.Random;
    private readonly TimeFormGenerator _times = new(context);

    /// <param name="chain">The entities around the leaf, the root first, its own last.</param>
    public JsonObject Generate(ImmutableArray<Entity> chain)
    {
        var steps = _random.Chance(0.3) ? context.Walk(chain[^1], _random.Between(1, 2), toOne: true) : [];
        var entity = steps.Count == 0 ? chain[^1] : steps[^1].Target;
        var column = _random.Pick(entity.Columns);
        var leaf = new JsonObject { ["field"] = SegmentContext.Spell(steps, column) };
        var (op, value) = Condition(chain, entity, column);
        leaf[op] = value;
        if (column.Type.Kind == TypeKind.String && op is "eq" or "ne" or "in" or "not_in" or "contains" or "not_contains" or "starts" or "ends"
            && column.Type.Kind == TypeKind.String && _random.Chance(0.3))
        {
            leaf["ci"] = true;
        }

        return leaf;
    }

    private (string Op, JsonNode Value) Condition(ImmutableArray<Entity> chain, Entity entity, Column column)
    {
        if (_random.Chance(0.09))
        {
            return ("null", _random.Chance(0.5));
        }

        switch (column.Type.Kind)
        {
            case TypeKind.Boolean:
                return _random.Chance(0.6) ? ("is", _random.Chance(0.5)) : Comparison(chain, entity, column);
            case TypeKind.String:
                return _random.Weighted((0.35, 0), (0.12, 1), (0.53, 2)) switch
                {
                    0 => Substring(chain, entity, column),
                    1 => ("empty", _random.Chance(0.5)),
                    _ => Comparison(chain, entity, column),
                };
            case TypeKind.Binary:
                return context.Reference(chain, other => SegmentContext.Compares(column, other)) is { } reference
                    ? (_random.Pick(["eq", "ne"]), reference)
                    : ("null", _random.Chance(0.5));
            case TypeKind.Date or TypeKind.Timestamp or TypeKind.DateTime:
                return _random.Chance(0.7) ? _times.Generate(entity, column) : Comparison(chain, entity, column);
            case TypeKind.Float64 when _random.Chance(0.05):
                return ("empty", _random.Chance(0.5));
            default:
                return Comparison(chain, entity, column);
        }
    }

    private (string Op, JsonNode Value) Comparison(ImmutableArray<Entity> chain, Entity entity, Column column)
    {
        switch (_random.Below(10))
        {
            case < 5:
                return (_random.Pick(Comparisons), Operand(chain, entity, column, 0.3));
            case < 7:
                return (_random.Pick(["between", "between", "not_between"]), Bounds(chain, entity, column));
            default:
                var count = _random.Chance(0.06) ? 0 : _random.Between(1, 5);
                var items = Enumerable.Range(0, count).Select(_ => Operand(chain, entity, column, 0.12));
                return (_random.Pick(["in", "in", "not_in"]), new JsonArray([.. items]));
        }
    }

    private JsonArray Bounds(ImmutableArray<Entity> chain, Entity entity, Column column)
    {
        if (_random.Chance(0.25))
        {
            return [Operand(chain, entity, column, 0.5), Operand(chain, entity, column, 0.5)];
        }

        var (a, b) = (context.Sample(column, entity), context.Sample(column, entity));
        var inOrder = ValueOrder.Compare(a, b) <= 0 || _random.Chance(0.05);
        return [context.Literals.Write(inOrder ? a : b, column), context.Literals.Write(inOrder ? b : a, column)];
    }

    private (string Op, JsonNode Value) Substring(ImmutableArray<Entity> chain, Entity entity, Column column)
    {
        var op = _random.Pick(["contains", "starts", "ends", "not_contains"]);
        if (_random.Chance(0.1) && context.Reference(chain, other => other.Type.Kind == TypeKind.String) is { } reference)
        {
            return (op, reference);
        }

        if (context.Parameter(column, entity) is { } parameter)
        {
            return (op, parameter);
        }

        var text = ((Value.Text)context.Sample(column, entity)).Characters;
        var runes = text.EnumerateRunes().Select(rune => rune.ToString()).ToList();
        if (runes.Count > 1)
        {
            var length = _random.Between(1, runes.Count);
            var at = op switch { "starts" => 0, "ends" => runes.Count - length, _ => _random.Between(0, runes.Count - length) };
            text = string.Concat(runes.Skip(at).Take(length));
        }

        return (op, _random.Chance(0.15) ? SwapAsciiCase(text) : text);
    }

    private JsonNode Operand(ImmutableArray<Entity> chain, Entity entity, Column column, double references)
    {
        if (_random.Chance(references) && context.Reference(chain, other => SegmentContext.Compares(column, other)) is { } reference)
        {
            return reference;
        }

        if (context.Parameter(column, entity) is { } parameter)
        {
            return parameter;
        }

        if (context.Options.MomentsInLeaves && column.Type.IsTemporal && _random.Chance(0.1))
        {
            return _times.Moment(column);
        }

        var literal = context.Literal(column, entity);
        if (column.Type.Kind == TypeKind.String && _random.Chance(0.15))
        {
            return SwapAsciiCase((string)literal!);
        }

        // A decimal column compares with any number, also one that it cannot hold.
        return column.Type.Kind == TypeKind.Decimal && _random.Chance(0.08) ? JsonNode.Parse($"{_random.Between(-3, 40)}.{_random.Between(1, 99_999):00000}1")! : literal;
    }

    private static string SwapAsciiCase(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterUpper(c) ? (char)(c + 32) : char.IsAsciiLetterLower(c) ? (char)(c - 32) : c));
}
