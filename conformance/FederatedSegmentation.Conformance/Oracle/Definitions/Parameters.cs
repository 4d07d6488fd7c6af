using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>The parameters of one segment with their values. Times stay text, because a time without an offset depends on what it is compared with.</summary>
internal sealed class Parameters
{
    private readonly Dictionary<string, (DataType Type, Value? Value, string? Time)> _values = [];

    /// <param name="node">The <c>params</c> of the segment, if it has any.</param>
    /// <param name="given">What the run was given, by name; names of other segments may be among them.</param>
    public Parameters(JsonNode? node, IReadOnlyDictionary<string, string> given)
    {
        if (node is null)
        {
            return;
        }

        foreach (var (name, declaration) in Json.Entries(Json.Object(node, "params")))
        {
            var form = Json.Object(declaration, "A parameter");
            Json.AllowOnly(form, "type", "default");
            var type = DataType.Parse(Json.Text(form["type"], "type"));
            var fallback = form["default"] is { } literal ? TextOf(literal, type) : null;
            if (fallback is not null)
            {
                // A default is checked also where the run gives a value.
                Read(fallback, type);
            }

            var text = given.TryGetValue(name, out var value)
                ? value
                : fallback ?? throw new InvalidDefinitionException($"The parameter '{name}' has no value.");
            _values.Add(name, type.IsTemporal ? (type, null, CheckTime(text, type)) : (type, Read(text, type), null));
        }
    }

    public static bool IsParameter(JsonNode? node) => node is JsonObject form && form.ContainsKey("param");

    /// <summary>The value of <c>{param: name}</c> for a comparison with <paramref name="subject"/>.</summary>
    public Value Value(JsonNode? node, Subject subject, LiteralReader literals)
    {
        var (type, value, time) = Find(node);
        if (time is not null)
        {
            return literals.Read(InPlaceOfTime(node, subject), subject);
        }

        return type.Kind == subject.Type.Kind || (type.IsNumeric && subject.Type.IsNumeric) ? value! : throw WrongType(type, subject);
    }

    /// <summary>The literal that <c>{param: name}</c> stands for beside a date, timestamp or datetime; anything else as it is.</summary>
    public JsonNode? InPlaceOfTime(JsonNode? node, Subject subject)
    {
        if (!IsParameter(node))
        {
            return node;
        }

        var (type, _, time) = Find(node);
        return time is not null && subject.Type.IsTemporal && (type.Kind == subject.Type.Kind || type.Kind == TypeKind.Date)
            ? JsonValue.Create(time)
            : throw WrongType(type, subject);
    }

    private (DataType Type, Value? Value, string? Time) Find(JsonNode? node)
    {
        var form = Json.Object(node, "A parameter");
        Json.AllowOnly(form, "param");
        var name = Json.Text(form["param"], "param");
        return _values.TryGetValue(name, out var found) ? found : throw new InvalidDefinitionException($"The segment declares no parameter '{name}'.");
    }

    private static InvalidDefinitionException WrongType(DataType type, Subject subject) =>
        new($"A parameter of type {type} does not compare with {subject.Type}.");

    /// <summary>The text of a default: numbers as they are spelled, also of a decimal written as a string.</summary>
    private static string TextOf(JsonNode literal, DataType type) => type.Kind switch
    {
        TypeKind.Boolean => Json.Boolean(literal, "A default") ? "true" : "false",
        TypeKind.Int64 or TypeKind.Float64 => Json.Number(literal, "A default"),
        TypeKind.Decimal when literal.GetValueKind() == JsonValueKind.Number => Json.Number(literal, "A default"),
        _ => Json.Text(literal, "A default"),
    };

    private static Value? Read(string text, DataType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Boolean when text is not ("true" or "false"):
                throw new InvalidDefinitionException($"'{text}' is no boolean.");
            case TypeKind.Int64 when !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _):
                throw new InvalidDefinitionException($"'{text}' is no int64.");
            case TypeKind.Decimal:
                var number = ExactNumber.WithScale(ExactNumber.Parse(text), type.Scale);
                return ExactNumber.DigitCount(number.Unscaled) <= type.Precision
                    ? number
                    : throw new InvalidDefinitionException($"{text} does not fit into {type}.");
            case TypeKind.Float64 when !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) || !double.IsFinite(real):
                throw new InvalidDefinitionException($"'{text}' is no finite float64.");
            case TypeKind.Date or TypeKind.Timestamp or TypeKind.DateTime:
                CheckTime(text, type);
                return null;
            default:
                return StoredText.Read(text, type);
        }
    }

    private static string CheckTime(string text, DataType type) => IsoText.Parse(text).IsDateOnly == (type.Kind == TypeKind.Date)
        ? text
        : throw new InvalidDefinitionException($"'{text}' is no {type}.");
}
