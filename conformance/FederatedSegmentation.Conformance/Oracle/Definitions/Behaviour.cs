using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>A length of time: minutes and hours are exact, longer units are of the calendar.</summary>
public sealed record Duration(long Count, TimeUnit Unit);

/// <summary>
/// Of the related rows with <paramref name="Where"/>, the one with the greatest (<paramref name="Last"/>) or least <paramref name="By"/> satisfies
/// <paramref name="Must"/>.
/// </summary>
public sealed record PickPredicate(EntityPath Path, Predicate? Where, bool Last, FieldPath By, Predicate Must)
    : Predicate(Math.Max(Outwards(Where?.Reach ?? 0), Outwards(Must.Reach)));

/// <summary>A step of a sequence that a row must fill.</summary>
/// <param name="Where">What the row satisfies; nothing fits every row.</param>
/// <param name="Within">How long after the row before it at most.</param>
/// <param name="GapMin">How long after the row before it at least.</param>
public sealed record SequenceStep(Predicate? Where, Duration? Within, Duration? GapMin);

/// <summary>The last step of a sequence, which no row may fill.</summary>
/// <param name="Where">What no row satisfies.</param>
/// <param name="Within">How long after the row before it.</param>
/// <param name="MayBeOpen">Whether the window may still be open at <paramref name="Now"/>.</param>
/// <param name="Now">The instant of the run, on the scale of the time column.</param>
public sealed record AbsentStep(Predicate? Where, Duration Within, bool MayBeOpen, Value Now);

/// <summary>Rows in strict order of time, one for each step, with equal values of <paramref name="Same"/>.</summary>
public sealed record SequencePredicate(EntityPath Path, IReadOnlyList<Column> Same, IReadOnlyList<SequenceStep> Steps, AbsentStep? Absent)
    : Predicate(Math.Max(Steps.Max(step => Outwards(step.Where?.Reach ?? 0)), Outwards(Absent?.Where?.Reach ?? 0)));

/// <summary>At least <paramref name="In"/> of the windows hold at least <paramref name="AtLeast"/> rows with <paramref name="Where"/>.</summary>
public sealed record RegularPredicate(EntityPath Path, Predicate? Where, long AtLeast, long In, IReadOnlyList<(Value From, Value To)> Windows)
    : Predicate(Outwards(Where?.Reach ?? 0));
