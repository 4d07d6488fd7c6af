using System.Text.Json.Nodes;

namespace FederatedSegmentation.Conformance.Oracle.Schema;

/// <summary>Reads the tree of a model file.</summary>
public static class ModelReader
{
    public static ModelSchema Read(JsonNode model)
    {
        var entities = new Dictionary<string, Entity>();
        foreach (var (name, definition) in model["entities"]!.AsObject())
        {
            if (!name.StartsWith("x-", StringComparison.Ordinal))
            {
                entities.Add(name, ReadEntity(name, definition!.AsObject()));
            }
        }

        var relationships = (model["relationships"] as JsonArray ?? []).Select(node => ReadRelationship(node!.AsObject(), entities)).ToList();
        return new ModelSchema(entities, relationships);
    }

    private static Entity ReadEntity(string name, JsonObject definition)
    {
        var columns = new List<Column>();
        foreach (var (column, type) in definition["columns"]!.AsObject())
        {
            columns.Add(type is JsonObject details
                ? new Column(
                    column,
                    DataType.Parse((string)details["type"]!),
                    (string?)details["column"] ?? column,
                    (string?)details["zone"],
                    columns.Count)
                : new Column(column, DataType.Parse((string)type!), column, null, columns.Count));
        }

        Column Find(string columnName) =>
            columns.FirstOrDefault(column => column.Name == columnName)
            ?? throw new InvalidDefinitionException($"Entity '{name}' has no column '{columnName}'.");

        var key = (definition["key"] as JsonArray ?? []).Select(node => Find((string)node!)).ToList();
        var time = (string?)definition["time"];
        var dedupe = (definition["dedupe"] as JsonArray)?.Select(node =>
        {
            var words = ((string)node!).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return new DedupeOrder(Find(words[0]), words is [_, "desc"]);
        }).ToList();
        return new Entity(name, columns, key, time is null ? null : Find(time), dedupe);
    }

    private static Relationship ReadRelationship(JsonObject definition, Dictionary<string, Entity> entities)
    {
        var from = entities[(string)definition["from"]!];
        var to = entities[(string)definition["to"]!];
        var on = definition["on"]!.AsObject().Select(pair => (from.Column(pair.Key), to.Column((string)pair.Value!))).ToList();
        return new Relationship((string)definition["name"]!, from, to, on, (string)definition["cardinality"]!, (string?)definition["inverse"]);
    }
}
