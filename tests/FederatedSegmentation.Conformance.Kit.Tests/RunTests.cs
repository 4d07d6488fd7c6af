using System.Xml.Linq;
using FederatedSegmentation.Conformance.Kit.Reports;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.Files;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Residual.DuckDb;
using FederatedSegmentation.Running;
using FederatedSegmentation.Testing.Conformance;

namespace FederatedSegmentation.Conformance.Kit.Tests;

/// <summary>What the kit makes of sources that are not as they should be.</summary>
public sealed class RunTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fedseg-kit-").FullName;

    [Fact]
    public async Task Tables_as_they_should_be_pass()
    {
        await WriteAsync();
        var report = await RunAsync("booleans");
        Assert.True(report.IsGreen);
        Assert.All(report.Results, result => Assert.Equal((CaseOutcome.Passed, ""), (result.Outcome, result.Detail)));
    }

    [Fact]
    public async Task A_row_that_differs_fails_the_cases_that_see_it_both_ways()
    {
        await WriteAsync();
        var file = Directory.EnumerateFiles(_root, "booleans_t_*.csv", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("3,false,false", "3,true,false", StringComparison.Ordinal));
        var report = await RunAsync("booleans");
        Assert.False(report.IsGreen);
        Assert.Equal("pushed it gives [1, 2, 3], not [1, 2]; not pushed it gives [1, 2, 3], not [1, 2]", report.Results.Single(result => result.Case.Id == "is_true").Detail);
        Assert.Equal(CaseOutcome.Passed, report.Results.Single(result => result.Case.Id == "null").Outcome);
    }

    [Fact]
    public async Task Missing_tables_are_not_run_and_never_green()
    {
        var report = await RunAsync("booleans");
        Assert.False(report.IsGreen);
        Assert.All(report.Results, result => Assert.Equal(CaseOutcome.NotRun, result.Outcome));
        Assert.All(report.Results, result => Assert.StartsWith("SRC101: No file matches", result.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_only_does_not_apply_is_not_green_either()
    {
        await WriteAsync();
        var report = await RunAsync("stored_uuid");
        Assert.Equal((0, 2, false), (report.Count(CaseOutcome.Passed), report.Count(CaseOutcome.DoesNotApply), report.IsGreen));
    }

    [Fact]
    public async Task A_source_that_cannot_be_asked_stops_the_run_with_its_reason()
    {
        await using var connector = new SilentSource();
        var report = await ConformanceRun.RunAsync(Source(connector), (group, _) => group.Name is "booleans" or "nulls", _ => { }, CancellationToken.None);
        Assert.Equal(("SRC001", 1, false), (report.Stopped?.Code, connector.Questions, report.IsGreen));
        Assert.All(report.Results, result => Assert.Equal((CaseOutcome.NotRun, "SRC001: Nobody answers"), (result.Outcome, result.Detail)));
        Assert.Contains("The source could not be asked: SRC001 ops: Nobody answers.", HtmlReport.Write(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reports_say_what_happened()
    {
        await WriteAsync();
        var file = Directory.EnumerateFiles(_root, "text_equality_t_*.csv", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("O'Brien", "O<Brien", StringComparison.Ordinal));
        var report = await RunAsync("text_equality");

        var suite = XDocument.Parse(JUnitReport.Write(report)).Root!.Element("testsuite")!;
        Assert.Equal((report.Results.Length.ToString(), "1"), ((string?)suite.Attribute("tests"), (string?)suite.Attribute("failures")));
        Assert.Equal("pushed it gives [], not [7]; not pushed it gives [], not [7]", (string?)suite.Elements("testcase").Elements("failure").Single().Attribute("message"));

        var page = HtmlReport.Write(report);
        Assert.Contains("<title>Conformance of lake</title>", page, StringComparison.Ordinal);
        Assert.Contains("<b>1</b> failed", page, StringComparison.Ordinal);
        Assert.Contains("pushed it gives [], not [7]", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.Contains("O&#39;Brien", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_asked_for_rows_only_claims_nothing()
    {
        var rows = CapabilityTable.RowsOnly(Sql.Dialects.DuckDbDialect.Instance.Capabilities);
        Assert.All(CapabilityTable.Names, name => Assert.Equal(PushdownVerdict.None, CapabilityTable.Of(rows, name).Verdict));
        Assert.Equal(PushdownVerdict.Full, Sql.Dialects.DuckDbDialect.Instance.Capabilities.TextEquality.Verdict);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private Task WriteAsync() => FilesSpelling.WriteAsync(_root, ConformanceChecks.TablesOf("files"), CancellationToken.None);

    private async Task<ConformanceReport> RunAsync(string group)
    {
        await using var connector = new FilesConnector("lake", _root, TimeProvider.System);
        return await ConformanceRun.RunAsync(Source(connector), (one, _) => one.Name == group, _ => { }, CancellationToken.None);
    }

    private static SourceUnderTest Source(IDataSourceConnector connector) => new()
    {
        Connector = connector,
        Spelling = SourceSpelling.Of("files")!,
        CreateEngine = () => new DuckDbResidualEngine(new DuckDbEngineOptions(1L << 30, 1, null, 1L << 30, 1 << 24, KeepsSpare: false), new PinnedZoneRules()),
        OpenFiles = (name, folder) => new FilesConnector(name, folder, TimeProvider.System),
    };
}
