using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;

namespace FederatedSegmentation.Sql;

/// <summary>Keys that a source gets beside the statement that asks for their rows. Immutable.</summary>
/// <param name="Passage">How: as an array or as a table.</param>
/// <param name="Name">The name of the parameter or the table, of letters, digits and <c>_</c>.</param>
/// <param name="Keys">The keys, each once, without NULLs; at least one.</param>
/// <param name="Storages">The types of their parts at the source.</param>
public sealed record SentKeys(KeyPassage Passage, string Name, ImmutableArray<ImmutableArray<Literal>> Keys, ImmutableArray<StorageType> Storages)
{
    private const int LongestEscape = 6;

    /// <summary>The text of a part of a key: every source reads it back as the same value.</summary>
    public static string TextOf(Literal part) => part switch
    {
        Int64Literal number => number.Value.ToString(CultureInfo.InvariantCulture),
        DecimalLiteral exact => LiteralText.Decimal(exact, exact.Scale),
        StringLiteral text => text.Value,
        DateLiteral day => LiteralText.Date(day.Value),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "Keys of this type do not travel."),
    };

    /// <summary>The most bytes that the text of a part of a key has in a statement or a parameter, escapes included and quotes not.</summary>
    public static long TextBytesOf(Literal part) => part switch
    {
        Int64Literal number => number.Value.ToString(CultureInfo.InvariantCulture).Length,
        DecimalLiteral exact => exact.Unscaled.ToString(CultureInfo.InvariantCulture).Length + exact.Scale + 3,
        StringLiteral text => TextBytesOf(text.Value),
        _ => "2026-01-31".Length,
    };

    // A character that some spelling escapes takes at most six bytes: \u0027.
    private static long TextBytesOf(string text)
    {
        var bytes = (long)Encoding.UTF8.GetByteCount(text);
        foreach (var character in text)
        {
            if (char.IsControl(character) || character is '\'' or '"' or '\\' or '$' or '\u2028' or '\u2029')
            {
                bytes += LongestEscape - 1;
            }
        }

        return bytes;
    }

    /// <summary>Keys as JSON: an array of keys, each an array of texts, so that no reader of JSON touches a digit.</summary>
    public static string JsonOf(ImmutableArray<ImmutableArray<Literal>> keys)
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < keys.Length; i++)
        {
            text.Append(i == 0 ? "[" : ",[");
            for (var part = 0; part < keys[i].Length; part++)
            {
                text.Append(part == 0 ? "\"" : ",\"");
                foreach (var character in TextOf(keys[i][part]))
                {
                    _ = character switch
                    {
                        '"' or '\\' => text.Append('\\').Append(character),
                        // Some services put the values of variables in place of ${name} before they read a statement.
                        < ' ' or '$' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                        _ => text.Append(character),
                    };
                }

                text.Append('"');
            }

            text.Append(']');
        }

        return text.Append(']').ToString();
    }
}
