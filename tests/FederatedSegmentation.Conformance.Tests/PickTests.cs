using FederatedSegmentation.Conformance.Oracle;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>The aggregate <c>pick</c>: one related row, and what it must satisfy.</summary>
public sealed class PickTests
{
    private static World Scores(params string[] rows) => new World()
        .Entity("customer", "id* int64", "1", "2", "3")
        .Entity("score", "id* int64; customer_id int64; at timestamp; points int64; rate float64; kind string", rows)
        .Link("scores", "customer", "score", "id=customer_id", "one_to_many", "customer")
        .Time("score", "at");

    private static string Pick(string which, string must, string rest = "", string where = "") =>
        $$"""{"has":"scores"{{(where.Length == 0 ? "" : ",\"where\":" + where)}},"agg":{"pick":"{{which}}"{{rest}},"must":{{must}} } }""";

    private const string High = """{"field":"points","gte":10}""";

    [Fact]
    public void Last_takes_the_row_with_the_greatest_time_and_first_the_one_with_the_least() => Scores(
            "1,1,2024-01-01T00:00:00Z,5,,a", "2,1,2024-01-02T00:00:00Z,15,,a", "3,2,2024-01-01T00:00:00Z,15,,a", "4,2,2024-01-02T00:00:00Z,5,,a")
        .Selects("customer", Pick("last", High), "1")
        .Selects("customer", Pick("first", High), "2");

    [Fact]
    public void Without_a_related_row_it_is_false_whatever_must_says() =>
        Scores().Selects("customer", Pick("last", "true")).Selects("customer", $$"""{"not":{{Pick("last", "true")}}}""", "1", "2", "3");

    [Fact]
    public void Only_rows_with_where_are_candidates() => Scores("1,1,2024-01-01T00:00:00Z,15,,a", "2,1,2024-01-02T00:00:00Z,5,,b")
        .Selects("customer", Pick("last", High, where: """{"field":"kind","eq":"a"}"""), "1");

    [Fact]
    public void Rows_without_a_value_of_by_are_no_candidates() => Scores("1,1,2024-01-01T00:00:00Z,15,1.5,a", "2,1,,5,,a", "3,2,,20,,a")
        .Selects("customer", Pick("last", High), "1")
        .Selects("customer", Pick("first", High, ",\"by\":\"rate\""), "1");

    [Fact]
    public void A_nan_in_by_counts_as_null() => Scores("1,1,,15,1.5,a", "2,1,,5,NaN,a", "3,2,,20,NaN,a")
        .Selects("customer", Pick("last", High, ",\"by\":\"rate\""), "1")
        .Selects("customer", Pick("first", High, ",\"by\":\"rate\""), "1");

    [Fact]
    public void Equal_by_goes_by_the_key_in_the_same_direction() => Scores("1,1,2024-01-01T00:00:00Z,15,,a", "2,1,2024-01-01T00:00:00Z,5,,a")
        .Selects("customer", Pick("first", High), "1")
        .Selects("customer", Pick("last", High));

    [Fact]
    public void A_null_key_part_loses_in_both_directions() => Scores(",1,2024-01-01T00:00:00Z,15,,a", "2,1,2024-01-01T00:00:00Z,5,,a")
        .Selects("customer", Pick("first", High))
        .Selects("customer", Pick("last", High));

    [Fact]
    public void Equal_keys_go_by_all_columns_ascending_for_first_and_last_alike() => Scores("1,1,2024-01-01T00:00:00Z,15,,a", "1,1,2024-01-01T00:00:00Z,5,,a")
        .Selects("customer", Pick("first", """{"field":"points","eq":5}"""), "1")
        .Selects("customer", Pick("last", """{"field":"points","eq":5}"""), "1");

    [Fact]
    public void In_that_order_nulls_come_last() => Scores("1,1,2024-01-01T00:00:00Z,,,a", "1,1,2024-01-01T00:00:00Z,99,,a")
        .Selects("customer", Pick("last", """{"field":"points","eq":99}"""), "1");

    [Fact]
    public void By_may_be_a_to_one_path() => new World()
        .Entity("customer", "id* int64", "1")
        .Entity("order", "id* int64; customer_id int64; product string", "1,1,p", "2,1,q", "3,1,none")
        .Entity("product", "code* string; rank int64", "p,7", "q,3")
        .Link("orders", "customer", "order", "id=customer_id", "one_to_many", "customer")
        .Link("product_of", "order", "product", "product=code", "many_to_one", "orders")
        .Selects("customer", """{"has":"orders","agg":{"pick":"first","by":"product_of.rank","must":{"field":"id","eq":2}}}""", "1");

    [Fact]
    public void By_over_a_broken_to_one_path_is_a_data_error() => Assert.NotNull(new World()
        .Entity("customer", "id* int64", "1")
        .Entity("order", "id* int64; customer_id int64; product string", "1,1,p")
        .Entity("product", "code* string; rank int64", "p,7", "p,8")
        .Link("orders", "customer", "order", "id=customer_id", "one_to_many", "customer")
        .Link("product_of", "order", "product", "product=code", "many_to_one", "orders")
        .OutcomeOf("customer", """{"has":"orders","agg":{"pick":"first","by":"product_of.rank","must":true}}""").DataError);

    [Fact]
    public void In_must_the_row_around_is_the_one_that_the_has_starts_from() => new World()
        .Entity("customer", "id* int64; best int64", "1,10", "2,11")
        .Entity("score", "id* int64; customer_id int64; points int64", "1,1,10", "2,2,10")
        .Link("scores", "customer", "score", "id=customer_id", "one_to_many", "customer")
        .Selects("customer", """{"has":"scores","agg":{"pick":"last","by":"id","must":{"field":"points","eq":{"ref":"^.best"}}}}""", "1");

    [Fact]
    public void Without_by_the_entity_needs_a_time() => Assert.Throws<InvalidDefinitionException>(() => new World()
        .Entity("customer", "id* int64", "1")
        .Entity("score", "id* int64; customer_id int64", "1,1")
        .Link("scores", "customer", "score", "id=customer_id", "one_to_many", "customer")
        .OutcomeOf("customer", Pick("last", "true")));

    [Fact]
    public void A_pick_has_no_comparison() => Assert.Throws<InvalidDefinitionException>(() => Scores().OutcomeOf("customer", Pick("last", "true", ",\"gte\":1")));

    [Fact]
    public void Rows_that_tie_but_for_nan_and_null_leave_it_open() =>
        Assert.NotEmpty(Scores("1,1,2024-01-01T00:00:00Z,5,,a", "1,1,2024-01-01T00:00:00Z,5,NaN,a").OutcomeOf("customer", Pick("last", High)).Unspecified);
}
