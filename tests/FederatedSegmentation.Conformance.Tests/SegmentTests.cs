using FederatedSegmentation.Conformance.Oracle;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Segments as sets of keys: keys, duplicates, nested segments, ids, set algebra, except, dedupe.</summary>
public sealed class SegmentTests
{
    private static World Numbers() => World.Column("int64", "1", "2", "3", null);

    /// <summary>Key 1 has two rows that differ, key 2 one, one row has no key.</summary>
    private static World Twins() => new World().Entity("thing", "id* int64; x string", "1,a", "1,b", "2,a", ",a");

    [Fact]
    public void Keys_with_a_null_part_never_enter_a_segment() =>
        new World().Entity("thing", "a* int64; b* string", "1,x", "1,", ",x", "2,\"\"").Selects("thing", "true", "1|x", "2|");

    [Fact]
    public void A_key_is_a_member_if_one_of_its_rows_satisfies_where() =>
        Twins().Selects("thing", """{"field":"x","eq":"b"}""", "1").Selects("thing", """{"field":"x","ne":"b"}""", "1", "2");

    [Fact]
    public void Members_are_in_the_order_of_their_keys() =>
        new World().Entity("thing", "id* int64", "10", "9", "-1", "100").Selects("thing", "true", "-1", "9", "10", "100");

    [Fact]
    public void String_keys_are_ordered_by_utf8_bytes() =>
        new World().Entity("thing", "id* string", "😀", "\uFF5E", "b", "B").Selects("thing", "true", "B", "b", "\uFF5E", "😀");

    [Fact]
    public void Canonical_text_has_the_declared_scale_and_six_digits_of_a_second() => new World()
        .Entity("thing", "d* decimal(6,2); t* timestamp; w* datetime; day* date; f* boolean; h* binary",
            "1.5,2024-05-15T10:00:00Z,2024-05-15T10:00:00.5,2024-05-15,true,00ff")
        .Selects("thing", "true", "1.50|2024-05-15T10:00:00.000000Z|2024-05-15T10:00:00.500000|2024-05-15|true|00ff");

    [Fact]
    public void Except_is_asked_of_the_same_row() => Twins()
        .SegmentFile("""{"segment":"s","of":"thing","where":true,"except":{"field":"x","eq":"b"}}""").SegmentHas("s", "1", "2");

    [Fact]
    public void Except_removes_rows_for_which_it_is_true() => Numbers()
        .SegmentFile("""{"segment":"s","of":"thing","where":true,"except":{"field":"x","gte":2}}""").SegmentHas("s", "1", "4");

    [Fact]
    public void Except_may_be_a_list_of_segments() => Numbers()
        .Segment("one", "thing", """{"field":"x","eq":1}""").Segment("two", "thing", """{"field":"x","eq":2}""")
        .SegmentFile("""{"segment":"s","of":"thing","where":true,"except":[{"in_segment":"one"},{"in_segment":"two"}]}""").SegmentHas("s", "3", "4");

    [Fact]
    public void An_empty_list_of_exceptions_excepts_nothing() => Numbers()
        .SegmentFile("""{"segment":"s","of":"thing","where":{"field":"x","lt":3},"except":[]}""").SegmentHas("s", "1", "2");

    [Fact]
    public void In_segment_asks_for_the_key_and_not_for_the_row() => Twins()
        .Segment("bees", "thing", """{"field":"x","eq":"b"}""")
        .Selects("thing", """{"all":[{"in_segment":"bees"},{"field":"x","eq":"a"}]}""", "1")
        .SegmentFile("""{"segment":"s","of":"thing","where":true,"except":[{"in_segment":"bees"}]}""").SegmentHas("s", "2");

    [Fact]
    public void A_row_without_a_key_is_in_no_segment() => new World()
        .Entity("thing", "id* int64; group_id int64", "1,7", ",7", "2,8")
        .Entity("group", "id* int64", "7", "8")
        .Link("things", "group", "thing", "id=group_id", "one_to_many", "group_of")
        .Segment("all_things", "thing", "true")
        .Selects("group", """{"every":"things","must":{"in_segment":"all_things"}}""", "8");

    [Fact]
    public void In_segment_via_a_path_needs_some_related_row_in_it() => new World()
        .Entity("person", "id* int64; home int64", "1,10", "2,10", "3,20", "4,")
        .Entity("house", "id* int64; size int64", "10,1", "20,2")
        .Link("household", "person", "house", "home=id", "many_to_one", "members")
        .Segment("vip", "person", """{"field":"id","eq":1}""")
        .Selects("person", """{"in_segment":"vip","via":"household.members"}""", "1", "2")
        .Selects("person", """{"not":{"in_segment":"vip","via":"household.members"}}""", "3", "4");

    [Fact]
    public void A_nested_segment_is_read_with_its_own_time() => World.Column("timestamp", "2024-05-14T22:30:00Z", "2024-05-15T23:00:00Z")
        .Segment("today_in_berlin", "thing", """{"field":"x","period":{"unit":"day"}}""", """{"zone":"Europe/Berlin"}""")
        .Zone("UTC")
        .Holds("""{"in_segment":"today_in_berlin"}""", 1)
        .Holds("""{"field":"x","period":{"unit":"day"}}""", 2);

    [Fact]
    public void A_nested_segment_has_its_own_root() => new World()
        .Entity("person", "id* int64; age int64; boss int64", "1,50,", "2,30,1", "3,20,2")
        .Link("manager", "person", "person", "boss=id", "many_to_one", "reports")
        .Segment("leads_younger", "person", """{"has":"reports","where":{"field":"age","lt":{"ref":"root.age"}}}""")
        .Selects("person", """{"in_segment":"leads_younger","via":"manager"}""", "2", "3");

    [Fact]
    public void Segments_may_nest_several_deep() => Numbers()
        .Segment("a", "thing", """{"field":"x","gte":2}""").Segment("b", "thing", """{"not":{"in_segment":"a"}}""").Holds("""{"in_segment":"b"}""", 1, 4);

    [Fact]
    public void A_segment_that_contains_itself_is_refused() => Assert.Throws<InvalidDefinitionException>(() =>
        Numbers().Segment("a", "thing", """{"in_segment":"b"}""").Segment("b", "thing", """{"in_segment":"a"}""").SegmentHas("a"));

    [Fact]
    public void Ids_hold_for_keys_in_the_list() => Numbers().Holds("""{"ids":[1,3,99]}""", 1, 3).Holds("""{"not":{"ids":[1,3]}}""", 2, 4).Holds("""{"ids":[]}""");

    [Fact]
    public void Ids_of_composite_keys_are_lists_of_lists() => new World().Entity("thing", "a* int64; b* string", "1,x", "1,y", "2,x")
        .Selects("thing", """{"ids":[[1,"y"],[2,"x"],[2,"y"]]}""", "1|y", "2|x");

    [Fact]
    public void Ids_of_decimals_and_dates_compare_by_value() => new World().Entity("thing", "a* decimal(6,2); b* date", "1.5,2024-01-01", "2,2024-01-01")
        .Selects("thing", """{"ids":[[1.50,"2024-01-01"],["2.0","2024-01-02"]]}""", "1.50|2024-01-01");

    [Fact]
    public void Ids_from_a_file_are_read_by_the_names_of_its_header() => new World().Entity("thing", "a* int64; b* string", "1,x", "1,\"\"", "2,\"q\"\"t\"")
        .KeyFile("keys.csv", "b,a\n\"\",1\n\"q\"\"t\",2\nzz,9\n").Selects("thing", """{"ids":{"file":"keys.csv"}}""", "1|", "2|q\"t");

    [Fact]
    public void String_ids_keep_leading_zeros_and_trailing_spaces() => new World().Entity("thing", "id* string", "7", "007", "7 ")
        .Selects("thing", """{"ids":["007"]}""", "007").KeyFile("k.csv", "id\n\"7 \"\n").Selects("thing", """{"ids":{"file":"k.csv"}}""", "7 ");

    [Fact]
    public void Union_intersect_and_minus_combine_sets_of_keys() => Numbers()
        .Segment("high", "thing", """{"field":"x","gte":2}""")
        .SegmentFile("""{"segment":"u","of":"thing","set":{"union":[{"in_segment":"high"},{"ids":[1]}]}}""")
        .SegmentFile("""{"segment":"i","of":"thing","set":{"intersect":[{"in_segment":"high"},{"where":{"field":"x","lte":2}}]}}""")
        .SegmentFile("""{"segment":"m","of":"thing","set":{"minus":[{"where":true},{"in_segment":"high"},{"ids":[4]}]}}""")
        .SegmentHas("u", "1", "2", "3").SegmentHas("i", "2").SegmentHas("m", "1");

    [Fact]
    public void Sets_nest() => Numbers()
        .SegmentFile("""{"segment":"s","of":"thing","set":{"minus":[{"union":[{"ids":[1,2]},{"ids":[3]}]},{"intersect":[{"ids":[2,3]},{"ids":[3,4]}]}]}}""")
        .SegmentHas("s", "1", "2");

    [Fact]
    public void A_set_of_ids_holds_no_key_that_the_entity_lacks() => Numbers()
        .SegmentFile("""{"segment":"s","of":"thing","set":{"union":[{"ids":[1,99]},{"ids":[98]}]}}""").SegmentHas("s", "1");

    [Fact]
    public void Minus_works_on_keys_also_where_a_key_has_several_rows() => Twins()
        .SegmentFile("""{"segment":"s","of":"thing","set":{"minus":[{"where":true},{"where":{"field":"x","eq":"b"}}]}}""").SegmentHas("s", "2");

    [Fact]
    public void Intersect_works_on_keys_also_where_no_single_row_satisfies_both() => Twins()
        .SegmentFile("""{"segment":"s","of":"thing","set":{"intersect":[{"where":{"field":"x","eq":"a"}},{"where":{"field":"x","eq":"b"}}]}}""").SegmentHas("s", "1")
        .Selects("thing", """{"all":[{"field":"x","eq":"a"},{"field":"x","eq":"b"}]}""");

    [Fact]
    public void A_set_may_have_exceptions_row_by_row() => Twins()
        .SegmentFile("""{"segment":"s","of":"thing","set":{"union":[{"ids":[1]},{"ids":[2]}]},"except":{"field":"x","eq":"a"}}""").SegmentHas("s", "1");

    [Fact]
    public void Dedupe_keeps_the_first_row_of_each_key_in_the_given_order() => new World()
        .DedupedEntity("thing", "id* int64; v string; at date", ["at desc"], "1,old,2024-01-01", "1,new,2024-02-01", "2,only,")
        .Selects("thing", """{"field":"v","in":["new","only"]}""", "1", "2").Selects("thing", """{"field":"v","eq":"old"}""");

    [Fact]
    public void Dedupe_puts_nulls_last_in_both_directions() => new World()
        .DedupedEntity("down", "id* int64; v string; at date", ["at desc"], "1,none,", "1,some,2024-01-01")
        .DedupedEntity("up", "id* int64; v string; at date", ["at"], "1,none,", "1,some,2024-01-01")
        .Selects("down", """{"field":"v","eq":"some"}""", "1").Selects("up", """{"field":"v","eq":"some"}""", "1");

    [Fact]
    public void Dedupe_breaks_ties_by_all_columns_ascending_in_model_order_nulls_last() => new World()
        .DedupedEntity("thing", "id* int64; a string; b int64; at date", ["at desc"], "1,,1,2024-01-01", "1,x,9,2024-01-01", "1,x,8,2024-01-01", "1,y,1,2024-01-01")
        .Selects("thing", """{"all":[{"field":"a","eq":"x"},{"field":"b","eq":8}]}""", "1");

    [Fact]
    public void Dedupe_by_two_columns_uses_the_second_for_ties_of_the_first() => new World()
        .DedupedEntity("thing", "id* int64; a int64; b int64", ["a", "b desc"], "1,1,1", "1,1,2", "1,2,9").Selects("thing", """{"field":"b","eq":2}""", "1");

    [Fact]
    public void Null_parts_of_keys_equal_each_other_in_dedupe() => new World()
        .Entity("house", "id* int64", "7")
        .DedupedEntity("thing", "a* int64; b* int64; house int64; n int64", ["n"], "1,,7,1", "1,,7,2", "2,5,7,1")
        .Link("things", "house", "thing", "id=house", "one_to_many", "house_of")
        .Selects("house", """{"has":"things","agg":{"count":"*","eq":2}}""", "7");

    [Fact]
    public void Rows_that_dedupe_removed_are_related_to_nothing() => new World()
        .Entity("house", "id* int64", "7", "8")
        .DedupedEntity("thing", "id* int64; house int64; n int64", ["n desc"], "1,7,1", "1,8,2")
        .Link("things", "house", "thing", "id=house", "one_to_many", "house_of")
        .Selects("house", """{"has":"things"}""", "8");

    [Fact]
    public void Segments_of_another_entity_need_a_path() => Assert.Throws<InvalidDefinitionException>(() => new World()
        .Entity("a", "id* int64", "1").Entity("b", "id* int64", "1").Segment("of_b", "b", "true").Selects("a", """{"in_segment":"of_b"}"""));
}
