using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Planning.Rewriting;

namespace FederatedSegmentation.Planning.Fragmentation;

/// <summary>Remembers what became of each predicate of a definition, for explain.</summary>
internal sealed class PushdownLog
{
    private readonly Dictionary<PredicateOrigin, PushdownDecision> _decisions = [];
    private readonly List<PredicateOrigin> _order = [];

    /// <summary>One decision per predicate, in plan order.</summary>
    public ImmutableArray<PushdownDecision> Decisions => [.. _order.Select(origin => _decisions[origin])];

    /// <summary>A predicate that the engine applies, alone or again.</summary>
    public void Record(PlanPredicate predicate, PushdownVerdict verdict, string reason)
    {
        foreach (var origin in Origins(predicate))
        {
            Add(origin, fragment: null, verdict, reason);
        }
    }

    /// <summary>All predicates of a fragment.</summary>
    public void RecordPushed(LogicalPlan plan, string fragment, Capabilities source)
    {
        foreach (var predicate in Predicates(plan))
        {
            foreach (var origin in Origins(predicate))
            {
                var reason = source.RunsInEngine
                    ? "the files are read by the engine itself"
                    : predicate is LeafPlan leaf ? PushdownRules.Of(leaf, source).Reason : source.Joins.Reason;
                Add(origin, fragment, PushdownVerdict.Full, reason);
            }
        }
    }

    private void Add(PredicateOrigin origin, string? fragment, PushdownVerdict verdict, string reason)
    {
        if (!_decisions.TryGetValue(origin, out var known))
        {
            _order.Add(origin);
            _decisions.Add(origin, new PushdownDecision(origin, fragment, verdict, reason));
        }
        else if (verdict > known.Verdict)
        {
            // A predicate may become several leaves; the one that went the shortest way decides. A recheck keeps its fragment.
            _decisions[origin] = new PushdownDecision(origin, fragment ?? (verdict == PushdownVerdict.Recheck ? known.Fragment : null), verdict, reason);
        }
        else if (known.Verdict == PushdownVerdict.Recheck && known.Fragment is null && fragment is not null)
        {
            _decisions[origin] = known with { Fragment = fragment };
        }
    }

    private static IEnumerable<PredicateOrigin> Origins(PlanPredicate predicate)
        => PlanTree.Leaves(predicate).Select(leaf => leaf.Origin)
            .Concat(PlanTree.Matches(predicate).Select(match => match.Origin))
            .OfType<PredicateOrigin>()
            .Where(origin => origin.Segment.Length > 0);

    private static IEnumerable<PlanPredicate> Predicates(LogicalPlan plan)
    {
        var visited = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<LogicalPlan>([plan]);
        while (pending.TryPop(out var node))
        {
            if (node is SharedPlan shared && !visited.Add(shared.Name))
            {
                continue;
            }

            if (node is FilterPlan filter)
            {
                foreach (var conjunct in Building.Predicates.Conjuncts(filter.Predicate).SelectMany(Parts))
                {
                    yield return conjunct;
                }
            }

            foreach (var input in PlanTree.Inputs(node).Reverse())
            {
                pending.Push(input);
            }
        }
    }

    private static IEnumerable<PlanPredicate> Parts(PlanPredicate predicate) => predicate switch
    {
        AndPlan and => and.Items.SelectMany(Parts),
        OrPlan or => or.Items.SelectMany(Parts),
        NotPlan not => Parts(not.Item),
        _ => [predicate],
    };
}
