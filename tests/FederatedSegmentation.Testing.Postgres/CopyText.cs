using System.Globalization;
using System.Text;

namespace FederatedSegmentation.Testing.Postgres;

/// <summary>Values in PostgreSQL's text form of COPY.</summary>
internal static class CopyText
{
    /// <summary>A row with its line end.</summary>
    internal static string Line(IReadOnlyList<object?> row)
    {
        var line = new StringBuilder();
        for (var i = 0; i < row.Count; i++)
        {
            if (i > 0)
            {
                line.Append('\t');
            }

            if (row[i] is { } value)
            {
                Escape(line, Text(value));
            }
            else
            {
                line.Append("\\N");
            }
        }

        return line.Append('\n').ToString();
    }

    private static string Text(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "t" : "f",
        double number when double.IsPositiveInfinity(number) => "Infinity",
        double number when double.IsNegativeInfinity(number) => "-Infinity",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number when float.IsPositiveInfinity(number) => "Infinity",
        float number when float.IsNegativeInfinity(number) => "-Infinity",
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime clock => clock.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "+00",
        byte[] bytes => "\\x" + Convert.ToHexString(bytes),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A value of {value.GetType().Name} cannot be loaded."),
    };

    private static void Escape(StringBuilder line, string text)
    {
        foreach (var character in text)
        {
            _ = character switch
            {
                '\\' => line.Append("\\\\"),
                '\t' => line.Append("\\t"),
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                _ => line.Append(character),
            };
        }
    }
}
