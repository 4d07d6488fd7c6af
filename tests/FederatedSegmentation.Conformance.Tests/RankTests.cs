using FederatedSegmentation.Conformance.Oracle;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Rank: the first of each group, layer by layer.</summary>
public sealed class RankTests
{
    private static World People(params string[] rows) => new World()
        .Entity("person", "id* int64; home string; points int64; rate float64; flag boolean", rows);

    private static World Buyers(string[] orders) => new World()
        .Entity("person", "id* int64; home string", "1,x", "2,x", "3,x", "4,y")
        .Entity("order", "no* int64; person int64; amount decimal(10,2); qty int64; rate float64; at date", orders)
        .Link("orders", "person", "order", "id=person", "one_to_many", "person");

    private static string By(string field, string dir = "asc") => $$"""{"field":"{{field}}","dir":"{{dir}}"}""";

    private static string Rank(string take, string by = "", string rest = "") => $$"""{"take":{{take}}{{(by.Length == 0 ? "" : $",\"by\":[{by}]")}}{{rest}}}""";

    private static string Layers(params string[] layers) => $"\"rank\":[{string.Join(',', layers)}]";

    private static World Numbered(int count) => People([.. Enumerable.Range(1, count).Select(id => $"{id},x,{id},,")]);

    [Fact]
    public void The_first_n_in_the_order_of_by_stay() => People("1,x,5,,", "2,x,9,,", "3,x,7,,")
        .Distributes("person", Layers(Rank("2", By("points", "desc"))), "2", "3")
        .Distributes("person", Layers(Rank("2", By("points"))), "1", "3")
        .Distributes("person", Layers(Rank("2", """{"field":"points"}""")), "1", "3");

    [Fact]
    public void Only_members_are_ranked() => People("1,x,5,,", "2,x,9,,", "3,x,7,,")
        .Distributes("person", """ "where_":{"field":"points","lt":9},"except":{"field":"id","eq":3},"rank":[{"take":1,"by":[{"field":"points","dir":"desc"}]}]""", "1");

    [Fact]
    public void A_set_is_ranked_as_well() => People("1,x,5,,", "2,x,9,,", "3,x,7,,")
        .SegmentFile("""{"segment":"s","of":"person","set":{"union":[{"ids":[1]},{"ids":[3]}]},"rank":[{"take":1,"by":[{"field":"points","dir":"desc"}]}]}""")
        .SegmentHas("s", "3");

    [Fact]
    public void Nulls_and_nans_come_last_in_both_directions() => People("1,x,,NaN,", "2,x,9,2.5,", "3,x,7,,")
        .Distributes("person", Layers(Rank("2", By("points"))), "2", "3")
        .Distributes("person", Layers(Rank("2", By("points", "desc"))), "2", "3")
        .Distributes("person", Layers(Rank("2", By("rate", "desc"))), "1", "2")
        .Distributes("person", Layers(Rank("2", By("rate"))), "1", "2");

    [Fact]
    public void Equal_rows_go_by_key_ascending() => People("3,x,5,,", "1,x,5,,", "2,x,5,,")
        .Distributes("person", Layers(Rank("2", By("points", "desc"))), "1", "2");

    [Fact]
    public void Without_by_the_order_is_that_of_the_keys() => People("3,x,1,,", "1,y,5,,", "2,x,5,,")
        .Distributes("person", Layers(Rank("1")), "1")
        .Distributes("person", Layers(Rank("1", rest: ",\"per\":[\"home\"]")), "1", "2");

    [Fact]
    public void Each_group_of_equal_per_values_has_its_own_order() => People("1,x,5,,", "2,x,9,,", "3,y,7,,", "4,y,1,,")
        .Distributes("person", Layers(Rank("1", By("points", "desc"), ",\"per\":[\"home\"]")), "2", "3");

    [Fact]
    public void Null_is_a_group_of_its_own() => People("1,x,5,,", "2,,9,,", "3,,7,,", "4,\"\",1,,")
        .Distributes("person", Layers(Rank("1", By("points", "desc"), ",\"per\":[\"home\"]")), "1", "2", "4");

    [Fact]
    public void A_nan_in_per_is_grouped_with_null() => People("1,x,5,NaN,", "2,x,9,,", "3,x,7,1.5,")
        .Distributes("person", Layers(Rank("1", rest: ",\"per\":[\"rate\"]")), "1", "3");

    [Fact]
    public void Per_may_have_several_fields_and_none_is_one_group() => People("1,x,5,,true", "2,x,9,,false", "3,x,7,,true", "4,y,7,,true")
        .Distributes("person", Layers(Rank("1", rest: ",\"per\":[\"home\",\"flag\"]")), "1", "2", "4")
        .Distributes("person", Layers(Rank("1", rest: ",\"per\":[]")), "1");

    [Fact]
    public void Several_keys_of_by_are_compared_one_after_the_other() => People("1,x,5,,true", "2,x,5,,false", "3,x,4,,true")
        .Distributes("person", Layers(Rank("1", By("points", "desc") + "," + By("flag"))), "2");

    [Theory]
    [InlineData("10%", 10, 1)]
    [InlineData("10%", 11, 2)]
    [InlineData("1%", 3, 1)]
    [InlineData("100%", 7, 7)]
    [InlineData("33.333%", 3, 1)]
    [InlineData("33.334%", 3, 2)]
    [InlineData("0.000001%", 5, 1)]
    [InlineData("7%", 100, 7)]
    [InlineData("29%", 100, 29)]
    public void A_percentage_is_rounded_up_exactly(string take, int size, int kept) =>
        Numbered(size).Distributes("person", Layers(Rank($"\"{take}\"", By("points"))), [.. Enumerable.Range(1, kept).Select(id => $"{id}")]);

    [Fact]
    public void A_percentage_is_of_each_group() => People("1,x,1,,", "2,x,2,,", "3,x,3,,", "4,y,1,,")
        .Distributes("person", Layers(Rank("\"50%\"", By("points"), ",\"per\":[\"home\"]")), "1", "2", "4");

    [Fact]
    public void Ties_with_the_last_kept_row_are_broken_by_key_or_included() => People("1,x,9,,", "2,x,5,,", "3,x,5,,", "4,x,5,,", "5,x,1,,")
        .Distributes("person", Layers(Rank("2", By("points", "desc"))), "1", "2")
        .Distributes("person", Layers(Rank("2", By("points", "desc"), ",\"ties\":\"break\"")), "1", "2")
        .Distributes("person", Layers(Rank("2", By("points", "desc"), ",\"ties\":\"include\"")), "1", "2", "3", "4");

    [Fact]
    public void Ties_are_equal_in_all_of_by() => People("1,x,5,,true", "2,x,5,,false", "3,x,5,,true")
        .Distributes("person", Layers(Rank("1", By("points") + "," + By("flag", "desc"), ",\"ties\":\"include\"")), "1", "3");

    [Fact]
    public void Nulls_and_nans_tie_with_each_other() => People("1,x,5,1,", "2,x,,NaN,", "3,x,,,", "4,x,,NaN,")
        .Distributes("person", Layers(Rank("2", By("points"), ",\"ties\":\"include\"")), "1", "2", "3", "4")
        .Distributes("person", Layers(Rank("2", By("rate"), ",\"ties\":\"include\"")), "1", "2", "3", "4");

    [Fact]
    public void Ties_beyond_the_kept_ones_matter_only_at_the_edge() => People("1,x,5,,", "2,x,5,,", "3,x,1,,")
        .Distributes("person", Layers(Rank("2", By("points", "desc"), ",\"ties\":\"include\"")), "1", "2");

    [Fact]
    public void A_layer_ranks_the_survivors_of_the_one_before() => People("1,x,9,,", "2,x,8,,", "3,y,7,,", "4,z,6,,")
        .Distributes("person", Layers(Rank("1", By("points", "desc"), ",\"per\":[\"home\"]"), Rank("2", By("points", "desc"))), "1", "3")
        .Distributes("person", Layers(Rank("2", By("points", "desc")), Rank("1", By("points", "desc"), ",\"per\":[\"home\"]")), "1")
        .Distributes("person", Layers(Rank("2", By("points")), Rank("\"50%\"", By("points"))), "4");

    [Fact]
    public void By_and_per_may_be_to_one_paths_and_no_row_is_null() => new World()
        .Entity("house", "no* int64; city string; rank int64", "1,a,3", "2,b,8", "3,b,1")
        .Entity("person", "id* int64; house int64", "1,1", "2,2", "3,3", "4,", "5,77")
        .Link("home", "person", "house", "house=no", "many_to_one", "people")
        .Distributes("person", Layers(Rank("1", By("home.rank", "desc"), ",\"per\":[\"home.city\"]")), "1", "2", "4")
        .Distributes("person", Layers(Rank("4", By("home.rank"))), "1", "2", "3", "4");

    [Fact]
    public void A_path_that_leads_to_several_rows_is_a_data_error() => Assert.NotNull(new World()
        .Entity("house", "no* int64; rank int64", "1,3", "1,4")
        .Entity("person", "id* int64; house int64", "1,1", "2,")
        .Link("home", "person", "house", "house=no", "many_to_one", "people")
        .SegmentFile("""{"segment":"s","of":"person","where":true,"rank":[{"take":1,"by":[{"field":"home.rank"}]}]}""")
        .Outcome("s").DataError);

    [Fact]
    public void By_may_be_an_aggregate_of_related_rows() => Buyers(["1,1,10.00,1,,", "2,1,5.00,1,,", "3,2,20.00,1,,", "4,4,1.00,9,,"])
        .Distributes("person", Layers(Rank("2", """{"has":"orders","agg":{"sum":"amount"},"dir":"desc"}""")), "1", "2")
        .Distributes("person", Layers(Rank("1", """{"has":"orders","agg":{"count":"*"},"dir":"desc"}""")), "1")
        .Distributes("person", Layers(Rank("1", """{"has":"orders","agg":{"max":"qty"},"dir":"desc"}""")), "4");

    [Fact]
    public void The_aggregate_is_over_the_related_rows_with_where() => Buyers(["1,1,10.00,1,,", "2,1,50.00,2,,", "3,2,20.00,1,,"])
        .Distributes("person", Layers(Rank("1", """{"has":"orders","where":{"field":"qty","eq":1},"agg":{"sum":"amount"},"dir":"desc"}""")), "2");

    [Fact]
    public void A_sum_of_nothing_is_null_and_last_unless_empty_as_and_a_count_of_nothing_is_zero() => Buyers(["1,1,-10.00,1,,", "2,2,20.00,1,,"])
        .Distributes("person", Layers(Rank("2", """{"has":"orders","agg":{"sum":"amount"}}""")), "1", "2")
        .Distributes("person", Layers(Rank("2", """{"has":"orders","agg":{"sum":"amount","empty_as":0}}""")), "1", "3")
        .Distributes("person", Layers(Rank("2", """{"has":"orders","agg":{"count":"*"}}""")), "3", "4");

    [Fact]
    public void Averages_order_exactly_and_equal_fractions_tie() => Buyers(["1,1,0.01,1,,", "2,1,0.00,1,,", "3,1,0.00,1,,", "4,2,0.01,1,,", "5,2,0.01,1,,", "6,2,0.00,1,,", "7,2,0.00,1,,", "8,2,0.00,1,,", "9,2,0.00,1,,"])
        .Distributes("person", Layers(Rank("1", """{"has":"orders","agg":{"avg":"amount"},"dir":"desc"}""", ",\"ties\":\"include\"")), "1", "2");

    [Fact]
    public void Sums_of_float64_that_any_order_of_addition_gives_alike_are_specified() => Buyers(["1,1,,,0.25,", "2,1,,,0.5,", "3,2,,,0.75,"])
        .Distributes("person", Layers(Rank("1", """{"has":"orders","agg":{"sum":"rate"}}""", ",\"ties\":\"include\"")), "1", "2");

    [Fact]
    public void Sums_of_float64_that_hang_on_the_order_of_addition_are_open() => Assert.NotEmpty(Buyers(["1,1,,,0.1,", "2,1,,,0.2,", "3,2,,,0.3,"])
        .SegmentFile("""{"segment":"s","of":"person","where":true,"rank":[{"take":1,"by":[{"has":"orders","agg":{"sum":"rate"}}]}]}""")
        .Outcome("s").Unspecified);

    [Fact]
    public void An_aggregate_to_order_by_may_go_over_repeated_steps() => new World()
        .Entity("person", "id* int64; boss int64", "1,", "2,1", "3,2", "4,")
        .Link("above", "person", "person", "boss=id", "many_to_one", "below")
        .Distributes("person", Layers(Rank("1", """{"has":"above*","agg":{"count":"*"},"dir":"desc"}""")), "3")
        .Distributes("person", Layers(Rank("1", """{"has":"above*","depth":1,"agg":{"count":"*"},"dir":"desc"}""")), "2");

    [Fact]
    public void The_row_with_the_least_values_column_by_column_stands_for_a_key_of_several_rows() => People("1,b,100,,", "1,a,3,,", "1,a,,,", "2,z,5,,")
        .Distributes("person", Layers(Rank("1", By("points", "desc"))), "2")
        .Distributes("person", Layers(Rank("1", By("points"))), "1");

    [Fact]
    public void That_row_is_one_of_all_rows_of_the_key_not_only_of_those_with_where() => People("1,b,100,,", "1,a,3,,", "2,z,5,,")
        .Distributes("person", """ "where_":{"any":[{"field":"points","eq":100},{"field":"id","eq":2}]},"rank":[{"take":1,"by":[{"field":"points","dir":"desc"}]}]""", "2");

    [Fact]
    public void In_that_choice_nulls_come_last() => People("1,,1,,", "1,z,9,,", "2,z,5,,").Distributes("person", Layers(Rank("1", By("points"))), "2");

    [Fact]
    public void A_segment_named_by_another_is_taken_after_its_rank() => People("1,x,5,,", "2,x,9,,", "3,x,7,,")
        .SegmentFile("""{"segment":"best","of":"person","where":true,"rank":[{"take":1,"by":[{"field":"points","dir":"desc"}]}]}""")
        .Selects("person", """{"not":{"in_segment":"best"}}""", "1", "3");

    [Fact]
    public void Where_and_root_in_by_look_at_the_member() => new World()
        .Entity("person", "id* int64; favourite int64", "1,7", "2,8")
        .Entity("order", "no* int64; person int64; product int64", "1,1,7", "2,2,7", "3,2,9", "4,1,9")
        .Link("orders", "person", "order", "id=person", "one_to_many", "person")
        .Distributes("person", Layers(Rank("1", """{"has":"orders","where":{"field":"product","eq":{"ref":"^.favourite"}},"agg":{"count":"*"}}""")), "2")
        .Distributes("person", Layers(Rank("1", """{"has":"orders","where":{"field":"product","eq":{"ref":"root.favourite"}},"agg":{"count":"*"}}""")), "2");

    [Theory]
    [InlineData("""{"take":0}""")]
    [InlineData("""{"take":"0%"}""")]
    [InlineData("""{"take":"100.1%"}""")]
    [InlineData("""{"take":"10"}""")]
    [InlineData("""{"take":"0.0000001%"}""")]
    [InlineData("""{"by":[{"field":"points"}]}""")]
    [InlineData("""{"take":1,"ties":"include"}""")]
    [InlineData("""{"take":1,"by":[{"field":"points","dir":"down"}]}""")]
    [InlineData("""{"take":1,"by":[{"field":"points","nulls":"first"}]}""")]
    public void A_rank_that_makes_no_sense_is_refused(string layer) => Assert.Throws<InvalidDefinitionException>(() =>
        People("1,x,5,,").SegmentFile($$"""{"segment":"s","of":"person","where":true,"rank":[{{layer}}]}""").Outcome("s"));

    [Theory]
    [InlineData("""{"has":"orders"}""")]
    [InlineData("""{"has":"orders","agg":{"count":"*","gte":1}}""")]
    [InlineData("""{"has":"orders","agg":{"pick":"last","must":true}}""")]
    public void An_aggregate_to_order_by_is_one_function_without_comparisons(string by) => Assert.Throws<InvalidDefinitionException>(() =>
        Buyers([]).SegmentFile($$"""{"segment":"s","of":"person","where":true,"rank":[{"take":1,"by":[{{by}}]}]}""").Outcome("s"));
}
