using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Planning.Resolution;
using static FederatedSegmentation.Planning.Tests.Resolution.Definitions;

namespace FederatedSegmentation.Planning.Tests.Resolution;

/// <summary>Segments in segments, sets, lists of keys, and libraries.</summary>
public sealed class SegmentTests
{
    private static readonly SegmentFile Vip = File("segment: vip\nof: customer\ntime: {zone: UTC}\nwhere: {field: seen, before: {today: true}}", "vip.yaml");
    private static readonly SegmentFile Big = File("segment: big\nof: order\nwhere: {all: [{field: amount, gt: 5}, {has: customer, where: {in_segment: vip}}]}", "big.yaml");

    [Fact]
    public void Except_is_taken_away() =>
        Assert.Equal(
            "all(true; not(any(key of customer in vip; key of customer in vip; has account.users(key of customer in vip))))",
            Of("where: true\nexcept: [{in_segment: vip}, vip, {in_segment: vip, via: account.users}]", Vip));

    [Fact]
    public void Except_may_be_a_predicate() => Assert.Equal("all(true; not(id = 1))", Of("where: true\nexcept: {field: id, eq: 1}"));

    [Fact]
    public void Sets_are_algebra_over_keys() =>
        Assert.Equal(
            "all(key of customer in minus(union(vip; [1, 2]); intersect(where(id > 5); vip)); not(false))",
            Of("set: {minus: [{union: [{in_segment: vip}, {ids: [1, 2]}]}, {intersect: [{where: {field: id, gt: 5}}, {in_segment: vip}]}]}\nexcept: false", Vip));

    [Fact]
    public void Keys_are_typed_by_the_key_columns()
    {
        Assert.Equal("has orders.items(key of item in [1|2, 3|4])", Of("where: {has: orders.items, where: {ids: [[1, 2], [3, 4]]}}"));
        Assert.Equal("key of customer in []", Of("where: {ids: []}"));
    }

    [Fact]
    public void A_key_file_is_found_by_the_folder_that_may_hold_it()
    {
        var file = File("segment: main\nof: customer\nwhere: {ids: {file: keys/a.csv}}");
        var run = SegmentResolver.Resolve(file, Environment(Noon, file) with { KeyFiles = new Located() });
        Assert.Equal(new FileKeys("/segments/main.yaml>keys/a.csv", "keys/a.csv"), ((InKeySetPredicate)run.Main.Where).Keys);
    }

    [Fact]
    public void Referenced_segments_come_once_each_after_those_they_need_with_their_own_time_and_root()
    {
        var run = Resolve("segment: main\nof: customer\ntime: {zone: Asia/Tokyo}\nwhere: {all: [{has: orders, where: {in_segment: big}}, {in_segment: vip}, {in_segment: vip}]}", Noon, Big, Vip);
        Assert.Equal(["vip", "big"], run.Referenced.Select(segment => segment.Id));
        Assert.Equal("seen < 2026-06-17T00:00:00Z", ResolvedText.Of(run.Referenced[0].Where));
    }

    [Fact]
    public void Segments_that_are_not_needed_need_not_be_right()
    {
        var broken = File("segment: broken\nof: nobody\nwhere: {", "broken.yaml");
        Assert.Equal("true", ResolvedText.Of(Resolve("segment: main\nof: customer\nwhere: true", Noon, broken).Main.Where));
    }

    [Fact]
    public void All_segments_are_checked_with_every_defect_of_every_file()
    {
        var bad = File("segment: bad\nof: customer\nwhere: {field: nme, eq: 1}", "bad.yaml");
        var unreadable = File("segment: [", "unreadable.yaml");
        var twin = File("segment: vip\nof: customer\nwhere: true", "vip2.yaml");
        var resolution = SegmentResolver.ResolveAll(Environment(Noon, Big, Vip, bad, unreadable, twin));
        Assert.Equal(["vip", "vip"], resolution.Segments.Select(segment => segment.Id));
        Assert.Equal(["SDL014", "SDL002", "SDL017", "SDL014"], resolution.Problems.Select(problem => problem.Code));
        Assert.Contains("Several files define the segment 'vip': vip.yaml, vip2.yaml.", resolution.Problems[0].Message, StringComparison.Ordinal);
        Assert.Equal("SDL014 vip2.yaml:1 /segment: The segment 'vip' is also defined in vip.yaml. Give each segment an id of its own.", resolution.Problems[3].ToString());
    }

    [Fact]
    public void A_file_takes_the_place_of_the_segment_with_its_id()
    {
        var other = File("segment: vip\nof: customer\nwhere: false", "elsewhere.yaml");
        var run = SegmentResolver.Resolve(other, Environment(Noon, Vip));
        Assert.Equal("false", ResolvedText.Of(run.Main.Where));
    }

    [Fact]
    public void A_chain_of_ten_thousand_segments_resolves()
    {
        ImmutableArray<SegmentFile> chain =
        [
            .. Enumerable.Range(0, 10_000).Select(index => File(
                string.Create(CultureInfo.InvariantCulture, $"segment: s{index}\nof: customer\nwhere: {(index == 9_999 ? "true" : $"{{in_segment: s{index + 1}}}")}"),
                string.Create(CultureInfo.InvariantCulture, $"s{index}.yaml"))),
        ];
        var run = SegmentResolver.Resolve("s0", Environment(Noon, chain));
        Assert.Equal(("s9999", 9_999), (run.Referenced[0].Id, run.Referenced.Length));
    }

    [Fact]
    public void The_same_tree_as_JSON_means_the_same()
    {
        var json = File("""{"segment": "main", "of": "customer", "where": {"all": [{"field": "balance", "gte": 1.50}, {"field": "country", "eq": "NO"}]}}""", "main.json");
        Assert.Equal("all(balance >= 150e-2; country = 'NO')", ResolvedText.Of(SegmentResolver.Resolve(json, Environment(Noon)).Main.Where));
    }

    [Fact]
    public void The_greatest_definition_within_the_limits_is_accepted()
    {
        var leaves = string.Join(", ", Enumerable.Repeat("{field: id, eq: 1}", 1_999));
        Assert.StartsWith("any(id = 1; id = 1", Of($"where: {{any: [{leaves}]}}"), StringComparison.Ordinal);
        Assert.StartsWith("not(not(", Of($"where: {string.Concat(Enumerable.Repeat("{not: ", 19))}true{new string('}', 19)}"), StringComparison.Ordinal);
        var literals = new StringBuilder().AppendJoin(", ", Enumerable.Range(1, 10_000));
        Assert.EndsWith("10000)", Of($"where: {{field: id, in: [{literals}]}}"), StringComparison.Ordinal);
    }

    private static string Of(string rest, params ImmutableArray<SegmentFile> others) => ResolvedText.Of(Resolve($"segment: main\nof: customer\n{rest}\n", Noon, others).Main.Where);

    private sealed class Located : IKeyFiles
    {
        public KeyFileLocation Locate(string segmentPath, string name) => new($"{segmentPath}>{name}");
    }
}
