using FederatedSegmentation.Conformance.Oracle;
using Xunit;

namespace FederatedSegmentation.Conformance.Tests;

/// <summary>Parameters: declared with a type, given at run time, standing where a value may.</summary>
public sealed class ParameterTests
{
    private static World Things() => new World().Entity(
        "thing",
        "id* int64; n int64; d decimal(6,2); f float64; s string; b boolean; day date; at timestamp; wall datetime@Europe/Berlin; plain datetime",
        "1,5,0.70,0.5,abc,true,2024-05-01,2024-05-01T10:00:00Z,2024-05-01T12:00:00,2024-05-01T12:00:00",
        "2,7,0.71,1.5,ABC,false,2024-05-02,2024-05-02T10:00:00Z,2024-05-02T12:00:00,2024-05-02T12:00:00",
        "3,,,,,,,,,");

    private static World With(World world, string declaration, string where, string? value = null)
    {
        world.SegmentFile($$"""{"segment":"s","of":"thing","params":{"p":{{declaration}}},"where":{{where}}}""");
        return value is null ? world : world.Given("p", value);
    }

    private const string P = "{\"param\":\"p\"}";

    [Theory]
    [InlineData("int64", "7", "n", "2")]
    [InlineData("decimal(6,2)", "0.7", "d", "1")]
    [InlineData("float64", "1.5", "f", "2")]
    [InlineData("string", "abc", "s", "1")]
    [InlineData("string", "7", "s", "")]
    [InlineData("boolean", "false", "b", "2")]
    [InlineData("date", "2024-05-02", "day", "2")]
    [InlineData("timestamp", "2024-05-01T12:00:00+02:00", "at", "1")]
    [InlineData("timestamp", "2024-05-01T10:00:00", "at", "1")]
    [InlineData("datetime", "2024-05-01T10:00:00Z", "wall", "1")]
    [InlineData("datetime", "2024-05-01T12:00:00", "plain", "1")]
    public void A_value_given_to_the_run_stands_in_the_place_of_the_literal(string type, string value, string field, string keys) =>
        With(Things(), $$"""{"type":"{{type}}"}""", $$"""{"field":"{{field}}","eq":{{P}}}""", value).SegmentHas("s", keys.Length == 0 ? [] : [keys]);

    [Theory]
    [InlineData("int64", "7", "n", "2")]
    [InlineData("decimal(6,2)", "0.7", "d", "1")]
    [InlineData("decimal(6,2)", "\"0.70\"", "d", "1")]
    [InlineData("float64", "1.5", "f", "2")]
    [InlineData("string", "\"abc\"", "s", "1")]
    [InlineData("boolean", "true", "b", "1")]
    [InlineData("date", "\"2024-05-02\"", "day", "2")]
    public void Without_one_the_default_holds(string type, string fallback, string field, string keys) =>
        With(Things(), $$"""{"type":"{{type}}","default":{{fallback}}}""", $$"""{"field":"{{field}}","eq":{{P}}}""").SegmentHas("s", keys);

    [Fact]
    public void A_given_value_goes_before_the_default() => With(Things(), """{"type":"int64","default":5}""", $$"""{"field":"n","eq":{{P}}}""", "7").SegmentHas("s", "2");

    [Fact]
    public void A_missing_value_without_a_default_is_an_error() =>
        Assert.Throws<InvalidDefinitionException>(() => With(Things(), """{"type":"int64"}""", "true").Outcome("s"));

    [Theory]
    [InlineData("int64", "n", "0.5")]
    [InlineData("int64", "n", "x")]
    [InlineData("decimal(3,2)", "d", "10.00")]
    [InlineData("decimal(3,2)", "d", "0.125")]
    [InlineData("float64", "f", "NaN")]
    [InlineData("boolean", "b", "yes")]
    [InlineData("date", "day", "2024-05-01T00:00:00")]
    [InlineData("timestamp", "at", "2024-05-01")]
    public void A_value_that_its_type_does_not_have_is_an_error(string type, string field, string value) =>
        Assert.ThrowsAny<Exception>(() => With(Things(), $$"""{"type":"{{type}}"}""", $$"""{"field":"{{field}}","eq":{{P}}}""", value).Outcome("s"));

    [Theory]
    [InlineData("string", "7", "n")]
    [InlineData("int64", "7", "s")]
    [InlineData("timestamp", "2024-05-01T10:00:00Z", "day")]
    [InlineData("timestamp", "2024-05-01T10:00:00Z", "wall")]
    [InlineData("datetime", "2024-05-01T10:00:00Z", "at")]
    public void A_type_that_does_not_compare_is_an_error(string type, string value, string field) => Assert.Throws<InvalidDefinitionException>(() =>
        With(Things(), $$"""{"type":"{{type}}"}""", $$"""{"field":"{{field}}","eq":{{P}}}""", value).Outcome("s"));

    [Fact]
    public void Numbers_compare_by_value_whatever_their_types_are()
    {
        With(Things(), """{"type":"decimal(5,2)"}""", $$"""{"field":"n","gt":{{P}}}""", "5.5").SegmentHas("s", "2");
        With(Things(), """{"type":"int64"}""", $$"""{"field":"f","gt":{{P}}}""", "1").SegmentHas("s", "2");
        With(Things(), """{"type":"decimal(5,4)"}""", $$"""{"field":"d","lt":{{P}}}""", "0.7001").SegmentHas("s", "1");
    }

    [Fact]
    public void A_date_stands_for_local_midnight_on_a_timestamp_and_for_the_whole_day_in_before_and_after()
    {
        With(Things(), """{"type":"date"}""", $$"""{"field":"at","gte":{{P}}}""", "2024-05-02").SegmentHas("s", "2");
        With(Things(), """{"type":"date"}""", $$"""{"field":"at","after":{{P}}}""", "2024-05-01").SegmentHas("s", "2");
        With(Things(), """{"type":"date"}""", $$"""{"field":"at","before":{{P}}}""", "2024-05-02").SegmentHas("s", "1");
        With(Things(), """{"type":"date"}""", $$"""{"field":"wall","after":{{P}}}""", "2024-05-01").SegmentHas("s", "2");
    }

    [Fact]
    public void Before_and_after_take_times() =>
        With(Things(), """{"type":"timestamp"}""", $$"""{"field":"at","after":{{P}}}""", "2024-05-01T10:00:00Z").SegmentHas("s", "2");

    [Fact]
    public void A_parameter_stands_in_lists_bounds_substrings_and_parts()
    {
        With(Things(), """{"type":"int64"}""", $$"""{"field":"n","in":[1,{{P}}]}""", "5").SegmentHas("s", "1");
        With(Things(), """{"type":"int64"}""", $$"""{"field":"n","between":[{{P}},9]}""", "6").SegmentHas("s", "2");
        With(Things(), """{"type":"string"}""", $$"""{"field":"s","contains":{{P}}}""", "b").SegmentHas("s", "1");
        With(Things(), """{"type":"string"}""", $$"""{"field":"s","eq":{{P}},"ci":true}""", "aBc").SegmentHas("s", "1", "2");
        With(Things(), """{"type":"int64"}""", $$"""{"field":"day","part":{"of":"dom","eq":{{P}} } }""", "2").SegmentHas("s", "2");
    }

    [Fact]
    public void A_parameter_stands_in_comparisons_of_aggregates()
    {
        World Orders(string type, string aggregate, string value) => new World()
            .Entity("person", "id* int64", "1", "2")
            .Entity("order", "no* int64; person int64; amount decimal(10,2)", "1,1,10.00", "2,1,5.00", "3,2,7.00")
            .Link("orders", "person", "order", "id=person", "one_to_many", "person")
            .SegmentFile($$"""{"segment":"s","of":"person","params":{"p":{"type":"{{type}}"} },"where":{"has":"orders","agg":{{aggregate}} } }""")
            .Given("p", value);
        Orders("int64", """{"count":"*","gte":{"param":"p"}}""", "2").SegmentHas("s", "1");
        Orders("decimal(5,1)", """{"sum":"amount","lt":{"param":"p"}}""", "7.5").SegmentHas("s", "2");
        Orders("int64", """{"max":"amount","gt":{"param":"p"}}""", "9").SegmentHas("s", "1");
    }

    [Fact]
    public void A_value_for_a_name_that_no_segment_of_the_run_declares_is_an_error() => Assert.Throws<InvalidDefinitionException>(() => Things()
        .Given("q", "7")
        .SegmentFile("""{"segment":"other","of":"thing","params":{"q":{"type":"int64"}},"where":true}""")
        .SegmentFile("""{"segment":"s","of":"thing","where":true}""")
        .Outcome("s"));

    [Fact]
    public void A_null_column_satisfies_no_parameter() => With(Things(), """{"type":"int64"}""", $$"""{"field":"n","ne":{{P}}}""", "99").SegmentHas("s", "1", "2");

    [Fact]
    public void A_given_value_reaches_every_segment_of_the_run_that_declares_the_name() => Things()
        .Given("p", "7")
        .SegmentFile("""{"segment":"inner","of":"thing","params":{"p":{"type":"decimal(6,2)"}},"where":{"field":"n","eq":{"param":"p"}}}""")
        .SegmentFile("""{"segment":"outer","of":"thing","params":{"p":{"type":"int64","default":1}},"where":{"all":[{"in_segment":"inner"},{"field":"n","gte":{"param":"p"}}]}}""")
        .SegmentHas("outer", "2");

    [Fact]
    public void A_segment_sees_no_parameters_of_others() => Assert.Throws<InvalidDefinitionException>(() => Things()
        .Given("p", "7")
        .SegmentFile("""{"segment":"inner","of":"thing","where":{"field":"n","eq":{"param":"p"}}}""")
        .SegmentFile("""{"segment":"outer","of":"thing","params":{"p":{"type":"int64"}},"where":{"in_segment":"inner"}}""")
        .Outcome("outer"));

    [Theory]
    [InlineData("""{"field":"b","is":{"param":"p"}}""")]
    [InlineData("""{"field":"n","null":{"param":"p"}}""")]
    [InlineData("""{"ids":[{"param":"p"}]}""")]
    [InlineData("""{"field":"day","within":{"last":{"param":"p"},"unit":"day"}}""")]
    public void A_parameter_has_no_place_where_no_value_stands(string where) =>
        Assert.Throws<InvalidDefinitionException>(() => With(Things(), """{"type":"int64","default":1}""", where).Outcome("s"));
}
