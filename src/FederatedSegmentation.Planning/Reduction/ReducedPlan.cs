using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Building;
using FederatedSegmentation.Planning.Rewriting;

namespace FederatedSegmentation.Planning.Reduction;

/// <summary>Writes keys into the plan of a fragment that waited for them. Pure.</summary>
public static class ReducedPlan
{
    /// <summary>The plan for the rows with one of the keys.</summary>
    /// <param name="fragment">A fragment with a reduction.</param>
    /// <param name="keys">The keys, each once, without NULLs.</param>
    public static LogicalPlan With(QueryFragment fragment, ImmutableArray<ImmutableArray<Literal>> keys)
    {
        var reduction = Of(fragment);
        if (keys.IsEmpty)
        {
            return Restrict(fragment.Plan, reduction.Columns, _ => Predicates.False);
        }

        return Restrict(fragment.Plan, reduction.Columns, columns => columns is [var single]
            ? new InListPlan(new ColumnExpression(single), [.. keys.Select(key => key[0])], Negated: false, Origin: null)
            : Listed(columns, keys));
    }

    /// <summary>The plan as it is shown before the keys are known.</summary>
    /// <param name="fragment">A fragment with a reduction.</param>
    /// <param name="label">What stands in place of the keys.</param>
    public static LogicalPlan Shown(QueryFragment fragment, string label) => Restrict(fragment.Plan, Of(fragment).Columns, columns => new PendingKeysPlan(columns, label));

    private static FragmentReduction Of(QueryFragment fragment) => fragment.Reduction ?? throw new ArgumentException("The fragment waits for no keys.", nameof(fragment));

    // Only this predicate reads the columns of the list, so their ids may be any that the fragment does not use.
    private static MatchPlan Listed(ImmutableArray<PlanColumn> columns, ImmutableArray<ImmutableArray<Literal>> keys)
    {
        ImmutableArray<PlanColumn> listed = [.. columns.Select((column, i) => column with { Id = -1 - i })];
        return new MatchPlan(new KeyListPlan(keys, listed), [.. columns.Zip(listed, (column, key) => new JoinKey(column, key))], Origin: null);
    }

    // As near to the tables as it can be: sources do not look through aggregates for conditions, and none should group rows that nobody asked for.
    private static LogicalPlan Restrict(LogicalPlan plan, ImmutableArray<PlanColumn> columns, Func<ImmutableArray<PlanColumn>, PlanPredicate> condition)
    {
        if (plan is FilterPlan filter)
        {
            return filter.Input is ScanPlan
                ? new FilterPlan(filter.Input, Predicates.And(filter.Predicate, condition(columns)))
                : new FilterPlan(Restrict(filter.Input, columns, condition), filter.Predicate);
        }

        var below = KeyPaths.Below(plan, columns).ToList();
        if (below.Count == 0 || below.Select(step => step.Input).Distinct(ReferenceEqualityComparer.Instance).Count() != below.Count)
        {
            return Predicates.Filter(plan, condition(columns));
        }

        // Of a set every input has to give way: rows of one that are taken from another must be in both.
        return plan is SetPlan or AppendPlan && below.Count != PlanTree.Inputs(plan).Count()
            ? Predicates.Filter(plan, condition(columns))
            : PlanTree.WithInputs(plan, input => below.Find(step => ReferenceEquals(step.Input, input)) is { Input: not null } step ? Restrict(input, step.Columns, condition) : input);
    }
}
