namespace FederatedSegmentation.Model.Fragments;

/// <summary>How keys get to a source. Never as a range: what lies between two keys is nobody's.</summary>
public enum KeyPassage
{
    /// <summary>As constants, each a value of the statement.</summary>
    List,

    /// <summary>All of them as one value: an array or a JSON text, as a parameter or, where the protocol has none, a constant.</summary>
    Array,

    /// <summary>As rows of a table that is made for the fragment and dropped afterwards.</summary>
    Table,
}

/// <summary>A rung of the ladder on which keys get to a source, with its limits.</summary>
/// <param name="Passage">How.</param>
/// <param name="MaxValues">The most values: keys times their columns.</param>
/// <param name="MaxBytes">The most bytes of text that they may have.</param>
/// <param name="BytesAround">The bytes that each value has besides its text: quotes, separators, casts.</param>
public sealed record KeyRung(KeyPassage Passage, int MaxValues, int MaxBytes, int BytesAround)
{
    /// <summary>Whether the rung takes so many values.</summary>
    /// <param name="values">Keys times their columns.</param>
    /// <param name="textBytes">The bytes of their texts, escapes included.</param>
    public bool Takes(long values, long textBytes) => values <= MaxValues && textBytes <= MaxBytes && values * BytesAround <= MaxBytes - textBytes;
}
