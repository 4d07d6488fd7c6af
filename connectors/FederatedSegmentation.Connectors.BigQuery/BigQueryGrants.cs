using System.Collections.Immutable;
using FederatedSegmentation.Connectors.BigQuery.Catalog;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>The roles that let an account read tables.</summary>
internal static class BigQueryGrants
{
    /// <summary>What to do where BigQuery refuses a statement that reads tables; null for other refusals, and where the permission that it names is one on the project.</summary>
    internal static string? Hint(SourceException refused, ImmutableArray<ImmutableArray<string>> tables, BigQueryOptions options)
    {
        // Over Google's API the permission is known: those on the project have hints of their own.
        var isOfProject = options.Driver is null && !refused.Problems[0].Hint.Contains("dataViewer", StringComparison.Ordinal);
        if (refused.NativeCode is not ("accessDenied" or "42501") || isOfProject)
        {
            return null;
        }

        var datasets = tables.Select(parts => TableName.Resolve(parts, options)).OfType<TableName>().Select(name => $"{name.Project}.{name.Dataset}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return $"Grant the account roles/bigquery.dataViewer on {string.Join(" and ", datasets.Select(dataset => $"dataset {dataset}"))}, and roles/bigquery.jobUser on project {options.Project}.";
    }
}
