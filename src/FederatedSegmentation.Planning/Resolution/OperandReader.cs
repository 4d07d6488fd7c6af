using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads VALUE: a literal, a reference to a column of a row in scope, a parameter, or a time relative to the run.</summary>
/// <param name="context">The segment.</param>
/// <param name="scope">The row that references start from.</param>
/// <param name="framesBelow">How many frames lie between that row and the one that the value is compared on: 1 for a leaf over a path.</param>
/// <param name="anyNumber">As in <see cref="LiteralReader.Read"/>.</param>
internal sealed class OperandReader(SegmentContext context, RowScope scope, int framesBelow, bool anyNumber = false)
{
    /// <summary>The segment.</summary>
    public SegmentContext Context => context;

    /// <summary>One value, or null after a report.</summary>
    public Operand? Read(DocumentNode node, DataType type)
    {
        if (node is not MappingNode mapping)
        {
            return ReadLiteral(node, type) is { } literal ? new LiteralOperand(literal, type) : null;
        }

        if (mapping.Find("ref") is { } reference)
        {
            NodeShapes.CheckKeys(mapping, context.Problems, "a reference", ["ref"]);
            return ReadReference(reference, type);
        }

        if (mapping.Find("param") is not null)
        {
            return ReadParameter(mapping, type);
        }

        if (!RelativeTimeReader.IsRelativeTime(mapping))
        {
            context.Problems.Add("SDL006", mapping.Place, "This is not a value.", "Write a literal, {ref: column}, {param: name}, {now: true}, {today: true}, {ago: N, unit: u} or {ahead: N, unit: u}.");
            return null;
        }

        if (!type.IsTemporal)
        {
            context.Problems.Add("SDL005", mapping.Place, $"A time does not fit the type {type}.", "Compare it with a date, timestamp or datetime.");
            return null;
        }

        return RelativeTimeReader.Read(mapping, type, context) is { } time ? new LiteralOperand(time, type) : null;
    }

    /// <summary>A literal or a time relative to the run, but no reference and no parameter; null after a report.</summary>
    public Literal? ReadConstant(DocumentNode node, DataType type)
    {
        if (node is MappingNode mapping && (mapping.Find("ref") ?? mapping.Find("param")) is not null)
        {
            context.Problems.Add("SDL009", node.Place, $"A {(mapping.Find("ref") is null ? "parameter" : "reference")} cannot stand here.", "Write a literal.");
            return null;
        }

        return (Read(node, type) as LiteralOperand)?.Value;
    }

    /// <summary>The day that a date literal or a date parameter names, or null for anything else.</summary>
    public DateOnly? FindDay(DocumentNode node) => node switch
    {
        ScalarNode { Kind: ScalarKind.String } scalar => IsoTime.TryReadDate(scalar.Text, out var day) ? day : null,
        MappingNode mapping when (mapping.Find("param") as ScalarNode)?.Text is { } name => (context.Parameters.Find(name)?.Value as DateLiteral)?.Value,
        _ => null,
    };

    /// <summary>A literal, or null after a report.</summary>
    public Literal? ReadLiteral(DocumentNode node, DataType type) => LiteralReader.Read(node, type, context, anyNumber);

    private LiteralOperand? ReadParameter(MappingNode node, DataType type)
    {
        if (context.Parameters.Find(node, context.Problems) is not { } parameter || !context.CountLiterals(1, node))
        {
            return null;
        }

        var (name, given, value, text) = parameter;
        switch (given, type)
        {
            case (Float64Type, Int64Type or DecimalType):
                // Both sides become float64, as beside a column of that type.
                return new LiteralOperand(value, given);
            case (Int64Type or DecimalType, Float64Type):
                return new LiteralOperand(new Float64Literal(NumberText.ToFloat64(value)), type);
            case (Int64Type or DecimalType, Int64Type or DecimalType):
                return new LiteralOperand(value, type);
            case (DateType, TimestampType or DateTimeType):
                return new LiteralOperand(LiteralReader.StartOfDay(((DateLiteral)value).Value, type, context.Calendar), type);
            case (TimestampType, TimestampType) or (DateTimeType, DateTimeType):
                return LiteralReader.OfText(text, type, context.Calendar) is { } time ? new LiteralOperand(time, type) : null;
            default:
                break;
        }

        if (given == type)
        {
            return new LiteralOperand(value, type);
        }

        context.Problems.Add(
            "SDL012",
            node.Place,
            $"The parameter '{name}' is {NameOf(given)}, and is compared with {NameOf(type)}.",
            "Both sides must have the same type, or both be numbers; a date also goes with a timestamp or datetime.");
        return null;
    }

    private ReferenceOperand? ReadReference(DocumentNode node, DataType type)
    {
        if (NodeShapes.Text(node, context.Problems, "a reference") is not { } text || FindRow(text, node) is not var (row, frames, path))
        {
            return null;
        }

        if (PathReader.ReadColumn(row.Entity, path, node.Place, context, "SDL001") is not { } found)
        {
            return null;
        }

        if (!CanCompare(type, found.Column.Type))
        {
            context.Problems.Add(
                "SDL004",
                node.Place,
                $"'{found.Column}' is {NameOf(found.Column.Type)}, and is compared with {NameOf(type)}.",
                "Both sides of a reference must have the same type (datetimes also the same zone), or both be numbers.");
            return null;
        }

        return new ReferenceOperand(frames + framesBelow, found.Path, found.Column);
    }

    private (RowScope Row, int Frames, string Path)? FindRow(string text, DocumentNode node)
    {
        var row = scope;
        var frames = 0;
        if (text.StartsWith("root.", StringComparison.Ordinal))
        {
            for (; row.Outer is not null; row = row.Outer)
            {
                frames++;
            }

            return (row, frames, text["root.".Length..]);
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (!text.StartsWith('^'))
        {
            return (row, 0, text);
        }

        if (dot < 1 || text.AsSpan(0, dot).ContainsAnyExcept('^'))
        {
            context.Problems.Add("SDL002", node.Place, $"'{text}' is not a reference.", "Write ^.column for the enclosing row, ^^.column for the one around it, root.column for the outermost.");
            return null;
        }

        for (; frames < dot; frames++)
        {
            if (row.Outer is null)
            {
                context.Problems.Add(
                    "SDL002",
                    node.Place,
                    $"'{text}' goes {dot} rows out, but only {frames} {(frames == 1 ? "row lies" : "rows lie")} around this place.",
                    "Use fewer '^': each one is a 'has', 'none' or 'every' around.");
                return null;
            }

            row = row.Outer;
        }

        return (row, frames, text[(dot + 1)..]);
    }

    private static bool CanCompare(DataType left, DataType right) => left == right || (left.IsNumeric && right.IsNumeric);

    private static string NameOf(DataType type) => type switch
    {
        DateTimeType { Zone: { } zone } => $"a {type} in {zone}",
        Int64Type => $"an {type}",
        _ => $"a {type}",
    };
}
