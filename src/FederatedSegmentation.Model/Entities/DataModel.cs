using System.Collections.Frozen;
using System.Collections.Immutable;

namespace FederatedSegmentation.Model.Entities;

/// <summary>A customer's model, validated and indexed: entities, and relationships as the steps that start at each entity.</summary>
/// <remarks>Immutable and safe for concurrent use. Built once per run; look-ups are O(1), so that 6,000 entities cost nothing per segment.</remarks>
public sealed class DataModel
{
    private readonly FrozenDictionary<string, Entity> _entities;
    private readonly FrozenDictionary<string, FrozenDictionary<string, PathStep>> _steps;

    /// <summary>Indexes a model whose names were validated.</summary>
    /// <param name="id">The id of the data space.</param>
    /// <param name="entities">All entities, with distinct names.</param>
    /// <param name="relationships">All relationships, whose ends exist.</param>
    public DataModel(string id, ImmutableArray<Entity> entities, ImmutableArray<Relationship> relationships)
    {
        Id = id;
        Entities = entities;
        Relationships = relationships;
        _entities = entities.ToFrozenDictionary(entity => entity.Name, StringComparer.Ordinal);
        _steps = relationships
            .SelectMany(Steps)
            .GroupBy(step => step.From.Name, StringComparer.Ordinal)
            .ToFrozenDictionary(
                group => group.Key,
                group => group.ToFrozenDictionary(step => step.Name, StringComparer.Ordinal),
                StringComparer.Ordinal);
    }

    /// <summary>The id of the data space.</summary>
    public string Id { get; }

    /// <summary>All entities, in the order of the file.</summary>
    public ImmutableArray<Entity> Entities { get; }

    /// <summary>All relationships, in the order of the file.</summary>
    public ImmutableArray<Relationship> Relationships { get; }

    /// <summary>The entity of this name, or null.</summary>
    public Entity? FindEntity(string name) => _entities.GetValueOrDefault(name);

    /// <summary>The step of this name that starts at the entity, in either direction of a relationship, or null.</summary>
    public PathStep? FindStep(Entity from, string name) => _steps.GetValueOrDefault(from.Name)?.GetValueOrDefault(name);

    /// <summary>The names of all steps that start at the entity.</summary>
    public ImmutableArray<string> StepNames(Entity from) => _steps.GetValueOrDefault(from.Name)?.Keys ?? [];

    private static IEnumerable<PathStep> Steps(Relationship relationship)
    {
        yield return new PathStep(relationship, IsInverse: false);
        if (relationship.Inverse is not null)
        {
            yield return new PathStep(relationship, IsInverse: true);
        }
    }
}
