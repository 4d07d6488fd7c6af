using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Schema;
using Xunit;
using Xunit.Abstractions;

namespace FederatedSegmentation.Conformance.Tests;

public sealed class GeneratorSelfTests(ITestOutputHelper output)
{
    private const int Seeds = 300;

    [Fact]
    public void Every_construct_appears_and_results_are_neither_always_empty_nor_everything()
    {
        var counts = Constructs.All.ToDictionary(construct => construct, _ => 0);
        var shares = new int[11];
        var specified = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var generated = CaseGenerator.Generate(seed);
            var outcome = generated.Evaluate();
            Assert.True(outcome.IsExact, $"Seed {seed} is not exact.");
            foreach (var construct in Constructs.Of(generated).Where(counts.ContainsKey))
            {
                counts[construct]++;
            }

            var keys = KeyCount(generated);
            var share = keys == 0 ? 0 : (double)outcome.Members.Length / keys;
            shares[(int)Math.Floor(share * 10)]++;
            specified += share is >= 0.05 and <= 0.95 ? 1 : 0;
        }

        output.WriteLine($"Seeds 1..{Seeds}: {specified} select between 5 % and 95 %.");
        output.WriteLine("Share of keys selected, by tenths: " + string.Join(' ', shares));
        output.WriteLine(string.Join(Environment.NewLine, counts.OrderBy(pair => pair.Value).Select(pair => $"{pair.Value,4} {pair.Key}")));
        Assert.DoesNotContain(counts, pair => pair.Value == 0);
        Assert.True(specified > Seeds * 0.75, $"Only {specified} of {Seeds} cases select between 5 % and 95 %.");
    }

    private static int KeyCount(GeneratedCase generated)
    {
        var of = ModelReader.Read(generated.Model).Entity((string)generated.MainSegment["of"]!);
        var table = generated.Tables.First(candidate => candidate.EntityName == of.Name);
        return table.Rows
            .Select(row => of.Key.Select(column => row[column.Ordinal]).ToList())
            .Where(key => !key.Any(part => part.IsNull))
            .Select(Oracle.Values.CanonicalText.OfKey)
            .Distinct()
            .Count();
    }
}
