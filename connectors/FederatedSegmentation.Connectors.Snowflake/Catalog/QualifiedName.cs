using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Snowflake.Catalog;

/// <summary>A table's place in the account.</summary>
internal sealed record QualifiedName(string Database, string Schema, string Table)
{
    /// <summary>The place of a table that a model names <c>[table]</c>, <c>[schema, table]</c> or <c>[database, schema, table]</c>; null where the parts are none of these.</summary>
    internal static QualifiedName? Resolve(ImmutableArray<string> parts, SnowflakeOptions options) => parts switch
    {
        [var table] => new QualifiedName(options.Database, options.Schema, table),
        [var schema, var table] => new QualifiedName(options.Database, schema, table),
        [var database, var schema, var table] => new QualifiedName(database, schema, table),
        _ => null,
    };

    /// <summary>As a model would spell it: without what the settings name.</summary>
    internal ImmutableArray<string> PartsFor(SnowflakeOptions options)
        => Database != options.Database ? [Database, Schema, Table] : Schema != options.Schema ? [Schema, Table] : [Table];

    /// <summary>Quoted.</summary>
    public override string ToString() => $"{SnowflakeDialect.Instance.QuoteIdentifier(Database)}.{SnowflakeDialect.Instance.QuoteIdentifier(Schema)}.{SnowflakeDialect.Instance.QuoteIdentifier(Table)}";
}
