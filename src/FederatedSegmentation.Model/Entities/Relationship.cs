using System.Collections.Immutable;

namespace FederatedSegmentation.Model.Entities;

/// <summary>How many rows of the far end a row of the near end may have, as the model's owner promises.</summary>
public enum Cardinality
{
    /// <summary>At most one each way.</summary>
    OneToOne,

    /// <summary>At most one row of <c>to</c> for a row of <c>from</c>.</summary>
    ManyToOne,

    /// <summary>At most one row of <c>from</c> for a row of <c>to</c>.</summary>
    OneToMany,

    /// <summary>Any number each way.</summary>
    ManyToMany,
}

/// <summary>Rows of two entities match when every pair is equal and non-NULL.</summary>
public sealed class Relationship
{
    /// <summary>The name as used from <see cref="From"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The name as used from <see cref="To"/>, or null where it cannot be travelled backwards.</summary>
    public string? Inverse { get; init; }

    /// <summary>The near end.</summary>
    public required Entity From { get; init; }

    /// <summary>The far end.</summary>
    public required Entity To { get; init; }

    /// <summary>The column pairs (of <see cref="From"/>, of <see cref="To"/>).</summary>
    public required ImmutableArray<(Column From, Column To)> On { get; init; }

    /// <summary>The promise about counts, in the direction from → to.</summary>
    public required Cardinality Cardinality { get; init; }
}

/// <summary>One step of a path: a relationship travelled in one direction, once or (<c>name*</c>) any number of times.</summary>
/// <param name="Relationship">The relationship.</param>
/// <param name="IsInverse">Whether it is travelled from <c>to</c> to <c>from</c>.</param>
/// <param name="IsRepeated">
/// Whether it is travelled zero or more times, up to <see cref="EntityPath.Depth"/>: <see cref="From"/> and <see cref="To"/> are then one entity, and
/// rows are told apart by its key.
/// </param>
public sealed record PathStep(Relationship Relationship, bool IsInverse, bool IsRepeated = false)
{
    /// <summary>The name of the step as a segment spells it.</summary>
    public string Name => (IsInverse ? Relationship.Inverse! : Relationship.Name) + (IsRepeated ? "*" : string.Empty);

    /// <summary>The entity where the step starts.</summary>
    public Entity From => IsInverse ? Relationship.To : Relationship.From;

    /// <summary>The entity where it ends.</summary>
    public Entity To => IsInverse ? Relationship.From : Relationship.To;

    /// <summary>The column pairs (of the start, of the end).</summary>
    public IEnumerable<(Column From, Column To)> On => IsInverse ? Relationship.On.Select(pair => (pair.To, pair.From)) : Relationship.On;

    /// <summary>Whether the model promises at most one row at the end.</summary>
    public bool IsToOne => !IsRepeated
        && (Relationship.Cardinality == Cardinality.OneToOne || Relationship.Cardinality == (IsInverse ? Cardinality.OneToMany : Cardinality.ManyToOne));
}

/// <summary>Relationship steps, each from the entity that the one before it leads to.</summary>
/// <param name="Start">The entity where the path starts.</param>
/// <param name="Steps">The steps; empty for the row itself.</param>
/// <param name="Depth">The most levels that each repeated step goes.</param>
public sealed record EntityPath(Entity Start, ImmutableArray<PathStep> Steps, int Depth = EntityPath.DefaultDepth)
{
    /// <summary>The depth where a definition names none.</summary>
    public const int DefaultDepth = 8;

    /// <summary>The entity where the path ends.</summary>
    public Entity End => Steps.IsEmpty ? Start : Steps[^1].To;

    /// <summary>Whether every step promises at most one row.</summary>
    public bool IsToOne => Steps.All(step => step.IsToOne);

    /// <summary>The steps joined by dots.</summary>
    public override string ToString() => string.Join('.', Steps.Select(step => step.Name));
}
