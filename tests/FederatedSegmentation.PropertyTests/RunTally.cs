using System.Collections.Concurrent;
using System.Globalization;

namespace FederatedSegmentation.PropertyTests;

/// <summary>What the runs of a test asked of sources, so that a proof can say what it proved. Safe for concurrent use.</summary>
public sealed class RunTally
{
    private readonly ConcurrentDictionary<string, int> _bySource = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, int> _bySources = new();
    private readonly ConcurrentDictionary<string, double> _times = new(StringComparer.Ordinal);
    private int _withTravellingKeys;

    /// <summary>Runs in which a fragment waited for the keys of others.</summary>
    public int WithTravellingKeys => Volatile.Read(ref _withTravellingKeys);

    /// <summary>Runs that asked a source.</summary>
    public int Of(string source) => _bySource.GetValueOrDefault(source);

    /// <summary>Runs that asked at least so many sources.</summary>
    public int OfAtLeast(int sources) => _bySources.Where(entry => entry.Key >= sources).Sum(entry => entry.Value);

    /// <summary>Adds the last run of a scenario.</summary>
    public void Add(Scenario scenario)
    {
        if (scenario.LetKeysTravel)
        {
            Interlocked.Increment(ref _withTravellingKeys);
        }

        Took("planning", scenario.LastRun!.Timings.PlanMs);
        Took("the engine", scenario.LastRun.Timings.ResidualMs);
        foreach (var fragment in scenario.LastRun.Fragments)
        {
            Took(fragment.Source, fragment.RunMs + fragment.FetchMs);
        }

        _bySources.AddOrUpdate(scenario.Asked.Count, 1, (_, count) => count + 1);
        foreach (var source in scenario.Asked)
        {
            _bySource.AddOrUpdate(source, 1, (_, count) => count + 1);
        }
    }

    /// <summary>Adds the time of a part of the test.</summary>
    public void Took(string part, double milliseconds) => _times.AddOrUpdate(part, milliseconds, (_, sum) => sum + milliseconds);

    /// <inheritdoc />
    public override string ToString() =>
        $"Runs that asked {string.Join(", ", _bySource.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}: {entry.Value}"))}; "
        + $"by the number of sources {string.Join(", ", _bySources.OrderBy(entry => entry.Key).Select(entry => $"{entry.Key}: {entry.Value}"))}; keys travelled in {WithTravellingKeys}; "
        + $"seconds in {string.Join(", ", _times.OrderByDescending(entry => entry.Value).Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}: {entry.Value / 1000:0.0}")))}.";
}
