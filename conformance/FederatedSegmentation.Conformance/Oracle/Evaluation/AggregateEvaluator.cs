using System.Numerics;
using FederatedSegmentation.Conformance.Oracle.Definitions;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Evaluation;

/// <summary>Computes aggregates over related rows and asks their comparisons.</summary>
internal sealed class AggregateEvaluator(Database database, ConditionEvaluator conditions, Findings findings)
{
    private static readonly BigInteger FirstOf39Digits = BigInteger.Pow(10, 38);

    /// <param name="rows">The related rows with <c>where</c>.</param>
    /// <param name="scope">The row that the <c>has</c> starts from: what references in the comparisons are read on.</param>
    public Truth Holds(Aggregate aggregate, IReadOnlyList<Row> rows, Scope scope)
    {
        if (aggregate.Function == AggregateFunction.Count)
        {
            return All(aggregate, Value.Of(rows.Count), scope, slack: 0);
        }

        var values = new List<Value>();
        foreach (var row in rows)
        {
            var ends = database.Related(row, aggregate.Field!.Path);
            if (ends.Count > 1)
            {
                findings.AddDataError("The path of an aggregate leads to several rows.");
                return Truth.DataError;
            }

            if (database.HasBrokenStep(row, aggregate.Field.Path))
            {
                findings.AddDataError("The path of an aggregate leads to one row, but over several.");
            }

            if (ends.Count == 1 && !ends[0][aggregate.Field.Column].IsNullOrNaN)
            {
                values.Add(ends[0][aggregate.Field.Column]);
            }
        }

        if (aggregate.Function == AggregateFunction.CountDistinct)
        {
            return All(aggregate, Value.Of(values.Select(ValueOrder.MatchText).Distinct().Count()), scope, slack: 0);
        }

        if (values.Count == 0)
        {
            return aggregate.EmptyAs is { } emptyAs ? All(aggregate, emptyAs, scope, slack: 0) : Truth.False;
        }

        switch (aggregate.Function)
        {
            case AggregateFunction.Minimum:
                return All(aggregate, values.Aggregate((least, next) => ValueOrder.Compare(next, least) < 0 ? next : least), scope, slack: 0);
            case AggregateFunction.Maximum:
                return All(aggregate, values.Aggregate((greatest, next) => ValueOrder.Compare(next, greatest) > 0 ? next : greatest), scope, slack: 0);
        }

        return values[0] is Value.Float ? FloatSum(aggregate, values, scope) : ExactSum(aggregate, values, scope);
    }

    private Truth FloatSum(Aggregate aggregate, List<Value> values, Scope scope)
    {
        var numbers = values.Select(ExactNumber.ToDouble).ToList();
        var divisor = aggregate.Function == AggregateFunction.Average ? numbers.Count : 1;
        // Whatever the order of the additions, the result lies this near to ours.
        var slack = numbers.Sum(Math.Abs) * 1e-12 / divisor;
        return All(aggregate, Value.Of(numbers.Sum() / divisor), scope, slack);
    }

    private Truth ExactSum(Aggregate aggregate, List<Value> values, Scope scope)
    {
        var scale = values.Max(value => value is Value.Decimal number ? number.Scale : 0);
        var scaled = values.Select(value => value switch
        {
            Value.Integer integer => integer.Number * BigInteger.Pow(10, scale),
            Value.Decimal number => number.Unscaled * BigInteger.Pow(10, scale - number.Scale),
            _ => throw new InvalidDefinitionException("Only numbers have a sum."),
        }).ToList();
        var sum = scaled.Aggregate(BigInteger.Zero, BigInteger.Add);
        if (BigInteger.Abs(sum) >= FirstOf39Digits)
        {
            findings.AddDataError("A sum needs more than 38 digits.");
            return Truth.DataError;
        }

        if (scaled.Aggregate(BigInteger.Zero, (total, next) => total + BigInteger.Abs(next)) >= FirstOf39Digits)
        {
            findings.MarkUnspecified("A sum fits into 38 digits, but parts of it may not, depending on the order.");
        }

        return All(
            aggregate,
            aggregate.Function == AggregateFunction.Sum ? new Value.Decimal(sum, scale) : new Value.Average(sum, scale, values.Count),
            scope,
            slack: 0);
    }

    private Truth All(Aggregate aggregate, Value result, Scope scope, double slack) =>
        aggregate.Comparisons.Aggregate(Truth.True, (truth, comparison) => truth.And(conditions.Holds(comparison, result, scope, slack)));
}
