using System.Collections.Immutable;
using System.CommandLine;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Gateway.CommandLine;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Gateway.Conformance;

/// <summary>The options of <c>fedseg conformance</c>, and their values.</summary>
internal static class ConformanceOptions
{
    internal static readonly Option<string> Source = new("--source") { Description = "A source of the settings.", HelpName = "NAME", Required = true };

    internal static readonly Option<string?> Schema = new("--schema") { Description = $"Where the tables of the cases lie: a schema or dataset, with dots before it what it is in; for files a folder (default: {SourceUnderTest.DefaultSchema}).", HelpName = "NAME" };

    internal static readonly Option<string[]> Only = new("--only") { Description = "A group of cases, or one as GROUP/CASE; may be repeated (default: all).", HelpName = "NAME" };

    internal static readonly Option<string[]> Report = new("--report") { Description = "A file for the report: .html for people, .xml for build servers (JUnit); may be repeated.", HelpName = "FILE" };

    internal static readonly Option<string?> Folder = new("--folder") { Description = "For a source of files: the folder in which the tables are made, its Root for instance.", HelpName = "FOLDER" };

    /// <summary>The name parts of the schema.</summary>
    internal static ImmutableArray<string> SchemaOf(CommandContext context)
    {
        var text = context.Arguments.GetValue(Schema) ?? SourceUnderTest.DefaultSchema;
        ImmutableArray<string> parts = [.. text.Split('.')];
        return parts.Any(part => part.Length == 0 || part.Contains('\0', StringComparison.Ordinal))
            ? throw UsageCodes.Error(UsageCodes.WrongValue, $"--schema: '{text}' is not a name.", "Write schema, or database.schema.")
            : parts;
    }

    /// <summary>Which cases are wanted.</summary>
    internal static Func<ConformanceGroup, ConformanceCase, bool> ChosenBy(CommandContext context)
    {
        if (context.Arguments.GetValue(Only) is not { Length: > 0 } names)
        {
            return (_, _) => true;
        }

        var known = CaseLibrary.All.SelectMany(group => group.Cases.Select(one => $"{group.Name}/{one.Id}").Prepend(group.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in names.Where(name => !known.Contains(name)))
        {
            var near = NearestNames.Of(name, known);
            throw UsageCodes.Error(UsageCodes.WrongValue, $"--only: there is no group or case '{name}'.", near is [var nearest, ..] ? $"Did you mean '{nearest}'?" : "'fedseg conformance list' shows all.");
        }

        return (group, one) => names.Contains(group.Name, StringComparer.Ordinal) || names.Contains($"{group.Name}/{one.Id}", StringComparer.Ordinal);
    }

    /// <summary>The files of the report, with their formats.</summary>
    internal static ImmutableArray<(string Path, string Shown, bool IsHtml)> ReportsOf(CommandContext context) =>
    [
        .. (context.Arguments.GetValue(Report) ?? []).Select(shown => (context.PathOf(shown), shown, Path.GetExtension(shown).ToLowerInvariant() switch
        {
            ".html" or ".htm" => true,
            ".xml" => false,
            _ => throw UsageCodes.Error(UsageCodes.WrongValue, $"--report: '{shown}' has no extension that names a format.", "Use .html or .xml."),
        })),
    ];
}
