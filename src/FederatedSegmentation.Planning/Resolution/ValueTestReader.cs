using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads an operator with its value: what is asked of a value of a known type.</summary>
/// <param name="operands">Reads the values.</param>
internal sealed class ValueTestReader(OperandReader operands)
{
    /// <summary>The comparisons that go with any value, of a leaf, of a part of a time, and of an aggregate.</summary>
    public static readonly ImmutableArray<string> Comparisons = ["eq", "ne", "lt", "lte", "gt", "gte", "between", "not_between", "in", "not_in"];

    private SegmentContext Context => operands.Context;

    /// <summary>One of <see cref="Comparisons"/>, or null after a report.</summary>
    public ValueTest? ReadComparison(string name, DocumentNode value, DataType type, bool ignoreCase = false) => name switch
    {
        "eq" => Compare(ComparisonOperator.Equal, value, type, ignoreCase),
        "ne" => Compare(ComparisonOperator.NotEqual, value, type, ignoreCase),
        "lt" => Compare(ComparisonOperator.Less, value, type, ignoreCase),
        "lte" => Compare(ComparisonOperator.LessOrEqual, value, type, ignoreCase),
        "gt" => Compare(ComparisonOperator.Greater, value, type, ignoreCase),
        "gte" => Compare(ComparisonOperator.GreaterOrEqual, value, type, ignoreCase),
        "between" => Between(value, type, negated: false),
        "not_between" => Between(value, type, negated: true),
        "in" => In(value, type, negated: false, ignoreCase),
        "not_in" => In(value, type, negated: true, ignoreCase),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>A substring, prefix or suffix of a string, or null after a report.</summary>
    public TextTest? ReadText(TextMatch match, DocumentNode value, bool negated, bool ignoreCase) =>
        operands.Read(value, DataTypes.String) is { } operand ? new TextTest(match, operand, negated, ignoreCase) : null;

    /// <summary>
    /// <c>before</c> and <c>after</c>: where the value is a day and the column is finer, before its local start, or at or after the next day's. Null after a
    /// report.
    /// </summary>
    public CompareTest? ReadBeforeAfter(bool isBefore, DocumentNode value, DataType type)
    {
        if (type is not DateType && operands.FindDay(value) is { } day)
        {
            // Reads it as any other value first, for what may be wrong with it.
            if (operands.Read(value, type) is null)
            {
                return null;
            }

            if (!isBefore && day == DateOnly.MaxValue)
            {
                RelativeTimeReader.ReportRange(value, Context);
                return null;
            }

            var bound = LiteralReader.StartOfDay(isBefore ? day : day.AddDays(1), type, Context.Calendar);
            return new CompareTest(isBefore ? ComparisonOperator.Less : ComparisonOperator.GreaterOrEqual, new LiteralOperand(bound, type));
        }

        return Compare(isBefore ? ComparisonOperator.Less : ComparisonOperator.Greater, value, type, ignoreCase: false);
    }

    private CompareTest? Compare(ComparisonOperator comparison, DocumentNode value, DataType type, bool ignoreCase) =>
        operands.Read(value, type) is { } operand ? new CompareTest(comparison, operand, ignoreCase) : null;

    private BetweenTest? Between(DocumentNode value, DataType type, bool negated)
    {
        if (value is not SequenceNode { Items: [var lowNode, var highNode] })
        {
            Context.Problems.Add("SDL005", value.Place, "A range is a list of two values.", "Write [low, high].");
            return null;
        }

        var low = operands.Read(lowNode, type);
        var high = operands.Read(highNode, type);
        return low is null || high is null ? null : new BetweenTest(low, high, negated);
    }

    private InTest? In(DocumentNode value, DataType type, bool negated, bool ignoreCase)
    {
        if (value is not SequenceNode list)
        {
            Context.Problems.Add("SDL005", value.Place, "A list of values is expected.", "Write [a, b, …].");
            return null;
        }

        var items = ImmutableArray.CreateBuilder<Operand>(Math.Min(list.Items.Length, 10_001));
        foreach (var item in list.Items)
        {
            if (operands.Read(item, type) is { } operand)
            {
                items.Add(operand);
            }
            else if (!Context.CountLiterals(0, item))
            {
                return null;
            }
        }

        return new InTest(items.ToImmutable(), negated, ignoreCase);
    }
}
