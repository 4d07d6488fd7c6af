using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads <c>agg</c>: one function over the related rows, and comparisons with its result.</summary>
internal static class AggregationReader
{
    private const int MostDigits = 38;
    private static readonly string[] Functions = ["count", "count_distinct", "sum", "avg", "min", "max"];
    private static readonly string[] Comparisons = ["eq", "ne", "lt", "lte", "gt", "gte", "between", "not_between", "in"];
    private static readonly string[] Keys = [.. Functions, .. Comparisons, "empty_as"];

    /// <summary>An aggregation, or null after a report.</summary>
    /// <param name="node">The value of <c>agg</c>.</param>
    /// <param name="start">The row that the related rows start from: references are read there.</param>
    /// <param name="end">The entity of the related rows; null where it is unknown.</param>
    /// <param name="context">The segment.</param>
    public static Aggregation? Read(DocumentNode node, RowScope start, Entity? end, SegmentContext context)
    {
        if (NodeShapes.Mapping(node, context.Problems, "'agg'") is not { } mapping)
        {
            return null;
        }

        if (mapping.Find("pick") is { } pick)
        {
            context.LaterLevel(pick.Place, "agg: {pick}", level: 2);
            return null;
        }

        CheckKeys(mapping, context);
        var functions = mapping.Entries.Where(entry => Functions.Contains(entry.Key, StringComparer.Ordinal)).ToList();
        var comparisons = mapping.Entries.Where(entry => Comparisons.Contains(entry.Key, StringComparer.Ordinal)).ToList();
        if (functions.Count != 1)
        {
            Bad(mapping, context, $"An aggregate has exactly one function, not {functions.Count}.", $"Write one of {string.Join(", ", Functions)}.");
        }

        if (comparisons.Count == 0)
        {
            Bad(mapping, context, "An aggregate needs a comparison.", "Add one, for instance gte: 3.");
        }

        if (functions.Count != 1 || ReadFunction(functions[0], end, context) is not var (function, input, type))
        {
            return null;
        }

        var operands = new OperandReader(context, start, framesBelow: 0, anyNumber: function is AggregateFunction.Sum or AggregateFunction.Average);
        var tests = new ValueTestReader(operands);
        ImmutableArray<ValueTest> read = [.. comparisons.Select(entry => tests.ReadComparison(entry.Key, entry.Value, type)).OfType<ValueTest>()];
        Literal? emptyAs = null;
        if (mapping.Find("empty_as") is { } emptyNode)
        {
            if (function is AggregateFunction.Count or AggregateFunction.CountDistinct)
            {
                Bad(emptyNode, context, "A count of nothing is 0.", "Remove 'empty_as'.");
                return null;
            }

            emptyAs = operands.ReadConstant(emptyNode, type);
            if (emptyAs is null)
            {
                return null;
            }
        }

        return read.Length == comparisons.Count && read.Length > 0 ? new Aggregation(function, input, read, emptyAs, type) : null;
    }

    private static void CheckKeys(MappingNode mapping, SegmentContext context)
    {
        foreach (var entry in mapping.Entries)
        {
            if (Keys.Contains(entry.Key, StringComparer.Ordinal) || NodeShapes.IsAnnotation(entry.Key))
            {
                continue;
            }

            if (LeafReader.IsOperator(entry.Key))
            {
                Bad(entry.Value, context, $"'{entry.Key}' does not compare the result of an aggregate.", $"Use one of {string.Join(", ", Comparisons)}.");
            }
            else
            {
                NodeShapes.UnknownKey(entry, context.Problems, "'agg'", Keys);
            }
        }
    }

    private static (AggregateFunction Function, PathColumn? Input, DataType Type)? ReadFunction(MappingEntry entry, Entity? end, SegmentContext context)
    {
        if (entry.Key == "count")
        {
            if (entry.Value is ScalarNode { Text: "*" })
            {
                return (AggregateFunction.Count, null, DataTypes.Int64);
            }

            Bad(entry.Value, context, "'count' counts rows and takes only \"*\".", "Write count: \"*\", or count_distinct: column.");
            return null;
        }

        if (NodeShapes.Text(entry.Value, context.Problems, $"'{entry.Key}'") is not { } text
            || PathReader.ReadColumn(end, text, entry.Value.Place, context, "SDL009") is not { } found)
        {
            return null;
        }

        var input = new PathColumn(found.Path, found.Column);
        switch (entry.Key)
        {
            case "count_distinct":
                return (AggregateFunction.CountDistinct, input, DataTypes.Int64);
            case "min" or "max":
                if (found.Column.Type is BooleanType)
                {
                    Bad(entry.Value, context, $"'{entry.Key}' takes no boolean, which '{found.Column}' is.", "Use where with is: true, and count.");
                    return null;
                }

                return (entry.Key == "min" ? AggregateFunction.Minimum : AggregateFunction.Maximum, input, found.Column.Type);
            default:
                if (!found.Column.Type.IsNumeric)
                {
                    Bad(entry.Value, context, $"'{entry.Key}' takes numbers, and '{found.Column}' is {found.Column.Type}.", "Name an int64, decimal or float64 column.");
                    return null;
                }

                var type = found.Column.Type is DecimalType { Scale: var scale } ? new DecimalType(MostDigits, scale) : found.Column.Type;
                return (entry.Key == "sum" ? AggregateFunction.Sum : AggregateFunction.Average, input, type);
        }
    }

    private static void Bad(DocumentNode node, SegmentContext context, string message, string hint) => context.Problems.Add("SDL009", node.Place, message, hint);
}
