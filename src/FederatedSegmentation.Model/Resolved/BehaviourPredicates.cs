using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Model.Resolved;

/// <summary>
/// TRUE when related rows over <see cref="Path"/> exist, one per step, in strictly increasing <see cref="Time"/>, with equal non-NULL
/// <see cref="Same"/> columns, each within the bounds of its step, and, with <see cref="Absent"/>, none of that kind follows the last of them.
/// </summary>
/// <param name="Path">At least one step, from the current entity.</param>
/// <param name="Time">The time column of the path's end. Rows without a time take no part.</param>
/// <param name="Same">Columns of the path's end.</param>
/// <param name="Steps">The steps that must be there, in order: two or more, or one with <paramref name="Absent"/>.</param>
/// <param name="Absent">What must not follow, or null.</param>
/// <param name="Origin">Where it stands.</param>
public sealed record SequencePredicate(
    EntityPath Path, Column Time, ImmutableArray<Column> Same, ImmutableArray<SequenceStep> Steps, AbsentStep? Absent, PredicateOrigin Origin) : ResolvedPredicate(Origin)
{
    /// <summary>The conditions of all steps, in order.</summary>
    public IEnumerable<ResolvedPredicate> Wheres => Absent is { } absent ? Steps.Select(step => step.Where).Append(absent.Where) : Steps.Select(step => step.Where);
}

/// <summary>A step of a sequence.</summary>
/// <param name="Where">Evaluated on the related row.</param>
/// <param name="Within">At most so long after the step before (≤), or null; null in the first step.</param>
/// <param name="GapMinimum">At least so long after the step before (≥), or null; null in the first step.</param>
public sealed record SequenceStep(ResolvedPredicate Where, Duration? Within, Duration? GapMinimum);

/// <summary>What must not follow a sequence: no row with <see cref="Where"/> and the same columns has a time in (t, t + within].</summary>
/// <param name="Where">Evaluated on the related row.</param>
/// <param name="Within">How long it must not follow.</param>
/// <param name="EndsBy">t + within must not be later than this value of the time column; null where the window may still be open.</param>
public sealed record AbsentStep(ResolvedPredicate Where, Duration Within, Literal? EndsBy);

/// <summary>
/// TRUE when at least <see cref="Windows"/> of the consecutive half-open windows between <see cref="Bounds"/> hold at least <see cref="AtLeast"/> related rows
/// with <see cref="Where"/>.
/// </summary>
/// <remarks>
/// Bounds ascend, but for one case: on a datetime column an hour that the clock shows twice makes a bound equal to, or less than, the one before. That window
/// is then empty, and a row may lie in several windows.
/// </remarks>
/// <param name="Path">At least one step, from the current entity.</param>
/// <param name="Time">The time column of the path's end.</param>
/// <param name="Where">Evaluated on the related row.</param>
/// <param name="Bounds">Values of the time column in the order of time, one more than there are windows: window i is [bound i, bound i + 1).</param>
/// <param name="AtLeast">Rows in a window, 1 or more.</param>
/// <param name="Windows">How many windows, 1 or more.</param>
/// <param name="Origin">Where it stands.</param>
public sealed record RegularPredicate(
    EntityPath Path, Column Time, ResolvedPredicate Where, ImmutableArray<Literal> Bounds, long AtLeast, int Windows, PredicateOrigin Origin) : ResolvedPredicate(Origin);
