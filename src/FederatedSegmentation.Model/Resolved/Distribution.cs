using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Model.Resolved;

/// <summary>What happens to the members of a segment, in this order: ranks, tiers, split. One row stands for each key.</summary>
/// <param name="Ranks">Layers, each on the survivors of the one before.</param>
/// <param name="Tiers">Tiers in order; empty where the segment has none. A member of no tier leaves.</param>
/// <param name="Split">The split into arms, or null.</param>
public sealed record Distribution(ImmutableArray<RankLayer> Ranks, ImmutableArray<Tier> Tiers, Split? Split)
{
    /// <summary>Nothing.</summary>
    public static readonly Distribution None = new([], [], null);

    /// <summary>Whether nothing happens.</summary>
    public bool IsEmpty => Ranks.IsEmpty && Tiers.IsEmpty && Split is null;
}

/// <summary>Keeps the first members of each group.</summary>
/// <param name="Per">What makes a group: equal values, NULL (and NaN) being one of its own; empty for one group.</param>
/// <param name="By">The order, then by key ascending.</param>
/// <param name="Take">How many stay.</param>
/// <param name="IncludesTies">Whether those stay too that equal the last one in all of <paramref name="By"/>.</param>
public sealed record RankLayer(ImmutableArray<PathColumn> Per, ImmutableArray<MemberOrder> By, Take Take, bool IncludesTies);

/// <summary>How many of a group stay. A closed hierarchy.</summary>
public abstract record Take;

/// <summary>So many.</summary>
/// <param name="Count">1 or more.</param>
public sealed record TakeCount(long Count) : Take;

/// <summary>A share of the group, rounded up: <c>ceil(size × Parts / Whole)</c>.</summary>
/// <param name="Parts">More than 0, at most <paramref name="Whole"/>.</param>
/// <param name="Whole">For instance 100, or 1000 for a share with one decimal.</param>
public sealed record TakeShare(long Parts, long Whole) : Take;

/// <summary>What members are ordered by; NULLs (and NaN) last in both directions. A closed hierarchy.</summary>
/// <param name="Descending">The greatest first.</param>
public abstract record MemberOrder(bool Descending);

/// <summary>A column of the member's row, or over a to-one path from it.</summary>
public sealed record FieldOrder(PathColumn Field, bool Descending) : MemberOrder(Descending);

/// <summary>An aggregate over the rows related to the member's row.</summary>
/// <param name="Path">At least one step, from the member's entity.</param>
/// <param name="Where">Evaluated on the related row.</param>
/// <param name="Function">The function; counts of nothing are 0, the others NULL.</param>
/// <param name="Input">The aggregated value; null for <see cref="AggregateFunction.Count"/>.</param>
/// <param name="EmptyAs">The value in place of NULL, or null.</param>
/// <param name="Origin">Where it stands.</param>
/// <param name="Descending">The greatest first.</param>
public sealed record AggregateOrder(
    EntityPath Path, ResolvedPredicate Where, AggregateFunction Function, PathColumn? Input, Literal? EmptyAs, PredicateOrigin Origin, bool Descending) : MemberOrder(Descending);

/// <summary>A tier: it takes the members with <see cref="Where"/> that no tier before took, in the order of <see cref="By"/>, then key, up to <see cref="Cap"/>.</summary>
/// <param name="Name">Unique in the segment.</param>
/// <param name="Where">Evaluated on the member's row; TRUE for the rest.</param>
/// <param name="Cap">The most members, or null.</param>
/// <param name="By">The order; empty for the key alone.</param>
public sealed record Tier(string Name, ResolvedPredicate Where, long? Cap, ImmutableArray<MemberOrder> By);

/// <summary>A split of the members into arms by the MD5 of salt and key: buckets 0 to 9,999 in the order of the arms.</summary>
/// <param name="Salt">The salt.</param>
/// <param name="Arms">The arms, whose buckets sum to 10,000; the holdout last.</param>
public sealed record Split(string Salt, ImmutableArray<SplitArm> Arms)
{
    /// <summary>The number of buckets.</summary>
    public const int Buckets = 10_000;

    /// <summary>The name of the arm that is held out.</summary>
    public const string Holdout = "holdout";
}

/// <summary>An arm.</summary>
/// <param name="Name">Unique in the split.</param>
/// <param name="Buckets">How many buckets it takes, 0 or more.</param>
public sealed record SplitArm(string Name, int Buckets);
