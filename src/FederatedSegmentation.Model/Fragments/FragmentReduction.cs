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
/// <param name="MaxKeys">The most keys that the source takes in a statement.</param>
/// <param name="MaxBytes">The most bytes of text that they may have there.</param>
/// <param name="Estimate">The expected number of keys, or null.</param>
public sealed record FragmentReduction(
    LogicalPlan Keys,
    ImmutableArray<PlanColumn> KeyColumns,
    ImmutableArray<PlanColumn> Columns,
    ImmutableArray<string> DependsOn,
    int MaxKeys,
    int MaxBytes,
    long? Estimate);
