using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>What a literal is compared with: the type, the zone of a datetime column, and whether any number fits (sum and avg).</summary>
internal sealed record Subject(DataType Type, string? Zone = null);

/// <summary>Turns the literals of a definition into values of the type that they are compared with.</summary>
internal sealed class LiteralReader(RunClock clock, Findings findings)
{
    public Value Read(JsonNode? node, Subject subject)
    {
        switch (subject.Type.Kind)
        {
            case TypeKind.Boolean:
                return Value.Of(Json.Boolean(node, "A boolean"));
            case TypeKind.Int64:
                return Value.Of(Json.Integer(node, "An int64"));
            case TypeKind.Decimal:
                return ExactNumber.Parse(NumberOrText(node));
            case TypeKind.Float64:
                return Value.Of(double.Parse(NumberOrText(node), NumberStyles.Float, CultureInfo.InvariantCulture));
            case TypeKind.String:
                return Value.Of(Json.Text(node, "A string"));
            case TypeKind.Date:
                return ReadDate(node);
            case TypeKind.Timestamp:
                return new Value.Timestamp(Instant(IsoText.Parse(Json.Text(node, "A timestamp"))));
            case TypeKind.DateTime:
                return ReadWallClock(IsoText.Parse(Json.Text(node, "A datetime")), subject.Zone);
            default:
                findings.MarkUnspecified("The language does not say how a binary literal is spelled.");
                return new Value.Binary(Json.Text(node, "A binary"));
        }
    }

    /// <summary>The instant as a value of a timestamp or datetime column.</summary>
    public Value AtInstant(long instant, Subject subject) => subject.Type.Kind switch
    {
        TypeKind.Timestamp => new Value.Timestamp(instant),
        TypeKind.DateTime => new Value.WallClock((subject.Zone is { } zone ? ZoneRules.Of(zone) : clock.Zone).ToLocal(instant)),
        _ => throw new InvalidDefinitionException($"A {subject.Type} has no instants."),
    };

    /// <summary>The start of a local day as a value of a timestamp or datetime column.</summary>
    public Value LocalMidnight(long days, Subject subject) => subject.Type.Kind == TypeKind.Timestamp
        ? new Value.Timestamp(Instant(new IsoText(days, null, null)))
        : ReadWallClock(new IsoText(days, null, null), subject.Zone);

    private static Value.Date ReadDate(JsonNode? node)
    {
        var date = IsoText.Parse(Json.Text(node, "A date"));
        return date.IsDateOnly ? new Value.Date(date.Days) : throw new InvalidDefinitionException("A date has no time of day.");
    }

    private Value ReadWallClock(IsoText text, string? zone)
    {
        if (zone is null && text.OffsetMicros is null)
        {
            var written = text.LocalMicros ?? (text.Days * CivilCalendar.MicrosPerDay);
            if (text.IsDateOnly && clock.Zone.IsInGap(written))
            {
                findings.MarkUnspecified("Local midnight does not exist and the datetime column has no zone.");
            }

            return new Value.WallClock(written);
        }

        return AtInstant(Instant(text), new Subject(new DataType(TypeKind.DateTime), zone));
    }

    private long Instant(IsoText text)
    {
        if (text.LocalMicros is not { } local)
        {
            return clock.Zone.ToInstant(text.Days * CivilCalendar.MicrosPerDay);
        }

        return text.OffsetMicros is { } offset ? local - offset : clock.Zone.ToInstant(local);
    }

    private static string NumberOrText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String
        ? Json.Text(node, "A number")
        : Json.Number(node, "A number");
}
