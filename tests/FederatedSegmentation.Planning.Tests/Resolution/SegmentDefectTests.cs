using System.Text;
using FederatedSegmentation.Planning.Resolution;
using static FederatedSegmentation.Planning.Tests.Resolution.Definitions;

namespace FederatedSegmentation.Planning.Tests.Resolution;

/// <summary>Every code that a segment can raise, with its place, its message, and how to mend it.</summary>
public sealed class SegmentDefectTests
{
    [Theory]
    [InlineData(
        "{field: orders.amount, gt: 5}",
        "SDL001 main.yaml:3 /where/field: The path 'orders.amount' crosses 'orders', which leads from customer to many rows of order. Ask of the related rows with {has: orders, where: {field: amount, …}}.")]
    [InlineData("{field: contry, eq: DE}", "SDL002 main.yaml:3 /where/field: Entity 'customer' has no column 'contry'. Did you mean 'country'?")]
    [InlineData("{has: ordrs}", "SDL002 main.yaml:3 /where/has: Entity 'customer' has no relationship 'ordrs'. Did you mean 'orders'?")]
    [InlineData("{in_segment: nobody}", "SDL002 main.yaml:3 /where/in_segment: There is no segment 'nobody'. Add its file to the segments folder.")]
    [InlineData("{field: id, contains: x}", "SDL004 main.yaml:3 /where/contains: 'contains' does not fit 'id', which is int64. It searches text: use it on a string.")]
    [InlineData("{field: id, eq: \"5\"}", "SDL005 main.yaml:3 /where/eq: The literal does not fit the type int64. Write an integer without quotes.")]
    [InlineData("{feild: id, eq: 5}", "SDL006 main.yaml:3 /where/feild: 'feild' is not a kind of predicate. Did you mean 'field'?")]
    [InlineData("{field: id, eqq: 5}", "SDL006 main.yaml:3 /where/eqq: 'eqq' is not a key of a leaf. Did you mean 'eq'?")]
    [InlineData("{field: born, within: {last: 3, unit: hour}}", "SDL007 main.yaml:3 /where/within/unit: A date has no hours. Use day or a longer unit.")]
    [InlineData("{in_segment: main}", "SDL008 main.yaml:3 /where/in_segment: Segments need each other in a circle: main → main. Take one of them out of the circle.")]
    [InlineData("{has: orders, agg: {sum: currency, gt: 1}}", "SDL009 main.yaml:3 /where/agg/sum: 'sum' takes numbers, and 'currency' is string. Name an int64, decimal or float64 column.")]
    [InlineData("{has: visits, where: {ids: [1]}}", "SDL013 main.yaml:3 /where/where/ids: Entity 'visit' has no key, so its rows cannot be listed. Declare its key in the model.")]
    [InlineData("{sql: \"select 1\"}", "SDL006 main.yaml:3 /where/sql: 'sql' belongs to level 3 of the segment language, which this version does not read. Use the constructs of levels 1 and 2.")]
    [InlineData("{ids: {file: keys.csv}}", "CFG102 main.yaml:3 /where/ids/file: There is no key file 'keys.csv'. Put it into the segments folder.")]
    public void A_defect_says_where_it_is_what_is_wrong_and_how_to_mend_it(string where, string expected) => Assert.Equal(expected, Message(where));

    [Theory]
    [InlineData("{field: account.users.id, eq: 5}", "SDL001")]
    [InlineData("{field: id, eq: {ref: orders.id}}", "SDL001")]
    [InlineData("{field: referrer*.id, eq: 5}", "SDL001")]
    [InlineData("{field: id, eq: {ref: referrer*.id}}", "SDL001")]
    [InlineData("{has: orders, agg: {sum: customer.referrer*.balance, gt: 1}}", "SDL001")]
    [InlineData("{has: orders, agg: {pick: last, by: customer.referrer*.balance, must: true}}", "SDL001")]
    [InlineData("{field: orders, eq: 1}", "SDL002")]
    [InlineData("{field: country.name, eq: 1}", "SDL002")]
    [InlineData("{field: id, eq: {ref: ^.id}}", "SDL002")]
    [InlineData("{field: id, eq: {ref: ^}}", "SDL002")]
    [InlineData("{has: orders, where: {field: id, eq: {ref: ^^.id}}}", "SDL002")]
    [InlineData("{in_segment: main, via: nowhere}", "SDL002 SDL008")]
    [InlineData("{field: country, eq: {ref: id}}", "SDL004")]
    [InlineData("{field: signed_up, eq: {ref: called}}", "SDL004")]
    [InlineData("{field: signed_up, eq: {ref: noted}}", "SDL004")]
    [InlineData("{field: seen, eq: {ref: noted}}", "SDL004")]
    [InlineData("{field: country, is: true}", "SDL004")]
    [InlineData("{field: id, before: 5}", "SDL004")]
    [InlineData("{field: country, within: {last: 1, unit: day}}", "SDL004")]
    [InlineData("{field: id, eq: 5, ci: true}", "SDL004")]
    [InlineData("{field: country, lt: a, ci: true}", "SDL004")]
    [InlineData("{field: id, eq: 1.5}", "SDL005")]
    [InlineData("{field: id, eq: 9223372036854775808}", "SDL005")]
    [InlineData("{field: id, eq: null}", "SDL005")]
    [InlineData("{field: id, eq: true}", "SDL005")]
    [InlineData("{field: id, eq: [1]}", "SDL005")]
    [InlineData("{field: id, eq: 1_000}", "SDL005")]
    [InlineData("{field: id, in: [1, ~, \"x\"]}", "SDL005 SDL005")]
    [InlineData("{field: id, in: 1}", "SDL005")]
    [InlineData("{field: id, between: [1]}", "SDL005")]
    [InlineData("{field: country, eq: true}", "SDL005")]
    [InlineData("{field: country, eq: 5}", "SDL005")]
    [InlineData("{field: active, eq: yes}", "SDL005")]
    [InlineData("{field: balance, eq: \"1e5\"}", "SDL005")]
    [InlineData("{field: balance, eq: .inf}", "SDL005")]
    [InlineData("{field: balance, eq: 1e999999999}", "SDL005")]
    [InlineData("{field: score, eq: .nan}", "SDL005")]
    [InlineData("{field: score, eq: 1e400}", "SDL005")]
    [InlineData("{field: score, eq: \"1.5\"}", "SDL005")]
    [InlineData("{field: born, eq: \"2026-02-30\"}", "SDL005")]
    [InlineData("{field: born, eq: \"2026-6-5\"}", "SDL005")]
    [InlineData("{field: born, eq: \"2026-06-05T00:00:00\"}", "SDL005")]
    [InlineData("{field: seen, eq: \"2026-06-05T25:00:00\"}", "SDL005")]
    [InlineData("{field: seen, eq: \"2026-06-05T10:00:00.1234567\"}", "SDL005")]
    [InlineData("{field: seen, before: soon}", "SDL005")]
    [InlineData("{field: seen, eq: 5}", "SDL005")]
    [InlineData("{field: id, eq: {now: true}}", "SDL005")]
    [InlineData("{field: country, null: 1}", "SDL005")]
    [InlineData("{field: photo, eq: xyz}", "SDL005")]
    [InlineData("{ids: [1, \"2\"]}", "SDL005")]
    [InlineData("{has: orders.items, where: {ids: [1, [1, 2, 3], [1, ~]]}}", "SDL005 SDL005 SDL005")]
    [InlineData("5", "SDL006")]
    [InlineData("~", "SDL006")]
    [InlineData("[]", "SDL006")]
    [InlineData("{}", "SDL006")]
    [InlineData("{all: [], any: []}", "SDL006")]
    [InlineData("{all: {}}", "SDL006")]
    [InlineData("{not: true, where: true}", "SDL006")]
    [InlineData("{field: id}", "SDL006")]
    [InlineData("{field: id, gte: 1, lt: 5}", "SDL006")]
    [InlineData("{field: id, eq: {something: 1}}", "SDL006")]
    [InlineData("{field: id, eq: {param: p}}", "SDL012")]
    [InlineData("{field: country, matches: x}", "SDL006")]
    [InlineData("{every: orders}", "SDL006")]
    [InlineData("{every: orders, must: true, empty: maybe}", "SDL006")]
    [InlineData("{none: orders, agg: {count: \"*\", gt: 1}}", "SDL006")]
    [InlineData("{has: orders, depth: 3}", "SDL006")]
    [InlineData("{sql: \"select 1\"}", "SDL006")]
    [InlineData("{regular: orders}", "SDL010 SDL010 SDL010")]
    [InlineData("{in_segment: main, depth: 3}", "SDL006 SDL008")]
    [InlineData("{ids: 5}", "SDL006")]
    [InlineData("{field: born, within: {last: 3}}", "SDL007")]
    [InlineData("{field: born, within: {last: 3, unit: days}}", "SDL007")]
    [InlineData("{field: born, within: {last: -3, unit: day}}", "SDL007")]
    [InlineData("{field: born, within: {last: 1.5, unit: day}}", "SDL007")]
    [InlineData("{field: born, within: {unit: day}}", "SDL007")]
    [InlineData("{field: born, within: {last: 1, next: 1, unit: day}}", "SDL007")]
    [InlineData("{field: born, within: {last: 1, unit: day, align: sideways}}", "SDL007")]
    [InlineData("{field: born, within: {last: 1, unit: day, align: rolling, current: false}}", "SDL007")]
    [InlineData("{field: born, within: {last: 9999, unit: year}}", "SDL007")]
    [InlineData("{field: seen, period: {unit: day, offset: 9223372036854775807}}", "SDL007")]
    [InlineData("{field: born, before: {ago: 3, unit: minute}}", "SDL007")]
    [InlineData("{field: born, before: {now: false}}", "SDL007")]
    [InlineData("{field: born, part: {of: hour, eq: 1}}", "SDL007")]
    [InlineData("{field: born, part: {of: week, eq: 1}}", "SDL007")]
    [InlineData("{field: born, anniversary: {offset_days: x}}", "SDL007")]
    [InlineData("{field: born, anniversary: {feb29: skip}}", "SDL007")]
    [InlineData("{field: born, within: {last: 1, unit: day, offset: 1}}", "SDL006")]
    [InlineData("{has: orders, agg: {gt: 1}}", "SDL009")]
    [InlineData("{has: orders, agg: {count: \"*\"}}", "SDL009")]
    [InlineData("{has: orders, agg: {count: id, gt: 1}}", "SDL009")]
    [InlineData("{has: orders, agg: {count: \"*\", sum: amount, gt: 1}}", "SDL009")]
    [InlineData("{has: orders, agg: {max: paid, gt: 1}}", "SDL009")]
    [InlineData("{has: orders, agg: {sum: placed_at, gt: 1}}", "SDL009")]
    [InlineData("{has: orders, agg: {sum: items.price, gt: 1}}", "SDL009")]
    [InlineData("{has: orders, agg: {max: currency, contains: x}}", "SDL009 SDL009")]
    [InlineData("{has: orders, agg: {count: \"*\", gt: 1, empty_as: 0}}", "SDL009")]
    [InlineData("{has: orders, agg: {sum: amount, gt: 1, empty_as: {ref: id}}}", "SDL009")]
    [InlineData("{has: orders, agg: {sum: amout, gt: 1}}", "SDL002")]
    [InlineData("{has: orders, agg: {max: quantity, gt: 1.5}}", "SDL005")]
    [InlineData("{has: orders, agg: {count: \"*\", gt: 1.5}}", "SDL005")]
    [InlineData("{has: orders, agg: {sum: amount, gt: x}}", "SDL005")]
    [InlineData("{has: orders, agg: {sum: amount, gt: {ref: country}}}", "SDL004")]
    [InlineData("{has: orders, agg: {sum: amount, gte: 1, gtee: 2}}", "SDL006")]
    [InlineData("{in_segment: main, via: visits}", "SDL013 SDL002 SDL008")]
    [InlineData("{in_segment: main, via: orders}", "SDL002 SDL008")]
    [InlineData("{in_segment: main, mode: membership, max_age: 6h}", "SDL006 SDL006 SDL008")]
    public void Each_kind_of_defect_has_its_code(string where, string codes) =>
        Assert.Equal(codes, string.Join(' ', WhereDefects(where).Split('\n').Select(line => line[..6])));

    [Fact]
    public void All_defects_of_a_file_are_reported_at_once_with_their_lines()
    {
        const string text = """
            segment: Main
            of: customers
            time: {zone: Europe/Berln, week_start: tue}
            whre: true
            where:
              all:
                - {field: id, eqal: 5}
                - any:
                    - {has: orders, where: {sql: x}}
                    - nothing: here
            except:
              - {field: id, eq: 1}
            rank: []
            purpose: [email]
            """;
        Assert.Equal(
            """
            SDL014 /segment:1 'Main' cannot be the id of a segment.
            SDL002 /of:2 The model has no entity 'customers'.
            SDL007 /time/zone:3 'Europe/Berln' is not an IANA time zone.
            SDL007 /time/week_start:3 'week_start' must be mon or sun.
            SDL006 /whre:4 'whre' is not a key of a segment.
            SDL006 /where/all/0/eqal:7 'eqal' is not a key of a leaf.
            SDL006 /where/all/1/any/0/where/sql:9 'sql' belongs to level 3 of the segment language, which this version does not read.
            SDL006 /where/all/1/any/1:10 A predicate has exactly one kind key, and this one has none.
            SDL006 /except/0:12 A list in 'except' holds only in_segment.
            SDL011 /rank:13 'rank' is empty.
            SDL006 /purpose:14 'purpose' belongs to level 3 of the segment language, which this version does not read.
            """.ReplaceLineEndings("\n"),
            Defects(text));
    }

    [Theory]
    [InlineData("{}", "SDL006 SDL006 SDL006")]
    [InlineData("{segment: main, of: customer}", "SDL006")]
    [InlineData("{segment: main, of: customer, where: true, set: {ids: []}}", "SDL006")]
    [InlineData("{segment: main, of: visit, where: true}", "SDL013")]
    [InlineData("{segment: main, of: customer, set: {union: []}}", "SDL006")]
    [InlineData("{segment: main, of: customer, set: {union: [{nothing: 1}, {where: {field: x, eq: 1}}]}}", "SDL006 SDL002")]
    [InlineData("{segment: main, of: customer, where: true, split: {}, tiers: [], params: {}}", "SDL011 SDL011 SDL011")]
    [InlineData("[]", "SDL006")]
    [InlineData("", "SDL017")]
    [InlineData("segment: [", "SDL017")]
    public void The_head_of_a_segment_is_checked(string text, string codes) =>
        Assert.Equal(codes, string.Join(' ', Defects(text).Split('\n').Select(line => line[..6])));

    [Fact]
    public void Stored_memberships_are_told_apart_from_what_is_misspelt() => Assert.Contains(
        "SDL006 /where/max_age:3 'max_age' needs stored memberships, which this version does not keep.", WhereDefects("{in_segment: main, mode: membership, max_age: 6h}"), StringComparison.Ordinal);

    [Fact]
    public void A_circle_over_several_files_is_printed()
    {
        var second = File("segment: second\nof: customer\nwhere: {in_segment: third}", "second.yaml");
        var third = File("segment: third\nof: customer\nwhere: {not: {in_segment: second}}", "third.yaml");
        Assert.Equal(
            "SDL008 /where/not/in_segment:3 Segments need each other in a circle: second → third → second.",
            Defects("segment: main\nof: customer\nwhere: {in_segment: second}", second, third));
    }

    [Fact]
    public void Defects_of_a_needed_segment_name_its_file()
    {
        var second = File("segment: second\nof: customer\nwhere: {field: nope, eq: 1}", "second.yaml");
        var error = Assert.Throws<Model.Errors.FederatedSegmentationException>(() => Resolve("segment: main\nof: customer\nwhere: {in_segment: second}", Noon, second));
        Assert.Equal(("SDL002", "second.yaml"), (Assert.Single(error.Problems).Code, error.Problems[0].File));
    }

    [Fact]
    public void An_unknown_id_is_told_with_the_nearest()
    {
        var error = Assert.Throws<Model.Errors.FederatedSegmentationException>(() => SegmentResolver.Resolve("mian", Environment(Noon, File("segment: main\nof: customer\nwhere: true"))));
        Assert.Equal("SDL002: There is no segment 'mian'. Did you mean 'main'?", error.Message);
    }

    [Fact]
    public void A_definition_over_a_limit_is_told_once()
    {
        Assert.StartsWith("SDL015 /where/any/1999:3 The definition has more than 2,000 predicates.", WhereDefects($"{{any: [{string.Join(", ", Enumerable.Repeat("true", 2_500))}]}}"), StringComparison.Ordinal);
        Assert.Equal("SDL015", WhereDefects($"{string.Concat(Enumerable.Repeat("{not: ", 20))}true{new string('}', 20)}")[..6]);
        var literals = new StringBuilder().AppendJoin(", ", Enumerable.Range(1, 30_000));
        Assert.Equal("SDL015", Assert.Single(WhereDefects($"{{field: id, in: [{literals}]}}").Split('\n'))[..6]);
        Assert.Equal("SDL015", Assert.Single(WhereDefects($"{{ids: [{literals}]}}").Split('\n'))[..6]);
    }

    [Fact]
    public void Messages_do_not_hold_the_literals_of_a_definition() =>
        Assert.DoesNotContain("secret", WhereDefects("{all: [{field: id, eq: secret}, {field: born, eq: secret}, {ids: [secret]}]}"), StringComparison.Ordinal);
}
