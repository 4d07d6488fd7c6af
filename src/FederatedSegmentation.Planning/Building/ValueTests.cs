using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Something that a <see cref="ValueTest"/> is asked of.</summary>
internal interface ITestedValue
{
    /// <summary>It compares so with the other value; FALSE where either has none.</summary>
    PlanPredicate Compare(ComparisonOperator comparison, PlanExpression right);

    /// <summary>It has a value.</summary>
    PlanPredicate HasValue();
}

/// <summary>A value that is an expression.</summary>
internal sealed record TestedExpression(PlanExpression Value, PredicateOrigin Origin) : ITestedValue
{
    /// <inheritdoc />
    public PlanPredicate Compare(ComparisonOperator comparison, PlanExpression right) => new ComparisonPlan(comparison, Value, right, Origin);

    /// <inheritdoc />
    public PlanPredicate HasValue() => new IsNullPlan(Value, Negated: true, Origin);
}

/// <summary>An exact average, kept as sum and count.</summary>
internal sealed record TestedAverage(PlanExpression Sum, PlanExpression Count, PredicateOrigin Origin) : ITestedValue
{
    /// <inheritdoc />
    public PlanPredicate Compare(ComparisonOperator comparison, PlanExpression right) => right.Type is Float64Type
        ? new ComparisonPlan(comparison, new FloatQuotientExpression(Sum, Count), right, Origin)
        : new AverageComparisonPlan(comparison, Sum, Count, right, Origin);

    /// <inheritdoc />
    public PlanPredicate HasValue() => new ComparisonPlan(ComparisonOperator.Greater, Count, new LiteralExpression(new Int64Literal(0), DataTypes.Int64), Origin);
}

/// <summary>Turns tests into predicates of the algebra.</summary>
internal static class ValueTests
{
    /// <summary>The predicate that is TRUE where the test holds.</summary>
    /// <param name="test">The test.</param>
    /// <param name="value">What it is asked of.</param>
    /// <param name="operand">Makes an operand an expression of the row in hand.</param>
    /// <param name="origin">Where the test stands.</param>
    public static PlanPredicate ToPredicate(ValueTest test, ITestedValue value, Func<Operand, PlanExpression> operand, PredicateOrigin origin)
    {
        switch (test)
        {
            case CompareTest compare:
                return Folded(value, compare.IgnoreCase).Compare(compare.Operator, Folded(operand(compare.Operand), compare.IgnoreCase));

            case BetweenTest between:
                return Between(value, operand(between.Low), operand(between.High), between.Negated, origin);

            case WindowTest window:
                return Window(window, value, ((TestedExpression)value).Value.Type);

            case InTest { Items.IsEmpty: true, Negated: var negated }:
                return negated ? value.HasValue() : Predicates.False;

            case InTest list:
                return In(list, value, operand, origin);

            case TextTest text:
                return new TextMatchPlan(
                    text.Match, Folded(((TestedExpression)value).Value, text.IgnoreCase), Folded(operand(text.Operand), text.IgnoreCase), text.Negated, origin);

            case IsNullTest:
                return new IsNullPlan(((TestedExpression)value).Value, Negated: false, origin);

            case IsEmptyTest:
                var tested = ((TestedExpression)value).Value;
                PlanPredicate missing = new IsNullPlan(tested, Negated: false, origin);
                return tested.Type is StringType
                    ? Predicates.Or(missing, value.Compare(ComparisonOperator.Equal, new LiteralExpression(new StringLiteral(string.Empty), DataTypes.String)))
                    : missing;

            case MonthDayTest days:
                return new MonthDayPlan(((TestedExpression)value).Value, days.Zone, days.Days, origin);

            default:
                throw new ArgumentOutOfRangeException(nameof(test), test, "Unknown test.");
        }
    }

    private static PlanPredicate Between(ITestedValue value, PlanExpression low, PlanExpression high, bool negated, PredicateOrigin origin)
    {
        if (!negated)
        {
            return Predicates.And(value.Compare(ComparisonOperator.GreaterOrEqual, low), value.Compare(ComparisonOperator.LessOrEqual, high));
        }

        // A NULL or NaN bound makes the leaf FALSE, although the other bound alone could make the disjunction TRUE.
        return Predicates.And(
            Present(low, origin),
            Present(high, origin),
            Predicates.Or(value.Compare(ComparisonOperator.Less, low), value.Compare(ComparisonOperator.Greater, high)));
    }

    private static PlanPredicate Present(PlanExpression bound, PredicateOrigin origin)
        => bound is LiteralExpression ? Predicates.True : new ComparisonPlan(ComparisonOperator.Equal, bound, bound, origin);

    private static PlanPredicate Window(WindowTest window, ITestedValue value, DataType type)
    {
        var from = window.From is { } low ? new LiteralExpression(low, type) : null;
        var to = window.To is { } high ? new LiteralExpression(high, type) : null;
        if (from is null && to is null)
        {
            return window.Negated ? Predicates.False : value.HasValue();
        }

        var parts = new List<PlanPredicate>(2);
        if (from is not null)
        {
            parts.Add(value.Compare(window.Negated ? ComparisonOperator.Less : ComparisonOperator.GreaterOrEqual, from));
        }

        if (to is not null)
        {
            parts.Add(value.Compare(window.Negated ? ComparisonOperator.GreaterOrEqual : ComparisonOperator.Less, to));
        }

        return window.Negated ? Predicates.Or(parts) : Predicates.And(parts);
    }

    private static PlanPredicate In(InTest list, ITestedValue value, Func<Operand, PlanExpression> operand, PredicateOrigin origin)
    {
        var folded = Folded(value, list.IgnoreCase);
        var parts = new List<PlanPredicate>();
        var literals = list.Items.OfType<LiteralOperand>().ToList();
        if (folded is TestedExpression expression)
        {
            // A float64 beside an exact number makes both float64, so it is compared by itself.
            var alike = literals.Where(item => item.Type is not Float64Type || expression.Value.Type is Float64Type).ToList();
            literals = [.. literals.Except(alike)];
            if (alike.Count > 0)
            {
                parts.Add(new InListPlan(
                    expression.Value, [.. alike.Select(item => list.IgnoreCase ? AsciiLower(item.Value) : item.Value).Distinct()], list.Negated, origin));
            }
        }

        parts.AddRange(literals
            .Select(item => folded.Compare(list.Negated ? ComparisonOperator.NotEqual : ComparisonOperator.Equal, new LiteralExpression(item.Value, item.Type))));
        parts.AddRange(list.Items.OfType<ReferenceOperand>()
            .Select(item => folded.Compare(list.Negated ? ComparisonOperator.NotEqual : ComparisonOperator.Equal, Folded(operand(item), list.IgnoreCase))));
        return list.Negated ? Predicates.And(parts) : Predicates.Or(parts);
    }

    private static ITestedValue Folded(ITestedValue value, bool ignoreCase)
        => ignoreCase && value is TestedExpression expression ? expression with { Value = Folded(expression.Value, ignoreCase) } : value;

    private static PlanExpression Folded(PlanExpression expression, bool ignoreCase) => (ignoreCase, expression) switch
    {
        (false, _) => expression,
        (true, LiteralExpression literal) => literal with { Value = AsciiLower(literal.Value) },
        (true, _) => new AsciiLowerExpression(expression),
    };

    private static Literal AsciiLower(Literal literal) => literal is StringLiteral text
        ? new StringLiteral(string.Create(text.Value.Length, text.Value, static (span, value) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = value[i] is >= 'A' and <= 'Z' ? (char)(value[i] | 0x20) : value[i];
            }
        }))
        : literal;
}
