using System.Collections.Immutable;

namespace FederatedSegmentation.Model.Definition;

/// <summary>One node of a definition as its author wrote it, before anything is known about its meaning. A closed hierarchy of immutable nodes.</summary>
public abstract class DocumentNode
{
    private protected DocumentNode(DocumentPlace place) => Place = place;

    /// <summary>Where it stands.</summary>
    public DocumentPlace Place { get; }
}

/// <summary>Keys and values, in the order of the text. Keys are distinct.</summary>
/// <param name="place">Where it stands.</param>
/// <param name="entries">The entries; a reader reports duplicate keys before it makes the node.</param>
public sealed class MappingNode(DocumentPlace place, ImmutableArray<MappingEntry> entries) : DocumentNode(place)
{
    /// <summary>The entries in the order of the text.</summary>
    public ImmutableArray<MappingEntry> Entries { get; } = entries;

    /// <summary>The value of this key, or null. Takes time linear in the number of entries.</summary>
    public DocumentNode? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (string.Equals(entry.Key, key, StringComparison.Ordinal))
            {
                return entry.Value;
            }
        }

        return null;
    }
}

/// <summary>A key with its value.</summary>
/// <param name="Key">The key as text.</param>
/// <param name="KeyLine">The line of the key, counted from 1.</param>
/// <param name="Value">The value; its place ends in the key.</param>
public sealed record MappingEntry(string Key, int KeyLine, DocumentNode Value);

/// <summary>Items in order.</summary>
/// <param name="place">Where it stands.</param>
/// <param name="items">The items.</param>
public sealed class SequenceNode(DocumentPlace place, ImmutableArray<DocumentNode> items) : DocumentNode(place)
{
    /// <summary>The items.</summary>
    public ImmutableArray<DocumentNode> Items { get; } = items;
}

/// <summary>A single value, typed as the YAML 1.2 core schema types it.</summary>
/// <param name="place">Where it stands.</param>
/// <param name="kind">The type.</param>
/// <param name="text">The text as written: digits of numbers are kept exactly.</param>
public sealed class ScalarNode(DocumentPlace place, ScalarKind kind, string text) : DocumentNode(place)
{
    /// <summary>The type.</summary>
    public ScalarKind Kind { get; } = kind;

    /// <summary>The text as written, without quotes.</summary>
    public string Text { get; } = text;

    /// <summary>Whether this is the boolean <c>true</c>.</summary>
    public bool IsTrue => Kind == ScalarKind.Boolean && Text is "true" or "True" or "TRUE";
}

/// <summary>The types of scalars in the YAML 1.2 core schema.</summary>
public enum ScalarKind
{
    /// <summary><c>null</c>, <c>~</c>, or nothing.</summary>
    Null,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>Decimal digits with a sign, <c>0o17</c> or <c>0x1F</c>.</summary>
    Integer,

    /// <summary>A number with a point or an exponent, <c>.inf</c> or <c>.nan</c>.</summary>
    Float,

    /// <summary>Anything else, and everything in quotes.</summary>
    String,
}
