using System.Text.Json;

namespace FederatedSegmentation.Settings;

/// <summary>A value of the settings with its place, before anything is known about it. Names are compared ignoring case, the .NET way.</summary>
internal sealed class SettingNode(SettingKind kind, string text, string? origin, int? line)
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, SettingNode> _members = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What it is.</summary>
    internal SettingKind Kind { get; } = kind;

    /// <summary>The text of a scalar; empty for the others.</summary>
    internal string Text { get; } = text;

    /// <summary>The file, or the environment variable, it comes from.</summary>
    internal string? Origin { get; } = origin;

    /// <summary>The line in a file, or null.</summary>
    internal int? Line { get; } = line;

    /// <summary>The members of an object, in order.</summary>
    internal IEnumerable<(string Name, SettingNode Value)> Members => _names.Select(name => (name, _members[name]));

    /// <summary>The member of this name, or null.</summary>
    internal SettingNode? Find(string name) => _members.GetValueOrDefault(name);

    /// <summary>Adds a member; false where there is one of this name.</summary>
    internal bool TryAdd(string name, SettingNode value)
    {
        if (!_members.TryAdd(name, value))
        {
            return false;
        }

        _names.Add(name);
        return true;
    }

    /// <summary>Adds a member, or replaces the one of this name.</summary>
    internal void Set(string name, SettingNode value)
    {
        if (!TryAdd(name, value))
        {
            _members[name] = value;
        }
    }
}

/// <summary>What a value is.</summary>
internal enum SettingKind
{
    /// <summary>Members by name.</summary>
    Object,

    /// <summary>A list; no option takes one.</summary>
    Array,

    /// <summary>Text in quotes.</summary>
    String,

    /// <summary>A number.</summary>
    Number,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>null: as if the option were not there.</summary>
    Null,

    /// <summary>Text of an environment variable, which may be meant as any scalar.</summary>
    Untyped,
}

/// <summary>Names of kinds for messages.</summary>
internal static class SettingKinds
{
    internal static string Named(this SettingKind kind) => kind switch
    {
        SettingKind.Object => "an object",
        SettingKind.Array => "a list",
        SettingKind.String or SettingKind.Untyped => "text",
        SettingKind.Number => "a number",
        SettingKind.Boolean => "true or false",
        SettingKind.Null => "null",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    internal static SettingKind Of(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => SettingKind.Object,
        JsonTokenType.StartArray => SettingKind.Array,
        JsonTokenType.String => SettingKind.String,
        JsonTokenType.Number => SettingKind.Number,
        JsonTokenType.True or JsonTokenType.False => SettingKind.Boolean,
        _ => SettingKind.Null,
    };
}
