using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.PropertyTests;

/// <summary>In which form a table is laid out as files.</summary>
public enum FileForm
{
    /// <summary>One CSV file with commas, in canonical text.</summary>
    Csv,

    /// <summary>One JSON Lines file.</summary>
    JsonLines,

    /// <summary>One Parquet file; some columns are stored as another type that converts.</summary>
    Parquet,

    /// <summary>Any of these: other delimiters, spellings and compression, several files, folders that are columns.</summary>
    Varied,
}

/// <summary>Writes generated tables as files. What is chosen follows from the case's seed and the names, so that a shrunk case keeps its layout.</summary>
public static partial class FileLayout
{
    /// <summary>The source name of files.</summary>
    public const string Source = "lake";

    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    /// <summary>Writes one table under a folder.</summary>
    /// <returns>What the model says about it.</returns>
    public static async Task<Placement> WriteAsync(GeneratedTable table, FileForm form, int seed, string folder, CancellationToken cancellationToken)
    {
        var random = new SeededRandom(StableHash.Of(seed, "files", table.EntityName));
        var chosen = form == FileForm.Varied ? random.Pick([FileForm.Csv, FileForm.JsonLines, FileForm.Parquet, FileForm.Parquet]) : form;
        var isPlain = form != FileForm.Varied;
        var style = new Style(
            chosen,
            seed,
            isPlain || random.Chance(0.5) ? ',' : random.Pick(Delimiters),
            IsSpelledVariously: !isPlain && random.Chance(0.6),
            IsCompressed: !isPlain && chosen != FileForm.Parquet && random.Chance(0.25),
            HasMark: !isPlain && random.Chance(0.3),
            HasReturns: !isPlain && random.Chance(0.3));
        var several = !isPlain && random.Chance(0.3);
        var byFolder = several && random.Chance(0.5);
        if (byFolder && FolderColumn(table, random) is { } at)
        {
            var groups = table.Rows.GroupBy(row => CanonicalText.Of(row[at]), StringComparer.Ordinal).ToList();
            foreach (var group in groups)
            {
                var part = table with { Columns = table.Columns.RemoveAt(at), Rows = [.. group.Select(row => row.RemoveAt(at))] };
                var inner = Directory.CreateDirectory(Path.Combine(folder, table.EntityName, $"{table.Columns[at].StoredName}={group.Key}")).FullName;
                await WriteFileAsync(part, table, style, Path.Combine(inner, "part" + Extension(style)), random, cancellationToken);
            }

            return new Placement(Source, [$"{table.EntityName}/{random.Pick(["*/*", "**/part*"])}{Extension(style)}"], style.Delimiter);
        }

        if (several && table.Rows.Length > 1)
        {
            Directory.CreateDirectory(Path.Combine(folder, table.EntityName));
            var parts = random.Between(2, 3);
            for (var i = 0; i < parts; i++)
            {
                var rows = table.Rows.Where((_, at) => at % parts == i).ToList();
                var part = WithoutEmptyColumns(table with { Rows = [.. rows] }, table, random);
                await WriteFileAsync(part, table, style, Path.Combine(folder, table.EntityName, $"part {i}{Extension(style)}"), random, cancellationToken);
            }

            return new Placement(Source, [$"{table.EntityName}/part*{Extension(style)}"], style.Delimiter);
        }

        var name = table.EntityName + Extension(style);
        await WriteFileAsync(table, table, style, Path.Combine(folder, name), random, cancellationToken);
        return new Placement(Source, [name], style.Delimiter);
    }

    private sealed record Style(FileForm Form, int Seed, char Delimiter, bool IsSpelledVariously, bool IsCompressed, bool HasMark, bool HasReturns);

    private static string Extension(Style style) => style.Form switch
    {
        FileForm.Csv => ".csv",
        FileForm.JsonLines => ".jsonl",
        _ => ".parquet",
    } + (style.IsCompressed ? ".gz" : "");

    private static async Task WriteFileAsync(GeneratedTable part, GeneratedTable whole, Style style, string path, SeededRandom random, CancellationToken cancellationToken)
    {
        if (style.Form == FileForm.Parquet)
        {
            await ParquetFile.WriteAsync(part, whole, style.Seed, path, cancellationToken);
            return;
        }

        var variety = style.IsSpelledVariously ? random : null;
        var text = style.Form == FileForm.Csv ? CaseFiles.ToCsv(part, style.Delimiter, variety) : CaseFiles.ToJsonLines(part, variety);
        if (style is { Form: FileForm.Csv, HasReturns: true } && !text.Contains('"', StringComparison.Ordinal))
        {
            text = text.Replace("\n", "\r\n", StringComparison.Ordinal);
        }

        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: style is { Form: FileForm.Csv, HasMark: true });
        var bytes = encoding.GetPreamble().Concat(encoding.GetBytes(text)).ToArray();
        await using var file = File.Create(path);
        if (style.IsCompressed && bytes.Length == 0)
        {
            // The library writes nothing at all for no bytes, which is no gzip file.
            await file.WriteAsync(Convert.FromHexString("1F8B080000000000000303000000000000000000"), cancellationToken);
            return;
        }

        if (!style.IsCompressed)
        {
            await file.WriteAsync(bytes, cancellationToken);
            return;
        }

        await using var packed = new GZipStream(file, CompressionLevel.Fastest);
        await packed.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>A file of several may lack a column whose values there are all NULL, as long as some file has it.</summary>
    private static GeneratedTable WithoutEmptyColumns(GeneratedTable part, GeneratedTable whole, SeededRandom random)
    {
        for (var i = part.Columns.Length - 1; i >= 0; i--)
        {
            var inPart = part.Rows.All(row => row[i].IsNull);
            if (inPart && part.Columns.Length > 2 && !whole.Rows.All(row => row[i].IsNull) && random.Chance(0.6))
            {
                part = part with { Columns = part.Columns.RemoveAt(i), Rows = [.. part.Rows.Select(row => row.RemoveAt(i))] };
            }
        }

        var order = random.Shuffled(Enumerable.Range(0, part.Columns.Length));
        return part with { Columns = [.. order.Select(i => part.Columns[i])], Rows = [.. part.Rows.Select(row => order.Select(i => row[i]).ToArray()).Select(row => System.Collections.Immutable.ImmutableArray.Create(row))] };
    }

    // Folder names are plain text, and every row needs one; a table keeps two columns, because a row of one NULL is no line of a CSV file.
    private static int? FolderColumn(GeneratedTable table, SeededRandom random)
    {
        if (table.Rows.IsEmpty || table.Columns.Length < 3)
        {
            return null;
        }

        return random.Shuffled(Enumerable.Range(0, table.Columns.Length))
            .Where(i => PlainName().IsMatch(table.Columns[i].StoredName)
                && table.Rows.All(row => !row[i].IsNull && PlainText().IsMatch(CanonicalText.Of(row[i])))
                && table.Rows.Select(row => CanonicalText.Of(row[i])).Distinct(StringComparer.Ordinal).Count() <= 8)
            .Select(i => (int?)i)
            .FirstOrDefault();
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();

    [GeneratedRegex("^[A-Za-z0-9_-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainText();
}
