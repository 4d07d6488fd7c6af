using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads <c>seq</c>: related rows that follow each other, and what must not follow them. What is wrong with one is SDL010.</summary>
internal static class SequenceReader
{
    private const int FewestSteps = 2;
    private const int MostSteps = 5;

    /// <summary>A sequence, or null after a report.</summary>
    public static SequencePredicate? Read(MappingNode node, RowScope scope, int depth, SegmentContext context)
    {
        NodeShapes.CheckKeys(node, context.Problems, "'seq'", ["seq", "same", "steps", "depth"]);
        var path = PathReader.ReadRelated(scope.Entity, node, "seq", context);
        var time = EventTimes.Find(path?.End, node.Find("seq")!.Place, context);
        var same = ReadSame(node, path?.End, context);
        if (NodeShapes.Required(node, "steps", context.Problems, "'seq'", "SDL010") is not { } stepsNode || NodeShapes.Sequence(stepsNode, context.Problems, "'steps'") is not { } list)
        {
            return null;
        }

        if (list.Items.Length is < FewestSteps or > MostSteps)
        {
            Bad(list, context, $"A sequence has {FewestSteps} to {MostSteps} steps, not {list.Items.Length}.", "Write one step for each thing that happens.");
        }

        var related = new RowScope(path?.End, scope);
        var steps = ImmutableArray.CreateBuilder<SequenceStep>();
        AbsentStep? absent = null;
        for (var index = 0; index < list.Items.Length; index++)
        {
            // Without a time column the units are still checked, as those of an instant.
            var isLast = index == list.Items.Length - 1;
            var read = ReadStep(list.Items[index], index == 0, isLast, time?.Type ?? DataTypes.Timestamp, related, depth, context);
            absent ??= read.Absent;
            if (read.Present is { } step)
            {
                steps.Add(step);
            }
        }

        return context.Problems.IsEmpty && path is not null && time is not null ? new SequencePredicate(path, time, same, steps.ToImmutable(), absent, context.Origin(node)) : null;
    }

    private static ImmutableArray<Column> ReadSame(MappingNode node, Entity? entity, SegmentContext context)
    {
        if (node.Find("same") is not { } sameNode || NodeShapes.Sequence(sameNode, context.Problems, "'same'") is not { } list)
        {
            return [];
        }

        var columns = ImmutableArray.CreateBuilder<Column>();
        foreach (var item in list.Items)
        {
            if (NodeShapes.Text(item, context.Problems, "a column of 'same'") is not { } name)
            {
                continue;
            }

            if (name.Contains('.', StringComparison.Ordinal))
            {
                Bad(item, context, $"'same' takes columns of the rows themselves, and '{name}' is a path.", "Name a column of the entity at the end of the path of 'seq'.");
            }
            else if (PathReader.ReadColumn(entity, name, item.Place, context, "SDL010") is { } found && !columns.Contains(found.Column))
            {
                columns.Add(found.Column);
            }
        }

        return columns.ToImmutable();
    }

    /// <summary>One of the two, or neither after a report.</summary>
    private static (SequenceStep? Present, AbsentStep? Absent) ReadStep(DocumentNode node, bool isFirst, bool isLast, DataType time, RowScope related, int depth, SegmentContext context)
    {
        if (NodeShapes.Mapping(node, context.Problems, "a step") is not { } step)
        {
            return default;
        }

        NodeShapes.CheckKeys(step, context.Problems, "a step", ["where", "within", "gap_min", "absent", "pending"]);
        var where = PredicateReader.ReadWhere(step, related, depth, context);
        var (withinNode, gapNode, pendingNode) = (step.Find("within"), step.Find("gap_min"), step.Find("pending"));
        var within = withinNode is null ? null : DurationReader.Read(withinNode, "'within'", time, context);
        var gap = gapNode is null ? null : DurationReader.Read(gapNode, "'gap_min'", time, context);
        var isAbsent = step.Find("absent") is { } absentNode ? NodeShapes.Boolean(absentNode, context.Problems, "SDL010", "'absent'") : false;
        var pending = pendingNode is null ? "exclude" : NodeShapes.Word(pendingNode, context.Problems, "SDL010", "'pending'", "exclude", "include");
        if (isAbsent == true)
        {
            if (!isLast || isFirst)
            {
                Bad(step, context, "Only the last step can be absent, after one that is there.", "Move it to the end.");
            }
            else if (withinNode is null)
            {
                Bad(step, context, "An absent step needs 'within': how long it must not happen.", "Add within: {n: N, unit: u}.");
            }

            if (gapNode is not null)
            {
                Bad(gapNode, context, "An absent step has no 'gap_min'.", "Remove it.");
            }

            var end = pending == "exclude" ? LatestEnd(time, context.Calendar) : null;
            if (pending == "exclude" && end is null)
            {
                RelativeTimeReader.ReportRange(step, context);
            }

            return (null, where is null || within is null ? null : new AbsentStep(where, within, end));
        }

        if (pendingNode is not null && isAbsent == false)
        {
            Bad(pendingNode, context, "Only an absent step can be pending.", "Remove 'pending', or add absent: true.");
        }

        if (isFirst && (withinNode ?? gapNode) is { } early)
        {
            Bad(early, context, "The first step has no step before it from which time could be counted.", "Move it to the step that comes later.");
        }

        return (where is null ? null : new SequenceStep(where, within, gap), null);
    }

    /// <summary>The latest end of a window that is over, in the values of the time column; null before the year 1.</summary>
    private static Literal? LatestEnd(DataType time, RunCalendar calendar)
    {
        if (time is not DateType)
        {
            return LiteralReader.OfInstant(calendar.Now, time, calendar);
        }

        return calendar.ShiftToday(TimeUnit.Day, -1) is { } yesterday ? new DateLiteral(yesterday) : null;
    }

    private static void Bad(DocumentNode node, SegmentContext context, string message, string hint) => context.Problems.Add("SDL010", node.Place, message, hint);
}
