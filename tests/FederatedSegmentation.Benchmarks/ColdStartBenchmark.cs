using System.Diagnostics;

namespace FederatedSegmentation.Benchmarks;

/// <summary>From the start of the published <c>fedseg</c> to its end, counting a segment of three customers.</summary>
internal static class ColdStartBenchmark
{
    private const double Goal = 400;

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

        if (await PublishAsync(folder, cancellationToken) is not { } program)
        {
            report.Paragraph("NOT RUN: the gateway's project is not beside this program, or could not be published.");
            return;
        }

        async Task<double> MedianAsync(params string[] arguments)
        {
            var times = new List<double>();
            for (var i = 0; i <= Math.Max(options.Repetitions, 15); i++)
            {
                times.Add(await Figures.TimeAsync(() => RunAsync(program, arguments, folder, cancellationToken)));
            }

            return Figures.Quantile([.. times.Skip(1)], 0.5);
        }

        var version = await MedianAsync("--version");
        var count = await MedianAsync("count", "germans");
        report.Table(
            ["what", "median, ms", "goal < 400 ms"],
            [
                ["`fedseg --version`: the runtime and the command line", ReportText.Number(version), ""],
                ["`fedseg count` of a segment over a CSV file, from the start of the process to its end: the first fragment is behind it", ReportText.Number(count), count < Goal ? "met" : "missed"],
            ]);
    }

    private static async Task<string?> PublishAsync(string folder, CancellationToken cancellationToken)
    {
        for (var parent = new DirectoryInfo(AppContext.BaseDirectory); parent is not null; parent = parent.Parent)
        {
            var project = Path.Combine(parent.FullName, "src", "FederatedSegmentation.Gateway", "FederatedSegmentation.Gateway.csproj");
            if (File.Exists(project))
            {
                var output = Path.Combine(folder, "published");

                // Its output goes where ours goes: servers of the build outlive it, and would hold a pipe open.
                using var publish = Process.Start(new ProcessStartInfo(
                    "dotnet", ["publish", project, "-c", "Release", "--use-current-runtime", "--self-contained", "false", "-o", output, "-v", "q", "--disable-build-servers"]))!;
                await publish.WaitForExitAsync(cancellationToken);
                return publish.ExitCode == 0 ? Path.Combine(output, OperatingSystem.IsWindows() ? "fedseg.exe" : "fedseg") : null;
            }
        }

        return null;
    }

    private static async Task RunAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync(cancellationToken);
        var printed = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Path.GetFileName(program)} failed: {await said}{printed}");
        }
    }
}
