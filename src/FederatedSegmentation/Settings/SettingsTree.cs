using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FederatedSegmentation.Settings;

/// <summary>
/// Reads the settings into nodes: JSON with comments and trailing commas, then environment variables over it. The configuration providers of .NET
/// would do the same, but they keep neither lines nor the difference between text and numbers, and a name that is set twice ends them at the first.
/// </summary>
internal static class SettingsTree
{
    /// <summary>The prefix of environment variables that set options.</summary>
    internal const string EnvironmentPrefix = "FEDSEG__";

    /// <summary>The section of the file that is ours; others belong to the host.</summary>
    internal const string Section = "FederatedSegmentation";

    private const string LevelSeparator = "__";

    /// <summary>Reads JSON.</summary>
    /// <returns>The root; null where the text is not JSON, which was added to the problems.</returns>
    internal static SettingNode? Parse(byte[] json, string file, SettingsProblems problems)
    {
        var text = json.AsSpan();
        text = text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var cursor = new LineCursor(text);
            reader.Read();
            var root = Read(ref reader, ref cursor, "", file, problems);
            reader.Read();
            return root;
        }
        catch (JsonException problem)
        {
            problems.AddAt(SettingsCodes.NotJson, (int?)problem.LineNumber + 1, null, $"This is not JSON, at column {problem.BytePositionInLine + 1}.", "Mend the text; comments and trailing commas are allowed.");
            return null;
        }
        catch (InvalidOperationException)
        {
            // Utf8JsonReader's answer to text that is not UTF-8 or has a lone surrogate.
            problems.AddAt(SettingsCodes.NotJson, null, null, "The file is not UTF-8 text.", "Save it as UTF-8.");
            return null;
        }
    }

    /// <summary>Puts environment variables over the section: <c>FEDSEG__Engine__Kind</c>, or <c>FEDSEG__FederatedSegmentation__Engine__Kind</c>.</summary>
    internal static void Overlay(SettingNode section, IEnumerable<KeyValuePair<string, string>> environment)
    {
        foreach (var (variable, value) in environment
            .Where(pair => pair.Key.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var levels = variable[EnvironmentPrefix.Length..].Split(LevelSeparator);
            if (string.Equals(levels[0], Section, StringComparison.OrdinalIgnoreCase) && levels.Length > 1)
            {
                levels = levels[1..];
            }

            var parent = section;
            foreach (var level in levels[..^1])
            {
                if (parent.Find(level) is not { Kind: SettingKind.Object } next)
                {
                    next = new SettingNode(SettingKind.Object, "", variable, null);
                    parent.Set(level, next);
                }

                parent = next;
            }

            // An empty variable unsets an option, because many shells cannot unset one for a single command.
            parent.Set(levels[^1], new SettingNode(value.Length == 0 ? SettingKind.Null : SettingKind.Untyped, value, variable, null));
        }
    }

    private static SettingNode Read(ref Utf8JsonReader reader, ref LineCursor cursor, string path, string file, SettingsProblems problems)
    {
        var line = cursor.LineOf(reader.TokenStartIndex);
        var kind = SettingKinds.Of(reader.TokenType);
        switch (kind)
        {
            case SettingKind.Object:
                return ReadObject(ref reader, ref cursor, new SettingNode(kind, "", file, line), path, file, problems);
            case SettingKind.Array:
                reader.Skip();
                return new SettingNode(kind, "", file, line);
            case SettingKind.String:
                return new SettingNode(kind, reader.GetString()!, file, line);
            default:
                return new SettingNode(kind, Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan), file, line);
        }
    }

    private static SettingNode ReadObject(ref Utf8JsonReader reader, ref LineCursor cursor, SettingNode node, string path, string file, SettingsProblems problems)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            var line = cursor.LineOf(reader.TokenStartIndex);
            var inner = path.Length == 0 ? name : $"{path}:{name}";
            reader.Read();
            var value = Read(ref reader, ref cursor, inner, file, problems);
            if (!node.TryAdd(name, value))
            {
                problems.AddAt(SettingsCodes.OptionTwice, line, inner, "The option is set twice; names are compared ignoring case.", "Keep one of them.");
            }
        }

        return node;
    }

    /// <summary>Turns offsets into lines; offsets only grow.</summary>
    private ref struct LineCursor(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private int _offset;
        private int _line = 1;

        internal int LineOf(long offset)
        {
            _line += _text[_offset..(int)offset].Count((byte)'\n');
            _offset = (int)offset;
            return _line;
        }
    }
}
