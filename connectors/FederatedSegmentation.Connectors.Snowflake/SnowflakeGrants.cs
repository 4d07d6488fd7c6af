using System.Collections.Immutable;
using FederatedSegmentation.Connectors.Snowflake.Catalog;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Snowflake;

/// <summary>The statements that let a role read tables, as Snowflake spells them.</summary>
internal static class SnowflakeGrants
{
    /// <summary>The grants for tables, in the order in which they are run.</summary>
    internal static string Of(IEnumerable<QualifiedName> tables, SnowflakeOptions options)
    {
        var (role, names) = (RoleOf(options), tables.Distinct().ToArray());
        return string.Join(' ', [
            .. names.Select(name => name.Database).Distinct(StringComparer.Ordinal).Select(database => $"GRANT USAGE ON DATABASE {Quoted(database)} TO ROLE {role};"),
            .. names.Select(name => $"{Quoted(name.Database)}.{Quoted(name.Schema)}").Distinct(StringComparer.Ordinal).Select(schema => $"GRANT USAGE ON SCHEMA {schema} TO ROLE {role};"),
            .. names.Select(name => $"GRANT SELECT ON TABLE {name} TO ROLE {role};"),
        ]);
    }

    /// <summary>What to do where Snowflake refuses a statement for a table that is missing or may not be read; null for other refusals. Drivers give numbers without leading zeros.</summary>
    internal static string? Hint(SourceException refused, ImmutableArray<ImmutableArray<string>> tables, SnowflakeOptions options) => refused.NativeCode?.TrimStart('0') switch
    {
        "3001" or "42501" => $"Let their owner run: {Of(tables.Select(parts => QualifiedName.Resolve(parts, options)).OfType<QualifiedName>(), options)}",
        "2003" or "2043" => $"Compare the model with `fedseg sources discover`; if they are there, let their owner run: {Of(tables.Select(parts => QualifiedName.Resolve(parts, options)).OfType<QualifiedName>(), options)}",
        _ => null,
    };

    /// <summary>The role of the settings in a statement.</summary>
    internal static string RoleOf(SnowflakeOptions options) => options.Role is { } role ? Quoted(role) : "<role>";

    internal static string Quoted(string name) => SnowflakeDialect.Instance.QuoteIdentifier(name);
}
