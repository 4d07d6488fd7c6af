namespace FederatedSegmentation.PropertyTests;

/// <summary>A hash that is the same in every process, so that the layout of a case follows from its seed and the names in it.</summary>
internal static class StableHash
{
    /// <summary>FNV-1a over the characters of all parts.</summary>
    public static int Of(int seed, params ReadOnlySpan<string> parts)
    {
        var hash = unchecked((2166136261 ^ (uint)seed) * 16777619);
        foreach (var part in parts)
        {
            foreach (var character in part)
            {
                hash = unchecked((hash ^ character) * 16777619);
            }

            hash = unchecked((hash ^ 0x1F) * 16777619);
        }

        return (int)((hash ^ (hash >> 15)) & 0x7FFFFFFF);
    }
}
