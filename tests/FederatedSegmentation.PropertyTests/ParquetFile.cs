using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.DuckDb;
using System.Text;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Writes Parquet by DuckDB. Safe for concurrent use.</summary>
internal static class ParquetFile
{
    private static readonly Lazy<DuckDbInstance> Writer = new(() => DuckDbInstance.Open(new DuckDbOptions { Threads = 1, MemoryLimitBytes = 1L << 29 }));

    /// <summary>Writes the rows of one file; the whole table decides how its columns are stored.</summary>
    public static async Task WriteAsync(GeneratedTable part, GeneratedTable whole, int seed, string path, CancellationToken cancellationToken)
    {
        var forms = part.Columns.Select(column =>
        {
            var at = whole.Columns.IndexOf(column);
            return StoredForm.Choose(column, whole.Rows.Select(row => row[at]), new SeededRandom(StableHash.Of(seed, "parquet", whole.EntityName, column.LogicalName)));
        }).ToList();
        var text = new StringBuilder();
        CsvText.AppendRecord(text, forms.Select((_, i) => $"c{i}").Append("row"));
        foreach (var row in part.Rows)
        {
            CsvText.AppendRecord(text, row.Select((value, i) => value.IsNull ? null : forms[i].Text(value)).Append("1"));
        }

        var staged = path + ".staged";
        await File.WriteAllTextAsync(staged, text.ToString(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
        var columns = string.Join(", ", forms.Select((_, i) => $"'c{i}': 'VARCHAR'").Append("'row': 'VARCHAR'"));
        var outputs = string.Join(", ", forms.Select((form, i) => $"{string.Format(System.Globalization.CultureInfo.InvariantCulture, form.Parquet, $"c{i}")} AS \"{part.Columns[i].StoredName.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
        await using (var connection = Writer.Value.CreateConnection())
        {
            await connection.ExecuteAsync(
                $"COPY (SELECT {outputs} FROM read_csv({Literal(staged)}, header = true, auto_detect = false, columns = {{{columns}}}, delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false)) TO {Literal(path)} (FORMAT parquet)",
                cancellationToken);
        }

        File.Delete(staged);
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
