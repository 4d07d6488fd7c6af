using System.Globalization;
using System.Text.Json;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Conformance.Oracle.Values;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Splits: buckets that anybody can compute, and arms over them.</summary>
public sealed class SplitTests
{
    private static World People(int count) => new World().Entity("person", "id* int64", [.. Enumerable.Range(1, count).Select(id => $"{id}")]);

    private static string Split(string parts, string rest = "") => $$""" "split":{"salt":"holiday26","parts":[{{parts}}]{{rest}}}""";

    /// <summary>Written once with md5sum of coreutils: the first eight digits of the hash of salt, colon and key, modulo 10,000.</summary>
    private static IReadOnlyList<IReadOnlyList<string?>> KnownAnswers()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "FederatedSegmentation.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The tests do not lie in the repository.");
        }

        return CsvText.Parse(File.ReadAllText(Path.Combine(root.FullName, "conformance", "known-answers", "split-known-answers.csv")));
    }

    public static TheoryData<string> KnownTypes => [.. KnownAnswers().Skip(1).Select(record => record[1]!).Distinct()];

    [Fact]
    public void There_are_fifty_known_answers() => Assert.Equal((51, "salt,type,key,bucket"), (KnownAnswers().Count, string.Join(',', KnownAnswers()[0])));

    [Theory]
    [MemberData(nameof(KnownTypes))]
    public void Every_known_answer_comes_out_for_keys_of_every_type(string type)
    {
        var types = type.Split('|');
        var columns = string.Join("; ", types.Select((name, i) => $"k{i}* {name}"));
        foreach (var record in KnownAnswers().Where(record => record[1] == type))
        {
            var parts = record[2]!.Split('|', types.Length);
            var row = string.Join(',', parts.Select(part => $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
            new World().Entity("thing", columns, row).Distributes(
                "thing",
                $$""" "split":{"salt":{{JsonSerializer.Serialize(record[0])}},"parts":[{"name":"all","pct":100}]}""",
                $"{string.Join(',', parts)},all,{record[3]}");
        }
    }

    [Fact]
    public void Arms_take_the_buckets_in_the_order_of_parts_then_the_holdout() => People(6)
        .Distributes("person", Split("""{"name":"a","pct":45},{"name":"b","pct":45}""", ",\"holdout\":10"), Lines((4500, "a"), (9000, "b"), (10_000, "holdout")))
        .Distributes("person", Split("""{"name":"b","pct":12.34},{"name":"a","pct":87.66}"""), Lines((1234, "b"), (10_000, "a")));

    /// <summary>The keys 1 to 6 with the buckets of <c>printf holiday26:1 | md5sum</c> and so on.</summary>
    private static string[] Lines(params (int End, string Arm)[] arms) =>
        [.. Buckets.Select((bucket, i) => $"{i + 1},{arms.First(arm => bucket < arm.End).Arm},{bucket}")];

    private static readonly int[] Buckets = [4294, 9473, 863, 6707, 1637, 7340];

    [Fact]
    public void The_edge_of_an_arm_belongs_to_the_next()
    {
        var bucket = Buckets[0];
        string Percent(int buckets) => (buckets / 100m).ToString(CultureInfo.InvariantCulture);
        People(1)
            .Distributes("person", Split($$"""{"name":"a","pct":{{Percent(bucket)}}},{"name":"b","pct":{{Percent(10_000 - bucket)}}}"""), $"1,b,{bucket}")
            .Distributes("person", Split($$"""{"name":"a","pct":{{Percent(bucket + 1)}}},{"name":"b","pct":{{Percent(9_999 - bucket)}}}"""), $"1,a,{bucket}");
    }

    [Fact]
    public void An_arm_of_nothing_has_no_bucket() => People(6)
        .Distributes("person", Split("""{"name":"off","pct":0},{"name":"on","pct":100}""", ",\"holdout\":0"), Lines((10_000, "on")));

    [Fact]
    public void Members_of_the_holdout_are_members() => People(3)
        .SegmentFile("""{"segment":"held","of":"person","where":true,"split":{"salt":"s","parts":[{"name":"a","pct":0}],"holdout":100}}""")
        .Selects("person", """{"in_segment":"held"}""", "1", "2", "3");

    [Fact]
    public void Rank_tiers_and_split_apply_in_this_order() => People(6)
        .Distributes("person", """ "rank":[{"take":2,"by":[{"field":"id","dir":"desc"}]}],"tiers":[{"name":"t","where":true,"cap":1}],""" + Split("""{"name":"a","pct":100}"""), $"5,t,a,{Buckets[4]}");

    [Fact]
    public void A_split_hangs_on_the_key_alone() => new World()
        .Entity("person", "id* int64; home string", "1,x", "1,y")
        .Distributes("person", Split("""{"name":"a","pct":100}"""), $"1,a,{Buckets[0]}");

    [Theory]
    [InlineData("""{"salt":"s","parts":[{"name":"a","pct":99.99}]}""")]
    [InlineData("""{"salt":"s","parts":[{"name":"a","pct":50},{"name":"b","pct":50}],"holdout":1}""")]
    [InlineData("""{"salt":"s","parts":[{"name":"a","pct":33.333},{"name":"b","pct":66.667}]}""")]
    [InlineData("""{"salt":"s","parts":[{"name":"a","pct":-1},{"name":"b","pct":101}]}""")]
    [InlineData("""{"salt":"s","parts":[{"name":"holdout","pct":100}]}""")]
    [InlineData("""{"salt":"s","parts":[{"name":"a","pct":50},{"name":"a","pct":50}]}""")]
    [InlineData("""{"salt":"","parts":[{"name":"a","pct":100}]}""")]
    [InlineData("""{"parts":[{"name":"a","pct":100}]}""")]
    [InlineData("""{"salt":"s","parts":[],"holdout":100}""")]
    public void A_split_that_makes_no_sense_is_refused(string split) => Assert.Throws<InvalidDefinitionException>(() =>
        People(1).SegmentFile($$"""{"segment":"s","of":"person","where":true,"split":{{split}}}""").Outcome("s"));
}
