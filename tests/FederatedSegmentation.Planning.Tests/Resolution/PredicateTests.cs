using static FederatedSegmentation.Planning.Tests.Resolution.Definitions;

namespace FederatedSegmentation.Planning.Tests.Resolution;

/// <summary>What predicates mean once the sugar is gone.</summary>
public sealed class PredicateTests
{
    [Theory]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("{all: []}", "all()")]
    [InlineData("{any: [true, {not: false}]}", "any(true; not(false))")]
    public void Boolean_structure_stays_as_it_is(string where, string expected) => Assert.Equal(expected, Where(where));

    [Theory]
    [InlineData("{field: country, eq: DE}", "country = 'DE'")]
    [InlineData("{field: country, eq: NO}", "country = 'NO'")]
    [InlineData("{field: country, ne: DE, ci: true}", "country <> 'DE' ci")]
    [InlineData("{field: country, lt: \"M\"}", "country < 'M'")]
    [InlineData("{field: country, in: [DE, \"\"]}", "country in ('DE', '')")]
    [InlineData("{field: country, not_in: []}", "country not in ()")]
    [InlineData("{field: country, contains: \"%_\", ci: true}", "country Contains '%_' ci")]
    [InlineData("{field: country, not_contains: x}", "country not Contains 'x'")]
    [InlineData("{field: country, starts: x}", "country StartsWith 'x'")]
    [InlineData("{field: country, ends: x}", "country EndsWith 'x'")]
    [InlineData("{field: country, null: true}", "country is null")]
    [InlineData("{field: country, null: false}", "not(country is null)")]
    [InlineData("{field: country, empty: true}", "country is empty")]
    [InlineData("{field: score, empty: false}", "not(score is null)")]
    [InlineData("{field: active, is: true}", "active = true")]
    [InlineData("{field: active, lt: true}", "active < true")]
    [InlineData("{field: id, eq: 0x1F}", "id = 31")]
    [InlineData("{field: id, eq: 0o17}", "id = 15")]
    [InlineData("{field: id, eq: 012}", "id = 12")]
    [InlineData("{field: id, gte: 1e3}", "id >= 1000")]
    [InlineData("{field: id, not_between: [-5, +7]}", "id not between -5 and 7")]
    [InlineData("{field: balance, gt: 0.10}", "balance > 10e-2")]
    [InlineData("{field: balance, gt: \"0.1000000000000000000000000000000000000001\"}", "balance > 1000000000000000000000000000000000000001e-40")]
    [InlineData("{field: balance, eq: 100000000000000000000000000000000000000000}", "balance = 100000000000000000000000000000000000000000e-0")]
    [InlineData("{field: balance, eq: -1.5e-1}", "balance = -15e-2")]
    [InlineData("{field: score, eq: 1}", "score = 1f")]
    [InlineData("{field: score, eq: 0.1}", "score = 0.1f")]
    [InlineData("{field: photo, eq: \"00fF\"}", "photo = 0x00FF")]
    [InlineData("{field: born, eq: 2026-01-31}", "born = 2026-01-31")]
    public void A_leaf_compares_a_column_with_a_literal_of_its_type(string where, string expected) => Assert.Equal(expected, Where(where));

    [Theory]
    [InlineData("{field: account.region, eq: EU}", "has account(region = 'EU')")]
    [InlineData("{field: account.owner.name, not_in: [x]}", "has account.owner(name not in ('x'))")]
    [InlineData("{field: account.region, null: false}", "has account(not(region is null))")]
    [InlineData("{field: account.region, null: true}", "not(has account(not(region is null)))")]
    [InlineData("{field: account.region, empty: true}", "not(has account(not(region is empty)))")]
    [InlineData("{field: account.region, empty: false}", "has account(not(region is empty))")]
    [InlineData("{field: account.region, eq: {ref: country}}", "has account(region = ^country)")]
    [InlineData("{field: account.region, eq: {ref: account.owner.name}}", "has account(region = ^account.owner.name)")]
    public void A_leaf_over_a_path_asks_the_row_at_its_end(string where, string expected) => Assert.Equal(expected, Where(where));

    [Theory]
    [InlineData("{has: orders}", "has orders(true)")]
    [InlineData("{has: orders.items, where: {field: sku, eq: a}}", "has orders.items(sku = 'a')")]
    [InlineData("{none: orders, where: {field: paid, is: true}}", "not(has orders(paid = true))")]
    [InlineData("{every: orders, where: {field: paid, is: true}, must: {field: quantity, gt: 1}}", "all(not(has orders(all(paid = true; not(quantity > 1)))); has orders(paid = true))")]
    [InlineData("{every: orders, must: {field: quantity, gt: 1}, empty: pass}", "not(has orders(all(true; not(quantity > 1))))")]
    [InlineData("{every: orders, must: true, empty: fail}", "all(not(has orders(all(true; not(true)))); has orders(true))")]
    public void Related_rows_become_has_and_its_complement(string where, string expected) => Assert.Equal(expected, Where(where));

    [Theory]
    [InlineData("{has: orders, where: {field: quantity, gt: {ref: ^.visits}}}", "has orders(quantity > ^visits)")]
    [InlineData("{has: orders, where: {field: customer.visits, gt: {ref: ^.visits}}}", "has orders(has customer(visits > ^^visits))")]
    [InlineData("{has: orders, where: {has: items, where: {field: price, lte: {ref: ^^.balance}}}}", "has orders(has items(price <= ^^balance))")]
    [InlineData("{has: orders, where: {has: items, where: {field: price, lte: {ref: root.score}}}}", "has orders(has items(price <= ^^score))")]
    [InlineData("{has: orders, where: {has: items, where: {field: price, lte: {ref: ^.amount}}}}", "has orders(has items(price <= ^amount))")]
    [InlineData("{has: orders, where: {has: items, where: {field: product.brand, eq: {ref: root.account.region}}}}", "has orders(has items(has product(brand = ^^^account.region)))")]
    [InlineData("{field: id, in: [1, {ref: visits}]}", "id in (1, visits)")]
    [InlineData("{field: balance, between: [{ref: visits}, {ref: score}]}", "balance between visits and score")]
    [InlineData("{field: country, contains: {ref: account.region}, ci: true}", "country Contains account.region ci")]
    [InlineData("{field: seen, before: {ref: seen}}", "seen < seen")]
    public void References_count_the_rows_between(string where, string expected) => Assert.Equal(expected, Where(where));

    [Theory]
    [InlineData("{count: \"*\", gte: 3}", "Count(*):int64 >= 3")]
    [InlineData("{count_distinct: product_id, gte: 2, lt: 9}", "CountDistinct(product_id):int64 >= 2 and < 9")]
    [InlineData("{sum: amount, lt: 10, empty_as: 0}", "Sum(amount):decimal(38,2) < 10e-0 empty as 0e-0")]
    [InlineData("{sum: quantity, gt: 10.5}", "Sum(quantity):int64 > 105e-1")]
    [InlineData("{sum: quantity, gt: \"10\"}", "Sum(quantity):int64 > 10")]
    [InlineData("{avg: quantity, between: [1, 2.5]}", "Average(quantity):int64 between 1 and 25e-1")]
    [InlineData("{avg: weight, gt: 1}", "Average(weight):float64 > 1f")]
    [InlineData("{max: placed_at, lt: {ago: 180, unit: day}}", "Maximum(placed_at):timestamp < 2025-12-19T11:00:00Z")]
    [InlineData("{min: currency, in: [EUR, USD]}", "Minimum(currency):string in ('EUR', 'USD')")]
    [InlineData("{max: quantity, gt: {ref: visits}, empty_as: 7}", "Maximum(quantity):int64 > visits empty as 7")]
    [InlineData("{count_distinct: customer.account.region, eq: 1}", "CountDistinct(customer.account.region):int64 = 1")]
    public void Aggregates_have_a_type_and_read_references_where_the_rows_start(string agg, string expected) =>
        Assert.Equal($"has orders(true) {expected}", Where($"{{has: orders, agg: {agg}}}"));

    [Fact]
    public void An_aggregate_inside_reads_the_enclosing_row_one_further_out() =>
        Assert.Equal(
            "has orders(has items(true) Sum(price):decimal(38,2) > ^balance)",
            Where("{has: orders, where: {has: items, agg: {sum: price, gt: {ref: ^.balance}}}}"));

    [Theory]
    [InlineData("{field: born, part: {of: dow, eq: 1}}", "DayOfWeek(born) = 1")]
    [InlineData("{field: seen, part: {of: hour, between: [9, 17]}}", "Hour(seen) in Europe/Berlin between 9 and 17")]
    [InlineData("{field: signed_up, part: {of: month, in: [1, 2]}}", "Month(signed_up) in (1, 2)")]
    [InlineData("{field: called, part: {of: dom, ne: 1}}", "DayOfMonth(called) in Europe/Berlin <> 1")]
    [InlineData("{field: noted, part: {of: year, gte: 2000}}", "Year(noted) >= 2000")]
    [InlineData("{field: account.opened, part: {of: dom, not_in: [1]}}", "has account(DayOfMonth(opened) not in (1))")]
    public void Parts_of_times_are_read_in_the_zone_of_the_segment(string where, string expected) => Assert.Equal(expected, Where(where));

    [Theory]
    [InlineData("{field: id, eq: 1}", "id eq 1")]
    [InlineData("{field: country, in: [DE, AT, CH, FR]}", "country in [\"DE\", \"AT\", \"CH\", …]")]
    [InlineData("{has: orders}", "has orders")]
    [InlineData("{has: orders, agg: {count: \"*\", gte: 3}}", "has orders with count \"*\" gte 3")]
    [InlineData("{all: [true, false]}", "all of 2")]
    [InlineData("{not: {field: seen, within: {last: 3, unit: day}}}", "not seen within {last: 3, unit: day}")]
    [InlineData("{ids: [1, 2]}", "ids (2)")]
    [InlineData("{field: country, eq: \"a\\nb\"}", "country eq \"a b\"")]
    public void The_origin_is_readable(string where, string expected)
    {
        var origin = Resolve($"segment: main\nof: customer\nwhere: {where}\n").Main.Where.Origin;
        Assert.Equal(("main", "/where", expected), (origin.Segment, origin.Pointer, origin.Text));
    }

    [Fact]
    public void Annotations_are_ignored() =>
        Assert.Equal("id = 1", Where("{field: id, eq: 1, x-note: {anything: [1, 2]}}"));
}
