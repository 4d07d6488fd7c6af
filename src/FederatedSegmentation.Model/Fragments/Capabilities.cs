using System.Collections.Immutable;

namespace FederatedSegmentation.Model.Fragments;

/// <summary>What a source answers exactly: the one record that the planner reads about it. No member has a default, so none is forgotten.</summary>
/// <remarks>Immutable. The conformance kit checks each member in both directions.</remarks>
public sealed record Capabilities
{
    /// <summary>Whether the source runs inside the engine (files): its fragments are part of the residual statement and nothing is fetched.</summary>
    public required bool RunsInEngine { get; init; }

    /// <summary>Comparisons of booleans, int64 and decimals with each other's like and with literals, and tests for NULL. Without them a source is asked for its rows.</summary>
    public required Support PlainComparison { get; init; }

    /// <summary>Equality and lists on text of <c>StoredText</c>.</summary>
    public required Support TextEquality { get; init; }

    /// <summary>Order on text by UTF-8 bytes: ranges, minimum, maximum.</summary>
    public required Support TextOrder { get; init; }

    /// <summary>Literal substring, prefix and suffix.</summary>
    public required Support TextMatch { get; init; }

    /// <summary>Folding of A–Z only.</summary>
    public required Support AsciiFolding { get; init; }

    /// <summary>Text that holds U+0000 in a literal.</summary>
    public required Support NulInText { get; init; }

    /// <summary>Comparisons of float64, with NaN excluded.</summary>
    public required Support FloatComparison { get; init; }

    /// <summary>Exact comparison of int64 and decimal columns of different scale.</summary>
    public required Support MixedExactComparison { get; init; }

    /// <summary>Comparisons of dates, instants and wall clocks.</summary>
    public required Support TemporalComparison { get; init; }

    /// <summary>Comparisons of binary values.</summary>
    public required Support BinaryComparison { get; init; }

    /// <summary>Parts of dates and of wall clocks that need no zone.</summary>
    public required Support DateParts { get; init; }

    /// <summary>A stored time plus minutes, days or months, months clamping to the last day.</summary>
    public required Support DurationArithmetic { get; init; }

    /// <summary>Conversion between zones by our own rules.</summary>
    public required Support ZoneConversion { get; init; }

    /// <summary>Semi- and anti-joins, mark joins, lookups and pairs inside the source.</summary>
    public required Support Joins { get; init; }

    /// <summary>Grouping and distinct rows.</summary>
    public required Support Grouping { get; init; }

    /// <summary>Sums of int64 and decimal, exact up to 38 digits.</summary>
    public required Support ExactSum { get; init; }

    /// <summary>An exact sum divided by a count against a bound: the product of bound and count is exact up to 38 digits, and an error beyond.</summary>
    public required Support AverageComparison { get; init; }

    /// <summary>Sums and averages of float64.</summary>
    public required Support FloatAggregates { get; init; }

    /// <summary>A data error raised inside the source (<c>DataGuard</c>).</summary>
    public required Support Guards { get; init; }

    /// <summary>Window functions, for dedupe.</summary>
    public required Support Windows { get; init; }

    /// <summary>Union, intersect and except.</summary>
    public required Support SetOperations { get; init; }

    /// <summary>Literal key lists: the greatest number of values in one statement.</summary>
    public required int MaxListedValues { get; init; }

    /// <summary>The ways on which keys of other sources get there, from the one that is tried first; empty where none travel.</summary>
    public required ImmutableArray<KeyRung> KeyRungs { get; init; }

    /// <summary>The greatest length of a statement's text, in bytes.</summary>
    public required int MaxStatementBytes { get; init; }

    /// <summary>The greatest number of relations that one statement joins.</summary>
    public required int MaxRelations { get; init; }
}

/// <summary>Whether a source does something, and why not if it does not.</summary>
/// <param name="Verdict">Full, Recheck or None.</param>
/// <param name="Reason">What explain prints: a sentence without a final dot.</param>
public sealed record Support(PushdownVerdict Verdict, string Reason)
{
    /// <summary>The source's answer is exact.</summary>
    public static Support Full(string reason) => new(PushdownVerdict.Full, reason);

    /// <summary>The source may return more rows; the residual applies the predicate again.</summary>
    public static Support Recheck(string reason) => new(PushdownVerdict.Recheck, reason);

    /// <summary>The source is not asked.</summary>
    public static Support None(string reason) => new(PushdownVerdict.None, reason);
}

/// <summary>The three outcomes of offering a predicate to a source.</summary>
public enum PushdownVerdict
{
    /// <summary>The source's answer is exact.</summary>
    Full,

    /// <summary>The source may return a superset; the residual re-applies the predicate. Only under positive polarity.</summary>
    Recheck,

    /// <summary>The predicate stays with the engine.</summary>
    None,
}
