using System.Globalization;
using System.Text;

namespace FederatedSegmentation.Benchmarks;

/// <summary>The report, in Markdown; every part is printed as soon as it is there.</summary>
internal sealed class ReportText
{
    private readonly StringBuilder _text = new();

    /// <summary>A count with thousands apart.</summary>
    internal static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number of three significant digits or so.</summary>
    internal static string Number(double number) => number.ToString(number >= 100 ? "N0" : "0.0", CultureInfo.InvariantCulture);

    /// <summary>A ratio with two decimals.</summary>
    internal static string Ratio(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>A heading and what is measured.</summary>
    internal void Section(string title, string text) => Add($"\n## {title}\n\n{text}\n");

    /// <summary>A paragraph.</summary>
    internal void Paragraph(string text) => Add($"\n{text}\n");

    /// <summary>A table.</summary>
    internal void Table(IReadOnlyList<string> header, IReadOnlyList<string[]> rows)
        => Add($"\n{Line(header)}{Line([.. header.Select((_, column) => column == 0 ? "---" : "--:")])}{string.Concat(rows.Select(Line))}");

    /// <summary>Something as it is.</summary>
    internal void Add(string text)
    {
        _text.Append(text);
        Console.Write(text);
    }

    /// <inheritdoc />
    public override string ToString() => _text.ToString();

    private static string Line(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells)} |\n";
}
