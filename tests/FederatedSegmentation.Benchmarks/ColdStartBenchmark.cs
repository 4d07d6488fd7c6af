using System.Diagnostics;

namespace FederatedSegmentation.Benchmarks;

/// <summary>From the start of the process <c>fedseg</c> to its end, counting a segment of three customers.</summary>
internal static class ColdStartBenchmark
{
    /// <summary>Measures.</summary>
    internal static async Task RunAsync(string folder, BenchmarkOptions options, ReportText report, CancellationToken cancellationToken)
    {
        const string model = """
            model: tiny
            entities:
              customer: {source: lake, table: [customers.csv], key: [id], columns: {id: int64, country: string}}
            """;
        await CaseRunner.WriteDefinitionsAsync(folder, model, [("germans", "of: customer\nwhere: {field: country, eq: DE}")], cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "customers.csv"), "id,country\n1,DE\n2,FR\n3,DE\n", cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "appsettings.json"),
            """{"FederatedSegmentation": {"Model": "model.yaml", "Segments": "segments", "Sources": {"lake": {"Kind": "files", "Root": "."}}}}""",
            cancellationToken);

        async Task StartAsync()
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "fedseg.dll"), "count", "germans"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var said = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"fedseg failed: {await said}");
            }
        }

        var times = new List<double>();
        for (var i = 0; i <= options.Repetitions; i++)
        {
            times.Add(await Figures.TimeAsync(StartAsync));
        }

        report.Table(["what", "median, ms", "goal, to the first fragment"], [["process start to end of `count`", ReportText.Number(Figures.Quantile([.. times.Skip(1)], 0.5)), "400 ms"]]);
    }
}
