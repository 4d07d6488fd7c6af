using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Planning.Building;
using FederatedSegmentation.Planning.Rewriting;

namespace FederatedSegmentation.Planning.Reduction;

/// <summary>A way to reduce a result: only its rows with one of the keys matter.</summary>
/// <param name="Result">The result.</param>
/// <param name="Columns">Its columns that hold the key.</param>
/// <param name="Keys">What yields the keys.</param>
/// <param name="KeyColumns">The columns of <paramref name="Keys"/> that are the key.</param>
internal sealed record ReductionCandidate(ResultPlan Result, ImmutableArray<PlanColumn> Columns, LogicalPlan Keys, ImmutableArray<PlanColumn> KeyColumns);

/// <summary>Finds everything in a plan for the engine that would let a result be reduced without changing what the plan yields.</summary>
internal static class ReductionCandidates
{
    /// <summary>All candidates.</summary>
    public static IEnumerable<ReductionCandidate> Of(LogicalPlan plan) => Of(plan, new HashSet<string>(StringComparer.Ordinal));

    private static IEnumerable<ReductionCandidate> Of(LogicalPlan plan, HashSet<string> shared)
    {
        if (plan is SharedPlan once && !shared.Add(once.Name))
        {
            return [];
        }

        var here = plan switch
        {
            FilterPlan filter => OfFilter(filter),
            FlagPlan flag => PlanTree.Matches(flag.Predicate).SelectMany(match => OfBuild(match, flag.Input)),

            // A row of the build side is looked up by a row of the input, or not at all.
            LookupPlan lookup => Of(lookup.Build, lookup.Keys, fromProbe: true, lookup.Input),
            PairPlan pair => Of(pair.Right, pair.Keys, fromProbe: true, pair.Left).Concat(Of(pair.Left, pair.Keys, fromProbe: false, pair.Right)),
            _ => [],
        };
        return here.Concat(PlanTree.Inputs(plan).SelectMany(input => Of(input, shared)));
    }

    private static IEnumerable<ReductionCandidate> OfFilter(FilterPlan filter)
    {
        var conjuncts = Predicates.Conjuncts(filter.Predicate).ToList();
        foreach (var conjunct in conjuncts)
        {
            // Rows without a match are dropped where the match is a condition of its own.
            if (conjunct is MatchPlan semiJoin)
            {
                foreach (var candidate in Of(filter.Input, semiJoin.Keys, fromProbe: false, semiJoin.Build))
                {
                    yield return candidate;
                }
            }

            // A row of the build side matters, whatever the match is for, only where a row looks for it that the other conditions keep.
            var others = conjuncts.Where(other => !ReferenceEquals(other, conjunct)).ToList();
            var local = others.Where(other => !PlanTree.Matches(other).Any()).ToList();
            foreach (var match in PlanTree.Matches(conjunct))
            {
                foreach (var input in local.Count == others.Count ? [others] : new[] { others, local })
                {
                    foreach (var candidate in OfBuild(match, Predicates.Filter(filter.Input, Predicates.And(input))))
                    {
                        yield return candidate;
                    }
                }
            }
        }
    }

    private static IEnumerable<ReductionCandidate> OfBuild(MatchPlan match, LogicalPlan input) => Of(match.Build, match.Keys, fromProbe: true, input);

    private static IEnumerable<ReductionCandidate> Of(LogicalPlan reduced, ImmutableArray<JoinKey> keys, bool fromProbe, LogicalPlan yields)
    {
        // Where NULL equals NULL it would be a key; the other columns are enough for a superset.
        var plain = keys.Where(key => !key.NullsMatch && key.Probe.Type == key.Build.Type).ToList();
        if (plain.Count == 0)
        {
            return [];
        }

        ImmutableArray<PlanColumn> probes = [.. plain.Select(key => key.Probe)], builds = [.. plain.Select(key => key.Build)];
        return KeyPaths.Results(reduced, fromProbe ? builds : probes).Select(found => new ReductionCandidate(found.Result, found.Columns, yields, fromProbe ? probes : builds));
    }
}
