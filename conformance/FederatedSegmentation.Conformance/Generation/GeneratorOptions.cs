namespace FederatedSegmentation.Conformance.Generation;

/// <summary>The constructs of level 2, each of which a generated case holds only if it is asked for.</summary>
[Flags]
public enum Level2
{
    None = 0,
    Pick = 1,
    Seq = 2,
    Regular = 4,
    Hierarchies = 8,
    Rank = 16,
    Tiers = 32,
    Split = 64,
    Parameters = 128,
    All = 255,
}

/// <summary>What a generated case may hold. The defaults are what every source can store and what the language specifies.</summary>
public sealed record GeneratorOptions
{
    public static GeneratorOptions Default { get; } = new();

    /// <summary>NUL characters in strings; PostgreSQL cannot store them.</summary>
    public bool NulCharacters { get; init; }

    /// <summary>NaN in float64 columns.</summary>
    public bool NaN { get; init; } = true;

    /// <summary>Infinities in float64 columns.</summary>
    public bool Infinity { get; init; }

    /// <summary>Dates and times in the years 0001 and 9999; only in zone UTC are they exact.</summary>
    public bool ExtremeTimes { get; init; }

    /// <summary>Int64 at its ends and decimals of full precision.</summary>
    public bool ExtremeNumbers { get; init; } = true;

    /// <summary>Stored names that hold quotes, dots, spaces, other alphabets and reserved words.</summary>
    public bool OddStoredNames { get; init; } = true;

    /// <summary>Binary columns.</summary>
    public bool Binary { get; init; } = true;

    /// <summary>The share of cases that may end in a data error (a broken to-one promise or an overflow) instead of members.</summary>
    public double DataErrors { get; init; }

    /// <summary>Moments such as <c>{ago: 3, unit: day}</c> as operands of <c>lt</c>, <c>gte</c>, … of a leaf, not only of before, after and aggregates.</summary>
    public bool MomentsInLeaves { get; init; }

    /// <summary>Constructs of level 2. Without any, the cases are those that the seeds have always given.</summary>
    public Level2 Level2 { get; init; }

    public int MinEntities { get; init; } = 4;

    public int MaxEntities { get; init; } = 8;

    public int MaxRows { get; init; } = 120;

    /// <summary>How deep predicates nest.</summary>
    public int MaxDepth { get; init; } = 4;

    /// <summary>Whether any of the constructs is asked for.</summary>
    internal bool Has(Level2 constructs) => (Level2 & constructs) != Level2.None;
}
