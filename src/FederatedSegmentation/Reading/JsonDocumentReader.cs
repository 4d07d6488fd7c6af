using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Planning.Resolution;

namespace FederatedSegmentation.Reading;

/// <summary>Reads JSON (RFC 8259) into a document tree. Numbers keep their text; duplicate keys are errors.</summary>
internal ref struct JsonDocumentReader
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly ReadingLimits _limits;
    private readonly DefinitionProblems _problems;
    private Utf8JsonReader _reader;
    private int _line = 1;
    private int _lineStart;

    private JsonDocumentReader(ReadOnlySpan<byte> text, ReadingLimits limits, DefinitionProblems problems)
    {
        _text = text;
        _limits = limits;
        _problems = problems;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = limits.Depth + 1 });
    }

    /// <summary>Reads one document.</summary>
    /// <exception cref="FederatedSegmentation.Model.Errors.FederatedSegmentationException">SDL017 or SDL015.</exception>
    public static DocumentNode Read(ReadOnlySpan<byte> text, ReadingLimits limits, DefinitionProblems problems)
    {
        var reader = new JsonDocumentReader(text, limits, problems);
        try
        {
            reader._reader.Read();
            var root = reader.ReadNode(DocumentPlace.Root(reader.CurrentLine()), depth: 1);
            if (reader._reader.Read())
            {
                throw problems.Fatal("SDL017", null, reader.CurrentLine(), "The file holds more than one JSON value.", "Keep one value in each file.");
            }

            return root;
        }
        catch (JsonException error)
        {
            var line = error.LineNumber + 1;
            throw problems.Fatal("SDL017", null, line, $"This is not valid JSON: {Sentence(error)}.", "Mend the text at this line.", error);
        }
    }

    private static string Sentence(JsonException error)
    {
        var end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var plain = (end >= 0 ? error.Message[..end] : error.Message).TrimEnd('.', ' ');
        return char.ToLowerInvariant(plain[0]) + plain[1..];
    }

    private DocumentNode ReadNode(DocumentPlace place, int depth)
    {
        if (depth > _limits.Depth)
        {
            throw _problems.Fatal("SDL015", place.Pointer, place.Line, $"The definition is nested more than {_limits.Depth} levels deep.", "Flatten it.");
        }

        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadMapping(place, depth);
            case JsonTokenType.StartArray:
                return ReadSequence(place, depth);
            case JsonTokenType.String:
                return new ScalarNode(place, ScalarKind.String, ReadText(place));
            case JsonTokenType.Number:
                var number = Encoding.ASCII.GetString(_reader.ValueSpan);
                return new ScalarNode(place, number.AsSpan().ContainsAny('.', 'e', 'E') ? ScalarKind.Float : ScalarKind.Integer, number);
            case JsonTokenType.True:
                return new ScalarNode(place, ScalarKind.Boolean, "true");
            case JsonTokenType.False:
                return new ScalarNode(place, ScalarKind.Boolean, "false");
            case JsonTokenType.Null:
                return new ScalarNode(place, ScalarKind.Null, "null");
            default:
                throw new JsonException("a value was expected");
        }
    }

    private string ReadText(DocumentPlace place)
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw _problems.Fatal("SDL017", place.Pointer, place.Line, "A text is not valid Unicode.", "Write surrogates in pairs.", error);
        }
    }

    private SequenceNode ReadSequence(DocumentPlace place, int depth)
    {
        var items = ImmutableArray.CreateBuilder<DocumentNode>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadNode(place.Child(items.Count, CurrentLine()), depth + 1));
        }

        return new SequenceNode(place, items.ToImmutable());
    }

    private MappingNode ReadMapping(DocumentPlace place, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<MappingEntry>();
        HashSet<string>? seen = null;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var keyLine = CurrentLine();
            var key = ReadText(place);
            _reader.Read();
            var value = ReadNode(place.Child(key, CurrentLine()), depth + 1);
            if (!(seen ??= new HashSet<string>(StringComparer.Ordinal)).Add(key))
            {
                _problems.Add("SDL017", value.Place.Pointer, keyLine, $"The key '{key}' occurs twice in one object.", "Keep one of the two.");
                continue;
            }

            entries.Add(new MappingEntry(key, keyLine, value));
        }

        return new MappingNode(place, entries.ToImmutable());
    }

    /// <summary>The line of the current token. Tokens are visited in order, so the whole text is scanned once.</summary>
    private int CurrentLine()
    {
        var start = checked((int)_reader.TokenStartIndex);
        _line += _text[_lineStart..start].Count((byte)'\n');
        _lineStart = start;
        return _line;
    }
}
