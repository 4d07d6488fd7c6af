using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Generates aggregates over related rows, with bounds near what the rows give.</summary>
internal sealed class AggregateGenerator(SegmentContext context)
{
    private readonly SeededRandom _random = context.Random;
    private readonly TimeFormGenerator _times = new(context);

    /// <param name="chain">The entities around the <c>has</c>, the one that it starts from last.</param>
    /// <param name="related">The entity of the related rows.</param>
    public JsonObject Generate(ImmutableArray<Entity> chain, Entity related)
    {
        var function = _random.Pick(["count", "count", "count_distinct", "sum", "sum", "avg", "min", "max"]);
        if (function == "count" || Field(function, related) is not var (spelled, entity, column))
        {
            return Compare(new JsonObject { ["count"] = "*" }, chain, IsNumeric, Counts, CountParameter, 3);
        }

        var aggregate = new JsonObject { [function] = spelled };
        switch (function)
        {
            case "count_distinct":
                return Compare(aggregate, chain, IsNumeric, Counts, CountParameter, 3);
            case "sum" or "avg":
                Compare(aggregate, chain, IsNumeric, () => Total(function, entity, column), () => context.Parameter(column, entity), 2);
                if (_random.Chance(0.3))
                {
                    aggregate["empty_as"] = _random.Chance(0.6) ? 0 : Total(function, entity, column);
                }

                return aggregate;
            default:
                Compare(aggregate, chain, other => SegmentContext.Compares(column, other), () => Extreme(entity, column), () => context.Parameter(column, entity), 2);
                if (_random.Chance(0.2))
                {
                    aggregate["empty_as"] = context.Literal(column, entity);
                }

                return aggregate;
        }
    }

    /// <summary>An aggregate without comparisons, to order by.</summary>
    public JsonObject Function(Entity related)
    {
        var function = _random.Pick(["count", "count", "count_distinct", "sum", "sum", "avg", "min", "max"]);
        if (function == "count" || Field(function, related) is not var (spelled, entity, column))
        {
            return new JsonObject { ["count"] = "*" };
        }

        var aggregate = new JsonObject { [function] = spelled };
        if (function != "count_distinct" && _random.Chance(0.3))
        {
            aggregate["empty_as"] = function is "sum" or "avg" ? Total(function, entity, column) : context.Literal(column, entity);
        }

        return aggregate;
    }

    /// <summary>A column that the function takes, here or over a to-one path; nothing if there is none.</summary>
    private (string Spelled, Entity Entity, Column Column)? Field(string function, Entity related)
    {
        var steps = _random.Chance(0.2)
            ? context.Walk(related, _random.Between(1, 2), toOne: true, keepingPromises: !_random.Chance(context.Options.DataErrors))
            : [];
        var entity = steps.Count == 0 ? related : steps[^1].Target;
        var columns = entity.Columns.Where(column => Fits(function, column)).ToList();
        if (columns.Count == 0)
        {
            return null;
        }

        var column = _random.Pick(columns);
        return (SegmentContext.Spell(steps, column), entity, column);
    }

    private static bool IsNumeric(Column column) => column.Type.IsNumeric;

    private static bool Fits(string function, Column column) => function switch
    {
        "count_distinct" => true,
        "sum" or "avg" => column.Type.IsNumeric,
        _ => column.Type.Kind is not (TypeKind.Boolean or TypeKind.Binary),
    };

    private JsonObject Compare(JsonObject aggregate, ImmutableArray<Entity> chain, Func<Column, bool> fits, Func<JsonNode> bound, Func<JsonNode?> parameter, int inRange)
    {
        JsonNode Operand(double references) =>
            _random.Chance(references) && context.Reference(chain, fits) is { } reference ? reference : parameter() ?? bound();
        switch (_random.Below(12))
        {
            case 0:
                aggregate["between"] = new JsonArray(Operand(0.1), Operand(0.1));
                break;
            case 1:
                aggregate["not_between"] = new JsonArray(Operand(0.1), Operand(0.1));
                break;
            case 2:
                aggregate["in"] = new JsonArray([.. Enumerable.Range(0, _random.Between(1, inRange + 1)).Select(_ => Operand(0.1))]);
                break;
            case 3:
                aggregate["gte"] = Operand(0.1);
                aggregate[_random.Pick(["lt", "lte", "ne"])] = Operand(0.1);
                break;
            default:
                aggregate[_random.Pick(["eq", "ne", "lt", "lte", "gt", "gte", "gte", "gt", "lt"])] = Operand(0.2);
                break;
        }

        return aggregate;
    }

    private JsonObject? CountParameter() => context.Options.Has(Level2.Parameters) ? context.Parameter(_random.Between(0, 4)) : null;

    private JsonNode Counts() => _random.Chance(0.8) ? _random.Between(0, 4) : _random.Between(5, 12);

    private JsonNode Total(string function, Entity entity, Column column)
    {
        // A whole multiple of a stored value is near many sums; the value itself is near averages.
        var value = context.Sample(column, entity);
        var times = function == "sum" ? _random.Between(1, 4) : 1;
        switch (value)
        {
            case Value.Float number:
                var total = double.IsFinite(number.Number * times) ? number.Number * times : number.Number;
                return JsonNode.Parse(total.ToString("R", CultureInfo.InvariantCulture))!;
            case Value.Integer integer:
                return JsonNode.Parse(CanonicalText.OfDecimal((System.Numerics.BigInteger)integer.Number * times * 10 + _random.Pick([0, 0, 5, 3]), 1))!;
            default:
                var exact = (Value.Decimal)value;
                var text = CanonicalText.OfDecimal(exact.Unscaled * times, exact.Scale);
                return _random.Chance(0.25) ? text : JsonNode.Parse(text)!;
        }
    }

    private JsonNode Extreme(Entity entity, Column column) =>
        column.Type.IsTemporal && _random.Chance(0.4) ? _times.Moment(column) : context.Literal(column, entity);
}
