using System.Diagnostics;

namespace FederatedSegmentation.Benchmarks;

/// <summary>Measures and condenses times.</summary>
internal static class Figures
{
    /// <summary>Runs two things by turns in this process and returns the median milliseconds of each; the first pair only warms up.</summary>
    internal static async Task<(double First, double Second)> AlternateAsync(int repetitions, Func<Task> first, Func<Task> second)
    {
        var (firstTimes, secondTimes) = (new List<double>(), new List<double>());
        for (var i = 0; i <= repetitions; i++)
        {
            // Who comes first changes, so that neither always finds the other's leavings.
            var (a, b) = i % 2 == 0 ? (await TimeAsync(first), await TimeAsync(second)) : Swap(await TimeAsync(second), await TimeAsync(first));
            if (i > 0)
            {
                firstTimes.Add(a);
                secondTimes.Add(b);
            }
        }

        return (Quantile(firstTimes, 0.5), Quantile(secondTimes, 0.5));
    }

    /// <summary>The milliseconds that something takes.</summary>
    internal static async Task<double> TimeAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>The share of the processors' time that is in use now, watched for two seconds; null where the system does not say.</summary>
    internal static async Task<double?> BusyAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists("/proc/stat"))
        {
            return null;
        }

        // user nice system idle iowait …, in ticks since the start.
        async Task<long[]> TicksAsync() => [.. (await File.ReadAllLinesAsync("/proc/stat", cancellationToken))[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(ticks => long.Parse(ticks, System.Globalization.CultureInfo.InvariantCulture))];
        var before = await TicksAsync();
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        var after = await TicksAsync();
        var passed = after.Zip(before, (end, start) => end - start).ToArray();
        return 1 - ((double)(passed[3] + passed[4]) / Math.Max(passed.Sum(), 1));
    }

    /// <summary>The value below or at which this share of the values lies; of an even number the median is the mean of the middle two.</summary>
    internal static double Quantile(IReadOnlyCollection<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return share == 0.5 && sorted.Length % 2 == 0
            ? (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2
            : sorted[Math.Max((int)Math.Ceiling(share * sorted.Length) - 1, 0)];
    }

    private static (double First, double Second) Swap(double second, double first) => (first, second);
}
