using System.Buffers;
using System.Text;

namespace FederatedSegmentation.Conformance.Oracle;

/// <summary>CSV by RFC 4180: an empty unquoted field is NULL, <c>""</c> is the empty string.</summary>
public static class CsvText
{
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create("\",\r\n;|\t");

    /// <summary>All records, the header first.</summary>
    public static IReadOnlyList<IReadOnlyList<string?>> Parse(string content)
    {
        var records = new List<IReadOnlyList<string?>>();
        var fields = new List<string?>();
        var position = content.StartsWith('\uFEFF') ? 1 : 0;
        while (position < content.Length)
        {
            fields.Add(ReadField(content, ref position));
            if (position < content.Length && content[position] == ',')
            {
                position++;
                if (position == content.Length)
                {
                    fields.Add(null);
                }

                continue;
            }

            position += position < content.Length && content[position] == '\r' ? 2 : 1;
            records.Add(fields);
            fields = [];
        }

        if (fields.Count > 0)
        {
            records.Add(fields);
        }

        return records;
    }

    public static void AppendRecord(StringBuilder text, IEnumerable<string?> fields, char delimiter = ',')
    {
        var first = true;
        foreach (var field in fields)
        {
            if (!first)
            {
                text.Append(delimiter);
            }

            first = false;
            if (field is null)
            {
                continue;
            }

            // Quoted whenever a reader could take it for something else: empty, a delimiter, a quote, a line end, space at an end.
            var quoted = field.Length == 0 || field.AsSpan().ContainsAny(NeedsQuotes) || field.Trim() != field;
            text.Append(quoted ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field);
        }

        text.Append('\n');
    }

    private static string? ReadField(string content, ref int position)
    {
        if (content[position] != '"')
        {
            var start = position;
            while (position < content.Length && content[position] is not (',' or '\r' or '\n'))
            {
                position++;
            }

            return position == start ? null : content[start..position];
        }

        var text = new StringBuilder();
        for (position++; position < content.Length; position++)
        {
            if (content[position] != '"')
            {
                text.Append(content[position]);
            }
            else if (position + 1 < content.Length && content[position + 1] == '"')
            {
                text.Append('"');
                position++;
            }
            else
            {
                position++;
                break;
            }
        }

        return text.ToString();
    }
}
