using System.Collections.Immutable;
using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>What a run of the kit found out about a source. Immutable.</summary>
/// <param name="Source">The source's name in the settings.</param>
/// <param name="Spelling">Its kind.</param>
/// <param name="Schema">The schema of the tables, as typed.</param>
/// <param name="Capabilities">What it says of itself.</param>
/// <param name="StartedAt">When the run began.</param>
/// <param name="Elapsed">The time that it took.</param>
/// <param name="Results">Every case that was asked for, in order of group and case.</param>
/// <param name="Stopped">Why the source could not be asked at all; null where it could.</param>
public sealed record ConformanceReport(
    string Source,
    SourceSpelling Spelling,
    string Schema,
    Capabilities Capabilities,
    DateTimeOffset StartedAt,
    TimeSpan Elapsed,
    ImmutableArray<CaseResult> Results,
    Problem? Stopped)
{
    /// <summary>The number of cases that went so.</summary>
    public int Count(CaseOutcome outcome) => Results.Count(result => result.Outcome == outcome);

    /// <summary>The rungs that keys took to the source, or why they did not; empty where no case was about keys.</summary>
    public ImmutableArray<RungCount> Rungs { get; } = RungsOf(Results);

    /// <summary>Whether every case that applies was run and passed.</summary>
    public bool IsGreen => Count(CaseOutcome.Passed) > 0 && Count(CaseOutcome.Failed) + Count(CaseOutcome.NotRun) == 0;

    private static ImmutableArray<RungCount> RungsOf(ImmutableArray<CaseResult> results)
    {
        var travelled = results.Where(result => !result.Travelled.IsEmpty).ToList();
        return travelled.Count == 0
            ? []
            : [.. Enum.GetValues<KeyPassage>().Select(rung => new RungCount(
                rung,
                travelled.Count(result => result.Outcome == CaseOutcome.Passed && result.Travelled.Any(travel => travel.Taken.Contains(rung.ToString(), StringComparer.OrdinalIgnoreCase))),
                travelled.SelectMany(result => result.Travelled).FirstOrDefault(travel => travel.Rung == rung)?.WhyNot))];
    }
}

/// <summary>A rung on which keys get to a source.</summary>
/// <param name="Rung">The rung.</param>
/// <param name="Passed">The number of cases that passed with keys on it.</param>
/// <param name="WhyNot">Why it was not tried, as a sentence without a final dot; null where it was.</param>
public sealed record RungCount(KeyPassage Rung, int Passed, string? WhyNot);
