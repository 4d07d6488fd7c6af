using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>The last lines of .ci/run, over outputs as <c>dotnet test</c> writes them.</summary>
public sealed class CiSummaryTests : IDisposable
{
    private readonly DirectoryInfo _results = Directory.CreateTempSubdirectory("ci-summary");

    public void Dispose() => _results.Delete(recursive: true);

    [FactWhereBash]
    public async Task The_results_of_all_projects_are_added_up()
    {
        var result = await SummariseAsync(0,
            "  Determining projects to restore...",
            "Passed!  - Failed:     0, Passed:     7, Skipped:     0, Total:     7, Duration: 44 ms - A.Tests.dll (net10.0)",
            "Passed!  - Failed:     0, Passed:  1234, Skipped:     2, Total:  1236, Duration: 1 m 4 s - B.Tests.dll (net10.0)");

        Assert.Equal("1241 passed, 0 failed", LastLine(result));
        Assert.Equal(0, result.ExitCode);
    }

    [FactWhereBash]
    public async Task A_failed_test_is_counted_and_fails_the_run()
    {
        var result = await SummariseAsync(1,
            "Failed!  - Failed:     2, Passed:     4, Skipped:     1, Total:     7, Duration: 111 ms - A.Tests.dll (net10.0)",
            "Passed!  - Failed:     0, Passed:     1, Skipped:     0, Total:     1, Duration: 44 ms - B.Tests.dll (net10.0)");

        Assert.Equal("5 passed, 2 failed", LastLine(result));
        Assert.Equal(1, result.ExitCode);
    }

    [FactWhereBash]
    public async Task A_failed_build_is_a_failure_though_no_test_failed()
    {
        var result = await SummariseAsync(1,
            "Passed!  - Failed:     0, Passed:     7, Skipped:     0, Total:     7, Duration: 44 ms - A.Tests.dll (net10.0)",
            "/src/X.cs(1,1): error CS1002: ; expected [/src/X.csproj]");

        Assert.Equal("7 passed, 1 failed", LastLine(result));
        Assert.Contains("build failed", result.Output);
        Assert.Equal(1, result.ExitCode);
    }

    [FactWhereBash]
    public async Task Tests_that_did_not_end_in_time_are_a_failure_and_are_named()
    {
        var result = await SummariseAsync(
            124,
            """
            Test run for /x/Ended.Tests.dll (.NETCoreApp,Version=v10.0)
            Test run for /x/Hung.Tests.dll (.NETCoreApp,Version=v10.0)
            Passed!  - Failed:     0, Passed:     7, Skipped:     0, Total:     7, Duration: 2 s - Ended.Tests.dll (net10.0)
            """);

        Assert.Equal("7 passed, 1 failed", LastLine(result));
        Assert.Contains("did not end in time", result.Output);
        Assert.Contains("  Hung.Tests.dll", result.Output);
        Assert.DoesNotContain("  Ended.Tests.dll", result.Output);
        Assert.Equal(1, result.ExitCode);
    }

    [FactWhereBash]
    public async Task A_run_without_any_test_is_a_failure()
    {
        var result = await SummariseAsync(0, "Build succeeded.");

        Assert.Equal("0 passed, 1 failed", LastLine(result));
        Assert.Equal(1, result.ExitCode);
    }

    [FactWhereBash]
    public async Task Text_that_only_looks_like_a_result_is_not_added()
    {
        var result = await SummariseAsync(0,
            "  a test wrote: Passed!  - Failed:     0, Passed:     9, Skipped:     0, Total:     9",
            "Skipped! - Failed:     0, Passed:     0, Skipped:     3, Total:     3, Duration: 2 ms - A.Tests.dll (net10.0)",
            "Passed!  - Failed:     0, Passed:     1, Skipped:     0, Total:     1, Duration: 44 ms - B.Tests.dll (net10.0)");

        Assert.Equal("1 passed, 0 failed", LastLine(result));
    }

    [FactWhereBash]
    public async Task Checks_that_could_not_run_are_named_with_their_reason_before_the_last_line()
    {
        await File.WriteAllTextAsync(Path.Combine(_results.FullName, "a[1].trx"), """
            <TestRun>
                <UnitTestResult executionId="1" testId="2" testName="T.Reads_a_snapshot" outcome="NotExecuted">
                  <Output>
                    <ErrorInfo>
                      <Message>There is no PostgreSQL &lt;15&gt;. Install it.</Message>
                    </ErrorInfo>
                  </Output>
                </UnitTestResult>
                <UnitTestResult executionId="3" testId="4" testName="T.Failed" outcome="Failed">
                  <Output>
                    <ErrorInfo>
                      <Message>Assert.Equal() Failure</Message>
                    </ErrorInfo>
                  </Output>
                </UnitTestResult>
                <UnitTestResult executionId="5" testId="6" testName="T.Partly" outcome="Passed">
                  <Output>
                    <StdOut>seed 7
            NOT RUN: the full data set: ../shared is not there</StdOut>
                  </Output>
                </UnitTestResult>
            </TestRun>
            """);
        var result = await SummariseAsync(0, "Passed!  - Failed:     0, Passed:     1, Skipped:     1, Total:     2, Duration: 44 ms - A.Tests.dll (net10.0)");

        string[] expected =
        [
            "NOT RUN: T.Reads_a_snapshot: There is no PostgreSQL <15>. Install it.",
            "NOT RUN: the full data set: ../shared is not there",
            "1 passed, 0 failed",
        ];
        Assert.Equal(expected, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string LastLine(CommandResult result) => result.Output.TrimEnd('\n').Split('\n')[^1];

    private async Task<CommandResult> SummariseAsync(int exitCode, params string[] log)
    {
        var file = Path.Combine(_results.FullName, "log");
        await File.WriteAllLinesAsync(file, log);
        return await CommandLine.RunAsync("/bin/bash", Repository.PathOf(".ci/summarise"), file, _results.FullName, $"{exitCode}");
    }
}
