using System.Collections.Immutable;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Reports;

namespace FederatedSegmentation.Conformance.Kit.Running;

/// <summary>How a case went.</summary>
public enum CaseOutcome
{
    /// <summary>All ways gave the oracle's members, and the source was asked as it claims.</summary>
    Passed,

    /// <summary>Something differs.</summary>
    Failed,

    /// <summary>It could not be run; that is no success.</summary>
    NotRun,

    /// <summary>The source cannot store what the case is about.</summary>
    DoesNotApply,
}

/// <summary>What happens where the source is trusted with what it says it does not do.</summary>
public enum TrustOutcome
{
    /// <summary>Nothing was tried: the source says that it does everything.</summary>
    NotTried,

    /// <summary>The members were right all the same.</summary>
    Right,

    /// <summary>The members were wrong, so the claim is shown to be needed.</summary>
    Wrong,

    /// <summary>The source, or its dialect, refused.</summary>
    Refused,
}

/// <summary>One way in which a case was run.</summary>
/// <param name="Statements">The statements for the source, from explain.</param>
/// <param name="Verdict">The shortest way that a predicate went; null where explain tells of none.</param>
/// <param name="Reasons">Why predicates stayed with the engine.</param>
/// <param name="Members">The members as lines, or null where it failed.</param>
/// <param name="Problem">The error, or null.</param>
/// <param name="Elapsed">The time of the run.</param>
public sealed record CaseWay(
    ImmutableArray<string> Statements, PushdownVerdict? Verdict, ImmutableArray<string> Reasons, ImmutableArray<string>? Members, Problem? Problem, TimeSpan Elapsed)
{
    /// <summary>How keys travelled to the statements that waited for some, in the order of the plan; empty where none did.</summary>
    public ImmutableArray<TravelledKeys> Keys { get; init; } = [];

    /// <summary>The rows that came from the source; null where it failed.</summary>
    public long? Rows { get; init; }
}

/// <summary>A case whose keys took one rung, or all rungs in their order.</summary>
/// <param name="Rung">The rung that was the only one; null where the source had all of its own.</param>
/// <param name="WhyNot">Why it was not tried, as a sentence without a final dot; null where it was.</param>
/// <param name="Way">The run; null where there is a reason.</param>
public sealed record KeyWay(KeyPassage? Rung, string? WhyNot, CaseWay? Way)
{
    /// <summary>How the keys travelled, statement by statement.</summary>
    public ImmutableArray<string> Taken => Way is { } way ? [.. way.Keys.Select(keys => keys.Rung).Distinct(StringComparer.Ordinal)] : [];
}

/// <summary>The result of a case.</summary>
/// <param name="Group">Its group.</param>
/// <param name="Case">The case.</param>
/// <param name="Outcome">How it went.</param>
/// <param name="Detail">What differs, or why it was not run; empty for a success. A sentence without a final dot.</param>
public sealed record CaseResult(ConformanceGroup Group, ConformanceCase Case, CaseOutcome Outcome, string Detail)
{
    /// <summary>The name of the case in reports.</summary>
    public string Name => $"{Group.Name}/{Case.Id}";

    /// <summary>What the source claims of the capabilities that the case asks for; null where that depends on the storage.</summary>
    public PushdownVerdict? Claim { get; init; }

    /// <summary>Run with all that the source answers; null where it was not run.</summary>
    public CaseWay? Pushed { get; init; }

    /// <summary>Runs in which keys travelled; empty for cases about something else, which have <see cref="Pushed"/>.</summary>
    public ImmutableArray<KeyWay> Travelled { get; init; } = [];

    /// <summary>Run with the source asked for rows only.</summary>
    public CaseWay? Fetched { get; init; }

    /// <summary>What happens where the source is trusted with what it claims not to do.</summary>
    public TrustOutcome Trusted { get; init; }

    /// <summary>The time that it took.</summary>
    public TimeSpan Elapsed { get; init; }
}
