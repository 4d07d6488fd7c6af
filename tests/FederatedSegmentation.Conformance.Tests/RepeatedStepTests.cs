using FederatedSegmentation.Conformance.Oracle;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Paths with <c>name*</c>: zero or more steps of a relationship from an entity to itself.</summary>
public sealed class RepeatedStepTests
{
    /// <summary>1 is above 2 and 3, 3 above 4, 4 above 5; 6 and 7 are above each other; 8 stands alone; 9 names somebody who is not there.</summary>
    private static World Staff() => new World()
        .Entity("person", "id* int64; boss int64; name string", "1,,ann", "2,1,bob", "3,1,cid", "4,3,dan", "5,4,eve", "6,7,fay", "7,6,gus", "8,,hal", "9,99,ida")
        .Link("above", "person", "person", "boss=id", "many_to_one", "below")
        .Entity("task", "no* int64; person int64; open boolean", "10,1,true", "11,5,true", "12,7,false", "13,7,true")
        .Link("tasks", "person", "task", "id=person", "one_to_many", "owner");

    private static string Named(string name) => $$"""{"field":"name","eq":"{{name}}"}""";

    [Fact]
    public void Zero_steps_are_the_row_itself() => Staff().Selects("person", $$"""{"has":"above*","where":{{Named("hal")}}}""", "8");

    [Fact]
    public void Steps_lead_on_up_to_the_depth() => Staff()
        .Selects("person", $$"""{"has":"above*","where":{{Named("ann")}}}""", "1", "2", "3", "4", "5")
        .Selects("person", $$"""{"has":"above*","depth":1,"where":{{Named("ann")}}}""", "1", "2", "3")
        .Selects("person", $$"""{"has":"above*","depth":2,"where":{{Named("ann")}}}""", "1", "2", "3", "4");

    [Fact]
    public void Without_a_depth_it_is_eight_levels()
    {
        var chain = new World().Entity("person", "id* int64; boss int64", [.. Enumerable.Range(1, 12).Select(id => $"{id},{(id == 1 ? "" : id - 1)}")])
            .Link("above", "person", "person", "boss=id", "many_to_one", "below");
        chain.Selects("person", """{"has":"above*","where":{"field":"id","eq":1}}""", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        chain.Selects("person", """{"has":"above*","depth":10,"where":{"field":"id","eq":1}}""", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
    }

    [Fact]
    public void An_inverse_is_repeated_as_well() => Staff()
        .Selects("person", $$"""{"has":"below*","where":{{Named("dan")}}}""", "1", "3", "4");

    [Fact]
    public void A_cycle_is_followed_once_and_each_row_counts_once() => Staff()
        .Selects("person", """{"has":"above*","depth":50,"agg":{"count":"*","eq":2}}""", "2", "3", "6", "7");

    [Fact]
    public void Other_steps_may_follow_and_come_before() => Staff()
        .Selects("person", """{"has":"below*.tasks","where":{"field":"no","eq":11}}""", "1", "3", "4", "5")
        .Selects("person", """{"has":"tasks.owner.above*","where":{"field":"name","eq":"fay"}}""", "7")
        .Selects("task", """{"has":"owner.above*","where":{"field":"name","eq":"ann"}}""", "10", "11");

    [Fact]
    public void Two_repeated_steps_each_have_the_depth() => Staff()
        .Selects("person", $$"""{"has":"above*.below*","depth":1,"where":{{Named("bob")}}}""", "1", "2", "3");

    [Fact]
    public void None_and_every_take_repeated_steps() => Staff()
        .Selects("person", """{"none":"below*.tasks"}""", "2", "8", "9")
        .Selects("person", """{"every":"above*","depth":3,"must":{"field":"id","gte":6}}""", "6", "7", "8", "9");

    [Fact]
    public void Via_takes_repeated_steps() => Staff()
        .Segment("busy", "person", """{"has":"tasks","where":{"field":"open","is":true}}""")
        .Selects("person", """{"in_segment":"busy","via":"above*","depth":1}""", "1", "2", "3", "5", "6", "7");

    [Fact]
    public void Zero_steps_include_every_stored_row_of_the_key_and_a_level_leads_from_each_of_them() => new World()
        .Entity("person", "id* int64; boss int64; name string", "1,2,one", "1,3,uno", "2,,two", "3,,three")
        .Link("above", "person", "person", "boss=id", "many_to_one", "below")
        .Selects("person", """{"every":"above*","must":{"not":{"field":"name","eq":"uno"}}}""", "2", "3")
        .Selects("person", """{"has":"above*","where":{"all":[{"field":"name","eq":"three"},{"field":"id","ne":{"ref":"^.id"}}]}}""", "1")
        .Selects("person", """{"has":"above*","agg":{"count":"*","eq":4}}""", "1");

    [Fact]
    public void All_stored_rows_of_a_reached_key_are_related_also_those_that_do_not_match() => new World()
        .Entity("thing", "id* int64; left string; right string; name string", "1,a,,x", "2,,a,y", "2,,b,z")
        .Link("next", "thing", "thing", "left=right", "many_to_many", "previous")
        .Selects("thing", """{"has":"next","where":{"field":"name","eq":"z"}}""")
        .Selects("thing", """{"has":"next*","where":{"field":"name","eq":"z"}}""", "1", "2");

    [Fact]
    public void A_row_without_a_key_reaches_itself_and_leads_on_but_is_no_member() => new World()
        .Entity("person", "id* int64; boss int64; name string", ",2,x", "2,,y", "3,,z")
        .Link("above", "person", "person", "boss=id", "many_to_one", "below")
        .Selects("person", """{"has":"below*","agg":{"count":"*","eq":2}}""", "2")
        .Selects("person", """{"has":"below*","where":{"field":"name","eq":"x"}}""", "2")
        .Selects("person", """{"has":"above*","agg":{"count":"*","eq":1}}""", "2", "3");

    [Fact]
    public void A_key_of_two_columns_is_compared_as_a_whole() => new World()
        .Entity("place", "land* string; no* int64; in_land string; in_no int64; size int64", "a,1,,,1", "a,2,a,1,2", "b,1,a,2,3", "b,2,a,,4", "b,3,b,1,5")
        .Link("within", "place", "place", "in_land=land,in_no=no", "many_to_one", "parts")
        .Selects("place", """{"has":"within*","where":{"field":"size","eq":1}}""", "a|1", "a|2", "b|1", "b|3")
        .Selects("place", """{"has":"parts*","agg":{"sum":"size","gte":8}}""", "a|1", "a|2", "b|1")
        .Selects("place", """{"has":"parts*","depth":1,"agg":{"sum":"size","gte":5}}""", "a|2", "b|1", "b|3");

    [Fact]
    public void Null_parts_of_a_key_equal_each_other() => new World()
        .Entity("task", "no* int64; tag string", "1,a")
        .Entity("person", "id* int64; tag string; boss int64; name string", ",a,5,x", ",b,,y", "5,,,z")
        .Link("above", "person", "person", "boss=id", "many_to_one", "below")
        .Link("people", "task", "person", "tag=tag", "one_to_many", "tasks")
        .Selects("task", """{"has":"people.above*","agg":{"count":"*","eq":3}}""", "1");

    [Fact]
    public void A_repeated_step_has_no_place_in_a_leaf() =>
        Assert.Throws<InvalidDefinitionException>(() => Staff().OutcomeOf("person", """{"field":"above*.name","eq":"x"}"""));

    [Fact]
    public void Only_a_relationship_to_the_entity_itself_repeats() =>
        Assert.Throws<InvalidDefinitionException>(() => Staff().OutcomeOf("person", """{"has":"tasks*"}"""));

    [Theory]
    [InlineData("""{"has":"above","depth":2}""")]
    [InlineData("""{"has":"above*","depth":0}""")]
    [InlineData("""{"has":"above*","depth":101}""")]
    public void A_depth_lies_from_1_to_100_and_stands_beside_a_repeated_step(string predicate) =>
        Assert.Throws<InvalidDefinitionException>(() => Staff().OutcomeOf("person", predicate));
}
