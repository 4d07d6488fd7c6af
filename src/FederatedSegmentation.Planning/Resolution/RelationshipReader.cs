using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads the relationships of a model.</summary>
/// <param name="entities">The entities that could be read.</param>
/// <param name="failed">The names of those that could not: what refers to them is not reported again.</param>
/// <param name="problems">Where defects go.</param>
internal sealed class RelationshipReader(OrderedDictionary<string, Entity> entities, HashSet<string> failed, DefinitionProblems problems)
{
    private static readonly string[] Keys = ["name", "from", "to", "on", "cardinality", "inverse"];
    private static readonly string[] Cardinalities = ["one_to_one", "many_to_one", "one_to_many", "many_to_many"];
    private readonly HashSet<(string Entity, string Step)> _steps = [];

    /// <summary>All relationships that could be read.</summary>
    public ImmutableArray<Relationship> Read(DocumentNode node)
    {
        var relationships = ImmutableArray.CreateBuilder<Relationship>();
        foreach (var item in NodeShapes.Sequence(node, problems, "'relationships'")?.Items ?? [])
        {
            if (NodeShapes.Mapping(item, problems, "a relationship") is { } mapping && ReadOne(mapping) is { } relationship)
            {
                relationships.Add(relationship);
            }
        }

        return relationships.ToImmutable();
    }

    private Relationship? ReadOne(MappingNode node)
    {
        NodeShapes.CheckKeys(node, problems, "a relationship", Keys);
        var nameNode = NodeShapes.Required(node, "name", problems, "a relationship");
        var name = nameNode is null ? null : NodeShapes.Text(nameNode, problems, "the name of a relationship");
        var inverseNode = node.Find("inverse") is { } found && found is not ScalarNode { Kind: ScalarKind.Null } ? found : null;
        var inverse = inverseNode is null ? null : NodeShapes.Text(inverseNode, problems, "the inverse name of a relationship");
        var from = FindEntity(node, "from");
        var to = FindEntity(node, "to");
        var cardinality = ReadCardinality(node);
        var pairs = ReadPairs(node, from, to);
        AddStep(from, name, nameNode);
        AddStep(to, inverse, inverseNode);
        return name is null || from is null || to is null || cardinality is null || pairs.IsDefault
            ? null
            : new Relationship { Name = name, Inverse = inverse, From = from, To = to, On = pairs, Cardinality = cardinality.Value };
    }

    private Entity? FindEntity(MappingNode node, string key)
    {
        if (NodeShapes.Required(node, key, problems, "a relationship") is not { } value || NodeShapes.Text(value, problems, $"'{key}'") is not { } name)
        {
            return null;
        }

        if (!entities.TryGetValue(name, out var entity) && !failed.Contains(name))
        {
            problems.Add("SDL002", value.Place, $"The model has no entity '{name}'.", problems.Suggest(name, entities.Keys, "Name one of its entities."));
        }

        return entity;
    }

    private Cardinality? ReadCardinality(MappingNode node)
    {
        if (NodeShapes.Required(node, "cardinality", problems, "a relationship") is not { } value)
        {
            return null;
        }

        switch ((value as ScalarNode)?.Text)
        {
            case "one_to_one":
                return Cardinality.OneToOne;
            case "many_to_one":
                return Cardinality.ManyToOne;
            case "one_to_many":
                return Cardinality.OneToMany;
            case "many_to_many":
                return Cardinality.ManyToMany;
            case var other:
                var fallback = $"Write one of {string.Join(", ", Cardinalities)}.";
                problems.Add("SDL014", value.Place, $"'{other}' is not a cardinality.", other is null ? fallback : problems.Suggest(other, Cardinalities, fallback));
                return null;
        }
    }

    private ImmutableArray<(Column From, Column To)> ReadPairs(MappingNode node, Entity? from, Entity? to)
    {
        if (NodeShapes.Required(node, "on", problems, "a relationship") is not { } value || NodeShapes.Mapping(value, problems, "'on'") is not { } mapping)
        {
            return default;
        }

        var pairs = ImmutableArray.CreateBuilder<(Column From, Column To)>(mapping.Entries.Length);
        var isComplete = true;
        foreach (var entry in mapping.Entries.Where(entry => !NodeShapes.IsAnnotation(entry.Key)))
        {
            var left = FindColumn(from, entry.Key, entry.Value.Place);
            var right = NodeShapes.Text(entry.Value, problems, "a column of 'on'") is { } name ? FindColumn(to, name, entry.Value.Place) : null;
            if (left is null || right is null)
            {
                isComplete = false;
                continue;
            }

            CheckTypes(left, right, entry.Value.Place);
            pairs.Add((left, right));
        }

        if (isComplete && pairs.Count == 0)
        {
            problems.Add("SDL014", mapping.Place, "'on' has no column pairs.", "Write {column of from: column of to}.");
        }

        return isComplete ? pairs.ToImmutable() : default;
    }

    private Column? FindColumn(Entity? entity, string name, DocumentPlace place)
    {
        if (entity is null)
        {
            return null;
        }

        var column = entity.FindColumn(name);
        if (column is null)
        {
            problems.Add(
                "SDL002",
                place,
                $"Entity '{entity}' has no column '{name}'.",
                problems.Suggest(name, entity.Columns.Select(candidate => candidate.Name), "Name one of its columns."));
        }

        return column;
    }

    private void CheckTypes(Column left, Column right, DocumentPlace place)
    {
        if (left.Type is Float64Type || right.Type is Float64Type)
        {
            problems.Add("SDL014", place, "A float64 column cannot be part of a key.", "Declare it as decimal(p,s), int64 or string.");
        }
        else if (!CanMatch(left.Type, right.Type) && !CanMatch(right.Type, left.Type))
        {
            problems.Add(
                "SDL003",
                place,
                $"'{left}' is a {left.Type} and '{right}' a {right.Type}: the key types differ.",
                left.Type is DateTimeType && right.Type is DateTimeType
                    ? "Give both columns the same zone."
                    : "Declare both columns with one type; an int64 also goes with a decimal or a string.");
        }
    }

    /// <summary>Whether equality of the two is decided without loss. Decimals of any scale compare exactly.</summary>
    private static bool CanMatch(DataType left, DataType right) => (left, right) switch
    {
        (Int64Type, Int64Type or DecimalType or StringType) => true,
        (DecimalType, DecimalType) => true,
        _ => left == right,
    };

    private void AddStep(Entity? from, string? name, DocumentNode? node)
    {
        if (name is null || node is null)
        {
            return;
        }

        ModelReader.CheckName(name, node.Place, problems, "a relationship");
        if (from is not null && !_steps.Add((from.Name, name)))
        {
            problems.Add("SDL014", node.Place, $"Two relationships are named '{name}' from entity '{from}'.", "Give each step that starts at an entity a name of its own.");
        }
    }
}
