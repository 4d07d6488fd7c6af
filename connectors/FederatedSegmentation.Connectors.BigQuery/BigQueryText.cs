using System.Globalization;
using System.Text;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>The lexical rules of GoogleSQL. Pure functions.</summary>
internal static class BigQueryText
{
    /// <summary>A string literal. Whatever the text holds, it is one token.</summary>
    internal static string Quote(string text) => Escaped(text, '\'');

    /// <summary>An identifier in backticks, which has the escapes of strings.</summary>
    internal static string QuoteIdentifier(string name) => Escaped(name, '`');

    /// <summary>Whether the text is one identifier in backticks and nothing else.</summary>
    internal static bool IsIdentifier(string text)
    {
        if (text is not ['`', _, .., '`'])
        {
            return false;
        }

        for (var i = 1; i < text.Length - 1; i++)
        {
            if (text[i] == '`' || (text[i] == '\\' && ++i == text.Length - 1))
            {
                return false;
            }
        }

        return true;
    }

    // Everything that ends a token, a line, or cannot be seen is escaped.
    private static string Escaped(string text, char quote)
    {
        var escaped = new StringBuilder(text.Length + 2).Append(quote);
        foreach (var character in text)
        {
            if (character == quote || character == '\\')
            {
                escaped.Append('\\').Append(character);
            }
            else if (char.IsControl(character) || character is '\u2028' or '\u2029')
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                escaped.Append(character);
            }
        }

        return escaped.Append(quote).ToString();
    }
}
