using FederatedSegmentation.Conformance.Oracle.Schema;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>A segment with its names resolved.</summary>
public sealed record SegmentDefinition(string Name, Entity Of, SetExpression Members, Predicate? Except, Distribution? Distribution)
{
    /// <summary>Set where the segment is a <c>where</c>: then <c>except</c> is asked of the same row, not of the key.</summary>
    public Predicate? Where => (Members as RowSet)?.Where;
}

/// <summary>A set of keys of one entity.</summary>
public abstract record SetExpression;

/// <summary>The keys of the rows that satisfy a predicate.</summary>
public sealed record RowSet(Predicate Where) : SetExpression;

public sealed record UnionSet(IReadOnlyList<SetExpression> Parts) : SetExpression;

public sealed record IntersectSet(IReadOnlyList<SetExpression> Parts) : SetExpression;

/// <summary>The first without any of the others.</summary>
public sealed record MinusSet(IReadOnlyList<SetExpression> Parts) : SetExpression;
