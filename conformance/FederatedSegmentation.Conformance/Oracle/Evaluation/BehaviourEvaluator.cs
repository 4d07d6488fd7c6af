using FederatedSegmentation.Conformance.Oracle.Definitions;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Evaluation;

/// <summary>Decides <c>pick</c>, <c>seq</c> and <c>regular</c> over the related rows of a row.</summary>
/// <param name="database">The rows.</param>
/// <param name="findings">Where data errors and open outcomes are noted.</param>
/// <param name="holds">Decides a predicate on a related row; no predicate holds everywhere.</param>
internal sealed class BehaviourEvaluator(Database database, Findings findings, Func<Predicate?, Scope, Truth> holds)
{
    private static readonly long FirstDay = CivilCalendar.Days(1, 1, 1);
    private static readonly long LastDay = CivilCalendar.Days(9999, 12, 31);

    public Truth Decide(PickPredicate pick, Scope scope)
    {
        var candidates = new List<(Row Row, Value By)>();
        var musts = new Dictionary<Row, Truth>();
        var isOpen = false;
        foreach (var row in database.Related(scope.Row, pick.Path))
        {
            var inner = new Scope(row, scope);
            var counts = holds(pick.Where, inner);
            var by = database.ReadOne(row, pick.By, "pick.by", findings);
            musts.Add(row, holds(pick.Must, inner));
            if (counts == Truth.False || by is { IsNullOrNaN: true })
            {
                continue;
            }

            isOpen |= counts == Truth.DataError || by is null;
            candidates.Add((row, by ?? Value.Null));
        }

        if (isOpen)
        {
            return Truth.DataError;
        }

        if (candidates.Count == 0)
        {
            return Truth.False;
        }

        var picked = candidates[0];
        foreach (var candidate in candidates)
        {
            if (ComparePicks(pick, candidate, picked) < 0)
            {
                picked = candidate;
            }
        }

        if (candidates.Any(candidate => ComparePicks(pick, candidate, picked) == 0 && Database.DifferOnlyInNullAndNaN(candidate.Row, picked.Row)))
        {
            findings.MarkUnspecified("Rows that could be picked differ only in NULL and NaN.");
        }

        return musts[picked.Row];
    }

    /// <summary>Below zero if the left one is picked before the right one.</summary>
    private static int ComparePicks(PickPredicate pick, (Row Row, Value By) left, (Row Row, Value By) right)
    {
        var order = ValueOrder.CompareNullsLast(left.By, right.By, pick.Last);
        foreach (var column in left.Row.Entity.Key)
        {
            order = order != 0 ? order : ValueOrder.CompareNullsLast(left.Row[column], right.Row[column], pick.Last);
        }

        return order != 0 ? order : ValueOrder.CompareKeys(left.Row.Values, right.Row.Values);
    }

    public Truth Decide(SequencePredicate sequence, Scope scope)
    {
        var rows = Timed(sequence.Path, scope).Where(row => !sequence.Same.Any(column => row[column].IsNullOrNaN)).ToList();

        // For every row: whether some chain of the steps so far ends in it.
        var chains = rows.ToDictionary(row => row, row => holds(sequence.Steps[0].Where, new Scope(row, scope)));
        foreach (var step in sequence.Steps.Skip(1))
        {
            chains = rows.ToDictionary(
                row => row,
                row => rows.Where(previous => Follows(sequence, previous, row, step.Within, step.GapMin))
                    .Aggregate(Truth.False, (truth, previous) => truth.Or(chains[previous]))
                    .And(holds(step.Where, new Scope(row, scope))));
        }

        if (sequence.Absent is not { } absent)
        {
            return chains.Values.Aggregate(Truth.False, TruthTables.Or);
        }

        var unwanted = rows.ToDictionary(row => row, row => holds(absent.Where, new Scope(row, scope)));
        return rows.Aggregate(
            Truth.False,
            (truth, last) => truth.Or(chains[last]
                .And(TruthTables.Of(absent.MayBeOpen || IsOver(absent, last)))
                .And(rows.Where(row => Follows(sequence, last, row, absent.Within, gapMin: null))
                    .Aggregate(Truth.False, (some, row) => some.Or(unwanted[row]))
                    .Not())));
    }

    public Truth Decide(RegularPredicate regular, Scope scope)
    {
        var rows = Timed(regular.Path, scope).Select(row => (Time: TimeOf(row), Counts: holds(regular.Where, new Scope(row, scope)))).ToList();
        var windows = regular.Windows.Select(window =>
        {
            var inside = rows.Where(row => ValueOrder.Compare(row.Time, window.From) >= 0 && ValueOrder.Compare(row.Time, window.To) < 0).ToList();
            return AtLeast(inside.Select(row => row.Counts), regular.AtLeast);
        });
        return AtLeast(windows, regular.In);
    }

    private static Truth AtLeast(IEnumerable<Truth> truths, long count)
    {
        var list = truths.ToList();
        return list.Count(truth => truth == Truth.True) >= count ? Truth.True
            : list.Count(truth => truth != Truth.False) >= count ? Truth.DataError
            : Truth.False;
    }

    /// <summary>The related rows that have a time.</summary>
    private IEnumerable<Row> Timed(EntityPath path, Scope scope) => database.Related(scope.Row, path).Where(row => !TimeOf(row).IsNull);

    private static Value TimeOf(Row row) => row[row.Entity.Time!];

    private bool Follows(SequencePredicate sequence, Row previous, Row row, Duration? within, Duration? gapMin)
    {
        var (before, time) = (TimeOf(previous), TimeOf(row));
        return ValueOrder.Compare(before, time) < 0
            && sequence.Same.All(column => ValueOrder.AreEqual(previous[column], row[column]))
            && (within is null || ValueOrder.Compare(time, Later(before, within)) <= 0)
            && (gapMin is null || ValueOrder.Compare(time, Later(before, gapMin)) >= 0);
    }

    /// <summary>A day is over when the next one has begun.</summary>
    private bool IsOver(AbsentStep absent, Row last)
    {
        var order = ValueOrder.Compare(Later(TimeOf(last), absent.Within), absent.Now);
        return absent.Now is Value.Date ? order < 0 : order <= 0;
    }

    /// <summary>The time that lies a duration later, on the calendar of UTC or of the wall clock.</summary>
    private Value Later(Value time, Duration duration)
    {
        switch (time)
        {
            case Value.Date date:
                return new Value.Date(LaterDay(date.Days, duration));
            case Value.Timestamp timestamp:
                return new Value.Timestamp(LaterMicros(timestamp.Micros, duration));
            default:
                return new Value.WallClock(LaterMicros(((Value.WallClock)time).Micros, duration));
        }
    }

    private long LaterMicros(long micros, Duration duration) => RunClock.IsSubDay(duration.Unit)
        ? micros + (duration.Count * RunClock.SubDayMicros(duration.Unit))
        : (LaterDay(CivilCalendar.DayOf(micros), duration) * CivilCalendar.MicrosPerDay) + CivilCalendar.TimeOfDay(micros);

    private long LaterDay(long day, Duration duration)
    {
        var later = RunClock.ShiftDays(day, duration.Count, duration.Unit);
        if (later < FirstDay || later > LastDay)
        {
            findings.MarkUnspecified("A duration leads beyond the years 1 to 9999.");
        }

        return later;
    }
}
