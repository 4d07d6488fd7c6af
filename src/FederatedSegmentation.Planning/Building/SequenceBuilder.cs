using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Building;

/// <summary>
/// Turns a sequence into a chain of semi-joins: the rows of a step that have a row of the step before in time. A row is reached or not, however it was
/// reached, so no pairs of rows are ever made.
/// </summary>
internal sealed class SequenceBuilder(RelatedRowsBuilder related)
{
    /// <summary>TRUE for the rows that have the sequence among their related rows.</summary>
    public MatchPlan Build(RowContext row, SequencePredicate sequence)
    {
        var outer = OuterReferences.Of(sequence.Wheres);
        var reached = Rows(row, sequence, sequence.Steps[0].Where, outer);
        foreach (var step in sequence.Steps.Skip(1))
        {
            var next = Rows(row, sequence, step.Where, outer);
            next.Row.Plan = new FilterPlan(next.Row.Plan, Follows(sequence, next, reached, step));
            reached = next;
        }

        if (sequence.Absent is { } absent)
        {
            var excluded = Rows(row, sequence, absent.Where, outer);
            reached.Row.Plan = Predicates.Filter(reached.Row.Plan, Predicates.And([.. TakesPart(sequence, reached), .. IsOver(sequence, reached, absent), IsNotFollowed(sequence, reached, excluded, absent)]));
        }

        return reached.Match(sequence.Origin);
    }

    private RelatedRows Rows(RowContext row, SequencePredicate sequence, ResolvedPredicate where, ImmutableArray<ReferenceOperand> outer)
        => related.Collect(row, sequence.Path, where, outer);

    private static MatchPlan Follows(SequencePredicate sequence, RelatedRows rows, RelatedRows before, SequenceStep step) => new(
        before.Row.Plan,
        Keys(sequence, rows, before),
        sequence.Origin,
        new TimeBand(Time(sequence, rows), Time(sequence, before), BuildIsEarlier: true, step.Within, step.GapMinimum));

    private static PlanPredicate IsNotFollowed(SequencePredicate sequence, RelatedRows rows, RelatedRows excluded, AbsentStep absent) => Predicates.Not(new MatchPlan(
        excluded.Row.Plan,
        Keys(sequence, rows, excluded),
        sequence.Origin,
        new TimeBand(Time(sequence, rows), Time(sequence, excluded), BuildIsEarlier: false, absent.Within, GapMinimum: null)));

    // A match leaves out what has no time or no value to be the same; where nothing is matched, it has to be said.
    private static IEnumerable<PlanPredicate> TakesPart(SequencePredicate sequence, RelatedRows rows) => sequence.Same
        .Select(rows.Row.Current.Own)
        .Append(Time(sequence, rows))
        .Select(column => new IsNullPlan(AggregationBuilder.Input(new ColumnExpression(column)), Negated: true, Origin: null));

    private static IEnumerable<PlanPredicate> IsOver(SequencePredicate sequence, RelatedRows rows, AbsentStep absent)
    {
        if (absent.EndsBy is { } end)
        {
            var time = Time(sequence, rows);
            yield return new ComparisonPlan(
                ComparisonOperator.LessOrEqual, new ShiftExpression(new ColumnExpression(time), absent.Within), new LiteralExpression(end, time.Type), sequence.Origin);
        }
    }

    private static ImmutableArray<JoinKey> Keys(SequencePredicate sequence, RelatedRows rows, RelatedRows others) =>
    [
        .. rows.Groups.Select((group, i) => new JoinKey(group, others.Groups[i], rows.Probe[i].NullsMatch)),
        .. sequence.Same.Select(column => new JoinKey(rows.Row.Current.Own(column), others.Row.Current.Own(column))),
    ];

    private static PlanColumn Time(SequencePredicate sequence, RelatedRows rows) => rows.Row.Current.Own(sequence.Time);
}
