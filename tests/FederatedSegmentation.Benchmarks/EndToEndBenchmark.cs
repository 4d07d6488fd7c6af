using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Benchmarks.Questions;
using FederatedSegmentation.Reports;

namespace FederatedSegmentation.Benchmarks;

/// <summary>From the definition to the renamed file, against the best statement alone.</summary>
internal static class EndToEndBenchmark
{
    private const int WarmUps = 3;

    /// <summary>Measures every question of a dataset.</summary>
    internal static async Task RunAsync(Dataset dataset, string folder, BenchmarkOptions options, ReportText report, CancellationToken cancellationToken)
    {
        await using var runner = new CaseRunner(dataset, folder);
        ImmutableArray<Question> questions = [.. dataset.Questions.Where(question => options.Only is null || options.Only == question.Id)];
        for (var i = 0; i < WarmUps; i++)
        {
            foreach (var question in questions)
            {
                await runner.SegmentAsync(question, cancellationToken);
            }
        }

        var rows = new List<string[]>();
        var (all, allTheirs) = (0.0, 0.0);
        var allBare = 0.0;
        var (beside, closing) = (new List<double>(), new List<double>());
        foreach (var question in questions)
        {
            var best = await FindBestAsync(runner, question, cancellationToken);
            var (members, found, statement, bare) = (0L, 0L, new List<double>(), new List<double>());
            var (ours, planning, engine) = (new List<double>(), new List<double>(), new List<double>());
            var (busy, theirBusy) = (new List<double>(), new List<double>());
            for (var round = 0; round <= options.Repetitions; round++)
            {
                async Task GatewayAsync()
                {
                    await SettleAsync(cancellationToken);
                    RunReport? run = null;
                    var before = Environment.CpuUsage.TotalTime;
                    var whole = await Figures.TimeAsync(async () => run = await runner.SegmentAsync(question, cancellationToken));
                    busy.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
                    ours.Add(run!.Timings.TotalMs);
                    closing.Add(whole - run.Timings.TotalMs);
                    members = run.Members;
                    planning.Add(run.Timings.PlanMs);
                    engine.Add(run.Timings.ResidualMs);
                }

                async Task StatementAsync()
                {
                    var (time, flush, processor, count) = await TimeAsync(runner, best, cancellationToken);
                    statement.Add(time + flush);
                    bare.Add(time);
                    theirBusy.Add(processor);
                    found = count;
                }

                // Who comes first changes, so that neither always finds the other's leavings.
                await (round % 2 == 0 ? GatewayAsync() : StatementAsync());
                await (round % 2 == 0 ? StatementAsync() : GatewayAsync());
                if (members != found)
                {
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{question.Id}: the segment has {members} members, the statement {found} rows."));
                }
            }

            await runner.CompareAsync(question, cancellationToken);
            ours.RemoveAt(0);
            statement.RemoveAt(0);
            var work = Figures.Quantile([.. busy.Skip(1)], 0.5) / Figures.Quantile([.. theirBusy.Skip(1)], 0.5);
            var (gateway, theirs) = (Figures.Quantile(ours, 0.5), Figures.Quantile(statement, 0.5));
            (all, allTheirs, allBare) = (all + gateway, allTheirs + theirs, allBare + Figures.Quantile([.. bare.Skip(1)], 0.5));
            beside.Add(gateway - Figures.Quantile([.. engine.Skip(1)], 0.5));
            rows.Add(
            [
                question.Id, ReportText.Count(members), ReportText.Number(gateway), Span(ours), ReportText.Number(Figures.Quantile([.. planning.Skip(1)], 0.5)),
                ReportText.Number(theirs), Span(statement), ReportText.Ratio(work), ReportText.Ratio(gateway / Figures.Quantile([.. bare.Skip(1)], 0.5)), ReportText.Ratio(gateway / theirs), Verdict(gateway / theirs, dataset.Goal),
            ]);
            if (gateway / theirs > dataset.Goal)
            {
                Console.Error.WriteLine($"{question.Id} ({gateway / theirs:F2}):\n{await runner.ExplainAsync(question, cancellationToken)}\n");
            }
        }

        rows.Add(["all together", "", ReportText.Number(all), "", "", ReportText.Number(allTheirs), "", "", ReportText.Ratio(all / allBare), ReportText.Ratio(all / allTheirs), Verdict(all / allTheirs, dataset.Goal)]);
        report.Table(["segment", "members", "gateway, ms", "least to greatest", "in it: planning", "statement, ms", "least to greatest", "ratio of processor time", "ratio, the statement's file not flushed", "ratio", string.Create(CultureInfo.InvariantCulture, $"goal ≤ {dataset.Goal}")], rows);
        report.Paragraph(
            $"Both files are flushed to the disk, which takes milliseconds of its own on most disks; one column shows the ratio without that on the statement's side. Beside the engine's statement and the flush a run takes {ReportText.Number(Figures.Quantile(beside, 0.5))} ms to the renamed file (the median of the questions), however small it is: reading model and segments, looking whether "
            + $"files have changed, planning, locking the engine. When the file has its name the engine is closed, which takes {ReportText.Number(Figures.Quantile(closing, 0.5))} ms more, and the next run's is opened on another thread; "
            + "neither side's times hold opening and closing, but the gateway's processor time does.");
    }

    // Lets what the other side left running in the background come to its end.
    private static Task SettleAsync(CancellationToken cancellationToken) => Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);

    // Every statement that somebody thought of is tried; the gateway meets the fastest.
    private static async Task<string> FindBestAsync(CaseRunner runner, Question question, CancellationToken cancellationToken)
    {
        if (question.Statements.Length == 1)
        {
            return question.Statements[0];
        }

        var least = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var round = 0; round < 3; round++)
        {
            foreach (var statement in question.Statements)
            {
                least[statement] = Math.Min(least.GetValueOrDefault(statement, double.MaxValue), (await TimeAsync(runner, statement, cancellationToken)).Milliseconds);
            }
        }

        return least.MinBy(pair => pair.Value).Key;
    }

    // In an instance of its own, so that neither side finds what an earlier run left in its caches; opening and closing it is not the statement's time. It is
    // opened before the pause, as the gateway's is.
    private static async Task<(double Milliseconds, double Flush, double Processor, long Rows)> TimeAsync(CaseRunner runner, string statement, CancellationToken cancellationToken)
    {
        await using var instance = runner.OpenInstance();
        await using var connection = instance.CreateConnection();
        await connection.ExecuteAsync("SELECT 1", cancellationToken);
        await SettleAsync(cancellationToken);
        var rows = 0L;
        var before = Environment.CpuUsage.TotalTime;
        var time = await Figures.TimeAsync(async () => rows = await runner.StatementAsync(connection, statement, cancellationToken));
        var flush = await Figures.TimeAsync(() => runner.FlushStatementAsync());
        return (time, flush, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds, rows);
    }

    private static string Span(List<double> times) => $"{ReportText.Number(times.Min())} – {ReportText.Number(times.Max())}";

    private static string Verdict(double ratio, double goal) => ratio <= goal ? "met" : "missed";
}
