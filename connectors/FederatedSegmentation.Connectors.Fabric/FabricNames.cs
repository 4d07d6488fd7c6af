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
}
