using System.Collections.Immutable;
using System.Numerics;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Building;
using FederatedSegmentation.Planning.Rewriting;

namespace FederatedSegmentation.Planning.Reduction;

/// <summary>Writes keys into the plan of a fragment that waited for them. Pure.</summary>
public static class ReducedPlan
{
    /// <summary>The plan for the rows with one of the keys, and the keys themselves where they are no constants of it.</summary>
    /// <param name="fragment">A fragment with a reduction.</param>
    /// <param name="keys">The keys, each once, without NULLs.</param>
    /// <param name="passage">How they get to the source.</param>
    /// <param name="name">The name of the parameter or table that holds them, where they are no constants.</param>
    public static (LogicalPlan Plan, ImmutableArray<ImmutableArray<Literal>> Sent) With(
        QueryFragment fragment, ImmutableArray<ImmutableArray<Literal>> keys, KeyPassage passage, string name)
    {
        var reduction = Of(fragment);
        var fitting = Fitting(keys, reduction.Columns);
        if (fitting.IsEmpty)
        {
            return (Restrict(fragment.Plan, reduction.Columns, _ => Predicates.False), []);
        }

        if (passage == KeyPassage.List)
        {
            return (Restrict(fragment.Plan, reduction.Columns, columns => Constants(columns, Fitting(keys, columns))), []);
        }

        // Inputs of a set may store a column otherwise than the set, and what is sent is of one type.
        return (Restrict(fragment.Plan, reduction.Columns, columns => columns.Zip(reduction.Columns).All(pair => pair.First.Storage == pair.Second.Storage || pair.First.Type is not DecimalType)
            ? Listed(columns, fitting, list => list with { Passage = passage, PassageName = name })
            : Constants(columns, Fitting(keys, columns))), fitting);
    }

    /// <summary>The plan as it is shown before the keys are known.</summary>
    /// <param name="fragment">A fragment with a reduction.</param>
    /// <param name="label">What stands in place of the keys.</param>
    public static LogicalPlan Shown(QueryFragment fragment, string label) => Restrict(fragment.Plan, Of(fragment).Columns, columns => new PendingKeysPlan(columns, label));

    private static FragmentReduction Of(QueryFragment fragment) => fragment.Reduction ?? throw new ArgumentException("The fragment waits for no keys.", nameof(fragment));

    private static PlanPredicate Constants(ImmutableArray<PlanColumn> columns, ImmutableArray<ImmutableArray<Literal>> keys) => (columns, keys) switch
    {
        (_, []) => Predicates.False,
        ([var single], _) => new InListPlan(new ColumnExpression(single), [.. keys.Select(key => key[0])], Negated: false, Origin: null),
        _ => Listed(columns, keys, list => list),
    };

    // Only this predicate reads the columns of the list, so their ids may be any that the fragment does not use.
    private static MatchPlan Listed(ImmutableArray<PlanColumn> columns, ImmutableArray<ImmutableArray<Literal>> keys, Func<KeyListPlan, KeyListPlan> sending)
    {
        ImmutableArray<PlanColumn> listed = [.. columns.Select((column, i) => column with { Id = -1 - i })];
        return new MatchPlan(sending(new KeyListPlan(keys, listed)), [.. columns.Zip(listed, (column, key) => new JoinKey(column, key))], Origin: null);
    }

    // A number with more digits than a column stores is in none of its rows, and could not be written as a value of the column.
    private static ImmutableArray<ImmutableArray<Literal>> Fitting(ImmutableArray<ImmutableArray<Literal>> keys, ImmutableArray<PlanColumn> columns)
        => columns.Any(column => column.Storage is StoredDecimal) ? [.. keys.Where(key => key.Zip(columns).All(part => Fits(part.First, part.Second.Storage)))] : keys;

    private static bool Fits(Literal value, StorageType storage)
    {
        if (value is not DecimalLiteral exact || storage is not StoredDecimal stored)
        {
            return true;
        }

        var scale = exact.Scale - stored.Scale;
        var (units, rest) = scale > 0 ? BigInteger.DivRem(exact.Unscaled, BigInteger.Pow(10, scale)) : (exact.Unscaled * BigInteger.Pow(10, -scale), BigInteger.Zero);
        return rest.IsZero && BigInteger.Abs(units) < BigInteger.Pow(10, stored.Precision);
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
