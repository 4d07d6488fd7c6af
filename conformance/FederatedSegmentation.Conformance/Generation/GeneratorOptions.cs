namespace FederatedSegmentation.Conformance.Generation;

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

    public int MinEntities { get; init; } = 4;

    public int MaxEntities { get; init; } = 8;

    public int MaxRows { get; init; } = 120;

    /// <summary>How deep predicates nest.</summary>
    public int MaxDepth { get; init; } = 4;
}
