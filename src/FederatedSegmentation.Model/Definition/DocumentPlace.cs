using System.Globalization;

namespace FederatedSegmentation.Model.Definition;

/// <summary>Where a node stands in its document. Immutable; the pointer is put together only when somebody asks for it.</summary>
public sealed class DocumentPlace
{
    private readonly DocumentPlace? _parent;
    private readonly string? _key;
    private readonly int _index;

    private DocumentPlace(DocumentPlace? parent, string? key, int index, int line)
    {
        _parent = parent;
        _key = key;
        _index = index;
        Line = line;
    }

    /// <summary>The line, counted from 1.</summary>
    public int Line { get; }

    /// <summary>The JSON pointer (RFC 6901): empty for the root, <c>/where/all/0</c> further down.</summary>
    public string Pointer
    {
        get
        {
            var parts = new Stack<string>();
            for (var place = this; place._parent is not null; place = place._parent)
            {
                parts.Push(place._key is { } key
                    ? key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)
                    : place._index.ToString(CultureInfo.InvariantCulture));
            }

            return parts.Count == 0 ? string.Empty : "/" + string.Join('/', parts);
        }
    }

    /// <summary>The place of a document's root.</summary>
    public static DocumentPlace Root(int line) => new(null, null, 0, line);

    /// <summary>The place of the value of a key.</summary>
    public DocumentPlace Child(string key, int line) => new(this, key, 0, line);

    /// <summary>The place of an item, counted from 0.</summary>
    public DocumentPlace Child(int index, int line) => new(this, null, index, line);

    /// <inheritdoc />
    public override string ToString() => Pointer;
}
