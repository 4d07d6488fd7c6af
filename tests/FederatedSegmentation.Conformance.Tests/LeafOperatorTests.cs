using FederatedSegmentation.Conformance.Oracle;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>The operator table of the leaf, row by row, and its NULL rules.</summary>
public sealed class LeafOperatorTests
{
    private static World Numbers() => World.Column("int64", "1", "2", "3", null);

    [Fact]
    public void Eq_holds_for_equal_values_only() => Numbers().Holds("""{"field":"x","eq":2}""", 2);

    [Fact]
    public void Ne_does_not_hold_for_null() => Numbers().Holds("""{"field":"x","ne":2}""", 1, 3);

    [Fact]
    public void Not_eq_holds_for_null() => Numbers().Holds("""{"not":{"field":"x","eq":2}}""", 1, 3, 4);

    [Fact]
    public void Lt_excludes_the_bound() => Numbers().Holds("""{"field":"x","lt":2}""", 1);

    [Fact]
    public void Lte_includes_the_bound() => Numbers().Holds("""{"field":"x","lte":2}""", 1, 2);

    [Fact]
    public void Gt_excludes_the_bound() => Numbers().Holds("""{"field":"x","gt":2}""", 3);

    [Fact]
    public void Gte_includes_the_bound() => Numbers().Holds("""{"field":"x","gte":2}""", 2, 3);

    [Fact]
    public void Between_includes_both_bounds() => Numbers().Holds("""{"field":"x","between":[1,2]}""", 1, 2);

    [Fact]
    public void Between_of_crossed_bounds_holds_for_nothing() => Numbers().Holds("""{"field":"x","between":[2,1]}""");

    [Fact]
    public void Not_between_holds_outside_but_not_for_null() => Numbers().Holds("""{"field":"x","not_between":[2,2]}""", 1, 3);

    [Fact]
    public void In_holds_for_a_value_that_equals_one() => Numbers().Holds("""{"field":"x","in":[3,1,9]}""", 1, 3);

    [Fact]
    public void In_of_an_empty_list_is_false() => Numbers().Holds("""{"field":"x","in":[]}""");

    [Fact]
    public void Not_in_does_not_hold_for_null() => Numbers().Holds("""{"field":"x","not_in":[3,1]}""", 2);

    [Fact]
    public void Not_in_of_an_empty_list_means_has_a_value() => Numbers().Holds("""{"field":"x","not_in":[]}""", 1, 2, 3);

    [Fact]
    public void Null_true_holds_for_null() => Numbers().Holds("""{"field":"x","null":true}""", 4);

    [Fact]
    public void Null_false_holds_for_values() => Numbers().Holds("""{"field":"x","null":false}""", 1, 2, 3);

    [Fact]
    public void Empty_true_holds_for_null_and_the_empty_string() =>
        World.Column("string", "", " ", null, "a").Holds("""{"field":"x","empty":true}""", 1, 3);

    [Fact]
    public void Empty_false_holds_for_neither() => World.Column("string", "", " ", null, "a").Holds("""{"field":"x","empty":false}""", 2, 4);

    [Fact]
    public void Contains_takes_wildcards_literally() =>
        World.Column("string", "50%", "50", "5_0", "a%b", null).Holds("""{"field":"x","contains":"%"}""", 1, 4).Holds("""{"field":"x","contains":"_"}""", 3);

    [Fact]
    public void Contains_the_empty_string_holds_for_every_value() => World.Column("string", "", "a", null).Holds("""{"field":"x","contains":""}""", 1, 2);

    [Fact]
    public void Starts_is_a_prefix() => World.Column("string", "ab", "ba", "a", null).Holds("""{"field":"x","starts":"a"}""", 1, 3);

    [Fact]
    public void Ends_is_a_suffix() => World.Column("string", "ab", "ba", "a", null).Holds("""{"field":"x","ends":"a"}""", 2, 3);

    [Fact]
    public void Not_contains_does_not_hold_for_null() => World.Column("string", "ab", "b", "", null).Holds("""{"field":"x","not_contains":"a"}""", 2, 3);

    [Fact]
    public void A_backslash_and_a_quote_are_ordinary_characters() =>
        World.Column("string", "a\\b", "a'b", "ab").Holds("""{"field":"x","contains":"\\"}""", 1).Holds("""{"field":"x","contains":"'"}""", 2);

    [Fact]
    public void Is_true_and_is_false_do_not_hold_for_null() =>
        World.Column("boolean", "true", "false", null).Holds("""{"field":"x","is":true}""", 1).Holds("""{"field":"x","is":false}""", 2);

    [Fact]
    public void False_is_less_than_true() => World.Column("boolean", "true", "false", null).Holds("""{"field":"x","lt":true}""", 2);

    [Fact]
    public void All_of_nothing_is_true_and_any_of_nothing_is_false() => Numbers().Holds("""{"all":[]}""", 1, 2, 3, 4).Holds("""{"any":[]}""");

    [Fact]
    public void True_and_false_are_predicates() => Numbers().Holds("true", 1, 2, 3, 4).Holds("false");

    [Fact]
    public void All_needs_every_part_and_any_one_of_them() => Numbers()
        .Holds("""{"all":[{"field":"x","gt":1},{"field":"x","lt":3}]}""", 2)
        .Holds("""{"any":[{"field":"x","gt":2},{"field":"x","null":true}]}""", 3, 4);

    [Fact]
    public void Not_is_the_exact_complement_rows_with_nulls_included() => Numbers().Holds("""{"not":{"not":{"field":"x","ne":1}}}""", 2, 3)
        .Holds("""{"not":{"all":[{"field":"x","gte":2},{"field":"x","lte":3}]}}""", 1, 4);

    [Fact]
    public void Keys_beginning_with_x_dash_are_ignored() => Numbers().Holds("""{"field":"x","x-why":"because","eq":2}""", 2);

    [Fact]
    public void A_predicate_of_a_later_level_is_refused() =>
        Assert.Throws<InvalidDefinitionException>(() => Numbers().Holds("""{"seq":"events","steps":[]}"""));

    [Fact]
    public void A_fraction_for_an_int64_is_refused() => Assert.Throws<InvalidDefinitionException>(() => Numbers().Holds("""{"field":"x","eq":1.5}"""));
}
