using System.Collections.Immutable;
using System.Text;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>Splits the first line of a CSV file by RFC 4180.</summary>
internal static class CsvHeader
{
    // In the order in which they win where they do equally well.
    private static readonly char[] Usual = [',', ';', '\t', '|'];

    /// <summary>The delimiter that a first line most likely has: the one of the usual ones that splits it into most fields, a comma where none does better.</summary>
    public static char Sniff(string line) => Usual.MaxBy(delimiter => Split(line, delimiter).Length);

    /// <summary>The fields of the line; a byte-order mark and a carriage return at its end are no part of them.</summary>
    public static ImmutableArray<string> Split(string line, char delimiter)
    {
        var fields = ImmutableArray.CreateBuilder<string>();
        var field = new StringBuilder();
        var isQuoted = false;
        var text = line.TrimStart('\uFEFF').TrimEnd('\r');
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (isQuoted && character == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (character == '"' && (isQuoted || field.Length == 0))
            {
                isQuoted = !isQuoted;
            }
            else if (character == delimiter && !isQuoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(character);
            }
        }

        fields.Add(field.ToString());
        return fields.ToImmutable();
    }
}
