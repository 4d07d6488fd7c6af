using System.Collections.Immutable;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Planning.Reduction;

/// <summary>When a fragment is worth waiting for the keys of others. It changes what travels and when, never the members.</summary>
/// <param name="LeastRows">Fragments with fewer expected rows are fetched whole, at once.</param>
/// <param name="LeastGain">How many times more rows than keys are expected.</param>
/// <param name="Optimism">How many times more keys than the source takes may be expected, because expectations are rough; the run knows the number before it asks.</param>
public sealed record ReductionPolicy(long LeastRows, double LeastGain, double Optimism)
{
    /// <summary>The ways that keys may take, of those that a source has.</summary>
    public ImmutableArray<KeyPassage> Passages { get; init; } = [KeyPassage.List, KeyPassage.Array, KeyPassage.Table];

    /// <summary>For runs: a statement that waits pays with the time of those that it waits for, so it has to save more than it costs.</summary>
    public static ReductionPolicy Default { get; } = new(LeastRows: 20_000, LeastGain: 1, Optimism: 16);

    /// <summary>Whenever it is possible, whatever is expected: for proofs that it changes no member.</summary>
    public static ReductionPolicy Always { get; } = new(LeastRows: 0, LeastGain: 0, Optimism: double.PositiveInfinity);
}
