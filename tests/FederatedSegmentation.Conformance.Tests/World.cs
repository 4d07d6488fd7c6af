using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>
/// A small model with rows, written as text, and the questions that tests ask of it. The answers that a test expects come from the text of the language;
/// here the oracle is held to them, and in the project of the property tests, which compiles the same sentences, the product over every kind of source.
/// </summary>
internal sealed partial class World
{
    private readonly JsonObject _entities = [];
    private readonly JsonArray _relationships = [];
    private readonly Dictionary<string, OracleTable> _tables = [];
    private readonly List<JsonNode> _segments = [];
    private readonly Dictionary<string, string> _files = [];
    private readonly Dictionary<string, string> _parameters = [];
    private string _asOf = "2024-05-15T10:30:00Z";
    private string? _time;

    /// <summary>An entity <c>thing</c> with an int64 key 1, 2, … and one column <c>x</c> of the given type (<c>datetime@Zone</c>) and values (null is NULL).</summary>
    public static World Column(string type, params string?[] values)
    {
        var world = new World().Entity("thing", $"id* int64; x {type}");
        var rows = values.Select((value, i) => (IReadOnlyList<Value>)[Value.Of((long)i + 1), StoredText.Read(value, DataType.Parse(type.Split('@')[0]))]).ToList();
        world._tables["thing"] = new OracleTable(["id", "x"], rows);
        return world;
    }

    /// <summary>Columns as <c>name type</c> separated by semicolons, keys with a star, rows as CSV.</summary>
    public World Entity(string name, string columns, params string[] rows) => DedupedEntity(name, columns, [], rows);

    public World DedupedEntity(string name, string columns, string[] dedupe, params string[] rows)
    {
        var definitions = new JsonObject();
        var keys = new JsonArray();
        var types = new List<DataType>();
        var names = new List<string>();
        foreach (var column in columns.Split(';', StringSplitOptions.TrimEntries))
        {
            var words = column.Split(' ');
            var logical = words[0].TrimEnd('*');
            var type = words[1].Split('@');
            definitions.Add(logical, type.Length == 1 ? type[0] : new JsonObject { ["type"] = type[0], ["zone"] = type[1] });
            names.Add(logical);
            types.Add(DataType.Parse(type[0]));
            if (words[0].EndsWith('*'))
            {
                keys.Add(logical);
            }
        }

        var entity = new JsonObject { ["source"] = "data", ["table"] = new JsonArray(name), ["key"] = keys, ["columns"] = definitions };
        if (dedupe.Length > 0)
        {
            entity["dedupe"] = new JsonArray([.. dedupe.Select(order => (JsonNode)order)]);
        }

        _entities.Add(name, entity);
        _tables.Add(name, new OracleTable(names, rows.Select(row => (IReadOnlyList<Value>)Row(row, types)).ToList()));
        return this;
    }

    /// <summary>A relationship; <paramref name="on"/> is <c>from=to</c>, several separated by commas.</summary>
    public World Link(string name, string from, string to, string on, string cardinality, string inverse)
    {
        var pairs = new JsonObject();
        foreach (var pair in on.Split(','))
        {
            pairs.Add(pair.Split('=')[0], pair.Split('=')[1]);
        }

        _relationships.Add(new JsonObject
        {
            ["name"] = name, ["from"] = from, ["to"] = to, ["on"] = pairs, ["cardinality"] = cardinality, ["inverse"] = inverse,
        });
        return this;
    }

    public World Segment(string name, string of, string where, string? time = null) =>
        SegmentFile($$"""{"segment":"{{name}}","of":"{{of}}","where":{{where}}{{(time is null ? "" : ",\"time\":" + time)}}}""");

    public World SegmentFile(string json)
    {
        _segments.Add(JsonNode.Parse(json)!);
        return this;
    }

    public World KeyFile(string name, string content)
    {
        _files.Add(name, content);
        return this;
    }

    /// <summary>Says which column is the event time of an entity.</summary>
    public World Time(string entity, string column)
    {
        _entities[entity]!["time"] = column;
        return this;
    }

    /// <summary>Gives the run the value of a parameter.</summary>
    public World Given(string parameter, string value)
    {
        _parameters.Add(parameter, value);
        return this;
    }

    public World AsOf(string instant)
    {
        _asOf = instant;
        return this;
    }

    public World Zone(string zone, string weekStart = "mon")
    {
        _time = $$"""{"zone":"{{zone}}","week_start":"{{weekStart}}"}""";
        return this;
    }

    public OracleOutcome Outcome(string segment)
    {
        var instant = ((Value.Timestamp)StoredText.Read(_asOf, new DataType(TypeKind.Timestamp))).Micros;
        var model = new JsonObject { ["model"] = "m", ["entities"] = _entities.DeepClone(), ["relationships"] = _relationships.DeepClone() };
        return SegmentOracle.Evaluate(new OracleInput(model, _tables, _segments, segment, instant, _files) { Parameters = _parameters });
    }

    public OracleOutcome OutcomeOf(string of, string where)
    {
        Segment("asked" + _segments.Count, of, where, _time);
        return Outcome("asked" + (_segments.Count - 1));
    }

    /// <summary>Asserts that exactly these keys satisfy the predicate on <c>thing</c>, and that nothing about the answer is open.</summary>
    public World Holds(string where, params int[] ids) =>
        Selects("thing", where, [.. ids.Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))]);

    public World Selects(string of, string where, params string[] keys)
    {
        var outcome = OutcomeOf(of, where);
        AssertMembers(outcome, keys);
        AlsoAsk("asked" + (_segments.Count - 1), outcome, keys, '|');
        return this;
    }

    /// <summary>Asserts the members of <c>{"of": of, "where": true, …}</c> with the given rest, each as its key, tier, arm and bucket joined by commas.</summary>
    public World Distributes(string of, string rest, params string[] lines)
    {
        var name = "asked" + _segments.Count;
        SegmentFile($$"""{"segment":"{{name}}","of":"{{of}}",{{(rest.Contains("\"where_\"", StringComparison.Ordinal) ? rest.Replace("where_", "where", StringComparison.Ordinal) : "\"where\":true," + rest)}}}""");
        var outcome = Outcome(name);
        Assert.Null(outcome.DataError);
        Assert.Empty(outcome.Unspecified);
        Assert.Equal(lines, outcome.Members.Select(member => string.Join(',', member.Fields)));
        AlsoAsk(name, outcome, lines, ',');
        return this;
    }

    public World SegmentHas(string segment, params string[] keys)
    {
        var outcome = Outcome(segment);
        AssertMembers(outcome, keys);
        AlsoAsk(segment, outcome, keys, '|');
        return this;
    }

    /// <summary>Asks somebody else than the oracle for the same members, each a line of its fields with a separator between them.</summary>
    partial void AlsoAsk(string segment, OracleOutcome outcome, string[] lines, char separator);

    private static void AssertMembers(OracleOutcome outcome, string[] keys)
    {
        Assert.Null(outcome.DataError);
        Assert.Empty(outcome.Unspecified);
        Assert.Equal(keys, outcome.Members.Select(member => member.Text));
    }

    private static List<Value> Row(string csv, List<DataType> types)
    {
        var fields = CsvText.Parse(csv)[0];
        Assert.Equal(types.Count, fields.Count);
        return types.Select((type, i) => StoredText.Read(fields[i], type)).ToList();
    }
}
