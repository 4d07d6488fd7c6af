using System.Globalization;
using System.Text;
using System.Xml;
using FederatedSegmentation.Conformance.Kit.Running;

namespace FederatedSegmentation.Conformance.Kit.Reports;

/// <summary>The report as JUnit XML, which build servers show: a suite for each group; what was not run, or does not apply, is skipped with its reason.</summary>
public static class JUnitReport
{
    /// <summary>Writes the report.</summary>
    public static string Write(ConformanceReport report)
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true, CheckCharacters = true }))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", $"conformance of {report.Source}");
            Counts(xml, report.Results, report.Elapsed);
            foreach (var group in report.Results.GroupBy(result => result.Group.Name, StringComparer.Ordinal))
            {
                xml.WriteStartElement("testsuite");
                xml.WriteAttributeString("name", group.Key);
                xml.WriteAttributeString("timestamp", report.StartedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
                Counts(xml, [.. group], TimeSpan.FromTicks(group.Sum(result => result.Elapsed.Ticks)));
                foreach (var result in group)
                {
                    Case(xml, report, result);
                }

                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text + "\n";
    }

    private static void Case(XmlWriter xml, ConformanceReport report, CaseResult result)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", $"conformance.{report.Source}.{result.Group.Name}");
        xml.WriteAttributeString("name", $"{result.Case.Id}: {result.Case.Says}");
        xml.WriteAttributeString("time", Seconds(result.Elapsed));
        if (result.Outcome != CaseOutcome.Passed)
        {
            xml.WriteStartElement(result.Outcome == CaseOutcome.Failed ? "failure" : "skipped");
            xml.WriteAttributeString("message", Plain(result.Outcome switch
            {
                CaseOutcome.NotRun => $"not run: {result.Detail}",
                CaseOutcome.DoesNotApply => $"does not apply: {result.Detail}",
                _ => result.Detail,
            }));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, IReadOnlyCollection<CaseResult> results, TimeSpan elapsed)
    {
        xml.WriteAttributeString("tests", results.Count.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", results.Count(result => result.Outcome == CaseOutcome.Failed).ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("errors", "0");
        xml.WriteAttributeString("skipped", results.Count(result => result.Outcome is CaseOutcome.NotRun or CaseOutcome.DoesNotApply).ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("time", Seconds(elapsed));
    }

    private static string Seconds(TimeSpan elapsed) => elapsed.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture);

    // Members may hold any character, XML takes only some.
    private static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            plain.Append(rune.Value is 9 or 10 or 13 or (>= 0x20 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD) or >= 0x10000 ? rune.ToString() : FormattableString.Invariant($"\\u{rune.Value:x4}"));
        }

        return plain.ToString();
    }
}
