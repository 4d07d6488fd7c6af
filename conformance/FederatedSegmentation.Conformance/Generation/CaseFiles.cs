using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Writes the parts of a case as files: the model, the segments, key files, and tables as CSV or JSON Lines.</summary>
public static class CaseFiles
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes <c>model.json</c>, every segment as <c>segments/ID.json</c>, the key files beside the segments, and, if the run is given values of parameters,
    /// <c>parameters.json</c> with their texts by name.
    /// </summary>
    public static async Task WriteDefinitionsAsync(GeneratedCase generated, string folder, Func<string, Placement> place, CancellationToken cancellationToken)
    {
        var segments = Path.Combine(folder, "segments");
        Directory.CreateDirectory(segments);
        await File.WriteAllTextAsync(Path.Combine(folder, "model.json"), ToText(generated.PlacedModel(place)), Utf8, cancellationToken);
        foreach (var segment in generated.Segments)
        {
            await File.WriteAllTextAsync(Path.Combine(segments, (string)segment["segment"]! + ".json"), ToText(segment), Utf8, cancellationToken);
        }

        if (!generated.Parameters.IsEmpty)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "parameters.json"), ToText(generated.ParametersAsJson()), Utf8, cancellationToken);
        }

        foreach (var (name, content) in generated.KeyFiles)
        {
            await File.WriteAllTextAsync(Path.Combine(segments, name), content, Utf8, cancellationToken);
        }
    }

    public static string ToText(JsonNode tree) => tree.ToJsonString(Readable);

    /// <summary>The table as CSV with the stored names in the header: NULL is an empty unquoted field, <c>""</c> the empty string.</summary>
    /// <param name="table">The table.</param>
    /// <param name="delimiter">One of <c>, ; |</c> and tab.</param>
    /// <param name="variety">If given, values are spelled in all the ways that a declared type accepts, and not only in canonical text.</param>
    public static string ToCsv(GeneratedTable table, char delimiter = ',', SeededRandom? variety = null)
    {
        var text = new StringBuilder();
        CsvText.AppendRecord(text, table.Columns.Select(column => column.StoredName), delimiter);
        foreach (var row in table.Rows)
        {
            // A lone NULL would be an empty line, which many readers take for no row.
            if (row is [Value.NullValue])
            {
                throw new InvalidOperationException("A table of one column cannot hold NULL in CSV.");
            }

            CsvText.AppendRecord(text, row.Select(value => value.IsNull ? null : variety is null ? CanonicalText.Of(value) : StoredSpelling.Of(value, variety)), delimiter);
        }

        return text.ToString();
    }

    /// <summary>
    /// The table as JSON Lines with the stored names as members. Numbers are JSON numbers where a float64 holds them, text otherwise
    /// (long decimals and integers, NaN); everything else is canonical text; NULL is <c>null</c>.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="variety">
    /// If given, some values are texts in all the ways that a declared type accepts, and NULLs may be left out where another line has the member.
    /// </param>
    public static string ToJsonLines(GeneratedTable table, SeededRandom? variety = null)
    {
        var text = new StringBuilder();
        var mayBeAbsent = table.Columns.Select((_, i) => variety is not null && table.Rows.Any(row => !row[i].IsNull)).ToList();
        foreach (var row in table.Rows)
        {
            var line = new JsonObject();
            for (var i = 0; i < row.Length; i++)
            {
                if (row[i].IsNull && mayBeAbsent[i] && variety!.Chance(0.4))
                {
                    continue;
                }

                line.Add(
                    table.Columns[i].StoredName,
                    !row[i].IsNull && variety is not null && variety.Chance(0.3) ? StoredSpelling.Of(row[i], variety) : JsonValueOf(row[i]));
            }

            text.Append(line.ToJsonString(OneLine)).Append('\n');
        }

        return text.ToString();
    }

    public static Task WriteCsvAsync(GeneratedTable table, string path, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(path, ToCsv(table), Utf8, cancellationToken);

    public static Task WriteJsonLinesAsync(GeneratedTable table, string path, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(path, ToJsonLines(table), Utf8, cancellationToken);

    private static JsonNode? JsonValueOf(Value value)
    {
        const int DigitsOfFloat64 = 15;
        switch (value)
        {
            case Value.NullValue:
                return null;
            case Value.Truth truth:
                return truth.Holds;
            case Value.Integer { Number: > -1_000_000_000_000_000 and < 1_000_000_000_000_000 } integer:
                return integer.Number;
            case Value.Decimal number when ExactNumber.DigitCount(number.Unscaled) <= DigitsOfFloat64 && number.Scale <= DigitsOfFloat64:
                return JsonNode.Parse(CanonicalText.Of(number));
            case Value.Float number when double.IsFinite(number.Number):
                return JsonNode.Parse(number.Number.ToString("R", CultureInfo.InvariantCulture));
            default:
                return CanonicalText.Of(value);
        }
    }
}
