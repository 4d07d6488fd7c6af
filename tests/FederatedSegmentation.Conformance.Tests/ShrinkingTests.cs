using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Shrinking;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Cases as text, and their shrinking.</summary>
public sealed class ShrinkingTests
{
    [Fact]
    public void A_case_reads_back_from_its_text_as_it_was()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            var generated = CaseGenerator.Generate(seed, GeneratorOptions.Default with { NulCharacters = true, Infinity = true });
            var text = CaseText.Write(generated);
            var read = CaseText.Read(text);
            Assert.Equal(text, CaseText.Write(read));
            Assert.Equal(generated.Evaluate().Members.Select(member => member.Text), read.Evaluate().Members.Select(member => member.Text));
        }
    }

    [Fact]
    public void A_case_of_level_2_reads_back_with_its_parameters_and_places()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            var generated = CaseGenerator.Generate(seed, GeneratorOptions.Default with { Level2 = Level2.All });
            var read = CaseText.Read(CaseText.Write(generated));
            Assert.Equal(CaseText.Write(generated), CaseText.Write(read));
            Assert.Equal(
                generated.Evaluate().Members.Select(member => string.Join(',', member.Fields)),
                read.Evaluate().Members.Select(member => string.Join(',', member.Fields)));
        }
    }

    [Theory]
    [InlineData("seq", Level2.Seq)]
    [InlineData("regular", Level2.Regular)]
    [InlineData("pick.last", Level2.Pick)]
    [InlineData("star.has", Level2.Hierarchies)]
    [InlineData("rank", Level2.Rank)]
    [InlineData("tiers", Level2.Tiers)]
    [InlineData("split", Level2.Split)]
    [InlineData("params.int64", Level2.Parameters)]
    public async Task Shrinking_leaves_little_but_the_construct_that_fails(string construct, Level2 level2)
    {
        bool Fails(GeneratedCase generated) =>
            Constructs.Of(generated with { Segments = [generated.MainSegment] }).Contains(construct) && generated.Evaluate().Members.Length > 0;

        var options = GeneratorOptions.Default with { Level2 = level2 };
        var failing = Enumerable.Range(1, 100).Select(seed => CaseGenerator.Generate(seed, options)).First(Fails);
        var shrunk = await CaseShrinker.ShrinkAsync(failing, candidate => Task.FromResult(Fails(candidate)), attempts: 5_000, CancellationToken.None);
        Assert.True(Fails(shrunk));
        Assert.True(shrunk.Tables.Sum(table => table.Rows.Length) <= 8, CaseText.Write(shrunk));
        Assert.Single(shrunk.Segments);
        Assert.True(shrunk.MainSegment.ToJsonString().Length < 260, CaseText.Write(shrunk));
    }

    [Fact]
    public async Task Values_of_parameters_are_written_beside_the_segments()
    {
        var generated = Enumerable.Range(1, 50).Select(seed => CaseGenerator.Generate(seed, GeneratorOptions.Default with { Level2 = Level2.Parameters })).First(one => !one.Parameters.IsEmpty);
        var folder = Directory.CreateTempSubdirectory("fedseg-parameters-");
        try
        {
            await CaseFiles.WriteDefinitionsAsync(generated, folder.FullName, entity => new Placement("data", [entity]), CancellationToken.None);
            var written = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "parameters.json")))!.AsObject();
            Assert.Equal(generated.Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal), written.Select(pair => KeyValuePair.Create(pair.Key, (string)pair.Value!)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_case() =>
        Assert.Equal(CaseText.Write(CaseGenerator.Generate(7)), CaseText.Write(CaseGenerator.Generate(7)));

    [Fact]
    public async Task Shrinking_keeps_the_failure_and_makes_the_case_small()
    {
        // As if an engine failed whenever an emoji is stored and the segment selects something.
        static bool Fails(GeneratedCase generated) =>
            generated.Tables.Any(table => table.Rows.Any(row => row.Any(value => value is Oracle.Values.Value.Text text && text.Characters.Contains("😀", StringComparison.Ordinal))))
            && generated.Evaluate().Members.Length > 0;

        var failing = Enumerable.Range(1, 50).Select(seed => CaseGenerator.Generate(seed)).First(Fails);
        var shrunk = await CaseShrinker.ShrinkAsync(failing, candidate => Task.FromResult(Fails(candidate)), attempts: 5_000, CancellationToken.None);
        Assert.True(Fails(shrunk));
        Assert.True(shrunk.Tables.Sum(table => table.Rows.Length) <= 2, CaseText.Write(shrunk));
        Assert.True(shrunk.Tables.Length <= 2, CaseText.Write(shrunk));
        Assert.Single(shrunk.Segments);
        Assert.Equal("true", shrunk.MainSegment["where"]!.ToJsonString());
    }

    [Fact]
    public async Task Shrinking_never_calls_more_often_than_allowed()
    {
        var calls = 0;
        await CaseShrinker.ShrinkAsync(
            CaseGenerator.Generate(3),
            _ =>
            {
                calls++;
                return Task.FromResult(true);
            },
            attempts: 25,
            CancellationToken.None);
        Assert.True(calls <= 25);
    }
}
