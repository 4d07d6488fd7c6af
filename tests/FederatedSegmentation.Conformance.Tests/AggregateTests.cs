using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Aggregates over related rows: NULLs, emptiness, exactness, comparisons.</summary>
public sealed class AggregateTests
{
    /// <summary>ann: 10, 20, NULL; bob: 5; cat: nothing; dan: only NULL.</summary>
    private static World Shop() => new World()
        .Entity("customer", "id* int64; floor int64; ratio decimal(5,2)", "1,15,1.50", "2,5,", "3,0,0.00", "4,0,0.00")
        .Entity("order", "id* int64; customer_id int64; amount decimal(10,2); points int64; kind string; weight float64; at timestamp; open boolean",
            "10,1,10.00,1,a,0.5,2024-05-01T00:00:00Z,true", "11,1,20.00,1,b,0.25,2024-01-01T00:00:00Z,false", "12,1,,2,b,NaN,,",
            "13,2,5.00,,A,1.5,2023-01-01T00:00:00Z,true", "14,4,,,,NaN,,")
        .Link("orders", "customer", "order", "id=customer_id", "one_to_many", "customer");

    private static World Numbers(string type, params string[] values) => new World()
        .Entity("customer", "id* int64; bound decimal(30,2)", "1,")
        .Entity("order", $"customer_id int64; x {type}", [.. values.Select(value => "1," + value)])
        .Link("orders", "customer", "order", "id=customer_id", "one_to_many", "customer");

    private static string Agg(string aggregate) => $$"""{"has":"orders","agg":{{aggregate}}}""";

    [Fact]
    public void Count_counts_related_rows() => Shop().Selects("customer", Agg("""{"count":"*","gte":3}"""), "1");

    [Fact]
    public void Count_less_than_holds_for_a_row_with_no_related_rows() => Shop().Selects("customer", Agg("""{"count":"*","lt":3}"""), "2", "3", "4");

    [Fact]
    public void Count_equal_to_zero_means_none() => Shop().Selects("customer", Agg("""{"count":"*","eq":0}"""), "3");

    [Fact]
    public void Count_counts_only_rows_with_where() =>
        Shop().Selects("customer", """{"has":"orders","where":{"field":"kind","eq":"b"},"agg":{"count":"*","eq":2}}""", "1");

    [Fact]
    public void Count_distinct_counts_values_once_and_nulls_never() => Shop()
        .Selects("customer", Agg("""{"count_distinct":"points","eq":2}"""), "1")
        .Selects("customer", Agg("""{"count_distinct":"points","eq":0}"""), "2", "3", "4");

    [Fact]
    public void Count_distinct_tells_case_apart() => Numbers("string", "a", "A", "a ", "a").Selects("customer", Agg("""{"count_distinct":"x","eq":3}"""), "1");

    [Fact]
    public void Count_distinct_takes_no_nan_for_a_value() => Shop().Selects("customer", Agg("""{"count_distinct":"weight","eq":2}"""), "1");

    [Fact]
    public void Sum_ignores_nulls() => Shop().Selects("customer", Agg("""{"sum":"amount","eq":30}"""), "1");

    [Fact]
    public void With_no_value_left_sum_avg_min_and_max_are_false() => Shop()
        .Selects("customer", Agg("""{"sum":"amount","lt":1000}"""), "1", "2")
        .Selects("customer", Agg("""{"avg":"amount","lt":1000}"""), "1", "2")
        .Selects("customer", Agg("""{"min":"amount","lt":1000}"""), "1", "2")
        .Selects("customer", Agg("""{"max":"amount","ne":1000}"""), "1", "2");

    [Fact]
    public void Empty_as_gives_the_value_when_none_is_left() => Shop()
        .Selects("customer", Agg("""{"sum":"amount","lt":10,"empty_as":0}"""), "2", "3", "4")
        .Selects("customer", Agg("""{"avg":"amount","gte":15,"empty_as":100.5}"""), "1", "3", "4")
        .Selects("customer", Agg("""{"max":"at","lt":"2023-06-01","empty_as":"1999-01-01"}"""), "2", "3", "4");

    [Fact]
    public void Min_and_max_are_of_the_values() => Shop()
        .Selects("customer", Agg("""{"min":"amount","eq":10}"""), "1")
        .Selects("customer", Agg("""{"max":"amount","gte":20}"""), "1")
        .Selects("customer", Agg("""{"min":"kind","eq":"A"}"""), "2");

    [Fact]
    public void Max_of_strings_goes_by_utf8_bytes() => Numbers("string", "😀", "\uFF5E").Selects("customer", Agg("""{"max":"x","eq":"😀"}"""), "1");

    [Fact]
    public void A_nan_counts_as_null_in_aggregates() => Shop()
        .Selects("customer", Agg("""{"sum":"weight","between":[0.7,0.8]}"""), "1")
        .Selects("customer", Agg("""{"max":"weight","gt":0}"""), "1", "2");

    [Fact]
    public void Several_comparisons_must_all_hold() => Shop().Selects("customer", Agg("""{"sum":"amount","gte":5,"lt":30}"""), "2");

    [Fact]
    public void Between_not_between_and_in_compare_results() => Shop()
        .Selects("customer", Agg("""{"sum":"amount","between":[5,6]}"""), "2")
        .Selects("customer", Agg("""{"sum":"amount","not_between":[5,6]}"""), "1")
        .Selects("customer", Agg("""{"count":"*","in":[0,3]}"""), "1", "3");

    [Fact]
    public void The_average_of_integers_is_exact() => Numbers("int64", "0", "0", "1")
        .Selects("customer", Agg("""{"avg":"x","gt":0.33333333333333333333333333333333333}"""), "1")
        .Selects("customer", Agg("""{"avg":"x","lt":0.33333333333333333333333333333333334}"""), "1")
        .Selects("customer", Agg("""{"avg":"x","ne":0.3333333333}"""), "1");

    [Fact]
    public void The_average_divides_by_the_values_and_not_by_the_rows() => Shop().Selects("customer", Agg("""{"avg":"amount","eq":15}"""), "1");

    [Fact]
    public void The_average_of_decimals_equals_its_exact_value() => Numbers("decimal(5,2)", "1.00", "2.00").Selects("customer", Agg("""{"avg":"x","eq":1.5}"""), "1");

    [Fact]
    public void A_sum_of_int64_does_not_overflow() =>
        Numbers("int64", "9223372036854775807", "9223372036854775807").Selects("customer", Agg("""{"sum":"x","eq":18446744073709551614}"""), "1");

    [Fact]
    public void A_sum_beyond_38_digits_is_a_data_error() =>
        Assert.NotNull(Numbers("decimal(38,0)", new string('9', 38), "1").OutcomeOf("customer", Agg("""{"sum":"x","gt":0}""")).DataError);

    [Fact]
    public void A_sum_of_38_digits_is_none() => Numbers("decimal(38,0)", new string('9', 38)).Selects("customer", Agg("""{"sum":"x","gt":0}"""), "1");

    [Fact]
    public void A_bound_of_an_average_times_the_count_beyond_38_digits_is_a_data_error() =>
        Assert.NotNull(Numbers("int64", "1", "2", "3").OutcomeOf("customer", Agg($$"""{"avg":"x","lt":{{new string('9', 38)}}}""")).DataError);

    [Fact]
    public void A_sum_takes_a_bound_of_any_scale() => Numbers("int64", "1", "2").Selects("customer", Agg("""{"sum":"x","lt":3.0000000000000000001}"""), "1");

    [Fact]
    public void A_reference_in_an_aggregate_is_read_on_the_row_that_has_starts_from() => Shop()
        .Selects("customer", Agg("""{"sum":"amount","gt":{"ref":"floor"}}"""), "1")
        .Selects("customer", Agg("""{"sum":"amount","gte":{"ref":"floor"}}"""), "1", "2");

    [Fact]
    public void A_null_reference_makes_the_aggregate_false() => Shop().Selects("customer", Agg("""{"avg":"amount","ne":{"ref":"ratio"}}"""), "1");

    [Fact]
    public void An_outer_reference_in_an_aggregate_looks_one_row_further_out() => new World()
        .Entity("house", "id* int64; least int64", "1,2", "2,1")
        .Entity("person", "id* int64; house int64", "10,1", "20,2")
        .Entity("call", "id* int64; person int64", "100,10", "200,20")
        .Link("people", "house", "person", "id=house", "one_to_many", "home")
        .Link("calls", "person", "call", "id=person", "one_to_many", "caller")
        .Selects("house", """{"has":"people","where":{"has":"calls","agg":{"count":"*","gte":{"ref":"^.least"}}}}""", "2");

    [Fact]
    public void Max_of_a_time_compares_with_a_moment() =>
        Shop().Selects("customer", Agg("""{"max":"at","lt":{"ago":180,"unit":"day"}}"""), "2").Selects("customer", Agg("""{"max":"at","gte":{"ago":180,"unit":"day"}}"""), "1");

    [Fact]
    public void The_field_of_an_aggregate_may_lie_over_a_to_one_path() => new World()
        .Entity("customer", "id* int64", "1", "2")
        .Entity("order", "id* int64; customer_id int64; product string", "10,1,p", "11,1,p", "12,1,gone", "13,2,gone")
        .Entity("product", "code* string; price int64", "p,5")
        .Link("orders", "customer", "order", "id=customer_id", "one_to_many", "customer")
        .Link("product_of", "order", "product", "product=code", "many_to_one", "sold_in")
        .Selects("customer", Agg("""{"sum":"product_of.price","eq":10}"""), "1")
        .Selects("customer", Agg("""{"sum":"product_of.price","eq":0,"empty_as":0}"""), "2");

    [Fact]
    public void A_broken_to_one_promise_under_an_aggregate_is_a_data_error() => Assert.NotNull(new World()
        .Entity("customer", "id* int64", "1")
        .Entity("order", "id* int64; customer_id int64; product string", "10,1,p")
        .Entity("product", "code* string; price int64", "p,5", "p,6")
        .Link("orders", "customer", "order", "id=customer_id", "one_to_many", "customer")
        .Link("product_of", "order", "product", "product=code", "many_to_one", "sold_in")
        .OutcomeOf("customer", Agg("""{"sum":"product_of.price","gt":0}""")).DataError);

    [Fact]
    public void A_float_sum_too_near_to_its_bound_is_not_specified() =>
        Assert.NotEmpty(Numbers("float64", "0.1", "0.2").OutcomeOf("customer", Agg("""{"sum":"x","gt":0.3}""")).Unspecified);

    [Fact]
    public void Sum_and_average_of_large_decimals_are_exact() => Numbers("decimal(38,10)", "1234567890123456789012345678.0000000001", "0.0000000001")
        .Selects("customer", Agg("""{"sum":"x","eq":1234567890123456789012345678.0000000002}"""), "1");
}
