using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads VALUE: a literal, a reference to a column of a row in scope, or a time relative to the run.</summary>
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

        if (mapping.Find("param") is { } parameter)
        {
            context.LaterLevel(parameter.Place, "param", level: 2);
            return null;
        }

        if (!RelativeTimeReader.IsRelativeTime(mapping))
        {
            context.Problems.Add("SDL006", mapping.Place, "This is not a value.", "Write a literal, {ref: column}, {now: true}, {today: true}, {ago: N, unit: u} or {ahead: N, unit: u}.");
            return null;
        }

        if (!type.IsTemporal)
        {
            context.Problems.Add("SDL005", mapping.Place, $"A time does not fit the type {type}.", "Compare it with a date, timestamp or datetime.");
            return null;
        }

        return RelativeTimeReader.Read(mapping, type, context) is { } time ? new LiteralOperand(time, type) : null;
    }

    /// <summary>A literal or a time relative to the run, but no reference; null after a report.</summary>
    public Literal? ReadConstant(DocumentNode node, DataType type) => Read(node, type) switch
    {
        LiteralOperand literal => literal.Value,
        ReferenceOperand => ReportReference(node),
        _ => null,
    };

    /// <summary>A literal, or null after a report.</summary>
    public Literal? ReadLiteral(DocumentNode node, DataType type) => LiteralReader.Read(node, type, context, anyNumber);

    private Literal? ReportReference(DocumentNode node)
    {
        context.Problems.Add("SDL009", node.Place, "A reference cannot stand here.", "Write a literal.");
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

    private static string NameOf(DataType type) => type is DateTimeType { Zone: { } zone } ? $"a {type} in {zone}" : $"a {type}";
}
