using FederatedSegmentation.Planning.Resolution;
using static FederatedSegmentation.Planning.Tests.Resolution.Definitions;

namespace FederatedSegmentation.Planning.Tests.Resolution;

/// <summary>Repeated steps, picked rows, sequences and regularity mean what the language says.</summary>
public sealed class BehaviourTests
{
    private const string Berlin = "{zone: Europe/Berlin}";

    [Theory]
    [InlineData("{has: referrer*}", "has referrer* to depth 8(true)")]
    [InlineData("{has: referrer*, depth: 1, where: {field: country, eq: DE}}", "has referrer* to depth 1(country = 'DE')")]
    [InlineData("{none: referred*.orders, depth: 100}", "not(has referred*.orders to depth 100(true))")]
    [InlineData("{has: orders.customer.referrer*.referred*.orders, depth: 3}", "has orders.customer.referrer*.referred*.orders to depth 3(true)")]
    [InlineData(
        "{every: referrer*, must: {field: active, is: true}}",
        "all(not(has referrer* to depth 8(all(true; not(active = true)))); has referrer* to depth 8(true))")]
    [InlineData("{seq: referrer*.orders, depth: 2, steps: [{}, {}]}", "seq referrer*.orders to depth 2 by placed_at: (true) → (true)")]
    [InlineData(
        "{regular: referrer*.logins, depth: 2, per: {n: 1, unit: day}, in: 1, of_last: 1}",
        "regular referrer*.logins to depth 2(true) by day 1 in 1 of 2026-06-17 | 2026-06-18")]
    [InlineData("{has: referrer*, where: {field: country, ne: {ref: ^.country}}}", "has referrer* to depth 8(country <> ^country)")]
    public void A_step_can_be_repeated(string where, string expected) => Assert.Equal(expected, Where(where));

    [Fact]
    public void A_step_can_be_repeated_on_the_way_to_a_segment()
    {
        var vip = File("segment: vip\nof: customer\nwhere: true", "vip.yaml");
        var run = Resolve("segment: main\nof: customer\nwhere: {in_segment: vip, via: referred*, depth: 4}", Noon, vip);
        Assert.Equal("has referred* to depth 4(key of customer in vip)", ResolvedText.Of(run.Main.Where));
    }

    [Theory]
    [InlineData(
        "{has: orders, where: {field: paid, is: true}, agg: {pick: last, must: {field: amount, gt: 5}}}",
        "last of orders(paid = true) by placed_at must amount > 5e-0")]
    [InlineData(
        "{has: orders.items, agg: {pick: first, by: product.launched, must: {field: price, gt: {ref: ^.balance}}}}",
        "first of orders.items(true) by product.launched must price > ^balance")]
    [InlineData("{has: orders, agg: {pick: last, by: paid, must: true}}", "last of orders(true) by paid must true")]
    [InlineData(
        "{has: orders, agg: {pick: last, must: {has: items, where: {field: price, gt: {ref: root.balance}}}}}",
        "last of orders(true) by placed_at must has items(price > ^^balance)")]
    [InlineData("{has: referrer*.orders, depth: 2, agg: {pick: first, must: true}}", "first of referrer*.orders to depth 2(true) by placed_at must true")]
    public void One_related_row_can_be_picked(string where, string expected) => Assert.Equal(expected, Where(where));

    [Theory]
    [InlineData(
        "{seq: orders, same: [product_id, currency, product_id], steps: [{where: {field: paid, is: false}}, {where: {field: amount, gt: {ref: ^.balance}}, within: {n: 3, unit: day}, gap_min: {n: 1, unit: hour}}]}",
        "seq orders by placed_at same product_id, currency: (paid = false) → (amount > ^balance) within 3.00:00:00 gap 01:00:00")]
    [InlineData("{seq: orders, same: [weight], steps: [{}, {}, {}, {}, {absent: false}]}", "seq orders by placed_at same weight: (true) → (true) → (true) → (true) → (true)")]
    [InlineData(
        "{seq: orders, steps: [{}, {within: {n: 90, unit: minute}}, {within: {n: 2, unit: week}}, {within: {n: 5, unit: quarter}, gap_min: {n: 1, unit: year}}]}",
        "seq orders by placed_at: (true) → (true) within 01:30:00 → (true) within 14.00:00:00 → (true) within 15 months gap 12 months")]
    [InlineData("{seq: orders, steps: [{}, {within: {n: 1, unit: day}, gap_min: {n: 24, unit: hour}}]}", "seq orders by placed_at: (true) → (true) within 1.00:00:00 gap 1.00:00:00")]
    [InlineData("{seq: logins, steps: [{}, {within: {n: 1, unit: month}, gap_min: {n: 28, unit: day}}]}", "seq logins by day: (true) → (true) within 1 months gap 28.00:00:00")]
    public void Rows_can_follow_each_other(string where, string expected) => Assert.Equal(expected, Where(where));

    [Theory]
    [InlineData("orders", Berlin, Noon, "placed_at: (true) → not (true) within 30.00:00:00 ending by 2026-06-17T10:00:00Z")]
    [InlineData("calls", Berlin, Noon, "at: (true) → not (true) within 30.00:00:00 ending by 2026-06-17T12:00:00")]
    [InlineData("calls", "{zone: America/New_York}", Noon, "at: (true) → not (true) within 30.00:00:00 ending by 2026-06-17T12:00:00")]
    [InlineData("notes", Berlin, Noon, "at: (true) → not (true) within 30.00:00:00 ending by 2026-06-17T12:00:00")]
    [InlineData("notes", "{zone: America/New_York}", Noon, "at: (true) → not (true) within 30.00:00:00 ending by 2026-06-17T06:00:00")]
    [InlineData("logins", Berlin, Noon, "day: (true) → not (true) within 30.00:00:00 ending by 2026-06-16")]
    [InlineData("logins", "{zone: America/New_York}", "2026-06-17T02:00:00Z", "day: (true) → not (true) within 30.00:00:00 ending by 2026-06-15")]
    public void The_window_of_an_absent_step_must_be_over(string path, string time, string asOf, string expected) =>
        Assert.Equal($"seq {path} by {expected}", Where($"{{seq: {path}, steps: [{{}}, {{absent: true, within: {{n: 30, unit: day}}}}]}}", asOf, time));

    [Fact]
    public void The_window_of_an_absent_step_may_be_open() => Assert.Equal(
        "seq orders by placed_at same product_id: (true) → (true) → not (paid = true) within 1 months open",
        Where("{seq: orders, same: [product_id], steps: [{}, {}, {absent: true, where: {field: paid, is: true}, within: {n: 1, unit: month}, pending: include}]}"));

    [Theory]
    [InlineData("orders", "{n: 2, unit: hour}", 2, Noon, "2026-06-17T06:00:00Z | 2026-06-17T08:00:00Z | 2026-06-17T10:00:00Z")]
    [InlineData("orders", "{n: 1, unit: week}", 2, "2026-04-05T10:00:00Z", "2026-03-22T11:00:00Z | 2026-03-29T10:00:00Z | 2026-04-05T10:00:00Z")]
    [InlineData("orders", "{n: 1, unit: day}", 2, "2026-03-30T00:30:00Z", "2026-03-28T01:30:00Z | 2026-03-29T01:30:00Z | 2026-03-30T00:30:00Z")]
    [InlineData("orders", "{n: 1, unit: month}", 3, "2026-05-31T10:00:00Z", "2026-02-28T11:00:00Z | 2026-03-31T10:00:00Z | 2026-04-30T10:00:00Z | 2026-05-31T10:00:00Z")]
    [InlineData("orders", "{n: 1, unit: day}", 1, "2026-10-25T01:30:00Z", "2026-10-24T00:30:00Z | 2026-10-25T01:30:00Z")]
    [InlineData("calls", "{n: 45, unit: minute}", 2, "2026-10-25T01:30:00Z", "2026-10-25T02:00:00 | 2026-10-25T02:45:00 | 2026-10-25T02:30:00")]
    [InlineData("notes", "{n: 1, unit: quarter}", 1, Noon, "2026-03-17T12:00:00 | 2026-06-17T12:00:00")]
    [InlineData("logins", "{n: 7, unit: day}", 2, Noon, "2026-06-04 | 2026-06-11 | 2026-06-18")]
    [InlineData("logins", "{n: 1, unit: month}", 3, "2026-05-30T12:00:00Z", "2026-02-28 | 2026-03-31 | 2026-04-30 | 2026-05-31")]
    [InlineData("logins", "{n: 2, unit: year}", 1, "2024-02-28T12:00:00Z", "2022-02-28 | 2024-02-29")]
    public void The_windows_of_regularity_are_counted_back_from_now(string path, string per, int ofLast, string asOf, string bounds)
    {
        var where = $"{{regular: {path}, per: {per}, in: 1, of_last: {ofLast}}}";
        Assert.EndsWith($" of {bounds}", Where(where, asOf), StringComparison.Ordinal);
        Assert.EndsWith($" of {bounds}", Where(where, asOf, "{zone: Europe/Berlin, week_start: sun}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Regularity_counts_rows_with_a_condition() => Assert.Equal(
        "regular orders(paid = true) by placed_at 2 in 3 of 2026-06-16T20:00:00Z | 2026-06-17T00:00:00Z | 2026-06-17T04:00:00Z | 2026-06-17T08:00:00Z | 2026-06-17T12:00:00Z",
        Where("{regular: orders, where: {field: paid, is: true}, at_least: 2, per: {n: 4, unit: hour}, in: 3, of_last: 4}", "2026-06-17T12:00:00Z"));

    [Theory]
    [InlineData("{has: orders*}", "SDL002 main.yaml:3 /where/has: 'orders' leads from customer to order, and only a relationship from an entity to itself can be repeated. Write 'orders' without '*'.")]
    [InlineData("{has: refered*}", "SDL002 main.yaml:3 /where/has: Entity 'customer' has no relationship 'refered'. Did you mean 'referred' or 'referrer'?")]
    [InlineData("{has: logins.same_device*}", "SDL013 main.yaml:3 /where/has: Entity 'login' has no key, so 'same_device' cannot be repeated. Declare its key in the model.")]
    [InlineData("{has: referrer*, depth: 0}", "SDL005 main.yaml:3 /where/depth: 'depth' must be a whole number from 1 to 100. Write an integer.")]
    [InlineData("{has: referrer*, depth: 101}", "SDL005 main.yaml:3 /where/depth: 'depth' must be a whole number from 1 to 100. Write an integer.")]
    [InlineData(
        "{none: orders, depth: 2}",
        "SDL006 main.yaml:3 /where/depth: 'depth' says how often a step is repeated, and no step is. Write name* for a relationship from an entity to itself, or remove 'depth'.")]
    [InlineData(
        "{field: referrer*.country, eq: DE}",
        "SDL001 main.yaml:3 /where/field: The path 'referrer*.country' crosses 'referrer*', which leads to many rows. Ask of the related rows with {has: referrer*, where: {field: country, …}}.")]
    public void A_defect_of_a_repeated_step_says_how_to_mend_it(string where, string expected) => Assert.Equal(expected, Message(where));

    [Theory]
    [InlineData("{has: orders, agg: {pick: latest, must: true}}", "SDL009 main.yaml:3 /where/agg/pick: 'pick' must be first or last. Write one of the two.")]
    [InlineData("{has: orders, agg: {pick: last}}", "SDL009 main.yaml:3 /where/agg: A pick lacks the key 'must'. Add 'must'.")]
    [InlineData("{has: orders, agg: {pick: last, must: true, gte: 3}}", "SDL009 main.yaml:3 /where/agg/gte: 'gte' does not go with 'pick'. Ask of the row that is picked with must: {field: …}.")]
    [InlineData("{has: orders, agg: {pick: last, must: true, empty_as: 3}}", "SDL009 main.yaml:3 /where/agg/empty_as: 'empty_as' does not go with 'pick'. Ask of the row that is picked with must: {field: …}.")]
    [InlineData("{has: orders, agg: {pick: last, must: true, sum: amount}}", "SDL009 main.yaml:3 /where/agg/sum: 'sum' does not go with 'pick'. Ask of the row that is picked with must: {field: …}.")]
    [InlineData("{has: orders, agg: {pick: last, mustt: true, must: true}}", "SDL006 main.yaml:3 /where/agg/mustt: 'mustt' is not a key of a pick. Did you mean 'must'?")]
    [InlineData(
        "{has: orders, agg: {pick: last, by: items.price, must: true}}",
        "SDL009 main.yaml:3 /where/agg/by: The path 'items.price' crosses 'items', which leads from order to many rows of item. Order by a column of the related row, or over a path that leads to one row.")]
    [InlineData("{has: visits, agg: {pick: last, must: true}}", "SDL013 main.yaml:3 /where/agg: Entity 'visit' has no time, so its rows have no order. Declare its time in the model.")]
    public void A_defect_of_a_pick_says_how_to_mend_it(string where, string expected) => Assert.Equal(expected, Message(where));

    [Theory]
    [InlineData("{seq: visits, steps: [{}, {}]}", "SDL013 /where/seq Entity 'visit' has no time, so its rows have no order.")]
    [InlineData("{seq: orders}", "SDL010 /where 'seq' lacks the key 'steps'.")]
    [InlineData("{seq: orders, steps: [{}]}", "SDL010 /where/steps A sequence has 2 to 5 steps, not 1.")]
    [InlineData("{seq: orders, steps: [{}, {}, {}, {}, {}, {}]}", "SDL010 /where/steps A sequence has 2 to 5 steps, not 6.")]
    [InlineData("{seq: orders, steps: [{within: {n: 1, unit: day}}, {}]}", "SDL010 /where/steps/0/within The first step has no step before it from which time could be counted.")]
    [InlineData("{seq: orders, steps: [{gap_min: {n: 1, unit: day}}, {}]}", "SDL010 /where/steps/0/gap_min The first step has no step before it from which time could be counted.")]
    [InlineData("{seq: orders, steps: [{}, {absent: true, within: {n: 1, unit: day}}, {}]}", "SDL010 /where/steps/1 Only the last step can be absent, after one that is there.")]
    [InlineData("{seq: orders, steps: [{absent: true, within: {n: 1, unit: day}}, {}]}", "SDL010 /where/steps/0 Only the last step can be absent, after one that is there.")]
    [InlineData("{seq: orders, steps: [{}, {absent: true}]}", "SDL010 /where/steps/1 An absent step needs 'within': how long it must not happen.")]
    [InlineData("{seq: orders, steps: [{}, {absent: true, within: {n: 1, unit: day}, gap_min: {n: 1, unit: hour}}]}", "SDL010 /where/steps/1/gap_min An absent step has no 'gap_min'.")]
    [InlineData("{seq: orders, steps: [{}, {absent: maybe, within: {n: 1, unit: day}}]}", "SDL010 /where/steps/1/absent 'absent' must be true or false.")]
    [InlineData("{seq: orders, steps: [{}, {pending: include}]}", "SDL010 /where/steps/1/pending Only an absent step can be pending.")]
    [InlineData("{seq: orders, steps: [{}, {absent: true, within: {n: 1, unit: day}, pending: later}]}", "SDL010 /where/steps/1/pending 'pending' must be exclude or include.")]
    [InlineData("{seq: orders, steps: [{}, {within: {n: 0, unit: day}}]}", "SDL010 /where/steps/1/within/n 'n' of 'within' must be a whole number, 1 or more.")]
    [InlineData("{seq: orders, steps: [{}, {within: {n: 1.5, unit: day}}]}", "SDL010 /where/steps/1/within/n 'n' of 'within' must be a whole number, 1 or more.")]
    [InlineData("{seq: orders, steps: [{}, {within: {unit: day}}]}", "SDL010 /where/steps/1/within 'within' lacks the key 'n'.")]
    [InlineData("{seq: orders, steps: [{}, {within: {n: 1}}]}", "SDL007 /where/steps/1/within The unit is missing.")]
    [InlineData("{seq: orders, steps: [{}, {within: {n: 1, unit: days}}]}", "SDL007 /where/steps/1/within/unit This is not a unit of time.")]
    [InlineData("{seq: logins, steps: [{}, {within: {n: 3, unit: hour}}]}", "SDL007 /where/steps/1/within/unit A date has no hours.")]
    [InlineData("{seq: orders, steps: [{}, {within: {n: 9223372036854775807, unit: year}}]}", "SDL007 /where/steps/1/within This leads out of the years 1 to 9999.")]
    [InlineData("{seq: orders, steps: [{}, {within: {n: 9223372036854775807, unit: minute}}]}", "SDL007 /where/steps/1/within This leads out of the years 1 to 9999.")]
    [InlineData("{seq: orders, same: [nothing], steps: [{}, {}]}", "SDL002 /where/same/0 Entity 'order' has no column 'nothing'.")]
    [InlineData("{seq: orders, same: [customer.id], steps: [{}, {}]}", "SDL010 /where/same/0 'same' takes columns of the rows themselves, and 'customer.id' is a path.")]
    [InlineData("{seq: orders, same: product_id, steps: [{}, {}]}", "SDL006 /where/same 'same' must be a list.")]
    [InlineData("{seq: orders, steps: [{as: a}, {}]}", "SDL006 /where/steps/0/as 'as' is not a key of a step.")]
    [InlineData("{seq: orders, steps: [{}, buy]}", "SDL006 /where/steps/1 A step must be a mapping of keys to values.")]
    [InlineData("{seq: orders, steps: {}}", "SDL006 /where/steps 'steps' must be a list.")]
    [InlineData("{seq: orders, where: true, steps: [{}, {}]}", "SDL006 /where/where 'where' is not a key of 'seq'.")]
    [InlineData("{seq: orders, depth: 3, steps: [{}, {}]}", "SDL006 /where/depth 'depth' says how often a step is repeated, and no step is.")]
    [InlineData("{seq: orders, steps: [{}, {where: {field: nothing, eq: 1}}]}", "SDL002 /where/steps/1/where/field Entity 'order' has no column 'nothing'.")]
    public void A_sequence_is_checked(string where, string expected) => Assert.Equal(expected, WhereDefects(where).Replace(":3 ", " ", StringComparison.Ordinal));

    [Theory]
    [InlineData("{regular: visits, per: {n: 1, unit: day}, in: 1, of_last: 1}", "SDL013 /where/regular Entity 'visit' has no time, so its rows have no order.")]
    [InlineData("{regular: orders, in: 1, of_last: 1}", "SDL010 /where 'regular' lacks the key 'per'.")]
    [InlineData("{regular: orders, per: {n: 1, unit: day}, of_last: 1}", "SDL010 /where 'regular' lacks the key 'in'.")]
    [InlineData("{regular: orders, per: {n: 1, unit: day}, in: 1}", "SDL010 /where 'regular' lacks the key 'of_last'.")]
    [InlineData("{regular: orders, per: {n: 1, unit: day}, in: 5, of_last: 4}", "SDL010 /where/in 'in' asks for 5 windows, and there are only 4.")]
    [InlineData("{regular: orders, per: {n: 1, unit: day}, in: 0, of_last: 4}", "SDL010 /where/in 'in' must be a whole number, 1 or more.")]
    [InlineData("{regular: orders, per: {n: 1, unit: day}, in: 1, of_last: 1001}", "SDL010 /where/of_last 'of_last' must be a whole number from 1 to 1,000.")]
    [InlineData("{regular: orders, at_least: 0, per: {n: 1, unit: day}, in: 1, of_last: 4}", "SDL010 /where/at_least 'at_least' must be a whole number, 1 or more.")]
    [InlineData("{regular: orders, per: {n: 0, unit: day}, in: 1, of_last: 4}", "SDL010 /where/per/n 'n' of 'per' must be a whole number, 1 or more.")]
    [InlineData("{regular: logins, per: {n: 1, unit: hour}, in: 1, of_last: 4}", "SDL007 /where/per/unit A date has no hours.")]
    [InlineData("{regular: orders, per: {n: 1000, unit: year}, in: 1, of_last: 4}", "SDL007 /where/per This leads out of the years 1 to 9999.")]
    [InlineData("{regular: orders, per: {n: 9223372036854775807, unit: minute}, in: 1, of_last: 2}", "SDL007 /where/per This leads out of the years 1 to 9999.")]
    [InlineData("{regular: orders, per: day, in: 1, of_last: 2}", "SDL006 /where/per 'per' must be a mapping of keys to values.")]
    [InlineData("{regular: orders, per: {n: 1, unit: day}, in: 1, oflast: 2}", "SDL010 /where 'regular' lacks the key 'of_last'.\nSDL006 /where/oflast 'oflast' is not a key of 'regular'.")]
    public void Regularity_is_checked(string where, string expected) =>
        Assert.Equal(expected.Split('\n').Order(), WhereDefects(where).Replace(":3 ", " ", StringComparison.Ordinal).Split('\n').Order());

    [Theory]
    [InlineData("{seq: orders, steps: [{}, {}]}", "seq orders in 2 steps")]
    [InlineData("{regular: orders, per: {n: 1, unit: week}, in: 3, of_last: 4}", "regular orders in 3 of 4 times 1 week")]
    [InlineData("{where: true, regular: orders, per: {n: 1, unit: week}, in: 3, of_last: 4}", "regular orders in 3 of 4 times 1 week")]
    [InlineData("{has: orders, agg: {pick: last, by: amount, must: {field: paid, is: true}}}", "has orders with pick last by amount must paid is true")]
    public void A_predicate_has_a_short_form_for_people(string where, string expected) =>
        Assert.Equal(expected, Resolve($"segment: main\nof: customer\nwhere: {where}\n").Main.Where.Origin.Text);

    [Fact]
    public void Steps_count_against_the_limits_of_a_definition()
    {
        var step = $"{{where: {{any: [{string.Join(", ", Enumerable.Repeat("true", 800))}]}}}}";
        Assert.StartsWith("SDL015 ", WhereDefects($"{{seq: orders, steps: [{step}, {step}, {step}]}}"), StringComparison.Ordinal);
    }
}
