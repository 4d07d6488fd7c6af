using System.Numerics;
using FederatedSegmentation.Conformance.Oracle.Definitions;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Evaluation;

/// <summary>What an aggregate gives.</summary>
/// <param name="Value">NULL where there is nothing to aggregate.</param>
/// <param name="Slack">How far a float64 result may lie from <paramref name="Value"/>, because additions may come in any order.</param>
/// <param name="IsBroken">The result hangs on a data error.</param>
internal sealed record AggregateResult(Value Value, double Slack = 0, bool IsBroken = false)
{
    public static AggregateResult Broken { get; } = new(Value.Null, IsBroken: true);
}

/// <summary>Computes aggregates over related rows and asks their comparisons.</summary>
internal sealed class AggregateEvaluator(Database database, ConditionEvaluator conditions, Findings findings)
{
    private static readonly BigInteger FirstOf39Digits = BigInteger.Pow(10, 38);

    /// <param name="rows">The related rows with <c>where</c>.</param>
    /// <param name="scope">The row that the <c>has</c> starts from: what references in the comparisons are read on.</param>
    public Truth Holds(Aggregate aggregate, IReadOnlyList<Row> rows, Scope scope)
    {
        var result = Compute(aggregate.Value, rows);
        return result.IsBroken ? Truth.DataError
            : result.Value.IsNull ? Truth.False
            : aggregate.Comparisons.Aggregate(Truth.True, (truth, comparison) => truth.And(conditions.Holds(comparison, result.Value, scope, result.Slack)));
    }

    public AggregateResult Compute(AggregateValue aggregate, IReadOnlyList<Row> rows)
    {
        if (aggregate.Function == AggregateFunction.Count)
        {
            return new AggregateResult(Value.Of(rows.Count));
        }

        var values = new List<Value>();
        foreach (var row in rows)
        {
            var ends = database.Related(row, aggregate.Field!.Path);
            if (ends.Count > 1)
            {
                findings.AddDataError("The path of an aggregate leads to several rows.");
                return AggregateResult.Broken;
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
            return new AggregateResult(Value.Of(values.Select(ValueOrder.MatchText).Distinct().Count()));
        }

        if (values.Count == 0)
        {
            return new AggregateResult(aggregate.EmptyAs ?? Value.Null);
        }

        return aggregate.Function switch
        {
            AggregateFunction.Minimum => new AggregateResult(values.Aggregate((least, next) => ValueOrder.Compare(next, least) < 0 ? next : least)),
            AggregateFunction.Maximum => new AggregateResult(values.Aggregate((greatest, next) => ValueOrder.Compare(next, greatest) > 0 ? next : greatest)),
            _ => values[0] is Value.Float ? FloatSum(aggregate, values) : ExactSum(aggregate, values),
        };
    }

    private static AggregateResult FloatSum(AggregateValue aggregate, List<Value> values)
    {
        var numbers = values.Select(ExactNumber.ToDouble).ToList();
        var divisor = aggregate.Function == AggregateFunction.Average ? numbers.Count : 1;
        // Whatever the order of the additions, the result lies this near to ours.
        var slack = numbers.Sum(Math.Abs) * 1e-12 / divisor;
        return new AggregateResult(Value.Of(numbers.Sum() / divisor), slack);
    }

    private AggregateResult ExactSum(AggregateValue aggregate, List<Value> values)
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
            return AggregateResult.Broken;
        }

        if (scaled.Aggregate(BigInteger.Zero, (total, next) => total + BigInteger.Abs(next)) >= FirstOf39Digits)
        {
            findings.MarkUnspecified("A sum fits into 38 digits, but parts of it may not, depending on the order.");
        }

        return new AggregateResult(aggregate.Function == AggregateFunction.Sum ? new Value.Decimal(sum, scale) : new Value.Average(sum, scale, values.Count));
    }
}
