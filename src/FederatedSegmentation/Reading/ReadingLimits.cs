namespace FederatedSegmentation.Reading;

/// <summary>What a reader accepts before it gives up with SDL015, so that no text can exhaust memory or the stack.</summary>
/// <param name="Bytes">The greatest length of the text in bytes, or null.</param>
/// <param name="Depth">The greatest nesting of mappings and sequences.</param>
/// <param name="AliasExpansions">How many YAML aliases may be expanded, those inside expanded ones included.</param>
/// <param name="AliasNodes">How many nodes the expansion of aliases may make.</param>
public sealed record ReadingLimits(long? Bytes, int Depth, int AliasExpansions, int AliasNodes)
{
    /// <summary>The limits of a segment. Its nodes, depth and literals in terms of the language are counted when it is resolved.</summary>
    public static ReadingLimits Segment { get; } = new(Bytes: 1 << 20, Depth: 200, AliasExpansions: 1_000, AliasNodes: 100_000);

    /// <summary>The limits of a model, which may hold thousands of entities.</summary>
    public static ReadingLimits Model { get; } = new(Bytes: null, Depth: 200, AliasExpansions: 100_000, AliasNodes: 2_000_000);
}
