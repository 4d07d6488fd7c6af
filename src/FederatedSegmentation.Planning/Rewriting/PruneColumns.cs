using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Rewriting;

/// <summary>Drops the columns that nobody reads, down to the scans. Distinct rows, groups and set operations keep all of theirs: they define the result.</summary>
internal static class PruneColumns
{
    /// <summary>The roots with only the columns that are read below their own outputs, which all stay.</summary>
    /// <param name="roots">Plans that may name each other's results.</param>
    public static ImmutableArray<LogicalPlan> Apply(ImmutableArray<LogicalPlan> roots)
    {
        var used = Used(roots);
        var definitions = new Dictionary<string, LogicalPlan>(StringComparer.Ordinal);
        return [.. roots.Select(root => Rewrite(root, used, definitions))];
    }

    /// <summary>The ids of all columns that are read anywhere, the outputs of the roots included.</summary>
    public static HashSet<int> Used(ImmutableArray<LogicalPlan> roots)
    {
        var used = new HashSet<int>(roots.SelectMany(root => root.Columns).Select(column => column.Id));

        // A shared relation may be met before a later use asks for more of its columns: repeat until nothing is added.
        for (var before = -1; before != used.Count;)
        {
            before = used.Count;
            var visited = new HashSet<string>(StringComparer.Ordinal);
            foreach (var root in roots)
            {
                Mark(root, used, visited);
            }
        }

        return used;
    }

    private static void Mark(LogicalPlan plan, HashSet<int> used, HashSet<string> visited)
    {
        switch (plan)
        {
            case DedupePlan dedupe:
                Add(used, dedupe.Keys);
                Add(used, dedupe.Order.Select(order => order.Column));
                break;
            case FilterPlan filter:
                Add(used, PlanTree.Columns(filter.Predicate));
                Add(used, PlanTree.Matches(filter.Predicate).SelectMany(PlanTree.BuildColumns));
                break;
            case FlagPlan flag:
                Add(used, PlanTree.Columns(flag.Predicate));
                Add(used, PlanTree.Matches(flag.Predicate).SelectMany(PlanTree.BuildColumns));
                break;
            case ClosurePlan closure:
                Add(used, closure.Nodes.Concat(closure.From).Concat(closure.To).Concat(closure.Required));
                break;
            case RankPlan rank:
                Add(used, rank.Per.Concat(rank.Key).Concat(rank.By.Select(order => order.Column)));
                break;
            case TierPlan tier:
                Add(used, tier.Key.Concat(tier.Steps.SelectMany(step => step.By).Select(order => order.Column)).Concat(tier.Steps.Select(step => step.Flag).OfType<PlanColumn>()));
                break;
            case ProjectPlan project:
                Add(used, project.Expressions.Where((_, i) => used.Contains(project.Columns[i].Id)).SelectMany(PlanTree.Columns));
                break;
            case DistinctPlan distinct:
                Add(used, distinct.Sources);
                break;
            case LookupPlan lookup:
                Add(used, lookup.Keys.SelectMany(key => new[] { key.Probe, key.Build }));
                break;
            case PairPlan pair:
                Add(used, pair.Keys.SelectMany(key => new[] { key.Probe, key.Build }));
                break;
            case AggregatePlan aggregate:
                Add(used, aggregate.GroupBy);
                Add(used, aggregate.Measures.Where((measure, i) => measure.Input is not null && used.Contains(aggregate.Columns[aggregate.GroupBy.Length + i].Id))
                    .SelectMany(measure => PlanTree.Columns(measure.Input!)));
                break;
            case SetPlan set:
                Add(used, set.Inputs.SelectMany(input => input.Columns));
                break;
            case AppendPlan append:
                foreach (var input in append.Inputs)
                {
                    Add(used, input.Columns.Where((_, i) => used.Contains(append.Columns[i].Id)));
                }

                break;
            case SharedPlan shared:
                Add(used, shared.Shared.Columns.Where((_, i) => used.Contains(shared.Columns[i].Id)));
                if (!visited.Add(shared.Name))
                {
                    return;
                }

                break;
            default:
                break;
        }

        foreach (var input in PlanTree.Inputs(plan))
        {
            Mark(input, used, visited);
        }
    }

    private static void Add(HashSet<int> used, IEnumerable<PlanColumn> columns) => used.UnionWith(columns.Select(column => column.Id));

    private static LogicalPlan Rewrite(LogicalPlan plan, HashSet<int> used, Dictionary<string, LogicalPlan> definitions)
    {
        if (plan is SharedPlan shared)
        {
            if (!definitions.TryGetValue(shared.Name, out var definition))
            {
                definition = Rewrite(shared.Shared, used, definitions);
                definitions.Add(shared.Name, definition);
            }

            // The outputs are matched by position, so the definition's survivors decide.
            var kept = shared.Shared.Columns.Select((column, i) => (column.Id, Output: shared.Columns[i])).ToDictionary(pair => pair.Id, pair => pair.Output);
            return new SharedPlan(shared.Name, definition, [.. definition.Columns.Select(column => kept[column.Id])]);
        }

        return PlanTree.WithInputs(plan, input => Rewrite(input, used, definitions)) switch
        {
            ScanPlan scan => Scan(scan, used),
            ProjectPlan project => Project(project, used),
            LookupPlan lookup => new LookupPlan(lookup.Input, lookup.Build, lookup.Keys, [.. lookup.Added.Where(column => used.Contains(column.Id))]),
            AggregatePlan aggregate => Aggregate(aggregate, used),
            AppendPlan append => Append((AppendPlan)plan, append, used),
            var other => other,
        };
    }

    private static ScanPlan Scan(ScanPlan scan, HashSet<int> used)
    {
        var kept = Enumerable.Range(0, scan.Columns.Length).Where(i => used.Contains(scan.Columns[i].Id)).ToList();

        // A relation needs a column even where only its rows count; any will do that has a plain value.
        kept = kept.Count == 0 ? [Math.Max(0, scan.Columns.ToList().FindIndex(column => column.Storage is not StoredNested))] : kept;
        return new ScanPlan(scan.Entity, [.. kept.Select(i => scan.Sources[i])], [.. kept.Select(i => scan.Columns[i])]);
    }

    private static ProjectPlan Project(ProjectPlan project, HashSet<int> used)
    {
        var kept = Enumerable.Range(0, project.Columns.Length).Where(i => used.Contains(project.Columns[i].Id)).ToList();
        kept = kept.Count == 0 ? [0] : kept;
        return new ProjectPlan(project.Input, [.. kept.Select(i => project.Expressions[i])], [.. kept.Select(i => project.Columns[i])]);
    }

    // The inputs may have lost columns, each others: what is read is taken from each by its place before.
    private static AppendPlan Append(AppendPlan before, AppendPlan append, HashSet<int> used)
    {
        var kept = Enumerable.Range(0, before.Columns.Length).Where(i => used.Contains(before.Columns[i].Id)).ToList();
        kept = kept.Count == 0 ? [0] : kept;
        return new AppendPlan(
            [
                .. append.Inputs.Select((input, i) =>
                {
                    var columns = kept.Select(place => before.Inputs[i].Columns[place]).ToImmutableArray();
                    return input.Columns.SequenceEqual(columns) ? input : new ProjectPlan(input, [.. columns.Select(PlanExpression (column) => new ColumnExpression(column))], columns);
                }),
            ],
            [.. kept.Select(place => before.Columns[place])]);
    }

    private static AggregatePlan Aggregate(AggregatePlan aggregate, HashSet<int> used)
    {
        var groups = aggregate.GroupBy.Length;
        var kept = Enumerable.Range(0, aggregate.Measures.Length).Where(i => used.Contains(aggregate.Columns[groups + i].Id)).ToList();
        return new AggregatePlan(
            aggregate.Input,
            aggregate.GroupBy,
            [.. kept.Select(i => aggregate.Measures[i])],
            [.. aggregate.Columns[..groups], .. kept.Select(i => aggregate.Columns[groups + i])]);
    }
}
