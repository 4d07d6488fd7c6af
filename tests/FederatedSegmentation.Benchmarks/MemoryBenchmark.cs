using System.Diagnostics;
using System.Globalization;
using FederatedSegmentation.Benchmarks.Questions;

namespace FederatedSegmentation.Benchmarks;

/// <summary>The peak of resident memory, of one child process for each side of each question.</summary>
internal static class MemoryBenchmark
{
    /// <summary>The first argument of a child.</summary>
    internal const string ChildVerb = "memory-child";

    private const double Goal = 1.5;

    /// <summary>Measures every question of a dataset.</summary>
    internal static async Task RunAsync(Dataset dataset, string folder, ReportText report, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            report.Paragraph("NOT RUN: the peak of a process is read where Linux shows it.");
            return;
        }

        var rows = new List<string[]>();
        foreach (var question in dataset.Questions)
        {
            var ours = await PeakAsync("segment", dataset, folder, question.Id, cancellationToken);
            var theirs = double.MaxValue;
            for (var i = 0; i < question.Statements.Length; i++)
            {
                theirs = Math.Min(theirs, await PeakAsync(i.ToString(CultureInfo.InvariantCulture), dataset, folder, question.Id, cancellationToken));
            }

            var ratio = ours / theirs;
            rows.Add([question.Id, ReportText.Number(ours), ReportText.Number(theirs), ReportText.Ratio(ratio), ratio <= Goal ? "met" : "missed"]);
        }

        report.Table(["segment", "gateway, MiB", "statement, MiB", "ratio", "goal ≤ 1.5"], rows);
    }

    /// <summary>Runs one side of one question in this process and prints its peak in KiB.</summary>
    internal static async Task ChildAsync(Dataset dataset, string side, string folder, string id, CancellationToken cancellationToken)
    {
        var question = dataset.Questions.First(candidate => candidate.Id == id);
        await using var runner = new CaseRunner(dataset, folder);
        if (side == "segment")
        {
            await runner.SegmentAsync(question, cancellationToken);
        }
        else
        {
            await using var instance = runner.OpenInstance();
            await using var connection = instance.CreateConnection();
            await runner.StatementAsync(connection, question.Statements[int.Parse(side, CultureInfo.InvariantCulture)], cancellationToken);
        }

        var peak = (await File.ReadAllLinesAsync("/proc/self/status", cancellationToken)).First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        Console.WriteLine(peak.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1]);
    }

    /// <summary>The peak in MiB of a process that does one side of one question.</summary>
    internal static async Task<double> PeakAsync(string side, Dataset dataset, string folder, string id, CancellationToken cancellationToken)
    {
        using var child = Process.Start(new ProcessStartInfo("dotnet", [typeof(MemoryBenchmark).Assembly.Location, ChildVerb, side, dataset.Name, folder, id]) { RedirectStandardOutput = true })!;
        var printed = await child.StandardOutput.ReadToEndAsync(cancellationToken);
        await child.WaitForExitAsync(cancellationToken);
        return child.ExitCode == 0
            ? double.Parse(printed, CultureInfo.InvariantCulture) / 1024
            : throw new InvalidOperationException($"The child process of {id} failed.");
    }
}
