using System.Numerics;
using FederatedSegmentation.Conformance.Oracle.Schema;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>One key of an order: NULLs come last in both directions.</summary>
public abstract record OrderKey(bool Descending);

/// <summary>A column of the standing row, or one at the end of a to-one path from it.</summary>
public sealed record FieldOrderKey(FieldPath Field, bool Descending) : OrderKey(Descending);

/// <summary>An aggregate over the related rows with <paramref name="Where"/>.</summary>
public sealed record AggregateOrderKey(EntityPath Path, Predicate? Where, AggregateValue Aggregate, bool Descending) : OrderKey(Descending);

/// <summary>How many of a group are kept.</summary>
public abstract record Take
{
    public abstract BigInteger Of(int size);
}

public sealed record TakeCount(long Count) : Take
{
    public override BigInteger Of(int size) => Count;
}

/// <summary>A percentage, exactly <c>Unscaled / 10^Scale</c>; a part of a member is a whole member.</summary>
public sealed record TakePercent(BigInteger Unscaled, int Scale) : Take
{
    public override BigInteger Of(int size)
    {
        var whole = 100 * BigInteger.Pow(10, Scale);
        return ((Unscaled * size) + whole - 1) / whole;
    }
}

/// <summary>Keeps the first of every group of equal <paramref name="Per"/>.</summary>
public sealed record RankLayer(IReadOnlyList<FieldPath> Per, IReadOnlyList<OrderKey> By, Take Take, bool KeepsTies);

/// <summary>A tier; without <paramref name="Where"/> it takes whoever is left.</summary>
public sealed record Tier(string Name, Predicate? Where, long? Cap, IReadOnlyList<OrderKey> By);

/// <summary>An arm and its number of the 10,000 buckets.</summary>
public sealed record SplitArm(string Name, int Buckets);

public sealed record Split(string Salt, IReadOnlyList<SplitArm> Arms);

/// <summary>What happens to the members of a segment; each part may be empty.</summary>
public sealed record Distribution(IReadOnlyList<RankLayer> Rank, IReadOnlyList<Tier>? Tiers, Split? Split);
