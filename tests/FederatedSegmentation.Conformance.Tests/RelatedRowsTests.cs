using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Leaves over paths, and has, none, every: which related rows there are and how often each counts.</summary>
public sealed class RelatedRowsTests
{
    /// <summary>ann: orders 10, 11 (and region n); bob: order 12; cat: none, no region; dan: an order whose customer is NULL is not his.</summary>
    private static World Shop() => new World()
        .Entity("region", "code* string; label string; boss string", "n,North,x", "s,South,", "e,\"\",y")
        .Entity("customer", "id* int64; name string; region string", "1,ann,n", "2,bob,s", "3,cat,", "4,dan,e", "5,eve,nowhere")
        .Entity("order", "id* int64; customer_id int64; product string; amount decimal(10,2); qty int64",
            "10,1,p1,10.00,1", "11,1,p2,20.00,", "12,2,p1,5.00,3", "13,,p1,99.00,1", "14,77,p2,50.00,1")
        .Entity("product", "code* string; kind string", "p1,book", "p2,toy")
        .Link("orders", "customer", "order", "id=customer_id", "one_to_many", "customer")
        .Link("where_from", "customer", "region", "region=code", "many_to_one", "people")
        .Link("product_of", "order", "product", "product=code", "many_to_one", "sold_in");

    [Fact]
    public void A_leaf_reads_the_row_at_the_end_of_a_to_one_path() => Shop().Selects("customer", """{"field":"where_from.label","eq":"North"}""", "1");

    [Fact]
    public void A_leaf_over_two_to_one_steps_reads_the_last_row() =>
        Shop().Selects("order", """{"field":"customer.where_from.label","in":["North","South"]}""", "10", "11", "12");

    [Fact]
    public void With_no_related_row_a_leaf_is_false_whatever_the_operator_is() =>
        Shop().Selects("customer", """{"field":"where_from.label","ne":"North"}""", "2", "4").Selects("customer", """{"field":"where_from.label","not_in":[]}""", "1", "2", "4");

    [Fact]
    public void Null_true_holds_with_no_related_row_and_is_the_complement_of_null_false() => Shop()
        .Selects("customer", """{"field":"where_from.boss","null":true}""", "2", "3", "5")
        .Selects("customer", """{"field":"where_from.boss","null":false}""", "1", "4");

    [Fact]
    public void Empty_true_holds_with_no_related_row_and_is_the_complement_of_empty_false() => Shop()
        .Selects("customer", """{"field":"where_from.label","empty":true}""", "3", "4", "5")
        .Selects("customer", """{"field":"where_from.label","empty":false}""", "1", "2");

    [Fact]
    public void Over_a_broken_to_one_path_a_leaf_needs_one_row_that_satisfies_it() => new World()
        .Entity("region", "code* string; label string", "n,North", "n,Nord", "s,")
        .Entity("customer", "id* int64; region string", "1,n", "2,s")
        .Link("where_from", "customer", "region", "region=code", "many_to_one", "people")
        .Selects("customer", """{"field":"where_from.label","eq":"Nord"}""", "1")
        .Selects("customer", """{"field":"where_from.label","ne":"Nord"}""", "1")
        .Selects("customer", """{"not":{"field":"where_from.label","eq":"Nord"}}""", "2");

    [Fact]
    public void Has_means_at_least_one_related_row() => Shop().Selects("customer", """{"has":"orders"}""", "1", "2");

    [Fact]
    public void Has_with_where_asks_one_and_the_same_row() => Shop()
        .Selects("customer", """{"has":"orders","where":{"all":[{"field":"product","eq":"p1"},{"field":"amount","gte":20}]}}""")
        .Selects("customer", """{"all":[{"has":"orders","where":{"field":"product","eq":"p1"}},{"has":"orders","where":{"field":"amount","gte":20}}]}""", "1");

    [Fact]
    public void None_is_not_has() => Shop()
        .Selects("customer", """{"none":"orders","where":{"field":"product","eq":"p2"}}""", "2", "3", "4", "5")
        .Selects("customer", """{"none":"orders"}""", "3", "4", "5");

    [Fact]
    public void A_null_foreign_key_matches_nothing_not_even_a_null_key() => new World()
        .Entity("customer", "id* int64; code string", "1,", "2,a")
        .Entity("order", "id* int64; code string", "10,", "11,a")
        .Link("orders", "customer", "order", "code=code", "one_to_many", "customer")
        .Selects("customer", """{"has":"orders"}""", "2")
        .Selects("order", """{"has":"customer"}""", "11");

    [Fact]
    public void An_orphan_has_no_related_row() => Shop().Selects("order", """{"none":"customer"}""", "13", "14");

    [Fact]
    public void Every_needs_one_row_with_where_and_all_of_those_with_must() => Shop()
        .Selects("customer", """{"every":"orders","must":{"field":"product","eq":"p1"}}""", "2")
        .Selects("customer", """{"every":"orders","where":{"field":"amount","lte":10},"must":{"field":"product","eq":"p1"}}""", "1", "2")
        .Selects("customer", """{"every":"orders","where":{"field":"amount","gt":100},"must":{"field":"product","eq":"p1"}}""");

    [Fact]
    public void Every_with_empty_pass_also_holds_where_no_row_has_where() =>
        Shop().Selects("customer", """{"every":"orders","where":{"field":"product","eq":"p2"},"must":{"field":"amount","lt":20},"empty":"pass"}""", "2", "3", "4", "5");

    [Fact]
    public void Every_with_empty_fail_is_the_default() =>
        Shop().Selects("customer", """{"every":"orders","must":true,"empty":"fail"}""", "1", "2");

    [Fact]
    public void A_null_does_not_satisfy_the_must_of_every() => Shop().Selects("customer", """{"every":"orders","must":{"field":"qty","gte":0}}""", "2");

    [Fact]
    public void Has_may_nest_and_each_where_speaks_of_its_own_row() =>
        Shop().Selects("region", """{"has":"people","where":{"has":"orders","where":{"field":"amount","gt":10}}}""", "n");

    [Fact]
    public void A_path_of_several_steps_leads_to_the_rows_of_its_last_entity() =>
        Shop().Selects("region", """{"has":"people.orders.product_of","where":{"field":"kind","eq":"toy"}}""", "n");

    [Fact]
    public void A_stored_row_counts_once_however_many_chains_lead_to_it() => new World()
        .Entity("customer", "id* int64", "1")
        .Entity("order", "id* int64; customer_id int64; product string", "10,1,p", "11,1,p", "12,1,q")
        .Entity("product", "code* string; price int64", "p,5", "q,7")
        .Link("orders", "customer", "order", "id=customer_id", "one_to_many", "customer")
        .Link("product_of", "order", "product", "product=code", "many_to_one", "sold_in")
        .Selects("customer", """{"has":"orders.product_of","agg":{"count":"*","eq":2}}""", "1")
        .Selects("customer", """{"has":"orders.product_of","agg":{"sum":"price","eq":12}}""", "1");

    [Fact]
    public void Duplicate_rows_in_between_do_not_multiply() => new World()
        .Entity("customer", "id* int64", "1")
        .Entity("link", "customer_id int64; item_id int64", "1,7", "1,7", "1,7")
        .Entity("item", "id* int64; price int64", "7,5")
        .Link("links", "customer", "link", "id=customer_id", "one_to_many", "customer")
        .Link("item", "link", "item", "item_id=id", "many_to_one", "links")
        .Selects("customer", """{"has":"links.item","agg":{"count":"*","eq":1,"lt":2}}""", "1")
        .Selects("customer", """{"has":"links","agg":{"count":"*","eq":3}}""", "1");

    [Fact]
    public void Duplicated_stored_rows_count_each() => new World()
        .Entity("customer", "id* int64", "1")
        .Entity("order", "id* int64; customer_id int64; amount int64", "10,1,5", "10,1,5")
        .Link("orders", "customer", "order", "id=customer_id", "one_to_many", "customer")
        .Selects("customer", """{"has":"orders","agg":{"count":"*","eq":2}}""", "1")
        .Selects("customer", """{"has":"orders","agg":{"sum":"amount","eq":10}}""", "1");

    [Fact]
    public void Duplicated_rows_of_the_start_do_not_duplicate_a_member() =>
        new World().Entity("customer", "id* int64; n int64", "1,1", "1,1", "1,2").Selects("customer", "true", "1");

    [Fact]
    public void A_many_to_many_relationship_relates_every_pair_of_equal_values() => new World()
        .Entity("left", "id* int64; tag string", "1,a", "2,b", "3,")
        .Entity("right", "id* int64; tag string", "7,a", "8,a", "9,")
        .Link("same_tag", "left", "right", "tag=tag", "many_to_many", "same_tag_of")
        .Selects("left", """{"has":"same_tag","agg":{"count":"*","eq":2}}""", "1")
        .Selects("right", """{"has":"same_tag_of"}""", "7", "8");

    [Fact]
    public void A_self_relation_leads_from_rows_to_rows_of_the_same_entity() => new World()
        .Entity("staff", "id* int64; boss int64", "1,", "2,1", "3,1", "4,4")
        .Link("manager", "staff", "staff", "boss=id", "many_to_one", "reports")
        .Selects("staff", """{"has":"reports","agg":{"count":"*","gte":2}}""", "1")
        .Selects("staff", """{"field":"manager.boss","null":true}""", "1", "2", "3");

    [Fact]
    public void A_composite_relationship_needs_every_pair_equal_and_non_null() => new World()
        .Entity("parent", "a* int64; b* string", "1,x", "1,y")
        .Entity("child", "id* int64; pa int64; pb string", "10,1,x", "11,1,", "12,,x", "13,1,z")
        .Link("children", "parent", "child", "a=pa,b=pb", "one_to_many", "parent")
        .Selects("child", """{"has":"parent"}""", "10")
        .Selects("parent", """{"has":"children"}""", "1|x");

    [Fact]
    public void An_int64_matches_a_string_that_is_its_decimal_form_and_no_other() => new World()
        .Entity("customer", "id* int64", "7", "-5")
        .Entity("order", "id* int64; customer string", "10,7", "11,007", "12,+7", "13,7 ", "14,-5")
        .Link("orders", "customer", "order", "id=customer", "one_to_many", "customer_of")
        .Selects("order", """{"has":"customer_of"}""", "10", "14");

    [Fact]
    public void An_int64_matches_an_equal_decimal() => new World()
        .Entity("customer", "id* int64", "7", "8")
        .Entity("order", "id* int64; customer decimal(10,2)", "10,7.00", "11,7.50", "12,8")
        .Link("orders", "customer", "order", "id=customer", "one_to_many", "customer_of")
        .Selects("order", """{"has":"customer_of"}""", "10", "12");

    [Fact]
    public void String_keys_match_by_bytes() => new World()
        .Entity("customer", "id* string", "a", "A", "a ")
        .Entity("order", "id* int64; customer string", "10,a", "11,\"a \"", "12,á")
        .Link("orders", "customer", "order", "id=customer", "one_to_many", "customer_of")
        .Selects("customer", """{"has":"orders"}""", "a", "a ");
}
