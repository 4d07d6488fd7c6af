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

    private static QualifiedName Lower(string catalog, string schema, string table) => new(catalog.ToLowerInvariant(), schema.ToLowerInvariant(), table.ToLowerInvariant());
}
