namespace FederatedSegmentation.Conformance.Oracle.Values;

/// <summary>How strings are searched: unit by unit, no culture, no normalisation.</summary>
public static class TextMatch
{
    /// <summary>Folds the ASCII letters A–Z only; every other character stays as it is.</summary>
    public static string FoldAscii(string text) =>
        string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = source[i] is >= 'A' and <= 'Z' ? (char)(source[i] + ('a' - 'A')) : source[i];
            }
        });

    public static bool Contains(string text, string part) => text.Contains(part, StringComparison.Ordinal);

    public static bool Starts(string text, string part) => text.StartsWith(part, StringComparison.Ordinal);

    public static bool Ends(string text, string part) => text.EndsWith(part, StringComparison.Ordinal);
}
