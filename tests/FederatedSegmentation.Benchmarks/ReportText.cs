using System.Globalization;
using System.Text;

namespace FederatedSegmentation.Benchmarks;

/// <summary>A section of the report, in Markdown; it is printed as it grows.</summary>
/// <param name="head">What stands before the first section.</param>
internal sealed class ReportText(string head)
{
    private const string Heading = "\n## ";

    private readonly StringBuilder _text = new();

    /// <summary>A count with thousands apart.</summary>
    internal static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number of three significant digits or so.</summary>
    internal static string Number(double number) => number.ToString(Math.Abs(number) >= 100 ? "N0" : "0.0", CultureInfo.InvariantCulture);

    /// <summary>A ratio with two decimals.</summary>
    internal static string Ratio(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>The heading and what is measured.</summary>
    internal void Section(string title, string text) => Add($"{Heading}{title}\n\n{text}\n");

    /// <summary>A paragraph.</summary>
    internal void Paragraph(string text) => Add($"\n{text}\n");

    /// <summary>A table.</summary>
    internal void Table(IReadOnlyList<string> header, IReadOnlyList<string[]> rows)
        => Add($"\n{Line(header)}{Line([.. header.Select((_, column) => column == 0 ? "---" : "--:")])}{string.Concat(rows.Select(Line))}");

    /// <summary>Writes the section into a report, in the place of one with the same heading.</summary>
    internal async Task SaveAsync(string file, CancellationToken cancellationToken)
    {
        var sections = File.Exists(file) ? (await File.ReadAllTextAsync(file, cancellationToken)).Split(Heading).Skip(1).Select(section => Heading + section).ToList() : [];
        var title = _text.ToString(0, _text.ToString().IndexOf('\n', Heading.Length));
        var place = sections.FindIndex(section => section.StartsWith(title + "\n", StringComparison.Ordinal));
        if (place < 0)
        {
            sections.Add(_text.ToString());
        }
        else
        {
            sections[place] = _text.ToString();
        }

        await File.WriteAllTextAsync(file, head + string.Concat(sections), cancellationToken);
    }

    private void Add(string text)
    {
        _text.Append(text);
        Console.Write(text);
    }

    private static string Line(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells)} |\n";
}
