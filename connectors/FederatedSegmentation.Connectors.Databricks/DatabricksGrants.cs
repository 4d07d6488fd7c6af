using System.Collections.Immutable;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Databricks;

/// <summary>The statements that let a principal read tables, as Unity Catalog spells them.</summary>
internal static class DatabricksGrants
{
    /// <summary>The grants for tables, in the order in which they are run.</summary>
    internal static string Of(IEnumerable<QualifiedName> tables, DatabricksOptions options)
    {
        var principal = options.ClientId is { } client ? DatabricksDialect.Instance.QuoteIdentifier(client) : "`<principal>`";
        var names = tables.Distinct().ToArray();
        return string.Join(' ', [
            .. names.Select(name => Quoted(name.Catalog)).Distinct(StringComparer.Ordinal).Select(catalog => $"GRANT USE CATALOG ON CATALOG {catalog} TO {principal};"),
            .. names.Select(name => Quoted(name.Catalog, name.Schema)).Distinct(StringComparer.Ordinal).Select(schema => $"GRANT USE SCHEMA ON SCHEMA {schema} TO {principal};"),
            .. names.Select(name => $"GRANT SELECT ON TABLE {name} TO {principal};"),
        ]);

        static string Quoted(params ImmutableArray<string> parts) => DatabricksDialect.Instance.QuoteName(parts);
    }

    /// <summary>What to do where the warehouse refuses a statement for a table that is missing or may not be read; null for other refusals.</summary>
    internal static string? Hint(SourceException refused, ImmutableArray<ImmutableArray<string>> tables, DatabricksOptions options)
    {
        var names = tables.Select(parts => DatabricksNames.Resolve(parts, options)).OfType<QualifiedName>();
        return refused.NativeCode switch
        {
            "42501" => $"Let their owner run: {Of(names, options)}",
            "42P01" or "42S02" => $"Compare the model's table names with `fedseg sources discover`; if they are there, let their owner run: {Of(names, options)}",
            _ => null,
        };
    }
}
