using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Compilation;
using FederatedSegmentation.Sql.Dialects;
using Xunit;
using static FederatedSegmentation.Sql.Tests.SampleTables;

namespace FederatedSegmentation.Sql.Tests;

/// <summary>What only the embedded engine does: guards, data errors, key files, results of earlier statements.</summary>
public sealed class EngineTests(DuckDbEngine engine) : IClassFixture<DuckDbEngine>
{
    [Theory]
    [InlineData(4, new[] { "4" })]
    [InlineData(99, new string[0])]
    public async Task A_guard_is_silent_where_one_row_was_found(long id, string[] expected)
        => Assert.Equal(expected, await engine.RowsAsync(GuardedLabel(id, filtered: true)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_guard_speaks_where_several_rows_were_found(bool filtered)
    {
        var failure = await Assert.ThrowsAsync<DuckDbException>(() => engine.RowsAsync(GuardedLabel(3, filtered)));
        Assert.Contains("FEDSEG|DAT003|thing.items", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guard_is_silent_about_groups_that_no_row_uses()
    {
        // Group 3 has four rows; no input row leads to it. The optimiser must not evaluate the guard below the join.
        foreach (var filtered in new[] { true, false })
        {
            Assert.Equal(["4"], await engine.RowsAsync(Only(GuardedLabel(4, filtered, semi: true), 0)));
        }
    }

    [Fact]
    public async Task A_guard_holds_in_a_key_and_in_an_average()
    {
        var (plan, guarded) = Guarded(4);
        var projected = new ProjectPlan(plan, [guarded], [Fresh("label", DataTypes.String)]);
        var list = new KeyListPlan([[new StringLiteral("Y")]], [Fresh("key", DataTypes.String)]);
        var matched = new FilterPlan(projected, new MatchPlan(list, [new JoinKey(projected.Columns[0], list.Columns[0])], null));
        Assert.Equal(["Y"], await engine.RowsAsync(matched));
    }

    [Fact]
    public async Task A_sum_beyond_38_digits_is_a_data_error()
    {
        var things = Scan(Thing, "flag", "e");
        var total = Fresh("total", new DecimalType(38, 2));
        var sums = new AggregatePlan(things, [things.Columns[0]], [new Measure(MeasureFunction.Sum, new ColumnExpression(things.Columns[1]))], [Fresh("flag", DataTypes.Boolean), total]);

        // FALSE: -1 and 1; TRUE: 0, 1 and the greatest decimal(38,2).
        Assert.Equal(["false"], await engine.RowsAsync(Only(new FilterPlan(Sums(things, ("flag", false)), new AndPlan([])), 0)));
        var failure = await Assert.ThrowsAsync<DuckDbException>(() => engine.RowsAsync(sums));
        Assert.Contains("FEDSEG|DAT004|a sum of more than 38 digits", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", 37, false)]
    [InlineData("99999999999999999999999999999999999999", 0, true)]
    [InlineData("1", 60, true)]
    public async Task An_average_against_more_than_38_digits_is_a_data_error(string digits, int zeros, bool fails)
    {
        var things = Scan(Thing, "id", "n");
        var bound = new LiteralExpression(new DecimalLiteral(BigInteger.Parse(digits + new string('0', zeros), null), 0), new DecimalType(38, 0));
        var plan = Only(
            new FilterPlan(
                new FilterPlan(things, new ComparisonPlan(ComparisonOperator.Equal, new ColumnExpression(things.Columns[0]), new LiteralExpression(new Int64Literal(4), DataTypes.Int64), null)),
                new AverageComparisonPlan(ComparisonOperator.Less, new ColumnExpression(things.Columns[1]), new ColumnExpression(things.Columns[0]), bound, null)),
            0);
        if (fails)
        {
            await Assert.ThrowsAsync<DuckDbException>(() => engine.RowsAsync(plan));
        }
        else
        {
            Assert.Equal(["4"], await engine.RowsAsync(plan));
        }
    }

    [Fact]
    public async Task Keys_come_from_a_file_whatever_its_name_and_order_of_columns()
    {
        var folder = Directory.CreateTempSubdirectory("fedseg-keys-");
        try
        {
            var path = Path.Combine(folder.FullName, "keys [1]*'?.csv");
            await File.WriteAllTextAsync(path, "name,id\n\"a,\"\"b\",5\n\"\",-7\nx,\n,9\n", new UTF8Encoding(false));
            var plan = new KeyFilePlan(path, "keys.csv", [Fresh("id", DataTypes.Int64), Fresh("name", DataTypes.String)]);
            Assert.Equal(["-7|", "5|a,\"b", "9|NULL", "NULL|x"], await engine.RowsAsync(plan));

            await File.WriteAllTextAsync(path, "id\n5\nfive\n", new UTF8Encoding(false));
            var failure = await Assert.ThrowsAsync<DuckDbException>(() => engine.RowsAsync(new KeyFilePlan(path, "keys.csv", [Fresh("id", DataTypes.Int64)])));
            Assert.Contains("FEDSEG|DAT001|keys.csv|id", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("it's \"quoted\" \\ -- /* ; $$ %s {0}")]
    [InlineData("line\r\nbreak\ttab")]
    [InlineData("nul\0inside\0")]
    [InlineData("\0")]
    [InlineData("😀 é e\u0301 \u202e")]
    public async Task Text_comes_back_as_it_was_written(string value)
    {
        var literal = DuckDbDialect.Instance.WriteLiteral(new StringLiteral(value), new StoredText());
        Assert.Equal(value, await engine.TextAsync($"SELECT {literal} AS x"));
        Assert.Equal("true", await engine.TextAsync($"SELECT CAST(contains('<' || {literal} || '>', {literal}) AS varchar) AS x"));
    }

    [Fact]
    public async Task A_megabyte_of_text_comes_back()
    {
        var value = string.Concat(Enumerable.Repeat("é'\\", 1 << 18));
        Assert.Equal(value, await engine.TextAsync($"SELECT {DuckDbDialect.Instance.WriteLiteral(new StringLiteral(value), new StoredText())}"));
    }

    [Fact]
    public async Task Results_are_tables_or_plans()
    {
        await engine.Connection.ExecuteAsync("CREATE OR REPLACE TABLE \"F 1\" AS SELECT thing AS c0, row AS c1 FROM item", CancellationToken.None);
        var things = Scan(Thing, "id");
        var context = new CompileContext
        {
            EngineTables = NamedTables.Instance,
            Results = name => name == "F1" ? new TableResult("\"F 1\"", ["c0", "c1"]) : new InlineResult(things),
        };
        LogicalPlan Fetched(out PlanColumn key)
        {
            key = Fresh("k", DataTypes.Int64);
            return new ResultPlan("F1", [key, Fresh("r", DataTypes.Int64)]);
        }

        ResultPlan Inline() => new("F2", [Fresh("id", DataTypes.Int64)]);
        var (first, second) = (Inline(), Inline());
        var plan = new FilterPlan(first, new AndPlan(
        [
            new MatchPlan(Fetched(out var key), [new JoinKey(first.Columns[0], key)], null),
            new MatchPlan(second, [new JoinKey(first.Columns[0], second.Columns[0])], null),
        ]));
        var sql = PlanCompiler.Compile(plan, DuckDbDialect.Instance, context, ["id"], ordered: true);
        Assert.Equal("3,4,5", await engine.TextAsync($"SELECT string_agg(id, ',') FROM ({sql})"));
        Assert.Contains("WITH \"F2\" AS MATERIALIZED", sql, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("item", 1, 9, 9)]
    [InlineData("item", -5, 100, 9)]
    [InlineData("(SELECT * FROM item UNION ALL SELECT * FROM item)", 1, 18, 18)]
    [InlineData("(SELECT * FROM item UNION ALL SELECT thing, amount, score, label, NULL FROM item)", 1, 18, 18)]
    [InlineData("(SELECT * REPLACE (CAST(row AS TINYINT) AS row) FROM item WHERE FALSE)", 1, 9, 9)]
    [InlineData("item", 3, 7, 5)]
    public async Task Rows_are_distinct_whether_a_key_is_unique_or_broken_or_its_statistics_are_old(string relation, long least, long greatest, long rows)
    {
        var items = Scan(Item, "thing", "row");
        var plan = new DistinctPlan(items, items.Columns, Fresh(items.Columns));
        var context = new CompileContext { EngineTables = new KeyedTable(relation, new KeyRange("row", least, greatest, rows)) };
        var sql = PlanCompiler.Compile(plan, DuckDbDialect.Instance, context, ["thing", "row"], ordered: true);
        Assert.Contains("bitstring_agg", sql, StringComparison.Ordinal);
        Assert.Equal(
            await engine.TextAsync($"SELECT string_agg(concat_ws(':', coalesce(thing, -1), coalesce(row, -1)), ',') FROM (SELECT DISTINCT thing, row FROM {relation} ORDER BY ALL NULLS LAST)"),
            await engine.TextAsync($"SELECT string_agg(concat_ws(':', coalesce(thing, -1), coalesce(row, -1)), ',') FROM ({sql})"));
    }

    [Fact]
    public async Task Rows_with_a_key_that_was_seen_to_be_unique_are_distinct_as_they_are_filtered_or_not_and_others_are_not()
    {
        var context = new CompileContext { EngineTables = new KeyedTable("item", new KeyRange("row", 1, 9, 9) { IsUnique = true }) };
        var items = Scan(Item, "thing", "row");
        var filtered = new FilterPlan(items, new ComparisonPlan(ComparisonOperator.Greater, new ColumnExpression(items.Columns[1]), new LiteralExpression(new Int64Literal(2), DataTypes.Int64), null));
        foreach (LogicalPlan input in (LogicalPlan[])[items, filtered])
        {
            var sql = PlanCompiler.Compile(new DistinctPlan(input, items.Columns, Fresh(items.Columns)), DuckDbDialect.Instance, context, ["thing", "row"], ordered: true);
            Assert.DoesNotContain("DISTINCT", sql, StringComparison.Ordinal);
            Assert.DoesNotContain("bitstring_agg", sql, StringComparison.Ordinal);
            var rows = input is FilterPlan ? "(SELECT * FROM item WHERE row > 2)" : "item";
            Assert.Equal(
                await engine.TextAsync($"SELECT string_agg(concat_ws(':', coalesce(thing, -1), coalesce(row, -1)), ',') FROM (SELECT DISTINCT thing, row FROM {rows} ORDER BY ALL NULLS LAST)"),
                await engine.TextAsync($"SELECT string_agg(concat_ws(':', coalesce(thing, -1), coalesce(row, -1)), ',') FROM ({sql})"));
        }

        // Without the key in it, or of rows that a join repeated.
        Assert.Contains("DISTINCT", PlanCompiler.Compile(new DistinctPlan(items, [items.Columns[0]], [Fresh("thing", DataTypes.Int64)]), DuckDbDialect.Instance, context, ["thing"], ordered: true), StringComparison.Ordinal);
        var others = Scan(Item, "thing");
        var pairs = new PairPlan(items, others, [new JoinKey(items.Columns[0], others.Columns[0])]);
        Assert.Contains("DISTINCT", PlanCompiler.Compile(new DistinctPlan(pairs, items.Columns, Fresh(items.Columns)), DuckDbDialect.Instance, context, ["thing", "row"], ordered: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_can_be_found_once_only_are_joined_and_others_are_looked_for()
    {
        var (items, found) = (Scan(Item, "thing", "row"), Scan(Item, "thing", "row"));
        var hasKey = new IsNullPlan(new ColumnExpression(found.Columns[1]), Negated: true, Origin: null);
        foreach (var isUnique in (bool[])[true, false])
        {
            var context = new CompileContext { EngineTables = new KeyedTable("item", new KeyRange("row", 1, 9, 9) { IsUnique = isUnique }) };
            string Statement(PlanPredicate predicate) => PlanCompiler.Compile(new FilterPlan(items, predicate), DuckDbDialect.Instance, context, ["thing", "row"], ordered: true);
            var match = new MatchPlan(new FilterPlan(found, hasKey), [new JoinKey(items.Columns[0], found.Columns[1])], Origin: null);
            Assert.Equal(!isUnique, Statement(match).Contains("SEMI JOIN", StringComparison.Ordinal));
            Assert.Equal(!isUnique, Statement(match).Contains("IS NOT NULL", StringComparison.Ordinal));
            Assert.Contains("ANTI JOIN", Statement(new NotPlan(match)), StringComparison.Ordinal);
            Assert.Contains("SEMI JOIN", Statement(new MatchPlan(found, [new JoinKey(items.Columns[0], found.Columns[0])], Origin: null)), StringComparison.Ordinal);
            Assert.Equal(
                await engine.TextAsync("SELECT string_agg(concat_ws(':', coalesce(thing, -1), row), ',' ORDER BY ALL) FROM item WHERE thing IN (SELECT row FROM item)"),
                await engine.TextAsync($"SELECT string_agg(concat_ws(':', coalesce(thing, -1), row), ',' ORDER BY ALL) FROM ({Statement(match)})"));
        }
    }

    [Theory]
    [InlineData(1, 5, 9)]
    [InlineData(long.MinValue, long.MaxValue, 9)]
    public void A_key_whose_range_is_too_narrow_or_too_wide_is_not_looked_at(long least, long greatest, long rows)
    {
        var items = Scan(Item, "thing", "row");
        var context = new CompileContext { EngineTables = new KeyedTable("item", new KeyRange("row", least, greatest, rows)) };
        var sql = PlanCompiler.Compile(new DistinctPlan(items, items.Columns, Fresh(items.Columns)), DuckDbDialect.Instance, context, ["thing", "row"], ordered: true);
        Assert.DoesNotContain("bitstring_agg", sql, StringComparison.Ordinal);
    }

    [Fact]
    public void A_statement_beyond_the_limit_is_refused()
    {
        var context = engine.Context with { MaxStatementBytes = 20 };
        var failure = Assert.Throws<FederatedSegmentationException>(() => PlanCompiler.Compile(Scan(Thing, "id"), DuckDbDialect.Instance, context, ["id"], ordered: false));
        Assert.Equal("RES003", failure.Problems[0].Code);
    }

    private static AggregatePlan Sums(ScanPlan things, (string Column, bool Value) only)
    {
        var rows = new FilterPlan(things, new ComparisonPlan(
            ComparisonOperator.Equal, new ColumnExpression(things.Columns[0]), new LiteralExpression(new BooleanLiteral(only.Value), DataTypes.Boolean), null));
        return new AggregatePlan(rows, [things.Columns[0]], [new Measure(MeasureFunction.Sum, new ColumnExpression(things.Columns[1]))], [Fresh(only.Column, DataTypes.Boolean), Fresh("total", new DecimalType(38, 2))]);
    }

    private static (LogicalPlan Plan, GuardedExpression Label) Guarded(long id, bool semi = false)
    {
        var things = Scan(Thing, "id");
        var items = Scan(Item, "thing", "label");
        var (key, count, label) = (Fresh("thing", DataTypes.Int64), Fresh("n", DataTypes.Int64), Fresh("label", DataTypes.String));
        var groups = new AggregatePlan(
            items, [items.Columns[0]], [new Measure(MeasureFunction.Count, null), new Measure(MeasureFunction.Any, new ColumnExpression(items.Columns[1]))], [key, count, label]);
        var list = new KeyListPlan([[new Int64Literal(id)]], [Fresh("key", DataTypes.Int64)]);
        PlanPredicate chosen = semi
            ? new MatchPlan(list, [new JoinKey(things.Columns[0], list.Columns[0])], null)
            : new ComparisonPlan(ComparisonOperator.Equal, new ColumnExpression(things.Columns[0]), new LiteralExpression(new Int64Literal(id), DataTypes.Int64), null);
        var lookup = new LookupPlan(new FilterPlan(things, chosen), groups, [new JoinKey(things.Columns[0], key)], [count, label]);
        return (lookup, new GuardedExpression(new ColumnExpression(label), new ColumnExpression(count), new DataGuard("DAT003", "thing.items")));
    }

    private static ProjectPlan GuardedLabel(long id, bool filtered, bool semi = false)
    {
        var (plan, guarded) = Guarded(id, semi);
        return filtered
            ? Only(new FilterPlan(plan, new ComparisonPlan(ComparisonOperator.Equal, guarded, new LiteralExpression(new StringLiteral("Y"), DataTypes.String), null)), 0)
            : new ProjectPlan(plan, [new ColumnExpression(plan.Columns[0]), guarded], [Fresh("id", DataTypes.Int64), Fresh("label", DataTypes.String)]);
    }

    private static ProjectPlan Only(LogicalPlan plan, int column)
        => new(plan, [new ColumnExpression(plan.Columns[column])], ImmutableArray.Create(Fresh(plan.Columns[column].Name, plan.Columns[column].Type)));

    private sealed class KeyedTable(string relation, KeyRange key) : IEngineTables
    {
        public EngineTable TableOf(Entity entity) => NamedTables.Instance.TableOf(entity) with { Relation = relation, Key = key };
    }
}
