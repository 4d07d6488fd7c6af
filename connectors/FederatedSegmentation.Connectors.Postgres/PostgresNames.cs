using System.Collections.Immutable;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>A table's place in the database.</summary>
internal sealed record QualifiedName(string Schema, string Relation)
{
    public override string ToString() => $"{PostgresNames.Quote(Schema)}.{PostgresNames.Quote(Relation)}";
}

/// <summary>Names of PostgreSQL.</summary>
internal static class PostgresNames
{
    /// <summary>An identifier in double quotes.</summary>
    internal static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The place of a table that a model names <c>[table]</c>, <c>[schema, table]</c> or <c>[database, schema, table]</c>; null where the parts are none of these.</summary>
    internal static QualifiedName? Resolve(ImmutableArray<string> parts, PostgresOptions options) => parts switch
    {
        [var relation] => new QualifiedName(options.Schema, relation),
        [var schema, var relation] => new QualifiedName(schema, relation),
        [var database, var schema, var relation] when string.Equals(database, options.Database, StringComparison.Ordinal) => new QualifiedName(schema, relation),
        _ => null,
    };

    /// <summary>The parts as a person reads them.</summary>
    internal static string Display(ImmutableArray<string> parts) => string.Join('.', parts);
}
