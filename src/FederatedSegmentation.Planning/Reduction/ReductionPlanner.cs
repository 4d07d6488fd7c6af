using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Building;
using FederatedSegmentation.Planning.Estimation;
using FederatedSegmentation.Planning.Fragmentation;
using FederatedSegmentation.Planning.Rewriting;
using FederatedSegmentation.Planning.Staging;

namespace FederatedSegmentation.Planning.Reduction;

/// <summary>
/// Lets keys travel instead of tables: a large fragment waits for smaller ones and is asked only for the rows whose keys occur in them. Fragments wait in
/// the order of their expected size, so that none waits for itself.
/// </summary>
internal sealed class ReductionPlanner(PlanEstimator estimator, IReadOnlyDictionary<string, Capabilities> sources, ReductionPolicy policy)
{
    /// <summary>The fragments, those that shall wait with what they wait for.</summary>
    /// <param name="fragments">All fragments.</param>
    /// <param name="members">The plan for the engine over their results, not yet cut into stages.</param>
    public ImmutableArray<QueryFragment> Plan(ImmutableArray<QueryFragment> fragments, LogicalPlan members)
    {
        var remote = fragments.Where(fragment => !fragment.RunsInEngine).ToDictionary(fragment => fragment.Id, StringComparer.Ordinal);
        if (remote.Count == 0)
        {
            return fragments;
        }

        var place = remote.Values.OrderBy(fragment => fragment.Estimate.Rows ?? long.MaxValue).Select((fragment, i) => (fragment.Id, i)).ToDictionary(pair => pair.Id, pair => pair.i, StringComparer.Ordinal);
        var uses = Uses(members);
        var candidates = ReductionCandidates.Of(members).Where(candidate => uses[candidate.Result.Name] == 1).ToLookup(candidate => candidate.Result.Name, StringComparer.Ordinal);
        return [.. fragments.Select(fragment => fragment with { Reduction = Choose(fragment, candidates[fragment.Id], remote, place) })];
    }

    private FragmentReduction? Choose(
        QueryFragment fragment, IEnumerable<ReductionCandidate> candidates, Dictionary<string, QueryFragment> remote, Dictionary<string, int> place)
    {
        var source = sources[fragment.Source];
        ImmutableArray<KeyRung> rungs = [.. source.KeyRungs.Where(rung => policy.Passages.Contains(rung.Passage))];
        if (rungs.IsEmpty)
        {
            return null;
        }

        FragmentReduction? best = null;
        foreach (var candidate in candidates)
        {
            ImmutableArray<string> needed = [.. ResultsOf(candidate.Keys).Distinct(StringComparer.Ordinal).OrderBy(name => place[name])];
            if (needed.Any(name => place[name] >= place[fragment.Id])
                || !candidate.Columns.All(column => CanList(column, source))
                || PlanTree.Relations(candidate.Keys) > StatementStaging.MaxRelations)
            {
                continue;
            }

            var keys = estimator.Estimate(candidate.Keys, name => remote[name].Estimate.Rows).Rows;
            var most = rungs.Max(rung => rung.MaxValues) / candidate.Columns.Length;
            if (IsWorth(fragment.Estimate.Rows, keys, most) && (best is null || (keys ?? long.MaxValue) < (best.Estimate ?? long.MaxValue)))
            {
                best = new FragmentReduction(candidate.Keys, candidate.KeyColumns, candidate.Columns, needed, rungs, keys);
            }
        }

        return best;
    }

    private bool IsWorth(long? rows, long? keys, int most)
        => most > 0
            && (rows ?? long.MaxValue) >= policy.LeastRows
            && (keys is { } count ? count <= most * policy.Optimism && (rows is null || count * policy.LeastGain <= rows) : double.IsPositiveInfinity(policy.Optimism));

    // A superset is enough here, so what the source only nearly compares may be listed too.
    private static bool CanList(PlanColumn column, Capabilities source)
        => column.Type is Int64Type or DecimalType or StringType or DateType
            && PushdownRules.Grouping(column, source with { Grouping = source.Joins }).Verdict != PushdownVerdict.None;

    private static Dictionary<string, int> Uses(LogicalPlan plan)
    {
        var uses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in ResultsOf(plan))
        {
            uses[name] = uses.GetValueOrDefault(name) + 1;
        }

        return uses;
    }

    // A shared relation is computed once.
    private static List<string> ResultsOf(LogicalPlan plan)
    {
        var names = new List<string>();
        var shared = new HashSet<string>(StringComparer.Ordinal);
        Walk(plan);
        return names;

        void Walk(LogicalPlan node)
        {
            if (node is ResultPlan result)
            {
                names.Add(result.Name);
            }
            else if (node is not SharedPlan known || shared.Add(known.Name))
            {
                foreach (var input in PlanTree.Inputs(node))
                {
                    Walk(input);
                }
            }
        }
    }
}
