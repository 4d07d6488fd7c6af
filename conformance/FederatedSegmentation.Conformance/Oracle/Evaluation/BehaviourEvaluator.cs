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
        var events = Timed(sequence.Path, scope)
            .Where(row => !sequence.Same.Any(column => row[column].IsNullOrNaN))
            .Select(row => new Event(row, TimeOf(row), ValueOrder.MatchText(sequence.Same.Select(column => row[column]))))
            .ToList();

        // For every event: whether some chain of the steps so far ends in it.
        var chains = events.Select(one => holds(sequence.Steps[0].Where, new Scope(one.Row, scope))).ToList();
        foreach (var step in sequence.Steps.Skip(1))
        {
            var reached = Followers(events, chains, step.Within, step.GapMin);
            chains = events.Select((one, i) => reached[i].And(holds(step.Where, new Scope(one.Row, scope)))).ToList();
        }

        if (sequence.Absent is not { } absent)
        {
            return chains.Aggregate(Truth.False, TruthTables.Or);
        }

        var unwanted = events.Select(one => holds(absent.Where, new Scope(one.Row, scope))).ToList();
        var found = Truth.False;
        for (var last = 0; last < events.Count; last++)
        {
            var end = Later(events[last].Time, absent.Within);
            var some = Truth.False;
            for (var other = 0; other < events.Count; other++)
            {
                if (events[other].Same == events[last].Same && ValueOrder.Compare(events[other].Time, events[last].Time) > 0 && ValueOrder.Compare(events[other].Time, end) <= 0)
                {
                    some = some.Or(unwanted[other]);
                }
            }

            found = found.Or(chains[last].And(TruthTables.Of(absent.MayBeOpen || IsOver(end, absent.Now))).And(some.Not()));
        }

        return found;
    }

    /// <summary>For every event: whether some event that a chain ends in lies before it, near and far enough, with the same values.</summary>
    private List<Truth> Followers(List<Event> events, List<Truth> chains, Duration? within, Duration? gapMin)
    {
        var reached = events.Select(_ => Truth.False).ToList();
        for (var previous = 0; previous < events.Count; previous++)
        {
            if (chains[previous] == Truth.False)
            {
                continue;
            }

            var time = events[previous].Time;
            var latest = within is null ? null : Later(time, within);
            var earliest = gapMin is null ? null : Later(time, gapMin);
            for (var next = 0; next < events.Count; next++)
            {
                if (events[next].Same == events[previous].Same
                    && ValueOrder.Compare(events[next].Time, time) > 0
                    && (latest is null || ValueOrder.Compare(events[next].Time, latest) <= 0)
                    && (earliest is null || ValueOrder.Compare(events[next].Time, earliest) >= 0))
                {
                    reached[next] = reached[next].Or(chains[previous]);
                }
            }
        }

        return reached;
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

    /// <summary>A day is over when the next one has begun.</summary>
    private static bool IsOver(Value end, Value now) => now is Value.Date ? ValueOrder.Compare(end, now) < 0 : ValueOrder.Compare(end, now) <= 0;

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

    /// <summary>A row with its time, and a text that rows of the same values share.</summary>
    private sealed record Event(Row Row, Value Time, string Same);
}
