using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using static FederatedSegmentation.Sql.Tests.SampleTables;

namespace FederatedSegmentation.Sql.Tests;

/// <summary>Plans of every node and the rows they give, in ordinal order.</summary>
internal static class PlanCases
{
    public static ImmutableArray<(string Name, LogicalPlan Plan, string[] Rows)> All { get; } = [.. Matches(), .. Keys(), .. Groups(), .. Sets(), .. Shares()];

    private static IEnumerable<(string, LogicalPlan, string[])> Matches()
    {
        yield return ("semi-join", Ids((things, _) => HasItem(things)), ["3", "4", "5"]);
        yield return ("anti-join", Ids((things, _) => new NotPlan(HasItem(things))), ["1", "2", "6"]);
        yield return ("semi-join on filtered rows", Ids((things, _) => HasItem(things, "amount", 9)), ["3"]);
        yield return ("semi-join and leaf", Ids((things, _) => new AndPlan([HasItem(things), IdIs(things, 4)])), ["4"]);
        yield return ("mark join", Ids((things, _) => new OrPlan([HasItem(things), IdIs(things, 1)])), ["1", "3", "4", "5"]);
        yield return ("negated mark join", Ids((things, _) => new OrPlan([new NotPlan(HasItem(things)), IdIs(things, 3)])), ["1", "2", "3", "6"]);
        yield return ("complement of a mark join", Ids((things, _) => new NotPlan(new OrPlan([HasItem(things), IdIs(things, 1)]))), ["2", "6"]);
        yield return ("complement of a conjunction", Ids((things, _) => new NotPlan(new AndPlan([HasItem(things), new NotPlan(IdIs(things, 4))]))), ["1", "2", "4", "6"]);
        yield return ("marks in both polarities", Ids((things, _) =>
        {
            var found = HasItem(things);
            return new OrPlan([new AndPlan([found, IdIs(things, 3)]), new AndPlan([new NotPlan(found), IdIs(things, 6)])]);
        }), ["3", "6"]);
        yield return ("several marks", Ids((things, _) => new OrPlan([HasItem(things, "amount", 15), new AndPlan([HasItem(things, "amount", 5), new NotPlan(HasItem(things, "amount", 8))])])), ["3", "4"]);
        yield return ("semi-join on two columns", Ids((things, columns) =>
        {
            var items = Scan(Item, "thing", "row");
            return new MatchPlan(items, [new JoinKey(columns["id"], items.Columns[0]), new JoinKey(columns["n"], items.Columns[1])], null);
        }), ["4"]);
        yield return ("match below a match", Ids((things, columns) =>
        {
            var items = Scan(Item, "thing", "label");
            var others = Scan(Item, "label", "thing");
            var other = new FilterPlan(others, new IsNullPlan(new ColumnExpression(others.Columns[1]), Negated: false, null));
            var same = new FilterPlan(items, new OrPlan([new MatchPlan(other, [new JoinKey(items.Columns[1], others.Columns[0])], null), Equal(items.Columns[1], new StringLiteral("Y"))]));
            return new NotPlan(new MatchPlan(same, [new JoinKey(columns["id"], items.Columns[0])], null));
        }), ["1", "2", "3", "5", "6"]);
    }

    private static IEnumerable<(string, LogicalPlan, string[])> Keys()
    {
        yield return ("NULL keys match nothing", ItemsLikeRow7(nullsMatch: false), []);
        yield return ("NULL keys match where they may", ItemsLikeRow7(nullsMatch: true), ["7", "8"]);
        yield return ("NULL keys match in a mark join", ItemsLikeRow7(nullsMatch: true, mark: true), ["1", "7", "8"]);
        yield return ("decimals of different shape", SelfMatch("w", "e"), ["3", "4"]);
        yield return ("decimals of different shape, NULLs match", SelfMatch("w", "e", nullsMatch: true), ["1", "3", "4"]);
        yield return ("int64 and decimal", SelfMatch("n", "w"), ["3"]);
        yield return ("int64 and narrow decimal", SelfMatch("n", "d"), ["3"]);
        yield return ("floats without NaN", SelfMatch("f", "f"), ["2", "3", "4", "6"]);
        yield return ("floats without NaN, anti-join", SelfMatch("f", "f", negated: true), ["1", "5"]);
        yield return ("instants and wall clocks", SelfMatch("ts", "tw"), ["2", "3", "4", "5", "6"]);
        yield return ("binary", SelfMatch("bin", "bin"), ["2", "3", "4", "5", "6"]);
        yield return ("int64 and its text", Ids((_, columns) =>
        {
            var list = KeyList(DataTypes.String, new StringLiteral("3"), new StringLiteral("5"), new StringLiteral("06"));
            return new MatchPlan(list, [new JoinKey(columns["id"], list.Columns[0])], null);
        }), ["3", "5"]);
        yield return ("listed keys", Ids((_, columns) =>
        {
            var list = KeyList(DataTypes.Int64, new Int64Literal(long.MinValue), new Int64Literal(5), new Int64Literal(long.MaxValue), new Int64Literal(5));
            return new MatchPlan(list, [new JoinKey(columns["n"], list.Columns[0])], null);
        }), ["2", "4", "5"]);
        yield return ("no listed keys", Ids((_, columns) =>
        {
            var list = KeyList(DataTypes.Int64);
            return new NotPlan(new MatchPlan(list, [new JoinKey(columns["n"], list.Columns[0])], null));
        }), ["1", "2", "3", "4", "5", "6"]);
        yield return ("listed composite keys", new KeyListPlan([[new Int64Literal(1), new StringLiteral("a'b")], [new Int64Literal(2), new StringLiteral("-- x")]], [Fresh("k", DataTypes.Int64), Fresh("k", DataTypes.String)]), ["1|a'b", "2|-- x"]);
        var days = new KeyListPlan([[new DateLiteral(new DateOnly(2024, 2, 29))], [new DateLiteral(new DateOnly(1, 1, 1))]], [Fresh("k", DataTypes.Date)]);
        yield return ("listed dates", Count(new FilterPlan(days, Compare(days.Columns[0], ComparisonOperator.Less, new DateLiteral(new DateOnly(2024, 3, 1))))), ["2"]);
    }

    private static IEnumerable<(string, LogicalPlan, string[])> Groups()
    {
        yield return ("measures by key", Measures(), ["3|4|3|2|40.50|x|y|1", "4|1|1|1|7.25|Y|Y|5", "5|1|0|0|NULL|NULL|NULL|6", "99|1|1|1|3.00|x|x|9", "NULL|2|2|1|3.00|z|z|7"]);
        var sums = ByThing(Scan(Item, "thing", "row"), out var sum, MeasureFunction.Sum, "row", new DecimalType(38, 0));
        yield return ("exact sum of int64", new FilterPlan(sums, Compare(sum, ComparisonOperator.GreaterOrEqual, new DecimalLiteral(95, 1))), ["3|10", "NULL|15"]);
        var averages = ByThing(Scan(Item, "thing", "score"), out var average, MeasureFunction.AverageFloat, "score", DataTypes.Float64, nanAsNull: true);
        yield return ("average of floats", Only(new FilterPlan(averages, Compare(average, ComparisonOperator.GreaterOrEqual, new Float64Literal(2))), 0), ["3", "4"]);
        var things = Scan(Thing, "flag", "bin");
        var least = Fresh("least", DataTypes.Binary);
        var byFlag = new AggregatePlan(things, [things.Columns[0]], [new Measure(MeasureFunction.Maximum, new ColumnExpression(things.Columns[1]))], [Fresh("flag", DataTypes.Boolean), least]);
        yield return ("greatest binary", Only(new FilterPlan(byFlag, Equal(least, new BinaryLiteral([255]))), 0), ["true"]);
        yield return ("look-up", Looked(), ["1|0|NULL", "2|0|NULL", "3|4|40.50", "4|1|7.25", "5|1|NULL", "6|0|NULL"]);
        yield return ("distinct pairs", DistinctPairs(), ["3|NULL", "3|x", "3|y", "4|Y", "5|NULL"]);
        yield return ("dedupe, NULLs last in descending order", Dedupe("amount", descending: true), ["2", "5", "6", "8", "9"]);
        yield return ("dedupe, NULLs last in ascending order", Dedupe("amount", descending: false), ["1", "5", "6", "7", "9"]);
        yield return ("dedupe, NaN as NULL", Dedupe("score", descending: true), ["2", "5", "6", "7", "9"]);
        yield return ("dedupe, text by bytes", Dedupe("label", descending: true), ["2", "5", "6", "7", "9"]);
        var deduped = (DedupePlan)Dedupe("amount", descending: true).Input;
        yield return ("filter after dedupe", Only(new FilterPlan(deduped, Compare(deduped.Columns[^1], ComparisonOperator.Less, new Int64Literal(6))), deduped.Columns.Length - 1), ["2", "5"]);
    }

    private static IEnumerable<(string, LogicalPlan, string[])> Sets()
    {
        yield return ("union", Combine(SetKind.Union), ["1", "2", "3", "4", "5", "6", "99", "NULL"]);
        yield return ("intersect", Combine(SetKind.Intersect), ["3", "4", "5"]);
        yield return ("except", Combine(SetKind.Except), ["1", "2", "6"]);
        var nested = Combine(SetKind.Except);
        yield return ("nested sets", new SetPlan(SetKind.Union, [nested, Combine(SetKind.Intersect), KeyList(DataTypes.Int64, new Int64Literal(7))], [Fresh("id", DataTypes.Int64)]), ["1", "2", "3", "4", "5", "6", "7"]);
        var (instants, clocks) = (Scan(Thing, "ts"), Scan(Thing, "tw"));
        var times = new SetPlan(SetKind.Union, [instants, clocks], [Fresh("t", DataTypes.Timestamp)]);
        yield return ("instants and wall clocks in a set", Count(times), ["6"]);
        yield return ("set of one", new SetPlan(SetKind.Union, [Only(Scan(Item, "label"), 0)], [Fresh("label", DataTypes.String)]), ["NULL", "Y", "x", "y", "z"]);
    }

    private static IEnumerable<(string, LogicalPlan, string[])> Shares()
    {
        var items = Scan(Item, "thing", "amount");
        var inner = new FilterPlan(items, new IsNullPlan(new ColumnExpression(items.Columns[0]), Negated: true, null));
        LogicalPlan Inner() => new SharedPlan("inner rows", inner, Fresh(inner.Columns));
        var first = Inner();
        var outer = new DistinctPlan(first, [first.Columns[0]], [Fresh("thing", DataTypes.Int64)]);
        SharedPlan Outer() => new("outer rows", outer, Fresh(outer.Columns));
        yield return ("shared once", Outer(), ["3", "4", "5", "99"]);
        var (left, right, third) = (Outer(), Outer(), Inner());
        var both = new FilterPlan(left, new AndPlan([
            new MatchPlan(right, [new JoinKey(left.Columns[0], right.Columns[0])], null),
            new OrPlan([new MatchPlan(new FilterPlan(third, Compare(third.Columns[1], ComparisonOperator.Greater, new Int64Literal(8))), [new JoinKey(left.Columns[0], third.Columns[0])], null), Equal(left.Columns[0], new Int64Literal(99))])]));
        yield return ("shared often and nested", both, ["3", "99"]);
    }

    private static ProjectPlan Ids(Func<ScanPlan, Dictionary<string, PlanColumn>, PlanPredicate> predicate)
    {
        var things = Scan(Thing, "id", "n");
        return Only(new FilterPlan(things, predicate(things, things.Columns.ToDictionary(column => column.Name))), 0);
    }

    private static MatchPlan HasItem(ScanPlan things, string? column = null, long above = 0)
    {
        var items = Scan(Item, "thing", "amount");
        LogicalPlan build = column is null ? items : new FilterPlan(items, Compare(items.Columns[1], ComparisonOperator.Greater, new Int64Literal(above)));
        return new MatchPlan(build, [new JoinKey(things.Columns[0], items.Columns[0])], null);
    }

    private static ComparisonPlan IdIs(ScanPlan things, long id) => Equal(things.Columns[0], new Int64Literal(id));

    private static ProjectPlan ItemsLikeRow7(bool nullsMatch, bool mark = false)
    {
        var probe = Scan(Item, "thing", "row");
        var build = Scan(Item, "thing", "row");
        PlanPredicate match = new MatchPlan(
            new FilterPlan(build, Equal(build.Columns[1], new Int64Literal(7))), [new JoinKey(probe.Columns[0], build.Columns[0], nullsMatch)], null);
        return Only(new FilterPlan(probe, mark ? new OrPlan([match, Equal(probe.Columns[1], new Int64Literal(1))]) : match), 1);
    }

    private static ProjectPlan SelfMatch(string probe, string build, bool nullsMatch = false, bool negated = false)
    {
        var things = Scan(Thing, "id", probe);
        var others = Scan(Thing, build);
        PlanPredicate match = new MatchPlan(others, [new JoinKey(things.Columns[1], others.Columns[0], nullsMatch)], null);
        return Only(new FilterPlan(things, negated ? new NotPlan(match) : match), 0);
    }

    private static AggregatePlan Measures()
    {
        var items = Scan(Item, "thing", "amount", "label", "row");
        var (amount, label) = (new ColumnExpression(items.Columns[1]), new ColumnExpression(items.Columns[2]));
        return new AggregatePlan(
            items,
            [items.Columns[0]],
            [
                new Measure(MeasureFunction.Count, null), new Measure(MeasureFunction.CountValues, amount), new Measure(MeasureFunction.CountDistinct, label),
                new Measure(MeasureFunction.Sum, amount), new Measure(MeasureFunction.Minimum, label), new Measure(MeasureFunction.Maximum, label),
                new Measure(MeasureFunction.Minimum, new ColumnExpression(items.Columns[3])),
            ],
            [
                Fresh("thing", DataTypes.Int64), Fresh("n", DataTypes.Int64), Fresh("n", DataTypes.Int64), Fresh("n", DataTypes.Int64), Fresh("sum", new DecimalType(38, 2)),
                Fresh("least", DataTypes.String), Fresh("greatest", DataTypes.String), Fresh("first", DataTypes.Int64),
            ]);
    }

    private static AggregatePlan ByThing(ScanPlan items, out PlanColumn result, MeasureFunction function, string column, DataType type, bool nanAsNull = false)
    {
        PlanExpression value = new ColumnExpression(items.Columns.Single(item => item.Name == column));
        result = Fresh("result", type);
        return new AggregatePlan(items, [items.Columns[0]], [new Measure(function, nanAsNull ? new NanAsNullExpression(value) : value)], [Fresh("thing", DataTypes.Int64), result]);
    }

    private static ProjectPlan Looked()
    {
        var things = Scan(Thing, "id");
        var groups = Measures();
        var (count, sum) = (groups.Columns[1], groups.Columns[4]);
        var lookup = new LookupPlan(things, groups, [new JoinKey(things.Columns[0], groups.Columns[0])], [count, sum]);
        return new ProjectPlan(
            lookup,
            [new ColumnExpression(things.Columns[0]), new CoalesceExpression(new ColumnExpression(count), new Int64Literal(0)), new ColumnExpression(sum)],
            [Fresh("id", DataTypes.Int64), Fresh("n", DataTypes.Int64), Fresh("sum", new DecimalType(38, 2))]);
    }

    private static DistinctPlan DistinctPairs()
    {
        var things = Scan(Thing, "id");
        var items = Scan(Item, "thing", "label");
        var pair = new PairPlan(new FilterPlan(things, Compare(things.Columns[0], ComparisonOperator.Greater, new Int64Literal(1))), items, [new JoinKey(things.Columns[0], items.Columns[0])]);
        return new DistinctPlan(pair, [things.Columns[0], items.Columns[1]], [Fresh("id", DataTypes.Int64), Fresh("label", DataTypes.String)]);
    }

    private static ProjectPlan Dedupe(string order, bool descending)
    {
        var items = Scan(Item, "thing", order, "row");
        return Only(new DedupePlan(items, [items.Columns[0]], [new PlanOrder(items.Columns[1], descending), new PlanOrder(items.Columns[2], false)]), 2);
    }

    private static SetPlan Combine(SetKind kind) => new(kind, [Scan(Thing, "id"), Scan(Item, "thing")], [Fresh("id", DataTypes.Int64)]);

    private static ProjectPlan Only(LogicalPlan plan, int column)
        => new(plan, [new ColumnExpression(plan.Columns[column])], [Fresh(plan.Columns[column].Name, plan.Columns[column].Type, plan.Columns[column].Storage)]);

    private static ProjectPlan Count(LogicalPlan plan)
    {
        var one = Fresh("one", DataTypes.Int64);
        var projected = new ProjectPlan(plan, [new LiteralExpression(new Int64Literal(1), DataTypes.Int64)], [one]);
        return Only(new AggregatePlan(projected, [one], [new Measure(MeasureFunction.Count, null)], [Fresh("one", DataTypes.Int64), Fresh("n", DataTypes.Int64)]), 1);
    }

    private static KeyListPlan KeyList(DataType type, params Literal[] keys) => new([.. keys.Select(key => ImmutableArray.Create(key))], [Fresh("key", type)]);

    private static ComparisonPlan Equal(PlanColumn column, Literal value) => Compare(column, ComparisonOperator.Equal, value);

    private static ComparisonPlan Compare(PlanColumn column, ComparisonOperator comparison, Literal value)
        => new(comparison, new ColumnExpression(column), new LiteralExpression(value, column.Type), null);
}
