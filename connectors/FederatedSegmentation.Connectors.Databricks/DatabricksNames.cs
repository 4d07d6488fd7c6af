using System.Collections.Immutable;

namespace FederatedSegmentation.Connectors.Databricks;

/// <summary>A table's place in the metastore. Unity Catalog stores these names in lower case and compares them so.</summary>
internal sealed record QualifiedName(string Catalog, string Schema, string Table)
{
    public override string ToString() => DatabricksDialect.Instance.QuoteName([Catalog, Schema, Table]);
}

/// <summary>Names of Databricks.</summary>
internal static class DatabricksNames
{
    /// <summary>The place of a table that a model names <c>[table]</c>, <c>[schema, table]</c> or <c>[catalog, schema, table]</c>; null where the parts are none of these.</summary>
    internal static QualifiedName? Resolve(ImmutableArray<string> parts, DatabricksOptions options) => parts switch
    {
        [var table] => Lower(options.Catalog, options.Schema, table),
        [var schema, var table] => Lower(options.Catalog, schema, table),
        [var catalog, var schema, var table] => Lower(catalog, schema, table),
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

    private static QualifiedName Lower(string catalog, string schema, string table) => new(catalog.ToLowerInvariant(), schema.ToLowerInvariant(), table.ToLowerInvariant());

    // Edits from one to the other (insert, delete, replace), by one row of the usual table.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
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
