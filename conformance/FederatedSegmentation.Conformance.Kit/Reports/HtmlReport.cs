using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Conformance.Kit.Reports;

/// <summary>The report as one page that needs nothing else: no script, no other file.</summary>
public static class HtmlReport
{
    private const int ShownMembers = 20;
    private const int LongestText = 4000;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly ImmutableArray<(CaseOutcome Outcome, string Name, string Mark)> Outcomes =
    [
        (CaseOutcome.Passed, "passed", "✓"), (CaseOutcome.Failed, "failed", "✗"), (CaseOutcome.NotRun, "not run", "!"), (CaseOutcome.DoesNotApply, "does not apply", "–"),
    ];

    /// <summary>Writes the report.</summary>
    public static string Write(ConformanceReport report)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Conformance of {Text(report.Source)}</title>
            <style>{HtmlStyle.Sheet}</style>
            </head>
            <body>
            <header class="{(report.IsGreen ? "green" : "red")}">
            <h1>Conformance of {Text(report.Source)}</h1>
            <p>{Text(report.Spelling.Title)} · tables in {Text(report.Schema)} · {report.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC · {report.Elapsed.TotalSeconds:F1} s</p>
            <p class="verdict">{Text(Verdict(report))}</p>
            <ul class="tiles">

            """);
        foreach (var (outcome, name, _) in Outcomes)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li class=\"{Class(outcome)}\"><b>{report.Count(outcome)}</b> {name}</li>\n");
        }

        page.Append("</ul>\n</header>\n<main>\n");
        Troubles(page, report);
        Capabilities(page, report);
        Rungs(page, report);
        page.Append("<h2>Cases</h2>\n<p>Open a case for its segment, its statements and its members.</p>\n");
        foreach (var group in report.Results.GroupBy(result => result.Group.Name, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"<section>\n<h3>{Text(group.Key)} <small>{group.Count(result => result.Outcome == CaseOutcome.Passed)} of {group.Count()}</small></h3>\n<p>{Text(group.First().Group.About)}.</p>\n");
            foreach (var result in group)
            {
                Case(page, result);
            }

            page.Append("</section>\n");
        }

        page.Append("</main>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static string Verdict(ConformanceReport report) => report switch
    {
        { Stopped: { } problem } => $"The source could not be asked: {problem}",
        { IsGreen: true } => "Every case that applies gives the oracle's members, pushed and not pushed, and the source is asked as it claims.",
        _ when report.Count(CaseOutcome.Failed) > 0 => "The source differs from the oracle, or from what it claims.",
        _ => "Nothing differs, but not every case could be run: this is no success.",
    };

    private static void Troubles(StringBuilder page, ConformanceReport report)
    {
        var troubles = report.Results.Where(result => result.Outcome is CaseOutcome.Failed or CaseOutcome.NotRun).ToList();
        if (troubles.Count == 0)
        {
            return;
        }

        page.Append("<h2>What to look at</h2>\n<table>\n<thead><tr><th>case</th><th>what happened</th></tr></thead>\n<tbody>\n");
        foreach (var same in troubles.GroupBy(result => (result.Outcome, result.Detail)).OrderBy(same => same.Key.Outcome))
        {
            var names = string.Join(", ", same.Take(3).Select(result => $"<a href=\"#{Text(result.Name)}\">{Text(result.Name)}</a>")) + (same.Count() > 3 ? $" and {same.Count() - 3} more" : "");
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{names}</td><td class=\"{Class(same.Key.Outcome)}\">{(same.Key.Outcome == CaseOutcome.NotRun ? "not run: " : "")}{Text(same.Key.Detail)}</td></tr>\n");
        }

        page.Append("</tbody>\n</table>\n");
    }

    private static void Capabilities(StringBuilder page, ConformanceReport report)
    {
        page.Append("<h2>Capabilities</h2>\n<p>What the source says of itself. Where it is trusted with what it says it does not do, a case shows what happens, if one can.</p>\n")
            .Append("<table>\n<thead><tr><th>capability</th><th>claim</th><th>cases passed</th><th>trusted all the same</th><th>reason</th></tr></thead>\n<tbody>\n");
        foreach (var name in CapabilityTable.Names)
        {
            var support = CapabilityTable.Of(report.Capabilities, name);
            var asked = report.Results.Where(result => result.Case.Asks is { } asks && asks.Contains(name, StringComparer.Ordinal)).ToList();
            var trusted = support.Verdict == PushdownVerdict.Full ? "" : string.Join(", ", asked.Where(result => result.Trusted != TrustOutcome.NotTried).GroupBy(result => result.Trusted).OrderBy(same => same.Key).Select(same => $"{same.Count()} {Text(same.Key.ToString().ToLowerInvariant())}"));
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{name}</td><td><span class=\"claim {VerdictText(support.Verdict)}\">{VerdictText(support.Verdict)}</span></td><td>{asked.Count(result => result.Outcome == CaseOutcome.Passed)}</td><td>{trusted}</td><td>{Text(support.Reason)}</td></tr>\n");
        }

        page.Append("</tbody>\n</table>\n");
    }

    private static void Rungs(StringBuilder page, ConformanceReport report)
    {
        if (report.Rungs.IsEmpty)
        {
            return;
        }

        page.Append("<h2>Keys that travel</h2>\n<p>How keys of files got to the source.</p>\n<table>\n<thead><tr><th>rung</th><th>cases passed</th><th>not run</th></tr></thead>\n<tbody>\n");
        foreach (var rung in report.Rungs)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{rung.Rung.ToString().ToLowerInvariant()}</td><td>{rung.Passed}</td><td>{Text(rung.WhyNot ?? "")}</td></tr>\n");
        }

        page.Append("</tbody>\n</table>\n");
    }

    private static void Case(StringBuilder page, CaseResult result)
    {
        var mark = Outcomes.First(outcome => outcome.Outcome == result.Outcome);
        page.Append(CultureInfo.InvariantCulture, $"<details id=\"{Text(result.Name)}\" class=\"{Class(result.Outcome)}\"{(result.Outcome == CaseOutcome.Failed ? " open" : "")}>\n");
        page.Append(CultureInfo.InvariantCulture, $"<summary><span class=\"mark\" title=\"{mark.Name}\">{mark.Mark}</span> <code>{Text(result.Case.Id)}</code> {Text(result.Case.Says)}");
        if (result.Claim is { } claim)
        {
            page.Append(CultureInfo.InvariantCulture, $" <span class=\"claim {VerdictText(claim)}\">{VerdictText(claim)}</span>");
        }

        page.Append("</summary>\n<dl>\n");
        Entry(page, mark.Name, result.Detail);
        Entry(page, "segment", Preformatted(result.Case.Segment.ToJsonString(Readable)), isHtml: true);
        Entry(page, "members", Members(result.Case.Members));
        Way(page, "pushed", result.Pushed);
        foreach (var travel in result.Travelled)
        {
            var name = travel.Rung is { } rung ? $"keys as {rung.ToString().ToLowerInvariant()}" : "keys on the first rung";
            if (travel.WhyNot is { } reason)
            {
                Entry(page, name, $"not run: {reason}");
            }
            else
            {
                Entry(page, name, string.Join(", ", travel.Way!.Keys.Select(keys => string.Create(CultureInfo.InvariantCulture, $"{keys.Count} as {keys.Rung}"))));
                Way(page, name, travel.Way);
            }
        }

        Way(page, result.Travelled.IsEmpty ? "not pushed" : "fetched whole", result.Fetched);
        Entry(page, "trusted all the same", result.Trusted == TrustOutcome.NotTried ? "" : result.Trusted.ToString().ToLowerInvariant());
        page.Append("</dl>\n</details>\n");
    }

    private static void Way(StringBuilder page, string name, CaseWay? way)
    {
        if (way is null)
        {
            return;
        }

        var found = way.Problem is { } problem ? problem.ToString() : Members(way.Members);
        var reasons = way.Reasons.IsEmpty ? "" : $"<p>{Text(string.Join("; ", way.Reasons))}</p>";
        Entry(
            page,
            name,
            string.Create(CultureInfo.InvariantCulture, $"{Text(found)} <small>in {way.Elapsed.TotalMilliseconds:F0} ms</small>{reasons}{string.Concat(way.Statements.Select(Preformatted))}"),
            isHtml: true);
    }

    private static void Entry(StringBuilder page, string name, string value, bool isHtml = false)
    {
        if (value.Length > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<dt>{name}</dt><dd>{(isHtml ? value : Text(value))}</dd>\n");
        }
    }

    private static string Members(ImmutableArray<string>? members) => members switch
    {
        null => "a data error",
        [] => "nobody",
        { Length: > ShownMembers } many => string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", many.Take(ShownMembers))}, … {many.Length} in all"),
        { } few => string.Join(", ", few),
    };

    private static string Preformatted(string text) => $"<pre>{Text(text.Length > LongestText ? text[..LongestText] + " …" : text)}</pre>";

    private static string Class(CaseOutcome outcome) => outcome.ToString().ToLowerInvariant();

    private static string VerdictText(PushdownVerdict verdict) => verdict.ToString().ToLowerInvariant();

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
