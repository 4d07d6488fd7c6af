using System.Collections.Concurrent;
using System.Globalization;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Shrinking;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Runs generated cases through the product, side by side, and compares the members with the oracle's. A case that differs is shrunk and written to a file.</summary>
/// <param name="output">Where seeds are printed.</param>
/// <param name="placing">Where the tables lie.</param>
/// <param name="first">The first seed, if <c>FEDSEG_PROPERTY_FIRST</c> does not name another.</param>
/// <param name="count">The number of seeds, if <c>FEDSEG_PROPERTY_CASES</c> does not name another.</param>
public sealed class PropertyRuns(ITestOutputHelper output, Placing placing, int first, int count)
{
    private const int ShrunkFailures = 3;
    private const int ShrinkingAttempts = 900;

    private readonly int _first = Number("FEDSEG_PROPERTY_FIRST") ?? first;
    private readonly int _count = Number("FEDSEG_PROPERTY_CASES") ?? count;
    private int _shrunk;

    /// <summary>Compares all cases; the seeds of those that differ are named.</summary>
    public async Task CompareAsync(Func<int, GeneratorOptions> options)
    {
        output.WriteLine($"Seeds {_first}..{_first + _count - 1} in {placing}");
        var failures = new ConcurrentBag<(int Seed, string Text)>();
        var seeds = new ConcurrentQueue<int>(Enumerable.Range(_first, _count));
        var workers = Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 1, 8)).Select(_ => Task.Run(async () =>
        {
            var remote = placing.OpensRemote is { } open ? await open(CancellationToken.None) : null;
            while (seeds.TryDequeue(out var seed))
            {
                if (await FailureAsync(seed, options(seed), remote) is { } failure)
                {
                    failures.Add((seed, failure));
                }
            }
        }));
        await Task.WhenAll(workers);
        Assert.True(failures.IsEmpty, $"{failures.Count} of {_count} cases in {placing} differ.\n{string.Join('\n', failures.OrderByDescending(failure => failure.Text.Length).Take(12).Select(failure => failure.Text))}");
    }

    private async Task<string?> FailureAsync(int seed, GeneratorOptions options, RemoteDatabase? remote)
    {
        var generated = CaseGenerator.Generate(seed, options);
        if (await CaseComparison.RunAsync(generated, placing, remote, CancellationToken.None) is not { } difference)
        {
            return null;
        }

        var failure = $"Seed {seed}: {difference.Kind}: {difference.Text}";
        if (Interlocked.Increment(ref _shrunk) > ShrunkFailures)
        {
            return failure;
        }

        var small = await CaseShrinker.ShrinkAsync(
            generated,
            async candidate => await CaseComparison.RunAsync(candidate, placing, remote, CancellationToken.None) is { } other && other.Kind == difference.Kind,
            ShrinkingAttempts,
            CancellationToken.None);
        var left = await CaseComparison.RunAsync(small, placing, remote, CancellationToken.None);
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "fedseg-failing-cases")).FullName, $"{placing}-seed-{seed}.json");
        await File.WriteAllTextAsync(file, CaseText.Write(small), CancellationToken.None);
        return $"""
            {failure}
            Shrunk: {left?.Text}
            {file}
            To keep it, copy the file into conformance/regressions under a name that says what it shows.
            {CaseText.Write(small)}
            """;
    }

    private static int? Number(string variable)
        => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
