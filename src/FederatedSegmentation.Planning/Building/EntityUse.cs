using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Finds the entities that a segment reads, so that only their tables are described.</summary>
internal static class EntityUse
{
    /// <summary>The entities of a segment, with repetitions.</summary>
    public static IEnumerable<Entity> Of(ResolvedSegment segment) =>
    [
        segment.Of,
        .. Of(segment.Where),
        .. DistributionParts.Predicates(segment.Distribution).SelectMany(Of),
        .. DistributionParts.Paths(segment.Distribution).SelectMany(Of),
    ];

    private static IEnumerable<Entity> Of(ResolvedPredicate predicate) => predicate switch
    {
        ConstantPredicate => [],
        AllPredicate all => all.Items.SelectMany(Of),
        AnyPredicate any => any.Items.SelectMany(Of),
        NotPredicate not => Of(not.Item),
        LeafPredicate leaf => Of(leaf.Test),
        RelatedPredicate related =>
        [
            .. Of(related.Path),
            .. Of(related.Where),
            .. related.Aggregation is { } aggregation ? aggregation.Tests.SelectMany(Of).Concat(aggregation.Input is { } input ? Of(input.Path) : []) : [],
        ],
        PickPredicate pick => [.. Of(pick.Path), .. Of(pick.By.Path), .. Of(pick.Where), .. Of(pick.Must)],
        SequencePredicate sequence => [.. Of(sequence.Path), .. sequence.Wheres.SelectMany(Of)],
        RegularPredicate regular => [.. Of(regular.Path), .. Of(regular.Where)],
        InKeySetPredicate keys => Of(keys.Keys).Prepend(keys.Entity),
        _ => throw new ArgumentOutOfRangeException(nameof(predicate), predicate, "Unknown predicate."),
    };

    private static IEnumerable<Entity> Of(ValueTest test) => OuterReferences.In(test).SelectMany(reference => Of(reference.Path));

    private static IEnumerable<Entity> Of(EntityPath path) => path.Steps.Select(step => step.To);

    private static IEnumerable<Entity> Of(KeySet keys) => keys switch
    {
        WhereKeys where => Of(where.Where),
        UnionKeys union => union.Sets.SelectMany(Of),
        IntersectKeys intersect => intersect.Sets.SelectMany(Of),
        MinusKeys minus => minus.Sets.SelectMany(Of),
        SegmentKeys or ListedKeys or FileKeys => [],
        _ => throw new ArgumentOutOfRangeException(nameof(keys), keys, "Unknown key set."),
    };
}
