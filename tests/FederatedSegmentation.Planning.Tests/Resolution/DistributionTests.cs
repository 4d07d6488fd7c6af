using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Planning.Resolution;
using static FederatedSegmentation.Planning.Tests.Resolution.Definitions;

namespace FederatedSegmentation.Planning.Tests.Resolution;

/// <summary>Ranks, tiers and splits mean what the language says, and what is wrong with them is told.</summary>
public sealed class DistributionTests
{
    [Theory]
    [InlineData("rank: [{per: [account_id], by: [{field: balance, dir: desc}], take: 1}]", "rank per (account_id) by (balance desc) take 1")]
    [InlineData("rank: [{take: 10}]", "rank per () by () take 10")]
    [InlineData("rank: [{per: [], by: [{field: account.owner.name}, {field: active, dir: asc}], take: 9223372036854775807, ties: include}]", "rank per () by (account.owner.name, active) take 9223372036854775807 with ties")]
    [InlineData("rank: [{per: [country, score, account.region], take: \"10%\", ties: break}]", "rank per (country, score, account.region) by () take 10/100")]
    [InlineData("rank: [{take: \"2.5%\"}, {take: \"0.000001%\"}, {take: \"100.000000%\"}, {take: \"007%\"}]", "rank per () by () take 25/1000\nrank per () by () take 1/100000000\nrank per () by () take 100000000/100000000\nrank per () by () take 7/100")]
    [InlineData("rank: [{by: [{has: orders, agg: {sum: amount}, dir: desc}], take: 5}]", "rank per () by (Sum(amount) of orders(true) desc) take 5")]
    [InlineData(
        "rank: [{by: [{has: orders, where: {field: amount, gt: {ref: ^.balance}}, agg: {avg: amount, empty_as: 0.5}}, {has: referred*, depth: 2, agg: {count: \"*\"}}, {has: orders.items, agg: {max: product.launched}}], take: 5}]",
        "rank per () by (Average(amount) of orders(amount > ^balance) empty as 5e-1, Count(*) of referred* to depth 2(true), Maximum(product.launched) of orders.items(true)) take 5")]
    public void Members_are_ranked(string rank, string expected) => Assert.Equal(expected, Distribution(rank));

    [Theory]
    [InlineData(
        "tiers: [{name: vip, where: {field: balance, gte: 100}, cap: 50000, by: [{field: balance, dir: desc}]}, {name: others, rest: true}]",
        "tier vip(balance >= 100e-0) cap 50000 by (balance desc)\ntier others(true) cap none by ()")]
    [InlineData("tiers: [{name: some, rest: true, cap: 1}, {name: more, rest: false, where: true}]", "tier some(true) cap 1 by ()\ntier more(true) cap none by ()")]
    [InlineData(
        "tiers: [{name: a, where: {has: orders, where: {field: amount, gt: {ref: root.balance}}}, by: [{has: orders, agg: {min: placed_at}}]}]",
        "tier a(has orders(amount > ^balance)) cap none by (Minimum(placed_at) of orders(true))")]
    public void Members_fill_tiers(string tiers, string expected) => Assert.Equal(expected, Distribution(tiers));

    [Theory]
    [InlineData("split: {salt: s26, parts: [{name: a, pct: 45}, {name: b, pct: 45}], holdout: 10}", "split s26: a 4500, b 4500, holdout 1000")]
    [InlineData("split: {salt: 7, parts: [{name: a, pct: 33.33}, {name: b, pct: 66.670}]}", "split 7: a 3333, b 6667")]
    [InlineData("split: {salt: s, parts: [{name: a, pct: 100}, {name: none, pct: 0}], holdout: 0.00}", "split s: a 10000, none 0")]
    [InlineData("split: {salt: s, parts: [{name: a, pct: 1e1}], holdout: 90}", "split s: a 1000, holdout 9000")]
    public void Members_are_split_into_arms(string split, string expected) => Assert.Equal(expected, Distribution(split));

    [Fact]
    public void A_set_of_keys_is_distributed_too() => Assert.Equal(
        "rank per () by (balance) take 3\ntier t(true) cap none by ()\nsplit s: a 10000",
        ResolvedText.Of(Resolve(
            """
            segment: main
            of: customer
            set: {ids: [1, 2]}
            except: {field: id, eq: 2}
            split: {salt: s, parts: [{name: a, pct: 100}]}
            tiers: [{name: t, rest: true}]
            rank: [{by: [{field: balance}], take: 3}]
            """).Main.Distribution));

    [Fact]
    public void A_segment_without_them_has_no_distribution() => Assert.True(Resolve("segment: main\nof: customer\nwhere: true").Main.Distribution.IsEmpty);

    [Theory]
    [InlineData("rank: []", "SDL011 main.yaml:4 /rank: 'rank' is empty. Write at least one layer, or remove 'rank'.")]
    [InlineData("rank: {take: 1}", "SDL006 main.yaml:4 /rank: 'rank' must be a list. Write it in square brackets, or with a dash before each item.")]
    [InlineData("rank: [{by: [{field: balance}]}]", "SDL011 main.yaml:4 /rank/0: A layer of 'rank' lacks the key 'take'. Add 'take'.")]
    [InlineData("rank: [{by: [], take: 1}]", "SDL011 main.yaml:4 /rank/0/by: 'by' is empty. Write at least one order, or remove 'by'.")]
    [InlineData("rank: [{take: 0}]", "SDL011 main.yaml:4 /rank/0/take: 'take' must be a whole number, 1 or more. Write an integer.")]
    [InlineData("rank: [{take: -1}]", "SDL011 main.yaml:4 /rank/0/take: 'take' must be a whole number, 1 or more. Write an integer.")]
    [InlineData("rank: [{take: \"0%\"}]", "SDL011 main.yaml:4 /rank/0/take: 'take' must be more than 0% and at most 100%. Write a percentage in between, or a number of members.")]
    [InlineData("rank: [{take: \"100.01%\"}]", "SDL011 main.yaml:4 /rank/0/take: 'take' must be more than 0% and at most 100%. Write a percentage in between, or a number of members.")]
    [InlineData("rank: [{take: \"0.0000001%\"}]", "SDL011 main.yaml:4 /rank/0/take: 'take' must be a number of members, or a percentage of at most six decimals in quotes. Write 10, or \"2.5%\".")]
    [InlineData("rank: [{take: \"-5%\"}]", "SDL011 main.yaml:4 /rank/0/take: 'take' must be a number of members, or a percentage of at most six decimals in quotes. Write 10, or \"2.5%\".")]
    [InlineData("rank: [{take: ten}]", "SDL011 main.yaml:4 /rank/0/take: 'take' must be a number of members, or a percentage of at most six decimals in quotes. Write 10, or \"2.5%\".")]
    [InlineData("rank: [{take: 0.5}]", "SDL011 main.yaml:4 /rank/0/take: 'take' must be a number of members, or a percentage of at most six decimals in quotes. Write 10, or \"2.5%\".")]
    [InlineData("rank: [{by: [{field: balance}], take: 1, ties: keep}]", "SDL011 main.yaml:4 /rank/0/ties: 'ties' must be break or include. Write one of the two.")]
    [InlineData("rank: [{take: 1, ties: include}]", "SDL011 main.yaml:4 /rank/0/ties: 'ties' are members that are equal in 'by', and there is none. Add 'by', or remove 'ties'.")]
    [InlineData("rank: [{by: [{field: balance, dir: down}], take: 1}]", "SDL011 main.yaml:4 /rank/0/by/0/dir: 'dir' must be asc or desc. Write one of the two.")]
    [InlineData("rank: [{by: [{dir: desc}], take: 1}]", "SDL011 main.yaml:4 /rank/0/by/0: An order names a field or an aggregate. Write {field: column} or {has: path, agg: {sum: column}}.")]
    [InlineData("rank: [{by: [balance], take: 1}]", "SDL006 main.yaml:4 /rank/0/by/0: Each order of 'by' must be a mapping of keys to values. Write key: value pairs here.")]
    [InlineData("rank: [{by: [{field: balance, has: orders}], take: 1}]", "SDL006 main.yaml:4 /rank/0/by/0/has: 'has' is not a key of an order by a field. Known keys: field, dir.")]
    [InlineData(
        "rank: [{by: [{field: orders.amount}], take: 1}]",
        "SDL001 main.yaml:4 /rank/0/by/0/field: The path 'orders.amount' crosses 'orders', which leads from customer to many rows of order. Order by an aggregate: {has: orders, agg: {max: amount}}.")]
    [InlineData(
        "rank: [{by: [{field: referrer*.balance}], take: 1}]",
        "SDL001 main.yaml:4 /rank/0/by/0/field: The path 'referrer*.balance' crosses 'referrer*', which leads to many rows. Order by an aggregate: {has: referrer*, agg: {max: balance}}.")]
    [InlineData(
        "rank: [{per: [orders.currency], take: 1}]",
        "SDL001 main.yaml:4 /rank/0/per/0: The path 'orders.currency' crosses 'orders', which leads from customer to many rows of order. Group by a column, or over a path that leads to one row.")]
    [InlineData("rank: [{per: [balanc], take: 1}]", "SDL002 main.yaml:4 /rank/0/per/0: Entity 'customer' has no column 'balanc'. Did you mean 'balance'?")]
    [InlineData("rank: [{per: country, take: 1}]", "SDL006 main.yaml:4 /rank/0/per: 'per' must be a list. Write it in square brackets, or with a dash before each item.")]
    [InlineData("rank: [{by: [{has: orders, agg: {sum: amount, gt: 5}}], take: 1}]", "SDL009 main.yaml:4 /rank/0/by/0/agg/gt: Members are ordered by the aggregate itself, and 'gt' compares it. Remove the comparison.")]
    [InlineData("rank: [{by: [{has: orders, agg: {pick: last, must: true}}], take: 1}]", "SDL011 main.yaml:4 /rank/0/by/0/agg/pick: 'pick' is no value to order by. Order by count, count_distinct, sum, avg, min or max.")]
    [InlineData("rank: [{by: [{has: orders}], take: 1}]", "SDL011 main.yaml:4 /rank/0/by/0: An order by an aggregate lacks the key 'agg'. Add 'agg'.")]
    [InlineData("rank: [{by: [{has: orders, agg: {}}], take: 1}]", "SDL009 main.yaml:4 /rank/0/by/0/agg: An aggregate has exactly one function, not 0. Write one of count, count_distinct, sum, avg, min, max.")]
    [InlineData("rank: [{by: [{has: orders, agg: {max: paid}}], take: 1}]", "SDL009 main.yaml:4 /rank/0/by/0/agg/max: 'max' takes no boolean, which 'paid' is. Use where with is: true, and count.")]
    [InlineData("rank: [{by: [{has: orders, agg: {count: \"*\", empty_as: 1}}], take: 1}]", "SDL009 main.yaml:4 /rank/0/by/0/agg/empty_as: A count of nothing is 0. Remove 'empty_as'.")]
    [InlineData("rank: [{by: [{has: orders, depth: 2, agg: {count: \"*\"}}], take: 1}]", "SDL006 main.yaml:4 /rank/0/by/0/depth: 'depth' says how often a step is repeated, and no step is. Write name* for a relationship from an entity to itself, or remove 'depth'.")]
    [InlineData("rank: [{tak: 1, take: 1}]", "SDL006 main.yaml:4 /rank/0/tak: 'tak' is not a key of a layer of 'rank'. Did you mean 'take'?")]
    public void A_defect_of_a_rank_says_how_to_mend_it(string rank, string expected) => Assert.Equal(expected, SegmentMessage(rank));

    [Theory]
    [InlineData("tiers: []", "SDL011 main.yaml:4 /tiers: 'tiers' is empty. Write at least one tier, or remove 'tiers'.")]
    [InlineData("tiers: [{rest: true}]", "SDL011 main.yaml:4 /tiers/0: A tier lacks the key 'name'. Add 'name'.")]
    [InlineData("tiers: [{name: \"\", rest: true}]", "SDL011 main.yaml:4 /tiers/0/name: The name of a tier must be a text that is not empty. Write one.")]
    [InlineData("tiers: [{name: a, rest: true}, {name: a, where: true}]", "SDL011 main.yaml:4 /tiers/1/name: Several tiers are called 'a'. Give each tier a name of its own.")]
    [InlineData("tiers: [{name: a}]", "SDL011 main.yaml:4 /tiers/0: A tier has exactly one of where and rest. Add where: {field: …}, or rest: true.")]
    [InlineData("tiers: [{name: a, rest: false}]", "SDL011 main.yaml:4 /tiers/0: A tier has exactly one of where and rest. Add where: {field: …}, or rest: true.")]
    [InlineData("tiers: [{name: a, rest: true, where: true}]", "SDL011 main.yaml:4 /tiers/0: A tier has exactly one of where and rest. Keep one of them.")]
    [InlineData("tiers: [{name: a, rest: all}]", "SDL011 main.yaml:4 /tiers/0/rest: 'rest' must be true or false. Write true or false, without quotes.")]
    [InlineData("tiers: [{name: a, rest: true, cap: 0}]", "SDL011 main.yaml:4 /tiers/0/cap: 'cap' must be a whole number, 1 or more. Write an integer.")]
    [InlineData("tiers: [{name: a, rest: true, cap: \"5\"}]", "SDL011 main.yaml:4 /tiers/0/cap: 'cap' must be a whole number, 1 or more. Write an integer.")]
    [InlineData("tiers: [{name: a, where: {field: orders.amount, gt: 5}}]", "SDL001 main.yaml:4 /tiers/0/where/field: The path 'orders.amount' crosses 'orders', which leads from customer to many rows of order. Ask of the related rows with {has: orders, where: {field: amount, …}}.")]
    [InlineData("tiers: [{name: a, rest: true, take: 1}]", "SDL006 main.yaml:4 /tiers/0/take: 'take' is not a key of a tier. Did you mean 'name'?")]
    public void A_defect_of_a_tier_says_how_to_mend_it(string tiers, string expected) => Assert.Equal(expected, SegmentMessage(tiers));

    [Theory]
    [InlineData("split: [a]", "SDL006 main.yaml:4 /split: 'split' must be a mapping of keys to values. Write key: value pairs here.")]
    [InlineData("split: {parts: [{name: a, pct: 100}]}", "SDL011 main.yaml:4 /split: 'split' lacks the key 'salt'. Add 'salt'.")]
    [InlineData("split: {salt: \"\", parts: [{name: a, pct: 100}]}", "SDL011 main.yaml:4 /split/salt: The salt of 'split' must be a text that is not empty. Write one.")]
    [InlineData("split: {salt: s}", "SDL011 main.yaml:4 /split: 'split' lacks the key 'parts'. Add 'parts'.")]
    [InlineData("split: {salt: s, parts: [], holdout: 100}", "SDL011 main.yaml:4 /split/parts: 'parts' is empty. Write at least one arm: {name: a, pct: 100}.")]
    [InlineData("split: {salt: s, parts: [{name: a, pct: 50}, {name: b, pct: 49.99}]}", "SDL011 main.yaml:4 /split: The percentages sum to 99.99, not to 100. Change them, or leave the rest to 'holdout'.")]
    [InlineData("split: {salt: s, parts: [{name: a, pct: 95}], holdout: 10}", "SDL011 main.yaml:4 /split: The percentages sum to 105, not to 100. Change them, or leave the rest to 'holdout'.")]
    [InlineData("split: {salt: s, parts: [{name: a, pct: 33.333}, {name: b, pct: 66.67}]}", "SDL011 main.yaml:4 /split/parts/0/pct: 'pct' must be a number from 0 to 100 with at most two decimals. Write a percentage without quotes: 12.5.")]
    [InlineData("split: {salt: s, parts: [{name: a, pct: -1}]}", "SDL011 main.yaml:4 /split/parts/0/pct: 'pct' must be a number from 0 to 100 with at most two decimals. Write a percentage without quotes: 12.5.")]
    [InlineData("split: {salt: s, parts: [{name: a, pct: \"100\"}]}", "SDL011 main.yaml:4 /split/parts/0/pct: 'pct' must be a number from 0 to 100 with at most two decimals. Write a percentage without quotes: 12.5.")]
    [InlineData("split: {salt: s, parts: [{name: a, pct: 100}], holdout: 100.5}", "SDL011 main.yaml:4 /split/holdout: 'holdout' must be a number from 0 to 100 with at most two decimals. Write a percentage without quotes: 12.5.")]
    [InlineData("split: {salt: s, parts: [{name: a}]}", "SDL011 main.yaml:4 /split/parts/0: An arm lacks the key 'pct'. Add 'pct'.")]
    [InlineData("split: {salt: s, parts: [{pct: 100}]}", "SDL011 main.yaml:4 /split/parts/0: An arm lacks the key 'name'. Add 'name'.")]
    [InlineData("split: {salt: s, parts: [{name: a, pct: 50}, {name: a, pct: 50}]}", "SDL011 main.yaml:4 /split/parts/1/name: Several arms are called 'a'. Give each arm a name of its own.")]
    [InlineData("split: {salt: s, parts: [{name: holdout, pct: 100}]}", "SDL011 main.yaml:4 /split/parts/0/name: An arm cannot be called 'holdout'. Write holdout: 10 beside 'parts' for those who are held out.")]
    [InlineData("split: {salt: s, parts: [{name: a, pct: 100, cap: 5}]}", "SDL006 main.yaml:4 /split/parts/0/cap: 'cap' is not a key of an arm. Known keys: name, pct.")]
    public void A_defect_of_a_split_says_how_to_mend_it(string split, string expected) => Assert.Equal(expected, SegmentMessage(split));

    [Theory]
    [InlineData("Tier", "tiers: [{name: a, rest: true}]", "SDL011 main.yaml:4 /tiers: 'tiers' adds a column 'Tier' to the members, and the key of 'thing' has one. Give the key's column another logical name in the model.")]
    [InlineData("bucket", "split: {salt: s, parts: [{name: a, pct: 100}]}", "SDL011 main.yaml:4 /split: 'split' adds a column 'bucket' to the members, and the key of 'thing' has one. Give the key's column another logical name in the model.")]
    public void A_key_has_no_column_that_is_called_like_an_added_one(string key, string parts, string expected)
    {
        var model = ReadModel($"model: m\nentities:\n  thing: {{source: crm, table: [t], key: [{key}], columns: {{{key}: int64}}}}\nrelationships: []\n");
        var file = File($"segment: main\nof: thing\nwhere: true\n{parts}\n");
        var failure = Assert.Throws<FederatedSegmentationException>(() => SegmentResolver.Resolve(file, Environment(Noon, [file]) with { Model = model }));
        Assert.Equal(expected, Assert.Single(failure.Problems).ToString());
    }

    [Fact]
    public void Layers_tiers_and_arms_count_against_the_limits_of_a_definition() => Assert.StartsWith(
        "SDL015 main.yaml:4 /split/parts/1999: The definition has more than 2,000 predicates.",
        SegmentMessage($"split: {{salt: s, parts: [{string.Join(", ", Enumerable.Range(0, 3_000).Select(arm => $"{{name: a{arm}, pct: 0}}"))}]}}"),
        StringComparison.Ordinal);
}
