using FederatedSegmentation.Conformance.Generation;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>The kept cases stay readable and specified; the placements over real sources run them too.</summary>
public sealed class RegressionCaseTests
{
    [Fact]
    public void Every_kept_case_reads_and_has_a_specified_outcome()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "FederatedSegmentation.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The tests do not lie in the repository.");
        }

        var folder = Path.Combine(root.FullName, "conformance", "regressions");
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : [])
        {
            var kept = CaseText.Read(File.ReadAllText(file));
            Assert.True(kept.Evaluate().Unspecified.IsEmpty, Path.GetFileName(file));
        }
    }

    [Fact]
    public void Every_spelling_of_stored_text_reads_back_as_the_value()
    {
        var random = new SeededRandom(11);
        for (var seed = 1; seed <= 10; seed++)
        {
            foreach (var table in CaseGenerator.Generate(seed).Tables)
            {
                foreach (var (column, value) in table.Rows.SelectMany(row => table.Columns.Zip(row)).Where(pair => !pair.Second.IsNull))
                {
                    var text = StoredSpelling.Of(value, random);
                    Assert.Equal(value, Oracle.Values.StoredText.Read(text, Oracle.Schema.DataType.Parse(column.Type)));
                }
            }
        }
    }

    [Fact]
    public void Csv_written_by_the_kit_reads_back_field_by_field()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            foreach (var table in CaseGenerator.Generate(seed).Tables)
            {
                var records = Oracle.CsvText.Parse(CaseFiles.ToCsv(table));
                Assert.Equal(table.Columns.Select(column => column.StoredName), records[0]);
                Assert.Equal(
                    table.Rows.Select(row => row.Select(value => value.IsNull ? null : Oracle.Values.CanonicalText.Of(value))),
                    records.Skip(1));
            }
        }
    }

    [Fact]
    public void Level_2_generates_with_every_other_option_too()
    {
        var options = GeneratorOptions.Default with
        {
            Level2 = Level2.All, ExtremeTimes = true, DataErrors = 0.5, MomentsInLeaves = true, NulCharacters = true, Infinity = true,
        };
        var outcomes = Enumerable.Range(1, 60).Select(seed => CaseGenerator.Generate(seed, options).Evaluate()).ToList();
        Assert.All(outcomes, outcome => Assert.Empty(outcome.Unspecified));
        Assert.Contains(outcomes, outcome => outcome.DataError is not null);
        Assert.Contains(outcomes, outcome => outcome.DataError is null && outcome.Members.Length > 0);
    }

    [Fact]
    public void Extreme_times_data_errors_and_moments_in_leaves_generate_too()
    {
        var options = GeneratorOptions.Default with { ExtremeTimes = true, DataErrors = 0.5, MomentsInLeaves = true, NulCharacters = true, Infinity = true };
        var outcomes = Enumerable.Range(1, 60).Select(seed => CaseGenerator.Generate(seed, options).Evaluate()).ToList();
        Assert.All(outcomes, outcome => Assert.Empty(outcome.Unspecified));
        Assert.Contains(outcomes, outcome => outcome.DataError is not null);
        Assert.Contains(outcomes, outcome => outcome.DataError is null && !outcome.PossibleDataErrors.IsEmpty);
    }
}
