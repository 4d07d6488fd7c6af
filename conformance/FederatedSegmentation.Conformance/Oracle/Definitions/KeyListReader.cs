using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>Reads <c>ids</c>: a list of keys, or a CSV file with the logical names of the key columns in its header.</summary>
internal sealed class KeyListReader(IReadOnlyDictionary<string, string> files, LiteralReader literals)
{
    public IReadOnlySet<string> Read(JsonNode? node, Entity entity)
    {
        if (entity.Key.Count == 0)
        {
            throw new InvalidDefinitionException($"Entity '{entity.Name}' has no key.");
        }

        if (node is JsonObject form)
        {
            Json.AllowOnly(form, "file");
            var name = Json.Text(form["file"], "file");
            return ReadFile(files.TryGetValue(name, out var content) ? content : throw new InvalidDefinitionException($"No file '{name}'."), entity);
        }

        var keys = new HashSet<string>();
        foreach (var item in Json.Array(node, "ids"))
        {
            var parts = entity.Key.Count == 1 ? [item] : Json.Array(item, "A composite key").ToList();
            if (parts.Count != entity.Key.Count)
            {
                throw new InvalidDefinitionException("A key of ids has another number of parts than the key.");
            }

            keys.Add(ValueOrder.MatchText(entity.Key.Select((column, i) => literals.Read(parts[i], new Subject(column.Type, column.Zone)))));
        }

        return keys;
    }

    private static HashSet<string> ReadFile(string content, Entity entity)
    {
        var records = CsvText.Parse(content);
        var header = records[0].Select(field => field ?? "").ToList();
        var positions = entity.Key.Select(column => header.IndexOf(column.Name)).ToList();
        if (positions.Contains(-1) || header.Count != entity.Key.Count)
        {
            throw new InvalidDefinitionException("The header of the keys file does not name the key columns.");
        }

        var keys = new HashSet<string>();
        foreach (var record in records.Skip(1))
        {
            var parts = entity.Key.Select((column, i) => StoredText.Read(record[positions[i]], column.Type)).ToList();
            if (!parts.Any(part => part.IsNull))
            {
                keys.Add(ValueOrder.MatchText(parts));
            }
        }

        return keys;
    }
}
