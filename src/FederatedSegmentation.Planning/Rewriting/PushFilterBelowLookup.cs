using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Planning.Building;

namespace FederatedSegmentation.Planning.Rewriting;

/// <summary>
/// A conjunct that reads nothing of a look-up is applied before it: rows fall earlier, and where the look-up has to happen in the engine the conjunct
/// can still go to the source of the rows.
/// </summary>
internal static class PushFilterBelowLookup
{
    /// <summary>The plan with every such conjunct moved down.</summary>
    public static LogicalPlan Apply(LogicalPlan plan) => Rewrite(plan, new Dictionary<string, LogicalPlan>(StringComparer.Ordinal));

    private static LogicalPlan Rewrite(LogicalPlan plan, Dictionary<string, LogicalPlan> definitions)
    {
        if (plan is SharedPlan shared)
        {
            if (!definitions.TryGetValue(shared.Name, out var definition))
            {
                definition = Rewrite(shared.Shared, definitions);
                definitions.Add(shared.Name, definition);
            }

            return shared with { Shared = definition };
        }

        var rewritten = PlanTree.WithInputs(plan, input => Rewrite(input, definitions));
        return rewritten is FilterPlan filter ? Push(filter.Input, Predicates.Conjuncts(filter.Predicate)) : rewritten;
    }

    private static LogicalPlan Push(LogicalPlan input, ImmutableArray<PlanPredicate> conjuncts)
    {
        if (input is not LookupPlan lookup)
        {
            return Predicates.Filter(input, Predicates.And(conjuncts));
        }

        var added = lookup.Added.Select(column => column.Id).ToHashSet();
        var reads = conjuncts.ToLookup(conjunct => PlanTree.Columns(conjunct).Any(column => added.Contains(column.Id)));
        var below = Push(lookup.Input, [.. reads[false]]);
        return Predicates.Filter(new LookupPlan(below, lookup.Build, lookup.Keys, lookup.Added), Predicates.And(reads[true]));
    }
}
