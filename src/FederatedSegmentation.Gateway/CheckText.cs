using System.Globalization;
using System.Text;
using FederatedSegmentation.Reports;

namespace FederatedSegmentation.Gateway;

/// <summary>What a check found, for people.</summary>
internal static class CheckText
{
    internal static string Of(CheckReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"model {report.Model}: {report.Entities} entities, {report.Relationships} relationships; {report.Segments.Length} segments: all right\n");
        foreach (var entity in report.Data?.Entities ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"  {entity.Entity}: {entity.Rows:N0} rows")
                .Append(entity.DuplicateKeyRows is { } duplicates ? string.Create(CultureInfo.InvariantCulture, $", {duplicates:N0} beyond the first of their key, {entity.NullKeyRows:N0} with a NULL in the key") : string.Empty)
                .Append('\n');
            foreach (var column in entity.Columns.Where(column => column.NullShare > 0))
            {
                text.Append(CultureInfo.InvariantCulture, $"    {column.Column}: {column.NullShare:P1} NULL\n");
            }
        }

        foreach (var relationship in report.Data?.Relationships ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"  {relationship.From}.{relationship.Relationship} ({relationship.Cardinality}): {relationship.OrphanRate:P1} orphans, ")
                .Append(CultureInfo.InvariantCulture, $"at most {relationship.MaxFanOut:N0} rows, {relationship.MeanFanOut:N2} on average; back: {relationship.InverseOrphanRate:P1} orphans, at most {relationship.MaxInverseFanOut:N0}\n");
        }

        foreach (var warning in report.Warnings)
        {
            text.Append("  warning: ").Append(warning).Append('\n');
        }

        return text.ToString();
    }
}
