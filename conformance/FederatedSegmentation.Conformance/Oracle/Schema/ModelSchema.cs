namespace FederatedSegmentation.Conformance.Oracle.Schema;

/// <summary>A column: <paramref name="Name"/> is the logical name, <paramref name="StoredName"/> the one in the source.</summary>
public sealed record Column(string Name, DataType Type, string StoredName, string? Zone, int Ordinal);

/// <summary>One column of the order in which duplicates of a key are ranked.</summary>
public sealed record DedupeOrder(Column Column, bool Descending);

/// <summary>An entity with its columns in model order.</summary>
public sealed record Entity(string Name, IReadOnlyList<Column> Columns, IReadOnlyList<Column> Key, Column? Time, IReadOnlyList<DedupeOrder>? Dedupe)
{
    public Column Column(string name) =>
        FindColumn(name) ?? throw new InvalidDefinitionException($"Entity '{Name}' has no column '{name}'.");

    public Column? FindColumn(string name) => Columns.FirstOrDefault(column => column.Name == name);
}

/// <summary>Rows match when every pair of <paramref name="On"/> is equal and non-NULL.</summary>
public sealed record Relationship(string Name, Entity From, Entity To, IReadOnlyList<(Column From, Column To)> On, string Cardinality, string? Inverse);

/// <summary>A relationship travelled in one direction, once or repeatedly (<c>name*</c>); told apart by identity.</summary>
public sealed class Step(Relationship relationship, bool forward)
{
    /// <summary>How many levels a repeated step goes at most; nothing for a step that is travelled exactly once.</summary>
    public int? Depth { get; private init; }

    /// <summary>The single step that a repeated one repeats; itself otherwise.</summary>
    public Step Once { get => field ?? this; private init; }

    public Relationship Relationship { get; } = relationship;

    public bool Forward { get; } = forward;

    public Entity Source => Forward ? Relationship.From : Relationship.To;

    public Entity Target => Forward ? Relationship.To : Relationship.From;

    public bool IsToOne => Depth is null && Relationship.Cardinality switch
    {
        "one_to_one" => true,
        "many_to_one" => Forward,
        "one_to_many" => !Forward,
        _ => false,
    };

    public IEnumerable<Column> SourceColumns => Relationship.On.Select(pair => Forward ? pair.From : pair.To);

    public IEnumerable<Column> TargetColumns => Relationship.On.Select(pair => Forward ? pair.To : pair.From);

    public string Name => (Forward ? Relationship.Name : Relationship.Inverse!) + (Depth is null ? "" : "*");

    /// <summary>Zero or more of this step, up to <paramref name="depth"/>.</summary>
    public Step Repeated(int depth)
    {
        if (Source != Target)
        {
            throw new InvalidDefinitionException($"'{Name}' leads to another entity and cannot be repeated.");
        }

        return Source.Key.Count > 0
            ? new Step(Relationship, Forward) { Depth = depth, Once = this }
            : throw new InvalidDefinitionException($"Entity '{Source.Name}' has no key to tell its rows apart by.");
    }
}

/// <summary>Steps from one entity to another; empty steps stay at <paramref name="Start"/>.</summary>
public sealed record EntityPath(Entity Start, IReadOnlyList<Step> Steps)
{
    public Entity End => Steps.Count == 0 ? Start : Steps[^1].Target;

    public bool IsToOne => Steps.All(step => step.IsToOne);
}

/// <summary>A column at the end of a to-one path.</summary>
public sealed record FieldPath(EntityPath Path, Column Column);

/// <summary>The data model: entities by name, and the resolution of paths.</summary>
public sealed class ModelSchema(IReadOnlyDictionary<string, Entity> entities, IReadOnlyList<Relationship> relationships)
{
    private readonly Dictionary<(string Entity, string Name), Step> _steps = IndexSteps(relationships);

    public IReadOnlyDictionary<string, Entity> Entities { get; } = entities;

    public IReadOnlyList<Relationship> Relationships { get; } = relationships;

    public Entity Entity(string name) =>
        Entities.TryGetValue(name, out var entity) ? entity : throw new InvalidDefinitionException($"The model has no entity '{name}'.");

    /// <summary>Every relationship that can be travelled from an entity, in the order of the model.</summary>
    public IEnumerable<Step> StepsFrom(Entity entity) => _steps.Where(pair => pair.Key.Entity == entity.Name).Select(pair => pair.Value);

    /// <summary>How deep <c>name*</c> goes if a definition does not say it.</summary>
    public const int DefaultDepth = 8;

    /// <summary>Resolves <c>step.step</c>, where a step may be repeated (<c>name*</c>).</summary>
    public EntityPath Path(Entity start, string path, int depth = DefaultDepth) => Walk(start, path.Split('.'), depth);

    /// <summary>Resolves <c>step.step.column</c>; the path must be to-one.</summary>
    public FieldPath Field(Entity start, string path)
    {
        var parts = path.Split('.');
        var entityPath = Walk(start, parts[..^1], DefaultDepth);
        if (!entityPath.IsToOne)
        {
            throw new InvalidDefinitionException($"'{path}' crosses a to-many relationship.");
        }

        return new FieldPath(entityPath, entityPath.End.Column(parts[^1]));
    }

    private EntityPath Walk(Entity start, string[] names, int depth)
    {
        var steps = new List<Step>();
        var current = start;
        foreach (var written in names)
        {
            var name = written.EndsWith('*') ? written[..^1] : written;
            if (!_steps.TryGetValue((current.Name, name), out var step))
            {
                throw new InvalidDefinitionException($"Entity '{current.Name}' has no relationship '{name}'.");
            }

            steps.Add(name == written ? step : step.Repeated(depth));
            current = step.Target;
        }

        return new EntityPath(start, steps);
    }

    private static Dictionary<(string, string), Step> IndexSteps(IReadOnlyList<Relationship> relationships)
    {
        var steps = new Dictionary<(string, string), Step>();
        foreach (var relationship in relationships)
        {
            steps.Add((relationship.From.Name, relationship.Name), new Step(relationship, forward: true));
            if (relationship.Inverse is { } inverse)
            {
                steps.Add((relationship.To.Name, inverse), new Step(relationship, forward: false));
            }
        }

        return steps;
    }
}
