using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Turns <c>pick</c> into the first row of each group of related rows in a total order, and a condition on that row.</summary>
internal sealed class PickBuilder(PredicateBuilder predicates, RelatedRowsBuilder related)
{
    /// <summary>TRUE for the rows whose picked row satisfies the condition.</summary>
    public MatchPlan Build(RowContext row, PickPredicate pick)
    {
        var rows = related.Collect(row, pick.Path, pick.Where, OuterReferences.Of(pick.Where, pick.Must));
        var frame = rows.Row.Current;
        var by = related.ColumnOf(rows.Row, predicates.Reference(rows.Row, new ReferenceOperand(0, pick.By.Path, pick.By.Column)));
        var hasValue = new IsNullPlan(AggregationBuilder.Input(new ColumnExpression(by)), Negated: true, Origin: null);
        var end = pick.Path.End;
        rows.Row.Plan = new DedupePlan(
            Predicates.Filter(rows.Row.Plan, hasValue),
            rows.Groups,
            [
                new PlanOrder(by, pick.IsLast),
                .. end.Key.Select(column => new PlanOrder(frame.Own(column), pick.IsLast)),
                .. end.Columns.Select(column => new PlanOrder(frame.Own(column), Descending: false)),
            ]);
        var must = predicates.Build(rows.Row, pick.Must);
        rows.Row.Plan = Predicates.Filter(rows.Row.Plan, must);
        return rows.Match(pick.Origin);
    }
}
