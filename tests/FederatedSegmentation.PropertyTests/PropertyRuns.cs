using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
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
    private readonly ConcurrentBag<string> _failures = [];
    private int _begun;
    private int _compared;
    private int _shrunk;

    /// <summary>What the runs asked.</summary>
    public RunTally Tally { get; } = new();

    /// <summary>The number of cases that were compared.</summary>
    public int Compared => Volatile.Read(ref _compared);

    /// <summary>Compares all cases; the seeds of those that differ are named.</summary>
    public Task CompareAsync(Func<int, GeneratorOptions> options) => CompareAsync(seed => [CaseGenerator.Generate(seed, options(seed))]);

    /// <summary>Compares as many cases, several of them over one model and the same rows, which are laid out once.</summary>
    /// <param name="cases">How many cases a seed gives at most.</param>
    /// <param name="options">What the cases of a seed may hold.</param>
    public Task CompareAsync(int cases, Func<int, GeneratorOptions> options) => CompareAsync(seed => CaseGenerator.GenerateSeveral(seed, cases, options(seed)));

    private async Task CompareAsync(Func<int, ImmutableArray<GeneratedCase>> generate)
    {
        await Task.WhenAll(Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 1, 8)).Select(_ => Task.Run(async () =>
        {
            var watch = Stopwatch.StartNew();
            var remotes = await placing.OpenAsync(CancellationToken.None);
            Tally.Took("opening", watch.Elapsed.TotalMilliseconds);
            while (Compared < _count)
            {
                var seed = _first + Interlocked.Increment(ref _begun) - 1;
                var generated = Timed("generating", () => generate(seed));
                if (Interlocked.Add(ref _compared, generated.Length) - generated.Length >= _count)
                {
                    break;
                }

                await CompareAsync(generated, remotes);
            }
        })));
        output.WriteLine($"Seeds from {_first} in {placing}. {Tally}");
        Assert.True(_failures.IsEmpty, $"{_failures.Count} of {Compared} cases in {placing} differ.\n{string.Join('\n', _failures.OrderByDescending(failure => failure.Length).Take(12))}");
    }

    private async Task CompareAsync(ImmutableArray<GeneratedCase> generated, ImmutableArray<RemoteDatabase> remotes)
    {
        var failing = new List<(GeneratedCase Case, Difference Difference)>();
        await using (var tables = await PlacedTables.CreateAsync(generated[0], placing, remotes, CancellationToken.None, Tally))
        {
            foreach (var one in generated)
            {
                var watch = Stopwatch.StartNew();
                if (await CaseComparison.RunAsync(one, placing, tables, Tally, CancellationToken.None) is { } difference)
                {
                    failing.Add((one, difference));
                }

                Tally.Took("comparing", watch.Elapsed.TotalMilliseconds);
            }
        }

        foreach (var (one, difference) in failing)
        {
            _failures.Add(await FailureAsync(one, difference, remotes));
        }
    }

    private T Timed<T>(string part, Func<T> make)
    {
        var watch = Stopwatch.StartNew();
        var made = make();
        Tally.Took(part, watch.Elapsed.TotalMilliseconds);
        return made;
    }

    private async Task<string> FailureAsync(GeneratedCase generated, Difference difference, ImmutableArray<RemoteDatabase> remotes)
    {
        var seed = generated.Seed;
        var failure = $"Seed {seed}: {difference.Kind}: {difference.Text}";
        if (Interlocked.Increment(ref _shrunk) > ShrunkFailures)
        {
            return failure;
        }

        var small = await CaseShrinker.ShrinkAsync(
            generated,
            async candidate => await CaseComparison.RunAsync(candidate, placing, remotes, CancellationToken.None) is { } other && other.Kind == difference.Kind,
            ShrinkingAttempts,
            CancellationToken.None);
        var left = await CaseComparison.RunAsync(small, placing, remotes, CancellationToken.None);
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "fedseg-failing-cases")).FullName, $"{placing}-seed-{seed}-{Guid.NewGuid():N}.json");
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
