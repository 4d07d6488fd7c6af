using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>A parameter's declared type and one of its values as text.</summary>
internal sealed record ParameterValue(string Type, string Text);

/// <summary>The parameters of all segments of a case: values given to the run reach every segment that declares the name.</summary>
internal sealed class ParameterRegistry
{
    private int _names;

    /// <summary>The values that the run is given, by name.</summary>
    public Dictionary<string, ParameterValue> Given { get; } = [];

    /// <summary>A name that no segment has yet.</summary>
    public string NewName() => $"p{++_names}";
}

/// <summary>Declares the parameters of one segment, with defaults, with values given to the run, or with both.</summary>
/// <param name="random">The randomness of the case.</param>
/// <param name="literals">Spells times.</param>
/// <param name="zone">The zone of the segment.</param>
/// <param name="registry">The parameters of the case.</param>
internal sealed class ParameterGenerator(SeededRandom random, LiteralWriter literals, ZoneRules zone, ParameterRegistry registry)
{
    /// <summary>The <c>params</c> of the segment.</summary>
    public JsonObject Declarations { get; } = [];

    /// <summary><c>{param: name}</c> that stands for the value beside the column; nothing if the value has no literal.</summary>
    public JsonObject? Declare(Column column, Value value)
    {
        if (ValueFor(column, value) is not { } chosen)
        {
            return null;
        }

        var shared = registry.Given.Where(pair => pair.Value.Type == chosen.Type && !Declarations.ContainsKey(pair.Key)).Select(pair => pair.Key).ToList();
        if (shared.Count > 0 && random.Chance(0.3))
        {
            // Another segment of the run has the parameter too: both see the one value.
            var known = random.Pick(shared);
            Declarations.Add(known, new JsonObject { ["type"] = chosen.Type });
            return new JsonObject { ["param"] = known };
        }

        var name = registry.NewName();
        var declaration = new JsonObject { ["type"] = chosen.Type };
        var (hasDefault, isGiven) = random.Weighted((0.4, (true, false)), (0.35, (false, true)), (0.25, (true, true)));
        if (hasDefault)
        {
            declaration["default"] = DefaultOf(chosen);
        }

        if (isGiven)
        {
            registry.Given.Add(name, hasDefault && ValueFor(column, value) is { } other && other.Type == chosen.Type ? other : chosen);
        }

        Declarations.Add(name, declaration);
        return new JsonObject { ["param"] = name };
    }

    private ParameterValue? ValueFor(Column column, Value value)
    {
        switch (value)
        {
            case Value.Truth truth:
                return new ParameterValue("boolean", truth.Holds ? "true" : "false");
            case Value.Integer integer:
                var whole = integer.Number.ToString(CultureInfo.InvariantCulture);
                return random.Weighted((0.7, 0), (0.2, 1), (Math.Abs((double)integer.Number) < 1e15 ? 0.1 : 0, 2)) switch
                {
                    0 => new ParameterValue("int64", whole),
                    1 => new ParameterValue("decimal(22,2)", whole + random.Pick([".00", ".50", ""])),
                    _ => new ParameterValue("float64", whole),
                };
            case Value.Decimal number:
                var floor = BigInteger.Divide(number.Unscaled, BigInteger.Pow(10, number.Scale));
                return random.Chance(0.2) && floor > long.MinValue && floor < long.MaxValue
                    ? new ParameterValue("int64", floor.ToString(CultureInfo.InvariantCulture))
                    : new ParameterValue(column.Type.Kind == TypeKind.Decimal ? column.Type.ToString() : $"decimal(38,{number.Scale})", CanonicalText.Of(number));
            case Value.Float number when double.IsFinite(number.Number):
                return new ParameterValue("float64", CanonicalText.OfDouble(number.Number));
            case Value.Text text:
                return new ParameterValue("string", text.Characters);
            case Value.Date date:
                return new ParameterValue("date", CivilCalendar.DateText(date.Days));
            case Value.Timestamp timestamp when random.Chance(0.3):
                return new ParameterValue("date", CivilCalendar.DateText(CivilCalendar.DayOf(zone.ToLocal(timestamp.Micros))));
            case Value.WallClock wallClock when random.Chance(0.3):
                return new ParameterValue("date", CivilCalendar.DateText(CivilCalendar.DayOf(wallClock.Micros)));
            case Value.Timestamp or Value.WallClock:
                string spelled;
                do
                {
                    spelled = (string)literals.Write(value, column)!;
                }
                while (IsoText.Parse(spelled).IsDateOnly);
                return new ParameterValue(value is Value.Timestamp ? "timestamp" : "datetime", spelled);
            default:
                return null;
        }
    }

    private JsonNode DefaultOf(ParameterValue value) => value.Type switch
    {
        "boolean" => value.Text == "true",
        "int64" or "float64" => JsonNode.Parse(value.Text)!,
        _ when value.Type.StartsWith("decimal", StringComparison.Ordinal) && random.Chance(0.6) => JsonNode.Parse(value.Text)!,
        _ => value.Text,
    };
}
