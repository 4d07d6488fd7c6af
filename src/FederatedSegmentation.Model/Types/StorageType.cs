namespace FederatedSegmentation.Model.Types;

/// <summary>How a source stores a column, as far as it matters for reading and comparing it. A closed hierarchy with value equality.</summary>
public abstract record StorageType
{
    private protected StorageType()
    {
    }
}

/// <summary>A boolean.</summary>
public sealed record StoredBoolean : StorageType;

/// <summary>A signed integer of at most 64 bits.</summary>
public sealed record StoredInteger : StorageType;

/// <summary>An exact decimal with declared precision and scale.</summary>
public sealed record StoredDecimal(int Precision, int Scale) : StorageType;

/// <summary>A binary float.</summary>
/// <param name="Bits">32 or 64.</param>
public sealed record StoredFloat(int Bits) : StorageType;

/// <summary>Text whose equality is the equality of its bytes.</summary>
/// <param name="Collation">The collation by which the source sorts it, where that is not the source's default.</param>
public sealed record StoredText(string? Collation = null) : StorageType;

/// <summary>Text that compares by rules of its own at the source: a collation that is not deterministic, padded or case-folding text.</summary>
/// <param name="Rule">What the source does, for explain: <c>collation "und-ci" is not deterministic</c>.</param>
public sealed record StoredCollatedText(string Rule) : StorageType;

/// <summary>A day.</summary>
public sealed record StoredDate : StorageType;

/// <summary>An instant, read as UTC, of at most microseconds.</summary>
public sealed record StoredInstant : StorageType;

/// <summary>A wall clock without zone, of at most microseconds.</summary>
public sealed record StoredWallClock : StorageType;

/// <summary>Bytes.</summary>
public sealed record StoredBinary : StorageType;

/// <summary>What has no plain value: arrays, rows, ranges, maps. A segment that reads such a column is refused; one that does not is not.</summary>
/// <param name="NativeName">The source's name of the type, for messages.</param>
public sealed record StoredNested(string NativeName) : StorageType;

/// <summary>Anything else; it is fetched as its text form and cast in the engine.</summary>
/// <param name="NativeName">The source's name of the type, for messages.</param>
public sealed record StoredOther(string NativeName) : StorageType;
