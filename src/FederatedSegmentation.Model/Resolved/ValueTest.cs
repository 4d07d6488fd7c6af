using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Model.Resolved;

/// <summary>What is asked of a value. FALSE for a NULL or NaN value, and for a NULL or NaN operand, but where said otherwise. A closed hierarchy.</summary>
public abstract record ValueTest;

/// <summary>x compares so with the operand.</summary>
/// <param name="Operator">How.</param>
/// <param name="Operand">With what.</param>
/// <param name="IgnoreCase">Whether the ASCII letters A–Z are folded on both sides.</param>
public sealed record CompareTest(ComparisonOperator Operator, Operand Operand, bool IgnoreCase = false) : ValueTest;

/// <summary>low ≤ x ≤ high; when negated: x has a value and is not between (FALSE still for a NULL bound).</summary>
public sealed record BetweenTest(Operand Low, Operand High, bool Negated) : ValueTest;

/// <summary>from ≤ x &lt; to, either side open where null; when negated: x has a value and lies outside.</summary>
public sealed record WindowTest(Literal? From, Literal? To, bool Negated) : ValueTest;

/// <summary>
/// x equals one of the items; when negated: x has a value and equals none. An item that is a NULL reference matches nothing in the plain form and
/// makes the negated form FALSE. Without items: FALSE, and negated: x has a value (NaN is one here).
/// </summary>
public sealed record InTest(ImmutableArray<Operand> Items, bool Negated, bool IgnoreCase = false) : ValueTest;

/// <summary>x holds the operand as a substring, prefix or suffix, literally; when negated: x has a value and does not.</summary>
public sealed record TextTest(TextMatch Match, Operand Operand, bool Negated, bool IgnoreCase = false) : ValueTest;

/// <summary>x is NULL (NaN is a value here).</summary>
public sealed record IsNullTest : ValueTest;

/// <summary>x is NULL or <c>''</c>.</summary>
public sealed record IsEmptyTest : ValueTest;

/// <summary>Month and day of x are one of the pairs.</summary>
/// <param name="Days">Pairs (month, day); never empty.</param>
/// <param name="Zone">The zone in which x is read, as in <see cref="DatePartValue.Zone"/>.</param>
public sealed record MonthDayTest(ImmutableArray<(int Month, int Day)> Days, string? Zone) : ValueTest;

/// <summary>The six comparisons.</summary>
public enum ComparisonOperator
{
    /// <summary>=</summary>
    Equal,

    /// <summary>≠</summary>
    NotEqual,

    /// <summary>&lt;</summary>
    Less,

    /// <summary>≤</summary>
    LessOrEqual,

    /// <summary>&gt;</summary>
    Greater,

    /// <summary>≥</summary>
    GreaterOrEqual,
}

/// <summary>Where a text must stand.</summary>
public enum TextMatch
{
    /// <summary>Anywhere.</summary>
    Contains,

    /// <summary>At the start.</summary>
    StartsWith,

    /// <summary>At the end.</summary>
    EndsWith,
}

/// <summary>What a value is compared with.</summary>
/// <param name="Type">The type of the operand.</param>
public abstract record Operand(DataType Type);

/// <summary>
/// A constant. Its <see cref="Literal"/> is of the kind of <see cref="Operand.Type"/> or, for exact numbers, an <see cref="Int64Literal"/> or
/// <see cref="DecimalLiteral"/> of any scale: planning compares them exactly.
/// </summary>
public sealed record LiteralOperand(Literal Value, DataType Type) : Operand(Type);

/// <summary>A column of a row in scope, over a path that the model promises to be to-one.</summary>
/// <param name="FramesUp">0 for the current row, 1 for the row that the enclosing <c>has</c> starts from, and so on; <c>root</c> is resolved to the outermost.</param>
/// <param name="Path">From that row's entity; empty for the row itself. NULL without a row at the end; a data error with several.</param>
/// <param name="Column">The column at the end.</param>
public sealed record ReferenceOperand(int FramesUp, EntityPath Path, Column Column) : Operand(Column.Type);
