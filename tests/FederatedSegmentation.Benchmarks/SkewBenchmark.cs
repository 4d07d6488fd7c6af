using System.Globalization;
using FederatedSegmentation.Benchmarks.Questions;
using FederatedSegmentation.Reports;

namespace FederatedSegmentation.Benchmarks;

/// <summary>Sequences over events of which one customer has a twentieth: against pairs made by a plain self-join, and how time and memory grow with the events.</summary>
internal static class SkewBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly string[] Sequences = ["cart_then_purchase", "cart_purchase_return", "cart_without_purchase"];

    private const string SelfJoin = """
        SELECT DISTINCT c.customer_id AS id FROM 'events.parquet' c JOIN 'events.parquet' p ON p.customer_id = c.customer_id
        WHERE c.kind = 'cart' AND p.kind = 'purchase' AND p.placed_at > c.placed_at AND p.placed_at <= c.placed_at + INTERVAL 3 DAY
        """;

    /// <summary>Measures.</summary>
    internal static async Task RunAsync(string folder, BenchmarkOptions options, ReportText report, CancellationToken cancellationToken)
    {
        var small = await DataAsync(folder, 0.4 * options.Scale, cancellationToken);
        await CompareAsync(small, options, report, cancellationToken);

        var rows = new List<string[]>();
        foreach (var id in Sequences)
        {
            (double Events, double Time)? before = null;
            foreach (var scale in new[] { 1, 10 })
            {
                var data = await DataAsync(folder, scale * options.Scale, cancellationToken);
                var times = new List<double>();
                await using (var runner = new CaseRunner(Behaviour.Dataset, data))
                {
                    var question = Behaviour.Dataset.Questions.First(candidate => candidate.Id == id);
                    for (var round = 0; round <= (scale == 1 ? options.Repetitions : 1); round++)
                    {
                        times.Add((await runner.SegmentAsync(question, cancellationToken)).Timings.TotalMs);
                    }
                }

                var time = Figures.Quantile([.. times.Skip(1)], 0.5);
                var events = 10_000_000 * scale * options.Scale;
                var exponent = before is var (fewer, faster) ? Math.Log(time / faster) / Math.Log(events / fewer) : (double?)null;
                before = (events, time);
                var peak = OperatingSystem.IsLinux() ? await MemoryBenchmark.PeakAsync("segment", Behaviour.Dataset, data, id, cancellationToken) : (double?)null;
                rows.Add(
                [
                    id, ReportText.Count((long)events), ReportText.Number(time), ReportText.Number(events / time / 1000), exponent is { } e ? ReportText.Ratio(e) : "",
                    peak is { } mebibytes ? ReportText.Number(mebibytes) : "not read here",
                ]);
            }
        }

        report.Table(["segment", "events", "gateway, ms", "million events a second", "time ~ events^e", "peak memory of a process of its own, MiB"], rows);
    }

    private static async Task CompareAsync(string data, BenchmarkOptions options, ReportText report, CancellationToken cancellationToken)
    {
        var question = Behaviour.Dataset.Questions.First(candidate => candidate.Id == Sequences[0]);
        await using var runner = new CaseRunner(Behaviour.Dataset, data);
        await runner.SegmentAsync(question, cancellationToken);
        var ours = new List<double>();
        var members = 0L;
        for (var round = 0; round < options.Repetitions; round++)
        {
            var run = await runner.SegmentAsync(question, cancellationToken);
            members = run.Members;
            ours.Add(run.Timings.TotalMs);
        }

        var (naive, isWhole) = (0.0, true);
        await using (var instance = runner.OpenInstance())
        {
            await using var connection = instance.CreateConnection();
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            var found = 0L;
            naive = await Figures.TimeAsync(async () =>
            {
                try
                {
                    found = await runner.StatementAsync(connection, SelfJoin, patience.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    isWhole = false;
                }
            });
            if (isWhole && found != members)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The segment has {members} members, the self-join {found} rows."));
            }
        }

        var time = Figures.Quantile(ours, 0.5);
        report.Table(
            ["segment", "events", "members", "gateway, ms", "self-join, ms", "ratio"],
            [
                [
                    question.Id, ReportText.Count((long)(4_000_000 * options.Scale)), ReportText.Count(members), ReportText.Number(time),
                    (isWhole ? string.Empty : "stopped after ") + ReportText.Number(naive), (isWhole ? string.Empty : "less than ") + ReportText.Ratio(time / naive),
                ],
            ]);
    }

    private static async Task<string> DataAsync(string folder, double scale, CancellationToken cancellationToken)
    {
        var data = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"events-{10_000_000 * scale:F0}"));
        if (!Directory.Exists(data))
        {
            await Behaviour.WriteAsync(Directory.CreateDirectory(data).FullName, scale, cancellationToken);
        }

        await CaseRunner.WriteDefinitionsAsync(data, Behaviour.Dataset, cancellationToken);
        return data;
    }
}
