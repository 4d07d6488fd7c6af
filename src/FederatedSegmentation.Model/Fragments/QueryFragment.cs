using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;

namespace FederatedSegmentation.Model.Fragments;

/// <summary>The part of a plan that one source answers with one statement.</summary>
/// <param name="Id"><c>F1</c>, <c>F2</c>, …, in plan order.</param>
/// <param name="Source">The data source.</param>
/// <param name="Plan">What it computes; every scan in it is of <paramref name="Source"/>.</param>
/// <param name="RunsInEngine">Whether it is part of the residual statement (files) rather than fetched.</param>
/// <param name="Estimate">What is expected to come back.</param>
public sealed record QueryFragment(string Id, string Source, LogicalPlan Plan, bool RunsInEngine, PlanEstimate Estimate)
{
    /// <summary>The keys that it waits for, so that fewer rows are fetched; or null.</summary>
    public FragmentReduction? Reduction { get; init; }
}

/// <summary>An expectation, never a promise.</summary>
/// <param name="Rows">Rows, or null where nothing is known.</param>
/// <param name="Bytes">Bytes, or null where nothing is known.</param>
public sealed record PlanEstimate(long? Rows, long? Bytes);

/// <summary>What became of one predicate of the definition.</summary>
/// <param name="Predicate">Where it stands and how it reads.</param>
/// <param name="Fragment">The fragment it went to, or null.</param>
/// <param name="Verdict">The outcome.</param>
/// <param name="Reason">Why, as a sentence without a final dot.</param>
public sealed record PushdownDecision(Resolved.PredicateOrigin Predicate, string? Fragment, PushdownVerdict Verdict, string Reason);

/// <summary>An intermediate result that the engine keeps under a name before the next statement runs.</summary>
/// <param name="Name">Unique in the run; <see cref="ResultPlan"/>s name it.</param>
/// <param name="Plan">What it computes, from fragments and earlier stages.</param>
public sealed record ResidualStage(string Name, LogicalPlan Plan);

/// <summary>How a plan was ordered, by its size.</summary>
public enum PlanningPhase
{
    /// <summary>At most 12 relations: one statement whose joins the engine enumerates exactly.</summary>
    Exact,

    /// <summary>At most 100 relations: filters ordered by rank.</summary>
    Linearised,

    /// <summary>More: cut into stages first.</summary>
    Phased,
}

/// <summary>A planned segment: fragments for the sources, stages and a final statement for the engine.</summary>
/// <param name="Segment">The segment's id.</param>
/// <param name="Fragments">All fragments.</param>
/// <param name="Stages">Statements to run before the final one, in order.</param>
/// <param name="Members">The final plan: the key columns, distinct, no NULL part, then <c>tier</c>, <c>arm</c> and <c>bucket</c> where the segment has them. Ordered by the writer.</param>
/// <param name="KeyColumns">How many of the columns of <paramref name="Members"/> are the key.</param>
/// <param name="Decisions">What became of each predicate.</param>
/// <param name="Phase">How it was ordered.</param>
/// <param name="PhaseReason">Why.</param>
/// <param name="Estimate">What the residual is expected to read.</param>
public sealed record SegmentPlan(
    string Segment,
    ImmutableArray<QueryFragment> Fragments,
    ImmutableArray<ResidualStage> Stages,
    LogicalPlan Members,
    int KeyColumns,
    ImmutableArray<PushdownDecision> Decisions,
    PlanningPhase Phase,
    string PhaseReason,
    PlanEstimate Estimate);
