using FederatedSegmentation.Conformance.Oracle;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>References to the own row, to rows further out and to the root.</summary>
public sealed class ReferenceTests
{
    private static World Pairs() => World.Column("int64").Entity("pair", "id* int64; a int64; b int64", "1,1,2", "2,2,2", "3,3,2", "4,,2", "5,2,", "6,,");

    private static World Shop() => new World()
        .Entity("customer", "id* int64; home string; limit decimal(10,2)", "1,de,15.00", "2,fr,5.00", "3,,1.00")
        .Entity("order", "id* int64; customer_id int64; country string; amount int64", "10,1,de,10", "11,1,fr,20", "20,2,de,6", "30,3,,1")
        .Entity("item", "id* int64; order_id int64; made_in string; weight int64", "100,10,de,20", "110,11,de,20", "200,20,fr,1", "300,30,,1")
        .Link("orders", "customer", "order", "id=customer_id", "one_to_many", "customer")
        .Link("items", "order", "item", "id=order_id", "one_to_many", "order");

    [Fact]
    public void A_reference_compares_with_another_column_of_the_row() => Pairs()
        .Selects("pair", """{"field":"a","lt":{"ref":"b"}}""", "1").Selects("pair", """{"field":"a","eq":{"ref":"b"}}""", "2");

    [Fact]
    public void A_null_on_either_side_makes_the_leaf_false() => Pairs()
        .Selects("pair", """{"field":"a","ne":{"ref":"b"}}""", "1", "3")
        .Selects("pair", """{"not":{"field":"a","ne":{"ref":"b"}}}""", "2", "4", "5", "6");

    [Fact]
    public void A_null_reference_in_not_in_makes_the_leaf_false() => Pairs().Selects("pair", """{"field":"a","not_in":[{"ref":"b"},9]}""", "1", "3");

    [Fact]
    public void A_null_reference_in_in_matches_nothing_but_the_others_still_do() => Pairs().Selects("pair", """{"field":"a","in":[{"ref":"b"},2]}""", "2", "5");

    [Fact]
    public void A_null_bound_makes_between_and_not_between_false() => Pairs()
        .Selects("pair", """{"field":"a","between":[0,{"ref":"b"}]}""", "1", "2")
        .Selects("pair", """{"field":"a","not_between":[{"ref":"b"},9]}""", "1");

    [Fact]
    public void A_reference_may_follow_a_to_one_path() => Shop().Selects("order", """{"field":"country","eq":{"ref":"customer.home"}}""", "10");

    [Fact]
    public void A_reference_over_no_row_is_null() =>
        Shop().Selects("order", """{"not":{"field":"country","ne":{"ref":"customer.home"}}}""", "10", "30");

    [Fact]
    public void A_caret_looks_at_the_row_that_the_enclosing_has_starts_from() =>
        Shop().Selects("customer", """{"has":"orders","where":{"field":"country","ne":{"ref":"^.home"}}}""", "1", "2");

    [Fact]
    public void Two_carets_look_one_row_further_out() =>
        Shop().Selects("customer", """{"has":"orders","where":{"has":"items","where":{"field":"made_in","eq":{"ref":"^^.home"}}}}""", "1", "2");

    [Fact]
    public void A_caret_and_two_carets_are_different_rows() => Shop().Selects(
        "customer",
        """{"has":"orders","where":{"has":"items","where":{"all":[{"field":"made_in","eq":{"ref":"^^.home"}},{"field":"weight","gt":{"ref":"^.amount"}}]}}}""",
        "1");

    [Fact]
    public void Root_is_the_row_of_the_segment_however_deep() => Shop()
        .Selects("customer", """{"has":"orders","where":{"has":"items","where":{"field":"weight","gt":{"ref":"root.limit"}}}}""", "1")
        .Selects("customer", """{"has":"orders","where":{"every":"items","must":{"field":"made_in","eq":{"ref":"root.home"}}}}""", "1", "2");

    [Fact]
    public void The_enclosing_row_of_a_path_of_several_steps_is_the_one_it_starts_from() =>
        Shop().Selects("customer", """{"has":"orders.items","where":{"field":"made_in","eq":{"ref":"^.home"}}}""", "1", "2");

    [Fact]
    public void An_enclosing_row_is_seen_through_every_too() =>
        Shop().Selects("customer", """{"every":"orders","must":{"field":"amount","gt":{"ref":"^.limit"}}}""", "2");

    [Fact]
    public void A_reference_to_a_decimal_compares_exactly_with_an_int64() =>
        Shop().Selects("customer", """{"has":"orders","where":{"field":"amount","eq":{"ref":"^.limit"}}}""", "3");

    [Fact]
    public void Ci_folds_both_sides_of_a_reference() => new World().Entity("pair", "id* int64; a string; b string", "1,AB,ab", "2,ab,AC", "3,É,é")
        .Selects("pair", """{"field":"a","eq":{"ref":"b"},"ci":true}""", "1");

    [Fact]
    public void A_reference_may_be_a_substring_to_look_for() => new World().Entity("pair", "id* int64; a string; b string", "1,a%b,%", "2,ab,%", "3,ab,", "4,ab,\"\"")
        .Selects("pair", """{"field":"a","contains":{"ref":"b"}}""", "1", "4")
        .Selects("pair", """{"field":"a","not_contains":{"ref":"b"}}""", "2");

    [Fact]
    public void A_reference_path_that_leads_to_several_rows_is_a_data_error() => Assert.NotNull(Broken("2").OutcomeOf("order", Asked).DataError);

    [Fact]
    public void Bad_data_that_the_answer_does_not_hang_on_may_still_be_reported()
    {
        var outcome = Broken("").OutcomeOf("order", Asked);
        Assert.Null(outcome.DataError);
        Assert.NotEmpty(outcome.PossibleDataErrors);
        Assert.Empty(outcome.Members);
    }

    [Fact]
    public void A_reference_that_looks_out_of_the_segment_is_refused() =>
        Assert.Throws<InvalidDefinitionException>(() => Pairs().Selects("pair", """{"field":"a","eq":{"ref":"^.b"}}"""));

    private const string Asked = """{"field":"amount","gt":{"ref":"customer.least"}}""";

    private static World Broken(string amount) => new World()
        .Entity("customer", "id* int64; least int64", "1,1", "1,3")
        .Entity("order", "id* int64; customer_id int64; amount int64", $"10,1,{amount}")
        .Link("orders", "customer", "order", "id=customer_id", "one_to_many", "customer");
}
