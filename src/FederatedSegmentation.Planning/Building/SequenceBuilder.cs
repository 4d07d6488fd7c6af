using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Building;

/// <summary>
/// Turns a sequence into a chain of semi-joins: the rows of a step that have a row of the step before in time. A row is reached or not, however it was
/// reached, so no pairs of rows are ever made.
/// </summary>
internal sealed class SequenceBuilder(RelatedRowsBuilder related)
{
    // 0001-01-01T00:00:00.
    private const long FirstMicrosecond = -62_135_596_800_000_000;

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

    // time + within ≤ end. A fixed length is taken off the constant instead, so that the column stays as it is stored.
    private static IEnumerable<PlanPredicate> IsOver(SequencePredicate sequence, RelatedRows rows, AbsentStep absent)
    {
        if (absent.EndsBy is not { } end)
        {
            yield break;
        }

        var time = new ColumnExpression(Time(sequence, rows));
        yield return absent.Within.Months > 0
            ? new ComparisonPlan(ComparisonOperator.LessOrEqual, new ShiftExpression(time, absent.Within), new LiteralExpression(end, time.Type), sequence.Origin)
            : Earlier(end, absent.Within.Microseconds) is { } latest
                ? new ComparisonPlan(ComparisonOperator.LessOrEqual, time, new LiteralExpression(latest, time.Type), sequence.Origin)
                : new ConstantPlan(false);
    }

    // Null before the year 1, where no time lies.
    private static Literal? Earlier(Literal time, long microseconds) => time switch
    {
        TimestampLiteral instant when instant.Microseconds - microseconds >= FirstMicrosecond => new TimestampLiteral(instant.Microseconds - microseconds),
        DateTimeLiteral clock when clock.Microseconds - microseconds >= FirstMicrosecond => new DateTimeLiteral(clock.Microseconds - microseconds),
        DateLiteral day when WallClock.Midnight(day.Value) - microseconds is >= FirstMicrosecond and var midnight => new DateLiteral(WallClock.DayOf(midnight)),
        _ => null,
    };

    private static ImmutableArray<JoinKey> Keys(SequencePredicate sequence, RelatedRows rows, RelatedRows others) =>
    [
        .. rows.Groups.Select((group, i) => new JoinKey(group, others.Groups[i], rows.Probe[i].NullsMatch)),
        .. sequence.Same.Select(column => new JoinKey(rows.Row.Current.Own(column), others.Row.Current.Own(column))),
    ];

    private static PlanColumn Time(SequencePredicate sequence, RelatedRows rows) => rows.Row.Current.Own(sequence.Time);
}
