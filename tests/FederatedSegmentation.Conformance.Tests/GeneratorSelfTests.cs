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

    [Fact]
    public void With_level_2_every_construct_of_it_appears_and_every_case_is_specified()
    {
        var options = GeneratorOptions.Default with { Level2 = Level2.All };
        var counts = Constructs.Level2.ToDictionary(construct => construct, _ => 0);
        var between = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var generated = CaseGenerator.Generate(seed, options);
            var outcome = generated.Evaluate();
            Assert.True(outcome.IsExact, $"Seed {seed} is not exact.");
            foreach (var construct in Constructs.Of(generated).Where(counts.ContainsKey))
            {
                counts[construct]++;
            }

            between += outcome.Members.Length > 0 && outcome.Members.Length < KeyCount(generated) ? 1 : 0;
        }

        output.WriteLine($"Seeds 1..{Seeds}: {between} select some and not all.");
        output.WriteLine(string.Join(Environment.NewLine, counts.OrderBy(pair => pair.Value).Select(pair => $"{pair.Value,4} {pair.Key}")));
        Assert.DoesNotContain(counts, pair => pair.Value == 0);
        Assert.True(between > Seeds * 0.75, $"Only {between} of {Seeds} cases select some and not all.");
    }

    [Theory]
    [InlineData(Level2.Pick, "pick.")]
    [InlineData(Level2.Seq, "seq", "duration.")]
    [InlineData(Level2.Regular, "regular", "duration.")]
    [InlineData(Level2.Hierarchies, "star.")]
    [InlineData(Level2.Rank, "rank")]
    [InlineData(Level2.Tiers, "tiers", "rank.by.")]
    [InlineData(Level2.Split, "split")]
    [InlineData(Level2.Parameters, "param")]
    public void Each_construct_comes_alone_if_it_is_asked_for_alone(Level2 construct, params string[] names)
    {
        var options = GeneratorOptions.Default with { Level2 = construct };
        var found = 0;
        for (var seed = 1; seed <= 40; seed++)
        {
            var constructs = Constructs.Of(CaseGenerator.Generate(seed, options)).Intersect(Constructs.Level2).ToList();
            Assert.All(constructs, name => Assert.Contains(names, prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
            found += constructs.Count > 0 ? 1 : 0;
        }

        Assert.True(found > 30, $"Only {found} of 40 cases hold {construct}.");
    }

    [Fact]
    public void Without_level_2_no_case_holds_any_of_it() =>
        Assert.All(Enumerable.Range(1, 60), seed => Assert.False(Constructs.HasLevel2(CaseGenerator.Generate(seed))));

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
