using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FederatedSegmentation.Conformance.Kit.Cases;
using FederatedSegmentation.Conformance.Kit.Running;
using FederatedSegmentation.Conformance.Kit.Storing;
using FederatedSegmentation.Model.Fragments;

namespace FederatedSegmentation.Conformance.Kit.Reports;

/// <summary>What every kind of source answers, case by case: the page <c>conformance/MATRIX.md</c>. Immutable.</summary>
public sealed class ConformanceMatrix
{
    private const string Unknown = "?";
    private const string DoesNotApply = "–";
    private const string NotRun = "not run";
    private const string Fails = "FAILS";
    private const string Shown = ", shown";

    private readonly ImmutableDictionary<(string Row, string Column), string> _cells;

    private ConformanceMatrix(ImmutableDictionary<(string Row, string Column), string> cells) => _cells = cells;

    /// <summary>A matrix that knows nothing yet.</summary>
    public static ConformanceMatrix Empty { get; } = new(ImmutableDictionary<(string Row, string Column), string>.Empty);

    /// <summary>Reads the cells of a page.</summary>
    public static ConformanceMatrix Read(string page)
    {
        var cells = ImmutableDictionary.CreateBuilder<(string Row, string Column), string>();
        ImmutableArray<string> header = [];
        foreach (var line in page.Split('\n').Where(line => line.StartsWith('|')))
        {
            ImmutableArray<string> parts = [.. line.Trim('|', '\r').Split('|').Select(part => part.Trim())];
            if (parts.All(part => part.All(c => c is '-' or ':')))
            {
                continue;
            }

            if (parts[0] is "capability" or "rung" or "case")
            {
                header = parts;
                continue;
            }

            foreach (var (cell, i) in parts.Select((cell, i) => (cell, i)).Where(pair => pair.i > 0 && pair.i < header.Length))
            {
                cells[(parts[0].Trim('`'), header[i])] = cell;
            }
        }

        return new ConformanceMatrix(cells.ToImmutable());
    }

    /// <summary>The matrix with the column of a source as a run found it.</summary>
    public ConformanceMatrix With(ConformanceReport report)
    {
        var cells = _cells.ToBuilder();
        foreach (var result in report.Results)
        {
            cells[(result.Name, report.Spelling.Title)] = CaseCell(result);
        }

        // A run of some cases leaves the cells of the others as they are; those of the capabilities follow from all.
        foreach (var name in CapabilityTable.Names)
        {
            var asked = CaseLibrary.All
                .SelectMany(group => group.Cases.Where(one => one.Asks is { } asks && asks.Contains(name, StringComparer.Ordinal)).Select(one => cells.GetValueOrDefault(($"{group.Name}/{one.Id}", report.Spelling.Title), Unknown)))
                .ToList();
            cells[(name, report.Spelling.Title)] = CapabilityCell(CapabilityTable.Of(report.Capabilities, name).Verdict, asked);
        }

        var travelling = CaseLibrary.All.Where(group => !group.Elsewhere.IsEmpty)
            .SelectMany(group => group.Cases.Select(one => cells.GetValueOrDefault(($"{group.Name}/{one.Id}", report.Spelling.Title), Unknown).Split(", ")))
            .ToList();
        foreach (var rung in Enum.GetValues<KeyPassage>())
        {
            var taken = travelling.Count(cell => cell.Contains(rung.ToString().ToLowerInvariant(), StringComparer.Ordinal));
            cells[(RowOf(rung), report.Spelling.Title)] = taken == 0 ? DoesNotApply : taken.ToString(CultureInfo.InvariantCulture);
        }

        return new ConformanceMatrix(cells.ToImmutable());
    }

    /// <summary>The rows whose cells differ from those of another matrix, each with both cells.</summary>
    public IReadOnlyList<string> DifferencesFrom(ConformanceMatrix other) =>
    [
        .. _cells.Keys.Where(key => _cells[key] != other._cells.GetValueOrDefault(key, Unknown)).OrderBy(key => key.Row, StringComparer.Ordinal)
            .Select(key => $"{key.Row}: {other._cells.GetValueOrDefault(key, Unknown)} in the page, {_cells[key]} now"),
    ];

    /// <summary>The page, with a row for every capability and every case that the kit has.</summary>
    public string Write()
    {
        var columns = SourceSpelling.All.Select(spelling => spelling.Title).ToList();
        var page = new StringBuilder();
        page.Append("""
            # Conformance matrix

            Written by the tests of the connectors, each its own column, and compared by them ever after: [how](../docs/write-a-connector.md). The warehouses are
            [local servers](servers/README.md) that speak the vendors' protocols; nobody had an account. Over one, `fedseg conformance run` fills
            [a report of its own](../docs/run-conformance.md).

            ## Capabilities

            What a source says of itself, and the number of cases that were run for it. `full`: the source answers alone. `recheck`: it may answer too much, and the engine
            looks again. `none`: it is not asked. *shown*: where it is trusted all the same, a case gets wrong members or an error.


            """.ReplaceLineEndings("\n"));
        Header(page, "capability", columns);
        foreach (var name in CapabilityTable.Names)
        {
            Row(page, name, columns);
        }

        page.Append("""

            ## Keys that travel

            The cases in which keys of files travelled to the source on a rung, each alone or as the first that held them. `–`: the source has no such rung.


            """.ReplaceLineEndings("\n"));
        Header(page, "rung", columns);
        foreach (var rung in Enum.GetValues<KeyPassage>())
        {
            Row(page, RowOf(rung), columns);
        }

        page.Append(string.Create(CultureInfo.InvariantCulture, $"""

            ## Cases

            {CaseLibrary.All.Sum(group => group.Cases.Length)} cases in {CaseLibrary.All.Length} groups ([cases](cases)), each run with all that the source answers, and with the source asked for rows only; both give the members of the oracle.
            `full`, `recheck`, `none`: how the source is asked. `ok`: that hangs on how it stores a column. `–`: it cannot store what the case is about.
            `list`, `array`, `table`: the rungs on which keys of files travelled, each alone; in groups `keys_climbs…` the first that held them. There `none` means that all rows were fetched.
            `not run`: the local server refuses the statement, since its engine would answer otherwise than the vendor's.


            """).ReplaceLineEndings("\n"));
        Header(page, "case", columns);
        foreach (var group in CaseLibrary.All)
        {
            foreach (var one in group.Cases)
            {
                Row(page, $"{group.Name}/{one.Id}", columns);
            }
        }

        return page.ToString();
    }

    private static string RowOf(KeyPassage rung) => $"as {(rung == KeyPassage.Array ? "an" : "a")} {rung.ToString().ToLowerInvariant()}";

    private static string CapabilityCell(PushdownVerdict verdict, List<string> asked)
    {
        var passed = asked.FindAll(cell => cell is not (Unknown or DoesNotApply or NotRun or Fails));
        var shown = verdict != PushdownVerdict.Full && passed.Exists(cell => cell.EndsWith(Shown, StringComparison.Ordinal));
        return string.Create(CultureInfo.InvariantCulture, $"{Text(verdict)} ({passed.Count}{(shown ? Shown : "")})");
    }

    private static string CaseCell(CaseResult result) => result.Outcome switch
    {
        CaseOutcome.Passed when !result.Travelled.IsEmpty => string.Join(", ", result.Travelled.SelectMany(travel => travel.Taken).Distinct(StringComparer.Ordinal)),
        CaseOutcome.Passed when result.Claim is not null && result.Pushed?.Verdict is { } verdict => result.Trusted is TrustOutcome.Wrong or TrustOutcome.Refused ? Text(verdict) + Shown : Text(verdict),
        CaseOutcome.Passed => "ok",
        CaseOutcome.DoesNotApply => DoesNotApply,
        CaseOutcome.NotRun => NotRun,
        _ => Fails,
    };

    private static string Text(PushdownVerdict verdict) => verdict.ToString().ToLowerInvariant();

    private static void Header(StringBuilder page, string first, IReadOnlyList<string> columns)
        => page.Append(CultureInfo.InvariantCulture, $"| {first} | {string.Join(" | ", columns)} |\n|---|{string.Concat(columns.Select(_ => "---|"))}\n");

    private void Row(StringBuilder page, string row, IReadOnlyList<string> columns)
        => page.Append(CultureInfo.InvariantCulture, $"| `{row}` | {string.Join(" | ", columns.Select(column => _cells.GetValueOrDefault((row, column), Unknown)))} |\n");
}
