using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Makes plan predicates in a flat, constant-free form.</summary>
internal static class Predicates
{
    /// <summary>TRUE.</summary>
    public static readonly PlanPredicate True = new ConstantPlan(true);

    /// <summary>FALSE.</summary>
    public static readonly PlanPredicate False = new ConstantPlan(false);

    /// <summary>The conjunction, flattened.</summary>
    public static PlanPredicate And(params IEnumerable<PlanPredicate> items)
    {
        var kept = ImmutableArray.CreateBuilder<PlanPredicate>();
        foreach (var item in items.SelectMany(item => Conjuncts(item)))
        {
            if (item is ConstantPlan { Value: false })
            {
                return False;
            }

            if (item is not ConstantPlan)
            {
                kept.Add(item);
            }
        }

        return kept.Count switch { 0 => True, 1 => kept[0], _ => new AndPlan(kept.ToImmutable()) };
    }

    /// <summary>The disjunction, flattened.</summary>
    public static PlanPredicate Or(params IEnumerable<PlanPredicate> items)
    {
        var kept = ImmutableArray.CreateBuilder<PlanPredicate>();
        foreach (var item in items.SelectMany(item => item is OrPlan or ? or.Items : [item]))
        {
            if (item is ConstantPlan { Value: true })
            {
                return True;
            }

            if (item is not ConstantPlan)
            {
                kept.Add(item);
            }
        }

        return kept.Count switch { 0 => False, 1 => kept[0], _ => new OrPlan(kept.ToImmutable()) };
    }

    /// <summary>The complement; a double one vanishes, and a complement is moved down to the parts of AND and OR so that each conjunct can travel on its own.</summary>
    public static PlanPredicate Not(PlanPredicate item) => item switch
    {
        ConstantPlan constant => constant.Value ? False : True,
        NotPlan not => not.Item,
        AndPlan and => Or(and.Items.Select(Not)),
        OrPlan or => And(or.Items.Select(Not)),
        _ => new NotPlan(item),
    };

    /// <summary>The parts of a conjunction.</summary>
    public static ImmutableArray<PlanPredicate> Conjuncts(PlanPredicate predicate) => predicate is AndPlan and ? and.Items : [predicate];

    /// <summary>The rows of the input for which the predicate holds.</summary>
    public static LogicalPlan Filter(LogicalPlan input, PlanPredicate predicate) => predicate is ConstantPlan { Value: true } ? input : new FilterPlan(input, predicate);
}
