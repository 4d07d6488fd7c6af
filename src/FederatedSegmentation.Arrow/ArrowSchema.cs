using System.Collections.Immutable;

namespace FederatedSegmentation.Arrow;

/// <summary>Name and type of one column.</summary>
/// <param name="Name">Column name; names may repeat.</param>
/// <param name="Type">Column type.</param>
/// <param name="Nullable">Whether NULL may occur. A description for readers; it is not enforced.</param>
public sealed record ArrowField(string Name, ArrowType Type, bool Nullable = true);

/// <summary>The columns of a stream of batches, in order.</summary>
public sealed class ArrowSchema : IEquatable<ArrowSchema>
{
    /// <summary>Creates a schema.</summary>
    /// <param name="fields">The columns in order.</param>
    public ArrowSchema(IEnumerable<ArrowField> fields) => Fields = [.. fields];

    /// <summary>Creates a schema.</summary>
    /// <param name="fields">The columns in order.</param>
    public ArrowSchema(params ArrowField[] fields)
        : this((IEnumerable<ArrowField>)fields)
    {
    }

    /// <summary>The columns in order.</summary>
    public ImmutableArray<ArrowField> Fields { get; }

    /// <summary>Position of the first column with the name (compared exactly), or -1.</summary>
    /// <param name="name">Column name.</param>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Fields.Length; i++)
        {
            if (string.Equals(Fields[i].Name, name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public bool Equals(ArrowSchema? other) => other is not null && Fields.SequenceEqual(other.Fields);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ArrowSchema);

    /// <inheritdoc/>
    public override int GetHashCode() => Fields.Aggregate(17, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Fields.Select(field => $"{field.Name}: {field.Type}"));
}
