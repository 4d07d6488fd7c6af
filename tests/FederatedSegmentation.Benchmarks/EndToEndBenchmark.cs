using System.Globalization;

namespace FederatedSegmentation.Benchmarks;

/// <summary>From the definition to the renamed file, against the statement alone.</summary>
internal static class EndToEndBenchmark
{
    private const double Goal = 1.3;

    /// <summary>Measures every question of a dataset.</summary>
    internal static async Task RunAsync(Dataset dataset, string folder, BenchmarkOptions options, ReportText report, CancellationToken cancellationToken)
    {
        await using var runner = new CaseRunner(dataset, folder);
        var rows = new List<string[]>();
        foreach (var question in dataset.Cases)
        {
            var (ours, theirs, statement) = (0L, 0L, new List<double>());
            var repetition = 0;
            var (segment, _) = await Figures.AlternateAsync(
                options.Repetitions,
                async () => ours = await runner.SegmentAsync(question, cancellationToken),
                async () =>
                {
                    // A new instance, so that neither side finds what an earlier run left in its caches; opening it is not the statement's time.
                    await using var instance = runner.OpenInstance();
                    await using var connection = instance.CreateConnection();
                    var time = await Figures.TimeAsync(async () => theirs = await runner.StatementAsync(connection, question, cancellationToken));
                    if (repetition++ > 0)
                    {
                        statement.Add(time);
                    }
                });
            if (ours != theirs)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{question.Id}: the segment has {ours} members, the statement {theirs} rows."));
            }

            var median = Figures.Quantile(statement, 0.5);
            var ratio = segment / median;
            rows.Add([question.Id, ReportText.Count(ours), ReportText.Number(segment), ReportText.Number(median), ReportText.Ratio(ratio), ratio <= Goal ? "met" : "missed"]);
            if (ratio > Goal)
            {
                Console.Error.WriteLine($"{question.Id} ({ratio:F2}):\n{await runner.ExplainAsync(question, cancellationToken)}\n");
            }
        }

        report.Table(["segment", "members", "gateway, ms", "statement, ms", "ratio", "goal ≤ 1.3"], rows);
    }
}
