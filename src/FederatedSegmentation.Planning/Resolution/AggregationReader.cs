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

    /// <summary>Whether a key may stand in an aggregate.</summary>
    public static bool IsKey(string key) => Keys.Contains(key, StringComparer.Ordinal);

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

        CheckKeys(mapping, Comparisons, context);
        var comparisons = mapping.Entries.Where(entry => Comparisons.Contains(entry.Key, StringComparer.Ordinal)).ToList();
        if (comparisons.Count == 0)
        {
            Bad(mapping, context, "An aggregate needs a comparison.", "Add one, for instance gte: 3.");
        }

        if (ReadFunction(mapping, end, context) is not var (function, input, type))
        {
            return null;
        }

        var operands = Operands(function, start, context);
        var tests = new ValueTestReader(operands);
        ImmutableArray<ValueTest> read = [.. comparisons.Select(entry => tests.ReadComparison(entry.Key, entry.Value, type)).OfType<ValueTest>()];
        var (isRight, emptyAs) = ReadEmptyAs(mapping, function, type, operands);
        return isRight && read.Length == comparisons.Count && read.Length > 0 ? new Aggregation(function, input, read, emptyAs, type) : null;
    }

    /// <summary>An aggregate to order by, which is compared with nothing; null after a report.</summary>
    /// <param name="mapping">The value of <c>agg</c>.</param>
    /// <param name="start">The row that the related rows start from.</param>
    /// <param name="end">The entity of the related rows; null where it is unknown.</param>
    /// <param name="context">The segment.</param>
    public static (AggregateFunction Function, PathColumn? Input, Literal? EmptyAs)? ReadValue(MappingNode mapping, RowScope start, Entity? end, SegmentContext context)
    {
        CheckKeys(mapping, [], context);
        if (ReadFunction(mapping, end, context) is not var (function, input, type))
        {
            return null;
        }

        var (isRight, emptyAs) = ReadEmptyAs(mapping, function, type, Operands(function, start, context));
        return isRight ? (function, input, emptyAs) : null;
    }

    private static OperandReader Operands(AggregateFunction function, RowScope start, SegmentContext context) =>
        new(context, start, framesBelow: 0, anyNumber: function is AggregateFunction.Sum or AggregateFunction.Average);

    private static (AggregateFunction Function, PathColumn? Input, DataType Type)? ReadFunction(MappingNode mapping, Entity? end, SegmentContext context)
    {
        var functions = mapping.Entries.Where(entry => Functions.Contains(entry.Key, StringComparer.Ordinal)).ToList();
        if (functions is [var only])
        {
            return ReadFunction(only, end, context);
        }

        Bad(mapping, context, $"An aggregate has exactly one function, not {functions.Count}.", $"Write one of {string.Join(", ", Functions)}.");
        return null;
    }

    private static (bool IsRight, Literal? EmptyAs) ReadEmptyAs(MappingNode mapping, AggregateFunction function, DataType type, OperandReader operands)
    {
        if (mapping.Find("empty_as") is not { } node)
        {
            return (true, null);
        }

        if (function is AggregateFunction.Count or AggregateFunction.CountDistinct)
        {
            Bad(node, operands.Context, "A count of nothing is 0.", "Remove 'empty_as'.");
            return (false, null);
        }

        var literal = operands.ReadConstant(node, type);
        return (literal is not null, literal);
    }

    private static void CheckKeys(MappingNode mapping, string[] comparisons, SegmentContext context)
    {
        string[] known = [.. Functions, .. comparisons, "empty_as"];
        foreach (var entry in mapping.Entries)
        {
            if (known.Contains(entry.Key, StringComparer.Ordinal) || NodeShapes.IsAnnotation(entry.Key))
            {
                continue;
            }

            if (!LeafReader.IsOperator(entry.Key))
            {
                NodeShapes.UnknownKey(entry, context.Problems, "'agg'", known);
            }
            else if (comparisons.Length > 0)
            {
                Bad(entry.Value, context, $"'{entry.Key}' does not compare the result of an aggregate.", $"Use one of {string.Join(", ", comparisons)}.");
            }
            else
            {
                Bad(entry.Value, context, $"Members are ordered by the aggregate itself, and '{entry.Key}' compares it.", "Remove the comparison.");
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
