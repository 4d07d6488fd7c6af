using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Kit.Running;

namespace FederatedSegmentation.Gateway.Conformance;

/// <summary>A report of the kit on standard output.</summary>
internal static class ConformanceText
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How a case went, as a word.</summary>
    internal static string Word(CaseOutcome outcome) => outcome switch
    {
        CaseOutcome.Passed => "passed",
        CaseOutcome.Failed => "failed",
        CaseOutcome.NotRun => "not run",
        CaseOutcome.DoesNotApply => "does not apply",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>For people: what did not pass, with its reason, and the counts.</summary>
    internal static string Of(ConformanceReport report)
    {
        var text = new StringBuilder();
        foreach (var same in report.Results.Where(result => result.Outcome != CaseOutcome.Passed).GroupBy(result => (result.Outcome, Group: result.Outcome == CaseOutcome.Failed ? result.Name : result.Group.Name, result.Detail)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Word(same.Key.Outcome)}\t{same.Key.Group}\t{(same.Key.Outcome == CaseOutcome.Failed ? "" : $"{same.Count()} cases: ")}{same.Key.Detail}\n");
        }

        if (!report.Rungs.IsEmpty)
        {
            text.Append("keys travelled\t").AppendJoin("; ", report.Rungs.Select(rung => string.Create(CultureInfo.InvariantCulture, $"{rung.Rung.ToString().ToLowerInvariant()}: {(rung.WhyNot is { } reason ? $"not run, {reason}" : $"{rung.Passed} cases")}"))).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"{report.Source} ({report.Spelling.Title}, {report.Schema}): {report.Count(CaseOutcome.Passed)} passed, {report.Count(CaseOutcome.Failed)} failed, ");
        text.Append(CultureInfo.InvariantCulture, $"{report.Count(CaseOutcome.NotRun)} not run, {report.Count(CaseOutcome.DoesNotApply)} do not apply, in {report.Elapsed.TotalSeconds:F1} s\n");
        return text.ToString();
    }

    /// <summary>For programs: one object on a line.</summary>
    internal static string Json(ConformanceReport report) => new JsonObject
    {
        ["source"] = report.Source,
        ["kind"] = report.Spelling.Kind,
        ["schema"] = report.Schema,
        ["passed"] = report.Count(CaseOutcome.Passed),
        ["failed"] = report.Count(CaseOutcome.Failed),
        ["notRun"] = report.Count(CaseOutcome.NotRun),
        ["doesNotApply"] = report.Count(CaseOutcome.DoesNotApply),
        ["rungs"] = new JsonArray([.. report.Rungs.Select(rung => new JsonObject { ["rung"] = rung.Rung.ToString().ToLowerInvariant(), ["passed"] = rung.Passed, ["notRun"] = rung.WhyNot })]),
        ["cases"] = new JsonArray([.. report.Results.Select(result => new JsonObject
        {
            ["case"] = result.Name,
            ["outcome"] = Word(result.Outcome),
            ["claim"] = result.Claim?.ToString().ToLowerInvariant(),
            ["detail"] = result.Detail,
        })]),
    }.ToJsonString(Readable) + "\n";
}
