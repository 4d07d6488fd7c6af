using System.Globalization;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Kit.Reports;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Files;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Residual.DuckDb;
using FederatedSegmentation.Running;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.Testing.Conformance;

/// <summary>Runs all cases of the kit over a connector whose tables are loaded, and holds it to them and to its column of the matrix.</summary>
public static class ConformanceChecks
{
    /// <summary>A group, a case (<c>group/case</c>) or, with <c>*</c> at its end, the start of either to run alone, or several of them with commas; absent means all.</summary>
    private const string OnlyVariable = "FEDSEG_CONFORMANCE_ONLY";

    /// <summary><c>1</c> runs all cases; without it each source takes its share of them, so that a build takes a minute and not ten.</summary>
    private const string EveryVariable = "FEDSEG_CONFORMANCE_EVERY";

    /// <summary>A folder for the reports.</summary>
    private const string ReportVariable = "FEDSEG_CONFORMANCE_REPORT";

    /// <summary>The schema in which local servers let tables of keys be made.</summary>
    public const string ScratchSchema = "fedseg_keys";

    /// <summary>The tables of all groups that a kind of source can store, in the schema of the kit.</summary>
    public static IReadOnlyList<CaseTable> TablesOf(string kind) => [.. CaseLibrary.All.SelectMany(group => CaseTables.Of(group, SourceSpelling.Of(kind)!, [SourceUnderTest.DefaultSchema]).Tables)];

    /// <summary>A source under test over a connector, with the engine and the files of tests.</summary>
    /// <param name="connector">The connector; the caller disposes of it.</param>
    /// <param name="whyStandInRefuses">See <see cref="SourceUnderTest.WhyStandInRefuses"/>.</param>
    public static SourceUnderTest SourceOf(IDataSourceConnector connector, Func<Problem, string?> whyStandInRefuses) => new()
    {
        Connector = connector,
        Spelling = SourceSpelling.Of(connector.Kind)!,
        CreateEngine = () => new DuckDbResidualEngine(new DuckDbEngineOptions(1L << 30, 1, null, 1L << 30, 1 << 24, KeepsSpare: false), new PinnedZoneRules()),
        OpenFiles = (name, folder) => new FilesConnector(name, folder, TimeProvider.System),
        SideBySide = Environment.ProcessorCount,
        WhyStandInRefuses = whyStandInRefuses,
    };

    /// <summary>Runs the cases.</summary>
    /// <param name="connector">The connector; the caller disposes of it.</param>
    /// <param name="whyStandInRefuses">See <see cref="SourceUnderTest.WhyStandInRefuses"/>.</param>
    /// <param name="every">Of how many cases one is run where the environment does not say another number; which one, differs between the kinds of sources.</param>
    /// <param name="isMatrixSource">Whether this is the stand-in that the matrix is made with; another one is held to the cases alone.</param>
    /// <param name="output">Where the summary goes.</param>
    public static async Task HoldAsync(IDataSourceConnector connector, Func<Problem, string?> whyStandInRefuses, int every, bool isMatrixSource, ITestOutputHelper output)
    {
        var spelling = SourceSpelling.Of(connector.Kind)!;
        var only = Environment.GetEnvironmentVariable(OnlyVariable);
        var source = SourceOf(connector, whyStandInRefuses);
        var share = MatrixFile.IsWritten ? 1 : int.TryParse(Environment.GetEnvironmentVariable(EveryVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : every;
        var names = CaseLibrary.All.SelectMany(group => group.Cases.Select(one => $"{group.Name}/{one.Id}"))
            .Where((_, i) => i % share == SourceSpelling.All.IndexOf(spelling) % share)
            .ToHashSet(StringComparer.Ordinal);
        var report = await ConformanceRun.RunAsync(
            source,
            (group, one) => only is null ? names.Contains($"{group.Name}/{one.Id}") : IsNamed(only, group.Name) || IsNamed(only, $"{group.Name}/{one.Id}"),
            _ => { },
            CancellationToken.None);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Results.Length} of {CaseLibrary.All.Sum(group => group.Cases.Length)} cases; {EveryVariable}=1 runs all."));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Count(CaseOutcome.Passed)} passed, {report.Count(CaseOutcome.Failed)} failed, {report.Count(CaseOutcome.NotRun)} not run, {report.Count(CaseOutcome.DoesNotApply)} do not apply, in {report.Elapsed.TotalSeconds:F1} s"));
        foreach (var result in report.Results.Where(result => result.Outcome == CaseOutcome.NotRun))
        {
            output.WriteLine($"NOT RUN: {result.Name}: {result.Detail}");
        }

        if (Environment.GetEnvironmentVariable(ReportVariable) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, connector.Kind + ".html"), HtmlReport.Write(report));
            await File.WriteAllTextAsync(Path.Combine(folder, connector.Kind + ".xml"), JUnitReport.Write(report));
        }

        var failed = report.Results.Where(result => result.Outcome == CaseOutcome.Failed).Select(result => $"{result.Name} ({result.Case.Says}): {result.Detail}\n    {string.Join("\n    ", result.Pushed?.Statements ?? [])}").ToList();
        Assert.True(failed.Count == 0, $"{failed.Count} cases fail over {spelling.Title}:\n{string.Join('\n', failed)}");
        Assert.True(report.Count(CaseOutcome.Passed) > 0, report.Stopped?.ToString());
        if ((only is null || MatrixFile.IsWritten) && isMatrixSource)
        {
            await MatrixFile.CheckAsync(report);
        }
    }

    private static bool IsNamed(string only, string name) => only.Split(',').Any(one => one.EndsWith('*') ? name.StartsWith(one[..^1], StringComparison.Ordinal) : name == one);
}
