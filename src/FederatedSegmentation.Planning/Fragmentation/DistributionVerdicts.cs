using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Planning.Fragmentation;

/// <summary>What explain says of ranks, tiers and splits: members are known only where everything meets, so no source ever does them.</summary>
internal static class DistributionVerdicts
{
    /// <summary>Why a source does not do them.</summary>
    public const string Reason = "members are ranked and split once, in the engine";

    /// <summary>One decision for each layer of rank, for the tiers and for the split of every segment of the run; a split of a segment that another names does nothing.</summary>
    public static IEnumerable<PushdownDecision> Of(ResolvedRun run) => run.Referenced.SelectMany(OfKeys).Concat(OfKeys(run.Main)).Concat(OfSplit(run.Main));

    private static IEnumerable<PushdownDecision> OfKeys(ResolvedSegment segment)
    {
        foreach (var (layer, i) in segment.Distribution.Ranks.Select((layer, i) => (layer, i)))
        {
            yield return Decision(segment, string.Create(CultureInfo.InvariantCulture, $"/rank/{i}"), $"the first {Share(layer.Take)}{Per(layer.Per)}");
        }

        if (!segment.Distribution.Tiers.IsEmpty)
        {
            yield return Decision(segment, "/tiers", string.Join(", ", segment.Distribution.Tiers.Select(tier => tier.Name)));
        }
    }

    private static IEnumerable<PushdownDecision> OfSplit(ResolvedSegment segment) => segment.Distribution.Split is { } split
        ? [Decision(segment, "/split", string.Join(", ", split.Arms.Select(arm => arm.Name)))]
        : [];

    private static string Share(Take take) => take switch
    {
        TakeCount count => count.Count.ToString(CultureInfo.InvariantCulture),
        TakeShare share => string.Create(CultureInfo.InvariantCulture, $"{100m * share.Parts / share.Whole}%"),
        _ => throw new ArgumentOutOfRangeException(nameof(take), take, "Unknown take."),
    };

    private static string Per(ImmutableArray<PathColumn> per) => per.IsEmpty ? "" : $" per {string.Join(", ", per.Select(field => field.Column.Name))}";

    private static PushdownDecision Decision(ResolvedSegment segment, string pointer, string text)
        => new(new PredicateOrigin(segment.Id, pointer, text), Fragment: null, PushdownVerdict.None, Reason);
}
