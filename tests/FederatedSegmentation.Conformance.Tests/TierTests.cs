using FederatedSegmentation.Conformance.Oracle;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Tiers: named parts of the members, filled one after the other.</summary>
public sealed class TierTests
{
    private static World People(params string[] rows) => new World().Entity("person", "id* int64; kind string; points int64", rows);

    private static World Five() => People("1,a,10", "2,a,30", "3,b,20", "4,b,40", "5,c,50");

    private static string Kind(string name, string kind, string rest = "") => $$"""{"name":"{{name}}","where":{"field":"kind","eq":"{{kind}}"}{{rest}}}""";

    private static string Tiers(params string[] tiers) => $"\"tiers\":[{string.Join(',', tiers)}]";

    private const string BestFirst = ",\"by\":[{\"field\":\"points\",\"dir\":\"desc\"}]";

    [Fact]
    public void Each_member_goes_to_the_first_tier_whose_where_holds() => Five()
        .Distributes("person", Tiers("""{"name":"many","where":{"field":"points","gte":40}}""", Kind("b", "b"), """{"name":"rest","rest":true}"""),
            "1,rest", "2,rest", "3,b", "4,many", "5,many");

    [Fact]
    public void Members_of_no_tier_leave() => Five().Distributes("person", Tiers(Kind("a", "a"), Kind("b", "b")), "1,a", "2,a", "3,b", "4,b");

    [Fact]
    public void A_cap_is_reached_in_the_order_of_by_and_the_others_go_on() => Five()
        .Distributes("person", Tiers("""{"name":"top","where":true,"cap":2""" + BestFirst + "}", Kind("a", "a"), """{"name":"rest","rest":true}"""), "1,a", "2,a", "3,rest", "4,top", "5,top");

    [Fact]
    public void Without_by_a_cap_is_reached_in_the_order_of_the_keys() => Five()
        .Distributes("person", Tiers("""{"name":"two","where":true,"cap":2}""", """{"name":"rest","rest":true,"cap":1}"""), "1,two", "2,two", "3,rest");

    [Fact]
    public void Equal_by_goes_by_key_and_nulls_come_last() => People("1,a,", "2,a,5", "3,a,5", "4,a,9")
        .Distributes("person", Tiers(Kind("t", "a", ",\"cap\":2" + BestFirst)), "2,t", "4,t")
        .Distributes("person", Tiers(Kind("t", "a", ",\"cap\":3,\"by\":[{\"field\":\"points\"}]")), "2,t", "3,t", "4,t");

    [Fact]
    public void A_cap_of_exactly_the_number_of_candidates_leaves_none_over_and_one_less_leaves_the_last() => People("1,a,7", "2,a,7", "3,a,", "4,b,7")
        .Distributes("person", Tiers(Kind("t", "a", ",\"cap\":3" + BestFirst), """{"name":"rest","rest":true}"""), "1,t", "2,t", "3,t", "4,rest")
        .Distributes("person", Tiers(Kind("t", "a", ",\"cap\":2" + BestFirst), """{"name":"rest","rest":true}"""), "1,t", "2,t", "3,rest", "4,rest")
        .Distributes("person", Tiers(Kind("t", "a", ",\"cap\":1" + BestFirst), """{"name":"rest","rest":true,"cap":2,"by":[{"field":"id","dir":"desc"}]}"""), "1,t", "3,rest", "4,rest");

    [Fact]
    public void Each_tier_has_its_own_order() => Five()
        .Distributes("person", Tiers("""{"name":"best","where":true,"cap":1""" + BestFirst + "}", """{"name":"worst","where":true,"cap":1,"by":[{"field":"points"}]}"""), "1,worst", "5,best");

    [Fact]
    public void A_tier_of_the_rest_with_a_cap_may_be_followed_by_others() => Five()
        .Distributes("person", Tiers("""{"name":"first","rest":true,"cap":3}""", Kind("b", "b")), "1,first", "2,first", "3,first", "4,b");

    [Fact]
    public void Tiers_are_filled_with_the_survivors_of_rank() => Five()
        .Distributes("person", """ "rank":[{"take":3,"by":[{"field":"points","dir":"desc"}]}],"tiers":[{"name":"a","where":{"field":"kind","eq":"a"}},{"name":"rest","rest":true}]""", "2,a", "4,rest", "5,rest");

    [Fact]
    public void A_segment_named_by_another_is_taken_after_its_tiers() => Five()
        .SegmentFile("""{"segment":"tiered","of":"person","where":true,"tiers":[{"name":"a","where":{"field":"kind","eq":"a"},"cap":1}]}""")
        .Selects("person", """{"in_segment":"tiered"}""", "1");

    [Fact]
    public void The_standing_row_of_a_key_decides_about_where_and_order() => People("1,b,1", "1,a,90", "2,b,5")
        .Distributes("person", Tiers(Kind("a", "a"), """{"name":"rest","rest":true}"""), "1,a", "2,rest")
        .Distributes("person", Tiers("""{"name":"t","where":true,"cap":1,"by":[{"field":"points"}]}"""), "2,t");

    [Fact]
    public void Tiers_may_order_by_an_aggregate() => new World()
        .Entity("person", "id* int64", "1", "2", "3")
        .Entity("order", "no* int64; person int64", "1,2", "2,2", "3,3")
        .Link("orders", "person", "order", "id=person", "one_to_many", "person")
        .Distributes("person", """ "tiers":[{"name":"keen","where":{"has":"orders"},"cap":1,"by":[{"has":"orders","agg":{"count":"*"},"dir":"desc"}]},{"name":"rest","rest":true}]""", "1,rest", "2,keen", "3,rest");

    [Theory]
    [InlineData("""{"name":"t"}""")]
    [InlineData("""{"name":"t","where":true,"rest":true}""")]
    [InlineData("""{"name":"","rest":true}""")]
    [InlineData("""{"rest":true}""")]
    [InlineData("""{"name":"t","rest":true,"cap":0}""")]
    [InlineData("""{"name":"t","where":true},{"name":"t","rest":true}""")]
    [InlineData("")]
    public void Tiers_that_make_no_sense_are_refused(string tiers) => Assert.Throws<InvalidDefinitionException>(() =>
        Five().SegmentFile($$"""{"segment":"s","of":"person","where":true,"tiers":[{{tiers}}]}""").Outcome("s"));
}
