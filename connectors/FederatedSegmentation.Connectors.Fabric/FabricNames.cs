using System.Collections.Immutable;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>A table's place in the warehouse.</summary>
internal sealed record QualifiedName(string Schema, string Relation)
{
    public override string ToString() => $"{FabricNames.Quote(Schema)}.{FabricNames.Quote(Relation)}";
}

/// <summary>Names of T-SQL.</summary>
internal static class FabricNames
{
    /// <summary>An identifier in brackets.</summary>
    internal static string Quote(string name) => $"[{name.Replace("]", "]]", StringComparison.Ordinal)}]";

    /// <summary>The place of a table that a model names <c>[table]</c>, <c>[schema, table]</c> or <c>[database, schema, table]</c>; null where the parts are none of these.</summary>
    internal static QualifiedName? Resolve(ImmutableArray<string> parts, FabricOptions options) => parts switch
    {
        [var relation] => new QualifiedName(options.Schema, relation),
        [var schema, var relation] => new QualifiedName(schema, relation),
        [var database, var schema, var relation] when string.Equals(database, options.Database, StringComparison.Ordinal) => new QualifiedName(schema, relation),
        _ => null,
    };

    /// <summary>At most three of the candidates that look most like the name: for a hint after a misspelling.</summary>
    internal static ImmutableArray<string> Nearest(string name, IEnumerable<string> candidates) =>
    [
        .. candidates
            .Distinct(StringComparer.Ordinal)
            .Select(candidate => (candidate, distance: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(pair => pair.distance <= Math.Max(2, name.Length / 3))
            .OrderBy(pair => pair.distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Take(3)
            .Select(pair => pair.candidate),
    ];

    // Edits from one to the other (insert, delete, replace), by one row of the usual table.
    private static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j - 1], row[j]));
            }
        }

        return row[right.Length];
    }
}
