using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Model.Resolved;

/// <summary>A two-valued predicate over a row: TRUE or FALSE, never unknown. A closed hierarchy.</summary>
/// <remarks>
/// The sugar of the language is gone: a leaf over a path is a <see cref="RelatedPredicate"/> around a leaf on its last entity (under a
/// <see cref="NotPredicate"/> for <c>null: true</c> and <c>empty: true</c>), <c>none</c> is <c>not has</c>, <c>every</c> is
/// <c>has</c> and <c>not has not</c>, windows are literals. Each <see cref="RelatedPredicate"/> opens a frame for its
/// <see cref="RelatedPredicate.Where"/>: the related row is the current row there, and the row it started from is one frame up.
/// </remarks>
/// <param name="Origin">Where it stands in the definition.</param>
public abstract record ResolvedPredicate(PredicateOrigin Origin);

/// <summary>The same on every row.</summary>
public sealed record ConstantPredicate(bool Value, PredicateOrigin Origin) : ResolvedPredicate(Origin);

/// <summary>TRUE when every item is; TRUE when empty.</summary>
public sealed record AllPredicate(ImmutableArray<ResolvedPredicate> Items, PredicateOrigin Origin) : ResolvedPredicate(Origin);

/// <summary>TRUE when some item is; FALSE when empty.</summary>
public sealed record AnyPredicate(ImmutableArray<ResolvedPredicate> Items, PredicateOrigin Origin) : ResolvedPredicate(Origin);

/// <summary>The exact complement.</summary>
public sealed record NotPredicate(ResolvedPredicate Item, PredicateOrigin Origin) : ResolvedPredicate(Origin);

/// <summary>A condition on a value of the current row. FALSE for NULL, but for <see cref="IsNullTest"/> and <see cref="IsEmptyTest"/>.</summary>
public sealed record LeafPredicate(ResolvedValue Value, ValueTest Test, PredicateOrigin Origin) : ResolvedPredicate(Origin);

/// <summary>
/// TRUE when there is a related row over <see cref="Path"/> with <see cref="Where"/>, or, with an <see cref="Aggregation"/>, when the aggregate
/// over all such rows passes. Each stored row of the path's end counts once.
/// </summary>
/// <param name="Path">At least one step, from the current entity.</param>
/// <param name="Where">Evaluated on the related row, which is the current row there.</param>
/// <param name="Aggregation">The aggregate, or null for existence.</param>
/// <param name="Origin">Where it stands.</param>
public sealed record RelatedPredicate(EntityPath Path, ResolvedPredicate Where, Aggregation? Aggregation, PredicateOrigin Origin) : ResolvedPredicate(Origin);

/// <summary>
/// Among the related rows over <see cref="Path"/> with <see cref="Where"/> and a value of <see cref="By"/> (NaN is none) the one with the greatest or the
/// least (by, key…), ties by all columns ascending, NULLs last: TRUE when it satisfies <see cref="Must"/>; FALSE without such a row.
/// </summary>
/// <param name="Path">At least one step, from the current entity.</param>
/// <param name="Where">Evaluated on the related row.</param>
/// <param name="By">What orders the rows, a column of the related row or over a to-one path from it.</param>
/// <param name="IsLast">The greatest rather than the least.</param>
/// <param name="Must">Evaluated on the row that was picked.</param>
/// <param name="Origin">Where it stands.</param>
public sealed record PickPredicate(EntityPath Path, ResolvedPredicate Where, PathColumn By, bool IsLast, ResolvedPredicate Must, PredicateOrigin Origin)
    : ResolvedPredicate(Origin);

/// <summary>TRUE when the key of the current row is in the set. A key with a NULL part is in no set.</summary>
public sealed record InKeySetPredicate(Entity Entity, KeySet Keys, PredicateOrigin Origin) : ResolvedPredicate(Origin);

/// <summary>A value of the current row.</summary>
/// <param name="Type">Its type.</param>
public abstract record ResolvedValue(DataType Type);

/// <summary>A column of the current row.</summary>
public sealed record ColumnValue(Column Column) : ResolvedValue(Column.Type);

/// <summary>A part of a column in a zone, an int64.</summary>
/// <param name="Column">A date, timestamp or datetime column.</param>
/// <param name="Part">Which part.</param>
/// <param name="Zone">
/// The zone in which it is read: for a timestamp always given; for a datetime given when its clock hangs elsewhere and the value has to be converted
/// first from the column's zone; null where the value is taken as it is.
/// </param>
public sealed record DatePartValue(Column Column, DatePart Part, string? Zone) : ResolvedValue(DataTypes.Int64);

/// <summary>Parts of a local date and time.</summary>
public enum DatePart
{
    /// <summary>1 = Monday … 7 = Sunday.</summary>
    DayOfWeek,

    /// <summary>1 … 31.</summary>
    DayOfMonth,

    /// <summary>1 … 12.</summary>
    Month,

    /// <summary>The year.</summary>
    Year,

    /// <summary>0 … 23.</summary>
    Hour,
}
