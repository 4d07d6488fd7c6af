using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Finds the files of keys that a segment reads.</summary>
internal static class KeyFileUse
{
    /// <summary>The files of a segment, each with the entity whose keys it holds.</summary>
    public static IEnumerable<(FileKeys File, Entity Entity)> Of(ResolvedSegment segment)
        => DistributionParts.Predicates(segment.Distribution).Prepend(segment.Where).SelectMany(Of);

    /// <summary>The files, each with the entity whose keys it holds.</summary>
    private static IEnumerable<(FileKeys File, Entity Entity)> Of(ResolvedPredicate predicate) => predicate switch
    {
        ConstantPredicate or LeafPredicate => [],
        AllPredicate all => all.Items.SelectMany(Of),
        AnyPredicate any => any.Items.SelectMany(Of),
        NotPredicate not => Of(not.Item),
        RelatedPredicate related => Of(related.Where),
        PickPredicate pick => Of(pick.Where).Concat(Of(pick.Must)),
        SequencePredicate sequence => sequence.Wheres.SelectMany(Of),
        RegularPredicate regular => Of(regular.Where),
        InKeySetPredicate keys => Of(keys.Keys, keys.Entity),
        _ => throw new ArgumentOutOfRangeException(nameof(predicate), predicate, "Unknown predicate."),
    };

    private static IEnumerable<(FileKeys File, Entity Entity)> Of(KeySet keys, Entity entity) => keys switch
    {
        FileKeys file => [(file, entity)],
        WhereKeys where => Of(where.Where),
        UnionKeys union => union.Sets.SelectMany(set => Of(set, entity)),
        IntersectKeys intersect => intersect.Sets.SelectMany(set => Of(set, entity)),
        MinusKeys minus => minus.Sets.SelectMany(set => Of(set, entity)),
        SegmentKeys or ListedKeys => [],
        _ => throw new ArgumentOutOfRangeException(nameof(keys), keys, "Unknown key set."),
    };
}
