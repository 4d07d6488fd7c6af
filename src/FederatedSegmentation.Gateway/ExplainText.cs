using System.Globalization;
using System.Text;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Reports;

namespace FederatedSegmentation.Gateway;

/// <summary>A plan, for people.</summary>
internal static class ExplainText
{
    internal static string Of(ExplainReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{report.Segment} as of {InstantConverter.ToText(report.AsOf)}, planned in {report.PlanMs:N1} ms, {report.Phase.ToString().ToLowerInvariant()}: {report.PhaseReason}\n");
        foreach (var fragment in report.Fragments)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{fragment.Id} at {fragment.Source} ({fragment.Dialect}), {Estimate(fragment.Estimate)}\n");
            if (fragment.ReadsBytes is { } reads)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {fragment.Source} would read {reads:N0} bytes for it\n");
            }

            if (fragment.Waits is { } wait)
            {
                text.Append(CultureInfo.InvariantCulture, $"  waits for the keys of {(fragment.DependsOn.IsEmpty ? "files" : string.Join(", ", fragment.DependsOn))} in {string.Join(", ", wait.Columns)}: {string.Join("; ", wait.Rungs)}\n");
            }

            Indented(text, fragment.Sql);
        }

        text.Append("\npredicates\n");
        foreach (var predicate in report.Pushdown)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {predicate.Verdict.ToString().ToLowerInvariant(),-7} {predicate.Fragment ?? "-",-3} {predicate.Predicate}: {predicate.Reason}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\nresidual in {report.Residual.Engine}, {Estimate(report.Residual.Estimate)} fetched\n");
        foreach (var statement in report.Residual.Statements)
        {
            Indented(text, statement);
        }

        return text.ToString();
    }

    private static string Estimate(PlanEstimate estimate) => estimate.Rows is { } rows
        ? string.Create(CultureInfo.InvariantCulture, $"about {rows:N0} rows, {estimate.Bytes:N0} bytes")
        : "size unknown";

    private static void Indented(StringBuilder text, string sql)
    {
        foreach (var line in sql.Split('\n'))
        {
            text.Append("    ").Append(line).Append('\n');
        }
    }
}
