using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Generates the time forms for a date, timestamp or datetime column.</summary>
internal sealed class TimeFormGenerator(SegmentContext context)
{
    private static readonly string[] DayUnits = ["day", "week", "month", "quarter", "year"];
    private static readonly string[] AllUnits = ["minute", "hour", "day", "week", "month", "quarter", "year"];

    private readonly SeededRandom _random = context.Random;

    /// <summary>An operator and its value.</summary>
    public (string Op, JsonNode Value) Generate(Entity entity, Column column) => _random.Weighted(
        (2.0, (Func<(string, JsonNode)>)(() => (_random.Chance(0.75) ? "within" : "outside", Window(column)))),
        (1.2, () => ("period", Period(column))),
        (1.5, () => (_random.Pick(["before", "after"]), _random.Chance(0.45) ? Moment(column) : context.Parameter(column, entity) ?? context.Literal(column, entity))),
        (0.7, () => ("anniversary", Anniversary())),
        (1.2, () => ("part", Part(column))))();

    public JsonObject Moment(Column column)
    {
        switch (_random.Below(5))
        {
            case 0:
                return new JsonObject { ["now"] = true };
            case 1:
                return new JsonObject { ["today"] = true };
            case 2:
                return new JsonObject { ["ahead"] = Count(), ["unit"] = Unit(column) };
            default:
                var moment = new JsonObject { ["ago"] = Count(), ["unit"] = Unit(column) };
                if (_random.Chance(0.5))
                {
                    moment["align"] = _random.Pick(["calendar", "rolling"]);
                }

                return moment;
        }
    }

    private JsonObject Window(Column column)
    {
        var last = _random.Chance(0.65);
        var rolling = _random.Chance(0.35);
        var count = Count();
        var window = new JsonObject { [last ? "last" : "next"] = rolling && !last ? Math.Max(1, count) : count, ["unit"] = Unit(column) };
        if (rolling)
        {
            window["align"] = "rolling";
        }
        else if (_random.Chance(0.2))
        {
            window["align"] = "calendar";
        }

        if (!rolling && _random.Chance(0.4))
        {
            window["current"] = _random.Chance(0.25);
        }

        return window;
    }

    private JsonObject Period(Column column)
    {
        var period = new JsonObject { ["unit"] = Unit(column) };
        if (_random.Chance(0.8))
        {
            period["offset"] = _random.Between(-3, 2);
        }

        return period;
    }

    private JsonObject Anniversary()
    {
        var anniversary = new JsonObject { ["offset_days"] = _random.Chance(0.5) ? 0 : _random.Between(-40, 40) };
        if (_random.Chance(0.5))
        {
            anniversary["feb29"] = _random.Pick(["feb28", "mar1"]);
        }

        return anniversary;
    }

    private JsonObject Part(Column column)
    {
        var of = column.Type.Kind == TypeKind.Date ? _random.Pick(["dow", "dom", "month", "year"]) : _random.Pick(["dow", "dom", "month", "year", "hour"]);
        int Number() => of switch
        {
            "dow" => _random.Between(1, 7),
            "dom" => _random.Between(1, 31),
            "month" => _random.Between(1, 12),
            "year" => _random.Between(2018, 2030),
            _ => _random.Between(0, 23),
        };
        JsonNode Operand()
        {
            var number = Number();
            return context.Parameter(number) ?? (JsonNode)number;
        }

        var part = new JsonObject { ["of"] = of };
        var op = _random.Pick(["eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "between"]);
        part[op] = op switch
        {
            "in" or "not_in" => new JsonArray([.. Enumerable.Range(0, _random.Between(1, 4)).Select(_ => (JsonNode)Number())]),
            "between" => Ordered(Number(), Number()),
            _ => Operand(),
        };
        return part;
    }

    private static JsonArray Ordered(int a, int b) => [Math.Min(a, b), Math.Max(a, b)];

    private int Count() => _random.Chance(0.1) ? 0 : _random.Chance(0.7) ? _random.Between(1, 6) : _random.Between(7, 45);

    // Longer units find more rows, so they are favoured.
    private string Unit(Column column) => column.Type.Kind == TypeKind.Date || _random.Chance(0.6) ? _random.Pick(DayUnits) : _random.Pick(AllUnits);
}
