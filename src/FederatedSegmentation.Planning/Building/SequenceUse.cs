using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Finds out whether a segment asks for sequences.</summary>
internal static class SequenceUse
{
    /// <summary>Whether some condition of the segment is a sequence, or holds one.</summary>
    public static bool IsIn(ResolvedSegment segment) => DistributionParts.Predicates(segment.Distribution).Prepend(segment.Where).Any(IsIn);

    private static bool IsIn(ResolvedPredicate predicate) => predicate switch
    {
        ConstantPredicate or LeafPredicate => false,
        AllPredicate all => all.Items.Any(IsIn),
        AnyPredicate any => any.Items.Any(IsIn),
        NotPredicate not => IsIn(not.Item),
        RelatedPredicate related => IsIn(related.Where),
        PickPredicate pick => IsIn(pick.Where) || IsIn(pick.Must),
        SequencePredicate => true,
        RegularPredicate regular => IsIn(regular.Where),
        InKeySetPredicate keys => IsIn(keys.Keys),
        _ => throw new ArgumentOutOfRangeException(nameof(predicate), predicate, "Unknown predicate."),
    };

    private static bool IsIn(KeySet keys) => keys switch
    {
        WhereKeys where => IsIn(where.Where),
        UnionKeys union => union.Sets.Any(IsIn),
        IntersectKeys intersect => intersect.Sets.Any(IsIn),
        MinusKeys minus => minus.Sets.Any(IsIn),
        FileKeys or SegmentKeys or ListedKeys => false,
        _ => throw new ArgumentOutOfRangeException(nameof(keys), keys, "Unknown key set."),
    };
}
