using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Planning.Building;

/// <summary>What ranks and tiers read.</summary>
internal static class DistributionParts
{
    /// <summary>The conditions on members and on rows related to them.</summary>
    public static IEnumerable<ResolvedPredicate> Predicates(Distribution distribution)
        => distribution.Tiers.Select(tier => tier.Where).Concat(Orders(distribution).OfType<AggregateOrder>().Select(order => order.Where));

    /// <summary>The paths from members.</summary>
    public static IEnumerable<EntityPath> Paths(Distribution distribution) =>
    [
        .. distribution.Ranks.SelectMany(layer => layer.Per).Select(field => field.Path),
        .. Orders(distribution).SelectMany(order => order switch
        {
            FieldOrder field => new[] { field.Field.Path },
            AggregateOrder aggregate => aggregate.Input is { } input ? [aggregate.Path, input.Path] : [aggregate.Path],
            _ => throw new ArgumentOutOfRangeException(nameof(distribution), order, "Unknown order."),
        }),
    ];

    private static IEnumerable<MemberOrder> Orders(Distribution distribution)
        => distribution.Ranks.SelectMany(layer => layer.By).Concat(distribution.Tiers.SelectMany(tier => tier.By));
}
