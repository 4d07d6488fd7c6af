using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>Counts how often a plan reads each shared plan and each result that is a plan itself, looking into each of them once; and which tables it reads.</summary>
internal sealed class SharedUses
{
    private readonly Func<string, ResultRelation>? _results;
    private readonly Dictionary<string, int> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _inline = new(StringComparer.Ordinal);
    private readonly HashSet<Entity> _entities = [];

    /// <summary>Counts.</summary>
    public SharedUses(LogicalPlan plan, Func<string, ResultRelation>? results)
    {
        _results = results;
        Visit(plan);
    }

    /// <summary>The entities whose tables are read.</summary>
    public IReadOnlyCollection<Entity> Entities => _entities;

    /// <summary>Whether a shared plan is read more than once.</summary>
    public bool IsRepeated(SharedPlan shared) => _shared[shared.Name] > 1;

    /// <summary>Whether a result that is a plan is read more than once.</summary>
    public bool IsRepeated(ResultPlan result) => _inline[result.Name] > 1;

    private void Visit(LogicalPlan plan)
    {
        switch (plan)
        {
            case FilterPlan filter:
                Visit(filter.Input);
                Visit(filter.Predicate);
                break;
            case ProjectPlan project:
                Visit(project.Input);
                break;
            case DedupePlan dedupe:
                Visit(dedupe.Input);
                break;
            case DistinctPlan distinct:
                Visit(distinct.Input);
                break;
            case LookupPlan lookup:
                Visit(lookup.Input);
                Visit(lookup.Build);
                break;
            case PairPlan pair:
                Visit(pair.Left);
                Visit(pair.Right);
                break;
            case AggregatePlan aggregate:
                Visit(aggregate.Input);
                break;
            case ClosurePlan closure:
                Visit(closure.Input);
                break;
            case FlagPlan flag:
                Visit(flag.Input);
                Visit(flag.Predicate);
                break;
            case RankPlan rank:
                Visit(rank.Input);
                break;
            case TierPlan tier:
                Visit(tier.Input);
                break;
            case SetPlan set:
                foreach (var input in set.Inputs)
                {
                    Visit(input);
                }

                break;
            case AppendPlan append:
                foreach (var input in append.Inputs)
                {
                    Visit(input);
                }

                break;
            case SharedPlan shared:
                if (Count(_shared, shared.Name) == 1)
                {
                    Visit(shared.Shared);
                }

                break;
            case ResultPlan result:
                if (_results?.Invoke(result.Name) is InlineResult inline && Count(_inline, result.Name) == 1)
                {
                    Visit(inline.Plan);
                }

                break;
            case ScanPlan scan:
                _entities.Add(scan.Entity);
                break;
            case KeyListPlan or KeyFilePlan:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(plan), plan, "Unknown plan.");
        }
    }

    private void Visit(PlanPredicate predicate)
    {
        switch (predicate)
        {
            case AndPlan and:
                foreach (var item in and.Items)
                {
                    Visit(item);
                }

                break;
            case OrPlan or:
                foreach (var item in or.Items)
                {
                    Visit(item);
                }

                break;
            case NotPlan not:
                Visit(not.Item);
                break;
            case MatchPlan match:
                Visit(match.Build);
                break;
            case ConstantPlan or LeafPlan:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(predicate), predicate, "Unknown predicate.");
        }
    }

    private static int Count(Dictionary<string, int> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;
}
