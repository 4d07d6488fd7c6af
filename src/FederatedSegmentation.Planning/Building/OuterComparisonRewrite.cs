using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Building;

/// <summary>
/// Rewrites the existence of a related row whose one value compares with an outer value into an aggregate by key, where that is exact:
/// <c>exists x &gt; r</c> is <c>max(x) &gt; r</c>. The related rows then need not meet the outer rows before they are reduced to one per key, so they may
/// lie in another source.
/// </summary>
internal sealed class OuterComparisonRewrite(PlanScope scope, PredicateBuilder predicates, RelatedRowsBuilder related)
{
    /// <summary>The rewritten condition, or null where it would not be exact.</summary>
    public PlanPredicate? TryBuild(RowContext row, RelatedPredicate predicate)
    {
        var conjuncts = predicate.Where is AllPredicate all ? all.Items : [predicate.Where];
        var outer = conjuncts.Where(item => !OuterReferences.Of(item).IsEmpty).ToList();
        if (outer is not [LeafPredicate { Value: ColumnValue column, Test: CompareTest { IgnoreCase: false, Operand: ReferenceOperand reference } test } leaf]
            || !IsOrdered(column.Type))
        {
            return null;
        }

        var rest = new AllPredicate([.. conjuncts.Where(item => !ReferenceEquals(item, leaf))], predicate.Where.Origin);
        var value = predicates.Reference(row, reference with { FramesUp = reference.FramesUp - 1 });
        var rows = related.Collect(row, predicate.Path, rest);
        var input = rows.Row.Current.Own(column.Column);

        var functions = test.Operator switch
        {
            ComparisonOperator.Less or ComparisonOperator.LessOrEqual => [MeasureFunction.Minimum],
            ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual => [MeasureFunction.Maximum],

            // Some x differs from r exactly if the least or the greatest does.
            ComparisonOperator.NotEqual => ImmutableArray.Create(MeasureFunction.Minimum, MeasureFunction.Maximum),
            _ => [],
        };
        if (functions.IsEmpty)
        {
            return EqualityAsKey(rows, input, value, predicate.Origin);
        }

        var measures = functions
            .Select(function => (new Measure(function, AggregationBuilder.Input(new ColumnExpression(input))), scope.Copy(input)))
            .ToImmutableArray();
        var (build, keys) = rows.Aggregate(scope, measures);
        row.Plan = new LookupPlan(row.Plan, build, keys, [.. measures.Select(measure => measure.Item2)]);
        return Predicates.Or(measures.Select(PlanPredicate (measure) => new ComparisonPlan(test.Operator, new ColumnExpression(measure.Item2), value, leaf.Origin)));
    }

    // NaN equals NaN as a join key but not in the language; a guarded value is no column yet. Both take the general road.
    private static MatchPlan? EqualityAsKey(RelatedRows rows, PlanColumn input, PlanExpression value, PredicateOrigin origin)
        => value is ColumnExpression { Column: var probe } && probe.Type == input.Type && input.Type is not Float64Type
            ? (rows with { Groups = rows.Groups.Add(input), Probe = rows.Probe.Add((probe, false)) }).Match(origin)
            : null;

    private static bool IsOrdered(DataType type) => type.IsNumeric || type.IsTemporal || type is StringType;
}
