using System.Collections.Immutable;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Model.Resolved;

/// <summary>A set of keys of one entity, no key with a NULL part among them. A closed hierarchy.</summary>
public abstract record KeySet;

/// <summary>The members of a segment that <see cref="ResolvedRun.Referenced"/> holds.</summary>
public sealed record SegmentKeys(string Segment) : KeySet;

/// <summary>The keys of the entity's rows for which the predicate is TRUE. The row is the outermost frame there.</summary>
public sealed record WhereKeys(ResolvedPredicate Where) : KeySet;

/// <summary>Keys written in the definition, each with one literal per key column.</summary>
public sealed record ListedKeys(ImmutableArray<ImmutableArray<Literal>> Keys) : KeySet;

/// <summary>Keys in a CSV file (UTF-8, a header with the logical names of the key columns).</summary>
/// <param name="Path">The absolute path, checked to lie inside the segments folder.</param>
/// <param name="DisplayName">The path as the definition spells it.</param>
public sealed record FileKeys(string Path, string DisplayName) : KeySet;

/// <summary>Keys in any of the sets.</summary>
public sealed record UnionKeys(ImmutableArray<KeySet> Sets) : KeySet;

/// <summary>Keys in all of the sets.</summary>
public sealed record IntersectKeys(ImmutableArray<KeySet> Sets) : KeySet;

/// <summary>Keys in the first set and in none of the others.</summary>
public sealed record MinusKeys(ImmutableArray<KeySet> Sets) : KeySet;
