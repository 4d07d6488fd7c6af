using System.Collections.Immutable;
using System.Text.RegularExpressions;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Planning.Resolution;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FederatedSegmentation.Reading;

/// <summary>Reads YAML 1.2 with the core schema into a document tree. The library scans the text; the meaning of scalars, tags, aliases and duplicate keys is ours.</summary>
internal sealed partial class YamlDocumentReader
{
    private const string CoreTagPrefix = "tag:yaml.org,2002:";
    private readonly Parser _parser;
    private readonly ReadingLimits _limits;
    private readonly DefinitionProblems _problems;
    private readonly Dictionary<string, Anchored> _anchors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _openAnchors = new(StringComparer.Ordinal);
    private long _nodes;
    private long _expansions;
    private long _aliasNodes;

    private YamlDocumentReader(string text, ReadingLimits limits, DefinitionProblems problems)
    {
        _parser = new Parser(new StringReader(text));
        _limits = limits;
        _problems = problems;
    }

    /// <summary>Reads one document.</summary>
    /// <exception cref="FederatedSegmentation.Model.Errors.FederatedSegmentationException">SDL017 or SDL015.</exception>
    public static DocumentNode Read(string text, ReadingLimits limits, DefinitionProblems problems)
    {
        var reader = new YamlDocumentReader(text, limits, problems);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException error)
        {
            throw problems.Fatal("SDL017", null, error.Start.Line, $"This is not valid YAML: {Sentence(error)}.", "Mend the text at this line.", error);
        }
    }

    [GeneratedRegex(@"^decimal\(\s*[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex OpenDecimal { get; }

    [GeneratedRegex(@"^[0-9]+\s*\)\z", RegexOptions.CultureInvariant)]
    private static partial Regex ClosedDecimal { get; }

    private static string Sentence(YamlException error)
    {
        var message = error.Message;
        var colon = message.IndexOf("): ", StringComparison.Ordinal);
        var plain = (colon >= 0 && message.StartsWith('(') ? message[(colon + 3)..] : message).Trim().TrimEnd('.');
        return plain.Length == 0 ? "the structure cannot be understood" : char.ToLowerInvariant(plain[0]) + plain[1..].ReplaceLineEndings(" ");
    }

    private DocumentNode ReadDocument()
    {
        Take<StreamStart>();
        if (Current is StreamEnd)
        {
            throw _problems.Fatal("SDL017", null, 1, "The file is empty.", "Write a definition into it.");
        }

        Take<DocumentStart>();
        var root = ReadNode(place: null, depth: 1);
        Take<DocumentEnd>();
        if (Current is DocumentStart second)
        {
            _problems.Add("SDL017", null, second.Start.Line, "The file holds several YAML documents.", "Keep one document in each file.");
        }

        return root;
    }

    private ParsingEvent Current => _parser.Current ?? (MoveNext() ? _parser.Current! : throw new YamlException("the text ends too early"));

    private T Take<T>()
        where T : ParsingEvent
    {
        var current = Current as T ?? throw new YamlException(Current.Start, Current.End, $"{typeof(T).Name} was expected");
        if (MoveNext() || current is StreamEnd)
        {
            return current;
        }

        throw new YamlException(current.Start, current.End, "the text ends too early");
    }

    /// <summary>Goes to the next event. The scanner answers some broken texts with exceptions that know no place: they get the place reached so far.</summary>
    private bool MoveNext()
    {
        var reached = _parser.Current?.End ?? Mark.Empty;
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            throw new YamlException(reached, reached, "the structure cannot be understood from here on", error);
        }
    }

    /// <param name="place">A function of the line, or null for the root.</param>
    /// <param name="depth">The nesting, 1 for the root.</param>
    private DocumentNode ReadNode(PlaceOf? place, int depth)
    {
        if (depth > _limits.Depth)
        {
            throw _problems.Fatal("SDL015", null, Current.Start.Line, $"The definition is nested more than {_limits.Depth} levels deep.", "Flatten it.");
        }

        if (Current is AnchorAlias)
        {
            return ReadAlias(place, depth);
        }

        var at = PlaceAt(place, Line(Current));
        var anchor = Current is NodeEvent { Anchor.IsEmpty: false } node ? node.Anchor.Value : null;
        var (nodesBefore, expansionsBefore) = (_nodes, _expansions);
        if (anchor is not null)
        {
            _openAnchors.Add(anchor);
        }

        _nodes++;
        DocumentNode read = Current switch
        {
            Scalar => ReadScalar(at),
            SequenceStart => ReadSequence(at, depth),
            MappingStart => ReadMapping(at, depth),
            var other => throw new YamlException(other.Start, other.End, "a value was expected"),
        };
        if (anchor is not null)
        {
            _openAnchors.Remove(anchor);
            _anchors[anchor] = new Anchored(read, _nodes - nodesBefore, _expansions - expansionsBefore, DepthOf(read));
        }

        return read;
    }

    private ScalarNode ReadScalar(DocumentPlace place)
    {
        var scalar = Take<Scalar>();
        var text = scalar.Value;
        var tag = scalar.Tag;
        if (tag.IsEmpty)
        {
            return new ScalarNode(place, scalar.Style == ScalarStyle.Plain ? CoreSchema.KindOf(text) : ScalarKind.String, text);
        }

        if (tag.IsNonSpecific)
        {
            return new ScalarNode(place, ScalarKind.String, text);
        }

        var kind = CoreSchema.KindOf(text);
        var tagged = tag.Value switch
        {
            CoreTagPrefix + "str" => ScalarKind.String,
            CoreTagPrefix + "null" when kind == ScalarKind.Null => ScalarKind.Null,
            CoreTagPrefix + "bool" when kind == ScalarKind.Boolean => ScalarKind.Boolean,
            CoreTagPrefix + "int" when kind == ScalarKind.Integer => ScalarKind.Integer,
            CoreTagPrefix + "float" when kind is ScalarKind.Integer or ScalarKind.Float => ScalarKind.Float,
            _ => (ScalarKind?)null,
        };
        if (tagged is null)
        {
            ReportTag(place, tag.Value);
        }

        return new ScalarNode(place, tagged ?? ScalarKind.String, text);
    }

    private void ReportTag(DocumentPlace place, string tag) => _problems.Add(
        "SDL017",
        place.Pointer,
        place.Line,
        $"The tag '{tag}' is not one of the YAML core schema, or does not fit its value.",
        "Leave the tag out; only str, int, float, bool, null, seq and map are known.");

    private SequenceNode ReadSequence(DocumentPlace place, int depth)
    {
        var start = Take<SequenceStart>();
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific && start.Tag.Value != CoreTagPrefix + "seq")
        {
            ReportTag(place, start.Tag.Value);
        }

        var items = ImmutableArray.CreateBuilder<DocumentNode>();
        while (Current is not SequenceEnd)
        {
            items.Add(ReadNode(new PlaceOf(place, null, items.Count), depth + 1));
        }

        Take<SequenceEnd>();
        return new SequenceNode(place, items.ToImmutable());
    }

    private MappingNode ReadMapping(DocumentPlace place, int depth)
    {
        var start = Take<MappingStart>();
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific && start.Tag.Value != CoreTagPrefix + "map")
        {
            ReportTag(place, start.Tag.Value);
        }

        var entries = ImmutableArray.CreateBuilder<MappingEntry>();
        HashSet<string>? seen = null;
        while (Current is not MappingEnd)
        {
            var keyLine = Line(Current);
            var key = ReadKey(place, depth);
            var value = ReadNode(new PlaceOf(place, key, 0), depth + 1);
            if (start.Style == MappingStyle.Flow)
            {
                value = JoinDecimal(value);
            }

            if (seen is null && entries.Count >= 8)
            {
                seen = entries.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
            }

            if (seen?.Add(key) == false || (seen is null && entries.Any(entry => entry.Key == key)))
            {
                _problems.Add("SDL017", place.Child(key, keyLine).Pointer, keyLine, $"The key '{key}' occurs twice in one mapping.", "Keep one of the two.");
                continue;
            }

            entries.Add(new MappingEntry(key, keyLine, value));
        }

        Take<MappingEnd>();
        return new MappingNode(place, entries.ToImmutable());
    }

    /// <summary>
    /// <c>{amount: decimal(10,2)}</c> is, to YAML, the value <c>decimal(10</c> and a key <c>2)</c> without a value. Nobody means that, so the two are put
    /// together again.
    /// </summary>
    private DocumentNode JoinDecimal(DocumentNode value)
    {
        if (value is not ScalarNode { Kind: ScalarKind.String } opened
            || Current is not Scalar { Style: ScalarStyle.Plain } closing
            || !OpenDecimal.IsMatch(opened.Text)
            || !ClosedDecimal.IsMatch(closing.Value))
        {
            return value;
        }

        Take<Scalar>();
        return Take<Scalar>() is { Style: ScalarStyle.Plain, Value: "" }
            ? new ScalarNode(opened.Place, ScalarKind.String, $"{opened.Text},{closing.Value}")
            : throw new YamlException(closing.Start, closing.End, $"a decimal type is not closed before '{closing.Value}'");
    }

    private string ReadKey(DocumentPlace place, int depth)
    {
        var line = Line(Current);
        if (ReadNode(new PlaceOf(place, string.Empty, 0), depth + 1) is ScalarNode key)
        {
            return key.Text;
        }

        throw _problems.Fatal("SDL017", place.Pointer, line, "A key must be a single value, not a list or a mapping.", "Write a plain key.");
    }

    private DocumentNode ReadAlias(PlaceOf? place, int depth)
    {
        var alias = Take<AnchorAlias>();
        var name = alias.Value.Value;
        if (_openAnchors.Contains(name))
        {
            throw _problems.Fatal("SDL017", null, alias.Start.Line, $"The alias '*{name}' stands inside what it names.", "Write the value out.");
        }

        if (!_anchors.TryGetValue(name, out var anchored))
        {
            throw _problems.Fatal("SDL017", null, alias.Start.Line, $"The alias '*{name}' names nothing.", $"Mark the value with '&{name}' further up.");
        }

        _expansions += 1 + anchored.Expansions;
        _nodes += anchored.Nodes;
        _aliasNodes += anchored.Nodes;
        if (_expansions > _limits.AliasExpansions || _aliasNodes > _limits.AliasNodes || depth + anchored.Depth - 1 > _limits.Depth)
        {
            throw _problems.Fatal(
                "SDL015",
                null,
                alias.Start.Line,
                FormattableString.Invariant($"The aliases of the definition expand to too much (at most {_limits.AliasExpansions} expansions, {_limits.AliasNodes} nodes and {_limits.Depth} levels)."),
                "Write fewer aliases.");
        }

        return Copy(anchored.Node, PlaceAt(place, anchored.Node.Place.Line));
    }

    private static DocumentNode Copy(DocumentNode node, DocumentPlace place) => node switch
    {
        ScalarNode scalar => new ScalarNode(place, scalar.Kind, scalar.Text),
        SequenceNode sequence => new SequenceNode(
            place,
            [.. sequence.Items.Select((item, index) => Copy(item, place.Child(index, item.Place.Line)))]),
        MappingNode mapping => new MappingNode(
            place,
            [.. mapping.Entries.Select(entry => entry with { Value = Copy(entry.Value, place.Child(entry.Key, entry.Value.Place.Line)) })]),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private static int DepthOf(DocumentNode node) => node switch
    {
        SequenceNode { Items.IsEmpty: false } sequence => 1 + sequence.Items.Max(DepthOf),
        MappingNode { Entries.IsEmpty: false } mapping => 1 + mapping.Entries.Max(entry => DepthOf(entry.Value)),
        _ => 1,
    };

    private static int Line(ParsingEvent current) => checked((int)current.Start.Line);

    private static DocumentPlace PlaceAt(PlaceOf? place, int line) => place switch
    {
        null => DocumentPlace.Root(line),
        { Key: { } key } child => child.Parent.Child(key, line),
        var child => child.Value.Parent.Child(child.Value.Index, line),
    };

    private readonly record struct PlaceOf(DocumentPlace Parent, string? Key, int Index);

    private sealed record Anchored(DocumentNode Node, long Nodes, long Expansions, int Depth);
}
