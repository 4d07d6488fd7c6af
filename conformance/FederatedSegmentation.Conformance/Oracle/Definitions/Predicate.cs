using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Definitions;

/// <summary>
/// A predicate with its names resolved and its time values turned into literals. Every predicate is compared by identity.
/// </summary>
/// <param name="Reach">How many enclosing rows outwards its references look: 0 = only its own row, <see cref="ToRoot"/> = the root row.</param>
public abstract record Predicate(int Reach)
{
    public const int ToRoot = 1_000;

    /// <summary>The reach of something seen from one row further out.</summary>
    public static int Outwards(int reach) => reach == ToRoot ? ToRoot : Math.Max(0, reach - 1);
}

public sealed record ConstantPredicate(bool Holds) : Predicate(0);

public sealed record AllPredicate(IReadOnlyList<Predicate> Parts) : Predicate(Parts.Select(part => part.Reach).DefaultIfEmpty(0).Max());

public sealed record AnyPredicate(IReadOnlyList<Predicate> Parts) : Predicate(Parts.Select(part => part.Reach).DefaultIfEmpty(0).Max());

public sealed record NotPredicate(Predicate Inner) : Predicate(Inner.Reach);

public sealed record LeafPredicate(FieldPath Field, Condition Condition) : Predicate(Condition.Reach);

/// <summary>Related rows with <paramref name="Where"/>: at least one, or as the aggregate says.</summary>
public sealed record HasPredicate(EntityPath Path, Predicate? Where, Aggregate? Aggregate)
    : Predicate(Math.Max(Outwards(Where?.Reach ?? 0), Aggregate?.Reach ?? 0));

public sealed record EveryPredicate(EntityPath Path, Predicate? Where, Predicate Must, bool EmptyPasses)
    : Predicate(Math.Max(Outwards(Where?.Reach ?? 0), Outwards(Must.Reach)));

/// <summary>The row's key, or that of some row over <paramref name="Via"/>, is a member of another segment.</summary>
public sealed record InSegmentPredicate(string Segment, EntityPath? Via) : Predicate(0);

/// <summary>The row's key is in the list; <paramref name="Keys"/> are match texts of whole keys.</summary>
public sealed record IdsPredicate(IReadOnlySet<string> Keys) : Predicate(0);

public enum AggregateFunction
{
    Count,
    CountDistinct,
    Sum,
    Average,
    Minimum,
    Maximum,
}

/// <summary>One function over the related rows, and the value to use where there is none.</summary>
public sealed record AggregateValue(AggregateFunction Function, FieldPath? Field, Value? EmptyAs);

/// <summary>An aggregate and the comparisons that must all hold for its result.</summary>
public sealed record Aggregate(AggregateValue Value, IReadOnlyList<Condition> Comparisons)
{
    public int Reach { get; } = Comparisons.Max(comparison => comparison.Reach);
}

/// <summary>Something that a value is compared with.</summary>
public abstract record Operand(int Reach);

public sealed record LiteralOperand(Value Value) : Operand(0);

/// <summary>A column of the own row (<paramref name="Level"/> 0), of the row that the enclosing <c>has</c> starts from (1) and so on, or of the root row.</summary>
public sealed record ReferenceOperand(int Level, FieldPath Field) : Operand(Level);

/// <summary>What a value must satisfy. A NULL or a NaN satisfies none but the tests for a value.</summary>
public abstract record Condition(int Reach);

public enum ComparisonKind
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

public sealed record ComparisonCondition(ComparisonKind Kind, Operand Operand, bool FoldCase = false) : Condition(Operand.Reach);

public sealed record BetweenCondition(Operand Low, Operand High, bool Negated) : Condition(Math.Max(Low.Reach, High.Reach));

public sealed record ListCondition(IReadOnlyList<Operand> Items, bool Negated, bool FoldCase)
    : Condition(Items.Select(item => item.Reach).DefaultIfEmpty(0).Max());

public enum TextKind
{
    Contains,
    Starts,
    Ends,
}

public sealed record TextCondition(TextKind Kind, Operand Operand, bool Negated, bool FoldCase) : Condition(Operand.Reach);

public sealed record NullCondition(bool IsNull) : Condition(0);

public sealed record EmptyCondition(bool IsEmpty) : Condition(0);

/// <summary>The value lies in [From, To), or has a value outside of it.</summary>
public sealed record WindowCondition(Value From, Value To, bool Outside) : Condition(0);

/// <summary>Local month and day are one of <paramref name="Days"/>.</summary>
public sealed record AnniversaryCondition(IReadOnlyList<(int Month, int Day)> Days, LocalClock Clock) : Condition(0);

public enum CalendarPart
{
    DayOfWeek,
    DayOfMonth,
    Month,
    Year,
    Hour,
}

/// <summary>A part of the local date or time satisfies <paramref name="Condition"/>.</summary>
public sealed record PartCondition(CalendarPart Part, Condition Condition, LocalClock Clock) : Condition(0);

/// <summary>How a stored date or time is read as a local wall clock: <paramref name="Stored"/> is the zone of a datetime column, if it has one.</summary>
public sealed record LocalClock(ZoneRules Local, ZoneRules? Stored)
{
    // A clock that is read where it hangs shows what is stored, also in the gap of a change.
    private bool IsAsItIs => Stored is null || ReferenceEquals(Stored, Local);

    /// <summary>Whether no zone but UTC is needed to read the value.</summary>
    public bool IsExactEverywhere(Value value) => value switch
    {
        Value.Timestamp => Local.IsUtc,
        Value.WallClock => IsAsItIs || (Stored!.IsUtc && Local.IsUtc),
        _ => true,
    };

    public long WallClock(Value value) => value switch
    {
        Value.Date date => date.Days * CivilCalendar.MicrosPerDay,
        Value.Timestamp timestamp => Local.ToLocal(timestamp.Micros),
        Value.WallClock wallClock when IsAsItIs => wallClock.Micros,
        Value.WallClock wallClock => Local.ToLocal(Stored!.ToInstant(wallClock.Micros)),
        _ => throw new InvalidOperationException($"{value.GetType().Name} has no wall clock."),
    };
}
