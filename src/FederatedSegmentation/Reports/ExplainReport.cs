using System.Collections.Immutable;
using System.Text.Json.Serialization;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Reports;

/// <summary>A plan: the JSON of <c>fedseg explain --json</c>.</summary>
/// <param name="Segment">The segment's id.</param>
/// <param name="AsOf">The instant of the run.</param>
/// <param name="Phase">How the plan was ordered.</param>
/// <param name="PhaseReason">Why so, as a sentence without a final dot; for people only.</param>
/// <param name="Fragments">What each source is asked.</param>
/// <param name="Pushdown">What became of each predicate.</param>
/// <param name="Residual">What the engine does.</param>
/// <param name="PlanMs">Milliseconds that planning took.</param>
public sealed record ExplainReport(
    string Segment,
    [property: JsonConverter(typeof(InstantConverter))] DateTimeOffset AsOf,
    PlanningPhase Phase,
    [property: JsonIgnore] string PhaseReason,
    ImmutableArray<ExplainedFragment> Fragments,
    ImmutableArray<ExplainedPredicate> Pushdown,
    ExplainedResidual Residual,
    double PlanMs);

/// <summary>What a source is asked.</summary>
/// <param name="Id">For instance <c>F1</c>.</param>
/// <param name="Source">The data source.</param>
/// <param name="Dialect">The dialect's name.</param>
/// <param name="Sql">The exact statement.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Columns">The columns of its result.</param>
/// <param name="Estimate">What is expected to come back.</param>
/// <param name="DependsOn">The ids of the fragments whose keys it needs.</param>
public sealed record ExplainedFragment(
    string Id,
    string Source,
    string Dialect,
    string Sql,
    ImmutableArray<ExplainedParameter> Parameters,
    ImmutableArray<ExplainedColumn> Columns,
    PlanEstimate Estimate,
    ImmutableArray<string> DependsOn)
{
    /// <summary>The bytes that the source would read for it, and usually bill, as it says without running it; null where it does not say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ReadsBytes { get; init; }

    /// <summary>What it waits for before it is sent; null where it waits for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExplainedWait? Waits { get; init; }
}

/// <summary>The keys that a statement waits for, so that fewer rows are fetched.</summary>
/// <param name="Columns">The columns that hold a key.</param>
/// <param name="Estimate">The expected number of keys, or null.</param>
/// <param name="Rungs">The ways in which keys may travel, in the order in which they are tried.</param>
public sealed record ExplainedWait(ImmutableArray<string> Columns, long? Estimate, ImmutableArray<string> Rungs);

/// <summary>A parameter of a statement.</summary>
/// <param name="Name">As the statement names it.</param>
/// <param name="Type">The type of the language.</param>
/// <param name="Value">The value in canonical text.</param>
public sealed record ExplainedParameter(string Name, string Type, string Value);

/// <summary>A column of a statement's result.</summary>
/// <param name="Name">Its name in the statement.</param>
/// <param name="Type">The type of the language.</param>
public sealed record ExplainedColumn(string Name, string Type);

/// <summary>What became of a predicate.</summary>
/// <param name="Predicate">Where it stands and how it reads.</param>
/// <param name="Fragment">The fragment it went to, or null where it stayed with the engine.</param>
/// <param name="Verdict">The outcome.</param>
/// <param name="Reason">Why, as a sentence without a final dot.</param>
public sealed record ExplainedPredicate(string Predicate, string? Fragment, PushdownVerdict Verdict, string Reason);

/// <summary>What the engine does with the fragments' results.</summary>
/// <param name="Engine">The engine, for instance <c>duckdb</c>.</param>
/// <param name="Estimate">What it is expected to read.</param>
/// <param name="Statements">Its statements in order.</param>
public sealed record ExplainedResidual(string Engine, PlanEstimate Estimate, ImmutableArray<string> Statements);
