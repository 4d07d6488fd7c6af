using System.Collections.Immutable;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Model.Algebra;

/// <summary>A two-valued predicate over a row of a plan. A closed hierarchy.</summary>
/// <remarks>Writers keep the two values: where SQL would say unknown, these say FALSE, and <see cref="NotPlan"/> is the exact complement.</remarks>
public abstract record PlanPredicate;

/// <summary>The same on every row.</summary>
public sealed record ConstantPlan(bool Value) : PlanPredicate;

/// <summary>TRUE when every item is.</summary>
public sealed record AndPlan(ImmutableArray<PlanPredicate> Items) : PlanPredicate;

/// <summary>TRUE when some item is.</summary>
public sealed record OrPlan(ImmutableArray<PlanPredicate> Items) : PlanPredicate;

/// <summary>The exact complement.</summary>
public sealed record NotPlan(PlanPredicate Item) : PlanPredicate;

/// <summary>A leaf: anything that a source's dialect answers by an expression over one row.</summary>
/// <param name="Origin">The predicate of the definition it comes from, or null for what planning added.</param>
public abstract record LeafPlan(PredicateOrigin? Origin) : PlanPredicate;

/// <summary>
/// Left compares so with Right; FALSE where either is NULL or NaN. Both have the same type, or both are numeric: int64 and decimal compare exactly,
/// with a float64 both become float64. Literals beside a column are already of a type that holds them exactly.
/// </summary>
public sealed record ComparisonPlan(ComparisonOperator Operator, PlanExpression Left, PlanExpression Right, PredicateOrigin? Origin) : LeafPlan(Origin);

/// <summary>Value equals one of the literals; when negated: it is not NULL, not NaN, and equals none. Never empty, no NULL among them.</summary>
public sealed record InListPlan(PlanExpression Value, ImmutableArray<Literal> Items, bool Negated, PredicateOrigin? Origin) : LeafPlan(Origin);

/// <summary>Text holds Pattern, literally; when negated: both have a value and it does not.</summary>
public sealed record TextMatchPlan(TextMatch Match, PlanExpression Text, PlanExpression Pattern, bool Negated, PredicateOrigin? Origin) : LeafPlan(Origin);

/// <summary>Value is NULL (NaN is a value); when negated: it is not.</summary>
public sealed record IsNullPlan(PlanExpression Value, bool Negated, PredicateOrigin? Origin) : LeafPlan(Origin);

/// <summary>The columns together are one of the keys that are known when the run comes to it. Only in statements that are shown, in place of the keys.</summary>
/// <param name="Columns">At least one column.</param>
/// <param name="Label">What stands in the statement.</param>
public sealed record PendingKeysPlan(ImmutableArray<PlanColumn> Columns, string Label) : LeafPlan(Origin: null);

/// <summary>Month and day of the value, read in the zone, are one of the pairs.</summary>
public sealed record MonthDayPlan(PlanExpression Value, string? Zone, ImmutableArray<(int Month, int Day)> Days, PredicateOrigin? Origin) : LeafPlan(Origin);

/// <summary>
/// <c>Sum / Count</c> compares so with Right, exactly: <c>Sum ⋄ Right × Count</c> in integers. FALSE where Count is 0 or Right is NULL.
/// Sum is int64 or decimal (exact, up to 38 digits), Right is an exact literal or an int64 or decimal column. More than 38 digits are a data error.
/// </summary>
public sealed record AverageComparisonPlan(ComparisonOperator Operator, PlanExpression Sum, PlanExpression Count, PlanExpression Right, PredicateOrigin? Origin) : LeafPlan(Origin);

/// <summary>
/// A semi-join: TRUE when <see cref="Build"/> has a row whose keys match. Under a <see cref="NotPlan"/> it is an anti-join, inside an
/// <see cref="OrPlan"/> a mark join. Never multiplies rows.
/// </summary>
/// <param name="Build">The rows to be found; duplicates are allowed.</param>
/// <param name="Keys">At least one pair of (column of the input, column of the build).</param>
/// <param name="Origin">The predicate it comes from.</param>
/// <param name="Band">How the times of the two rows must lie to each other besides, or null.</param>
public sealed record MatchPlan(LogicalPlan Build, ImmutableArray<JoinKey> Keys, PredicateOrigin? Origin, TimeBand? Band = null) : PlanPredicate;

/// <summary>
/// A second condition of a match: the build row's time lies before the probe's (or behind it), at most <see cref="Within"/> and at least
/// <see cref="GapMinimum"/> away. The duration is added to the earlier of the two: <c>earlier &lt; later</c>, <c>later ≤ earlier + Within</c>,
/// <c>later ≥ earlier + GapMinimum</c>. A NULL time matches nothing.
/// </summary>
/// <param name="Probe">The time of the input's row.</param>
/// <param name="Build">The time of the build row, of the same type.</param>
/// <param name="BuildIsEarlier">Whether the build row comes before the input's row rather than after it.</param>
/// <param name="Within">At most so long, or null. Never null where the build row comes after.</param>
/// <param name="GapMinimum">At least so long, or null. Always null where the build row comes after.</param>
public sealed record TimeBand(PlanColumn Probe, PlanColumn Build, bool BuildIsEarlier, Duration? Within, Duration? GapMinimum);

/// <summary>A pair of columns that must be equal.</summary>
/// <param name="Probe">A column of the input (left).</param>
/// <param name="Build">A column of the build side (right).</param>
/// <param name="NullsMatch">Whether NULL equals NULL here (<c>IS NOT DISTINCT FROM</c>); otherwise a NULL on either side matches nothing.</param>
public sealed record JoinKey(PlanColumn Probe, PlanColumn Build, bool NullsMatch = false);
