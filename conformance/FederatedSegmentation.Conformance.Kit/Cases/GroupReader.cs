using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Conformance.Kit.Cases;

/// <summary>Reads a file of cases: JSON with comments and trailing commas.</summary>
/// <remarks>
/// Rows are written with JSON's own values or, where those lose digits, as the canonical text of the language. Two forms save space: <c>{"$range": [first, last]}</c>
/// in a list stands for its whole numbers, <c>{"$each": [first, last, item]}</c> for an item of each, in which <c>$i</c> is the number (also for members of an object,
/// as its member <c>$each</c>), <c>{"$nest": [times, outer, inner]}</c> for an inner one in so many outer ones, in which it is <c>$inside</c>, <c>{"$rows": [first, last]}</c> among rows for a row of each, and <c>{"$repeat": [text, times]}</c> for a long text.
/// </remarks>
public static class GroupReader
{
    private const string DefaultInstant = "2026-06-15T12:00:00Z";

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly string[] GroupKeys = ["about", "asOf", "entities", "relationships", "stored", "missing", "becameText", "tableNames", "elsewhere", "rungs", "rows", "segments", "keyFiles", "cases"];

    private static readonly string[] CaseKeys = ["case", "says", "asks", "lists", "refused", "cancels", "fills", "keys", "parts", "climbs", "arrive", "open", "of", "where", "segment", "members", "fails"];

    /// <summary>Reads a group.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">The text of its file.</param>
    /// <exception cref="FormatException">The file is not one of cases.</exception>
    public static ConformanceGroup Read(string name, string text)
    {
        try
        {
            return ReadGroup(name, Expanded(JsonNode.Parse(text, documentOptions: Lenient))!.AsObject());
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or NullReferenceException or FormatException or KeyNotFoundException)
        {
            throw new FormatException($"conformance/cases/{name}.json: {problem.Message}", problem);
        }
    }

    private static ConformanceGroup ReadGroup(string name, JsonObject tree)
    {
        Refuse(tree, GroupKeys);
        var model = new JsonObject { ["model"] = "conformance", ["entities"] = tree["entities"]!.DeepClone(), ["relationships"] = tree["relationships"]?.DeepClone() ?? new JsonArray() };
        foreach (var (_, entity) in model["entities"]!.AsObject())
        {
            entity!["source"] = "source";
            entity["table"] = new JsonArray("table");
        }

        var rows = tree["rows"]!.AsObject();
        var entities = ModelReader.Read(model).Entities.Values.ToList();
        return new ConformanceGroup
        {
            Name = name,
            About = (string)tree["about"]!,
            Model = model,
            Tables =
            [
                .. entities.Select(entity => new GeneratedTable(
                    entity.Name,
                    [.. entity.Columns.Select(column => new GeneratedColumn(column.Name, column.StoredName, column.Type.ToString(), column.Zone))],
                    [.. rows[entity.Name]!.AsArray().Select(row => ReadRow(row!.AsArray(), entity))])),
            ],
            Stored = (tree["stored"]?.AsObject() ?? []).ToImmutableDictionary(
                column => column.Key, column => column.Value!.AsObject().ToImmutableDictionary(kind => kind.Key, kind => (string)kind.Value!)),
            TableNames = (tree["tableNames"]?.AsObject() ?? []).ToImmutableDictionary(entity => entity.Key, entity => (string)entity.Value!),
            Missing = [.. (tree["missing"]?.AsArray() ?? []).Select(column => (string)column!)],
            BecameText = (tree["becameText"]?.AsObject() ?? []).ToImmutableDictionary(column => column.Key, column => (string)column.Value!),
            Elsewhere = [.. (tree["elsewhere"]?.AsArray() ?? []).Select(entity => (string)entity!)],
            Rungs = (tree["rungs"]?.AsObject() ?? []).ToImmutableDictionary(rung => Enum.Parse<KeyPassage>(rung.Key, ignoreCase: true), rung => (int)rung.Value!),
            Segments = [.. (tree["segments"]?.AsArray() ?? []).Select(segment => segment!.DeepClone())],
            KeyFiles = (tree["keyFiles"]?.AsObject() ?? []).ToImmutableDictionary(file => file.Key, file => string.Concat(file.Value!.AsArray().Select(line => Text(line) + "\n"))),
            AsOf = ((Value.Timestamp)StoredText.Read((string?)tree["asOf"] ?? DefaultInstant, new DataType(TypeKind.Timestamp))).Micros,
            Cases = [.. tree["cases"]!.AsArray().Select(one => ReadCase(one!.AsObject(), entities[0].Name))],
        };
    }

    private static ConformanceCase ReadCase(JsonObject tree, string of)
    {
        Refuse(tree, CaseKeys);
        var id = (string)tree["case"]!;
        var segment = (tree["segment"]?.DeepClone() ?? new JsonObject { ["where"] = tree["where"]!.DeepClone() }).AsObject();
        segment["segment"] = id;
        segment["of"] = (string?)tree["of"] ?? of;
        return new ConformanceCase
        {
            Id = id,
            Says = (string)tree["says"]!,
            Segment = segment,
            Asks = tree["asks"] is JsonArray asks ? [.. asks.Select(ask => (string)ask!)] : null,
            Open = (string?)tree["open"],
            Lists = (int?)tree["lists"] ?? 0,
            Refused = (string?)tree["refused"],
            Cancels = (string?)tree["cancels"] is { } point ? Enum.Parse<CancelPoint>(point, ignoreCase: true) : null,
            Fills = (int?)tree["fills"],
            Keys = tree["keys"] switch
            {
                null => [],
                JsonArray several => [.. several.Select(count => (int)count!)],
                var one => [(int)one],
            },
            KeyParts = (int?)tree["parts"] ?? 1,
            Climbs = (bool?)tree["climbs"] ?? false,
            Rows = (int?)tree["arrive"],
            Members = (bool?)tree["fails"] == true ? null : [.. tree["members"]!.AsArray().Select(member => Text(member)!)],
        };
    }

    private static ImmutableArray<Value> ReadRow(JsonArray row, Entity entity) => row.Count == entity.Columns.Count
        ? [.. entity.Columns.Select((column, i) => StoredText.Read(Text(row[i]), column.Type))]
        : throw new FormatException($"A row of '{entity.Name}' has {row.Count} values, the entity {entity.Columns.Count} columns: {row.ToJsonString()}");

    private static string? Text(JsonNode? value) => value switch
    {
        null => null,
        JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String => (string)scalar!,
        _ => value.ToJsonString(),
    };

    private static void Refuse(JsonObject tree, string[] known)
    {
        if (tree.Select(member => member.Key).FirstOrDefault(key => !known.Contains(key, StringComparer.Ordinal)) is { } unknown)
        {
            throw new FormatException($"'{unknown}' is not one of {string.Join(", ", known)}.");
        }
    }

    private static JsonNode? Expanded(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } repeat when repeat["$repeat"] is JsonArray { Count: 2 } parts:
                return string.Concat(Enumerable.Repeat((string)parts[0]!, (int)parts[1]!));
            case JsonObject { Count: 1 } nest when nest["$nest"] is JsonArray { Count: 3 } parts:
                return Enumerable.Range(0, (int)parts[0]!).Aggregate(Expanded(parts[2]), (inner, _) => Replaced(parts[1], "$inside", inner));
            case JsonObject tree when tree["$each"] is JsonArray { Count: 3 } each:
                return new JsonObject(tree.Where(member => member.Key != "$each").Select(member => KeyValuePair.Create(member.Key, Expanded(member.Value)))
                    .Concat(Each(each).SelectMany(members => members!.AsObject().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())))));
            case JsonObject tree:
                return new JsonObject(tree.Select(member => KeyValuePair.Create(member.Key, Expanded(member.Value))));
            case JsonArray list:
                return new JsonArray([.. list.SelectMany(ExpandedItem)]);
            default:
                return node?.DeepClone();
        }
    }

    private static IEnumerable<JsonNode?> Each(JsonArray each)
        => Enumerable.Range((int)each[0]!, (int)each[1]! - (int)each[0]! + 1).Select(number => Expanded(Replaced(each[2], "$i", JsonValue.Create(number))));

    // A text that is the name becomes the value; inside of longer texts the value's text takes its place.
    private static JsonNode? Replaced(JsonNode? node, string name, JsonNode? value) => node switch
    {
        JsonObject tree => new JsonObject(tree.Select(member => KeyValuePair.Create(InText(member.Key, name, value), Replaced(member.Value, name, value)))),
        JsonArray list => new JsonArray([.. list.Select(item => Replaced(item, name, value))]),
        JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String => (string)scalar! == name ? value?.DeepClone() : JsonValue.Create(InText((string)scalar!, name, value)),
        _ => node?.DeepClone(),
    };

    private static string InText(string text, string name, JsonNode? value)
        => value is JsonValue scalar && scalar.GetValueKind() == JsonValueKind.Number ? text.Replace(name, scalar.ToJsonString(), StringComparison.Ordinal) : text;

    private static IEnumerable<JsonNode?> ExpandedItem(JsonNode? item)
    {
        if (item is JsonObject { Count: 1 } repeated && repeated["$each"] is JsonArray { Count: 3 } each)
        {
            return Each(each);
        }

        if (item is not JsonObject { Count: 1 } range || (range["$range"] ?? range["$rows"]) is not JsonArray { Count: 2 } bounds)
        {
            return [Expanded(item)];
        }

        var (first, last) = ((int)bounds[0]!, (int)bounds[1]!);
        var numbers = Enumerable.Range(first, last - first + 1).Select(number => (JsonNode?)JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture)));
        return range.ContainsKey("$rows") ? numbers.Select(number => (JsonNode?)new JsonArray(number)) : numbers;
    }
}
