using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;

namespace FederatedSegmentation.Model.Fragments;

/// <summary>
/// Lets a fragment wait for keys: of its rows only those matter whose columns hold one of the keys that other parts of the plan yield, so the source is
/// asked for those alone. Where there are more keys than it takes, it is asked for all rows, and the members are the same.
/// </summary>
/// <param name="Keys">What yields the keys in the engine; duplicates are allowed, and a key with a NULL matches nothing.</param>
/// <param name="KeyColumns">The columns of <paramref name="Keys"/> that are the key.</param>
/// <param name="Columns">The columns of the fragment's plan that hold it, in the same order and of the same types.</param>
/// <param name="DependsOn">The fragments that <paramref name="Keys"/> reads.</param>
/// <param name="Rungs">The ways that the keys may take, from the one that is tried first; at least one.</param>
/// <param name="Estimate">The expected number of keys, or null.</param>
public sealed record FragmentReduction(
    LogicalPlan Keys,
    ImmutableArray<PlanColumn> KeyColumns,
    ImmutableArray<PlanColumn> Columns,
    ImmutableArray<string> DependsOn,
    ImmutableArray<KeyRung> Rungs,
    long? Estimate)
{
    /// <summary>The most keys that a rung takes.</summary>
    public int MaxKeysOf(KeyRung rung) => rung.MaxValues / Columns.Length;

    /// <summary>The first rung that takes as many keys as are expected; null where none does, or nothing is expected.</summary>
    public KeyRung? Expected => Estimate is { } keys ? Rungs.FirstOrDefault(rung => keys <= MaxKeysOf(rung)) : null;
}
