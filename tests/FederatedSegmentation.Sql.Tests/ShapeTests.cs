using System.Collections.Immutable;
using FederatedSegmentation.Connectors.Postgres;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Compilation;
using FederatedSegmentation.Sql.Dialects;
using Xunit;
using static FederatedSegmentation.Sql.Tests.SampleTables;

namespace FederatedSegmentation.Sql.Tests;

/// <summary>The text of statements: its shape decides what engines make of it.</summary>
public sealed class ShapeTests
{
    [Fact]
    public void Filters_over_a_scan_are_one_select()
    {
        var things = Scan(Thing, "id", "n", "s", "ts");
        var plan = Only(
            new FilterPlan(
                new FilterPlan(things, Compare(things, 1, ComparisonOperator.Greater, new DecimalLiteral(45, 1))),
                new AndPlan([Compare(things, 2, ComparisonOperator.Less, new StringLiteral("it's")), new NotPlan(Compare(things, 3, ComparisonOperator.Equal, new TimestampLiteral(1)))])),
            things.Columns[0]);
        Assert.Equal(
            """
            SELECT t1."id" AS "member"
            FROM "thing" AS t1
            WHERE t1."n" >= 5 AND t1."s" < 'it''s' AND (t1."ts" <> TIMESTAMPTZ '1970-01-01 00:00:00.000001+00' OR t1."ts" IS NULL)
            ORDER BY t1."id" ASC NULLS LAST
            """, DuckDb(plan, "member"));
        Assert.Equal(
            """
            SELECT t1."id" AS "member"
            FROM "thing" AS t1
            WHERE t1."n" >= CAST('5' AS bigint) AND (t1."s" COLLATE "C") < ('it''s' COLLATE "C") AND (t1."ts" <> TIMESTAMPTZ '1970-01-01 00:00:00.000001+00' OR t1."ts" IS NULL) AND (t1."ts" IS NULL OR t1."ts" BETWEEN TIMESTAMPTZ '0001-01-01 00:00:00+00' AND TIMESTAMPTZ '9999-12-31 23:59:59.999999+00' OR CAST(CAST(t1."ts" AS text) AS boolean))
            ORDER BY t1."id" ASC NULLS LAST
            """, Postgres(plan, "member"));
    }

    [Fact]
    public void Matches_are_semi_anti_and_mark_joins()
    {
        var things = Scan(Thing, "id");
        MatchPlan Match(long above)
        {
            var items = Scan(Item, "thing", "amount");
            return new MatchPlan(new FilterPlan(items, Compare(items, 1, ComparisonOperator.Greater, new Int64Literal(above))), [new JoinKey(things.Columns[0], items.Columns[0])], null);
        }

        var plan = new FilterPlan(things, new AndPlan([Match(1), new NotPlan(Match(2)), new OrPlan([Match(3), Compare(things, 0, ComparisonOperator.Equal, new Int64Literal(7))])]));
        Assert.Equal(
            """
            SELECT t1."id" AS "id"
            FROM "thing" AS t1
            SEMI JOIN (SELECT t2."thing" AS "k0"
              FROM "item" AS t2
              WHERE t2."amount" > CAST('1.00' AS DECIMAL(10,2))) AS t3 ON t1."id" = t3."k0"
            ANTI JOIN (SELECT t4."thing" AS "k0"
              FROM "item" AS t4
              WHERE t4."amount" > CAST('2.00' AS DECIMAL(10,2))) AS t5 ON t1."id" = t5."k0"
            LEFT JOIN (SELECT DISTINCT t6."thing" AS "k0", 1 AS "found"
              FROM "item" AS t6
              WHERE t6."amount" > CAST('3.00' AS DECIMAL(10,2))) AS t7 ON t1."id" = t7."k0"
            WHERE (t7."found" IS NOT NULL OR t1."id" = 7)
            ORDER BY t1."id" ASC NULLS LAST
            """, DuckDb(plan, "id"));
        Assert.Equal(
            """
            SELECT t1."id" AS "id"
            FROM "thing" AS t1
            LEFT JOIN (SELECT DISTINCT t4."thing" AS "k0", CAST('1' AS bigint) AS "found"
              FROM "item" AS t4
              WHERE t4."amount" > CAST('3.00' AS numeric) AND (t4."amount" IS NULL OR t4."amount" <> CAST('NaN' AS numeric) OR CAST(CAST(t4."amount" AS text) AS boolean))) AS t5 ON t1."id" = t5."k0"
            WHERE EXISTS (SELECT CAST('1' AS bigint) AS "found"
              FROM "item" AS t2
              WHERE t2."amount" > CAST('1.00' AS numeric) AND (t2."amount" IS NULL OR t2."amount" <> CAST('NaN' AS numeric) OR CAST(CAST(t2."amount" AS text) AS boolean)) AND t1."id" = t2."thing") AND NOT EXISTS (SELECT CAST('1' AS bigint) AS "found"
              FROM "item" AS t3
              WHERE t3."amount" > CAST('2.00' AS numeric) AND (t3."amount" IS NULL OR t3."amount" <> CAST('NaN' AS numeric) OR CAST(CAST(t3."amount" AS text) AS boolean)) AND t1."id" = t3."thing") AND (t5."found" IS NOT NULL OR t1."id" = CAST('7' AS bigint))
            ORDER BY t1."id" ASC NULLS LAST
            """, Postgres(plan, "id"));
    }

    [Fact]
    public void A_filter_over_a_group_stands_around_it()
    {
        var items = Scan(Item, "thing", "amount");
        var total = Fresh("total", new DecimalType(38, 2));
        var groups = new AggregatePlan(items, [items.Columns[0]], [new Measure(MeasureFunction.Sum, new ColumnExpression(items.Columns[1]))], [Fresh("thing", DataTypes.Int64), total]);
        var plan = Only(new FilterPlan(groups, Compare(total, ComparisonOperator.GreaterOrEqual, new DecimalLiteral(1005, 3))), groups.Columns[0]);
        Assert.Equal(
            """
            SELECT t2."thing" AS "id"
            FROM (SELECT t1."thing" AS "thing", sum(t1."amount") AS "total"
              FROM "item" AS t1
              GROUP BY t1."thing") AS t2
            WHERE t2."total" >= CAST('1.01' AS DECIMAL(38,2))
            ORDER BY t2."thing" ASC NULLS LAST
            """, DuckDb(plan, "id"));
        Assert.Equal(
            """
            SELECT t2."thing" AS "id"
            FROM (SELECT t1."thing" AS "thing", CAST(sum(t1."amount") AS numeric(38,2)) AS "total"
              FROM "item" AS t1
              GROUP BY t1."thing") AS t2
            WHERE t2."total" >= CAST('1.01' AS numeric) AND (t2."total" IS NULL OR t2."total" <> CAST('NaN' AS numeric) OR CAST(CAST(t2."total" AS text) AS boolean))
            ORDER BY t2."thing" ASC NULLS LAST
            """, Postgres(plan, "id"));
    }

    [Fact]
    public void The_complement_of_a_range_is_a_range()
    {
        var things = Scan(Thing, "n");
        var plan = new FilterPlan(things, new NotPlan(Compare(things, 0, ComparisonOperator.Less, new Int64Literal(5))));
        Assert.Contains("WHERE (t1.\"n\" >= 5 OR t1.\"n\" IS NULL)\n", DuckDb(plan, "n"), StringComparison.Ordinal);
        Assert.Contains("WHERE (t1.\"n\" >= CAST('5' AS bigint) OR t1.\"n\" IS NULL)\n", Postgres(plan, "n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_ordered_by_its_bytes()
    {
        var things = Scan(Thing, "s");
        Assert.EndsWith("ORDER BY t1.\"s\" ASC NULLS LAST", DuckDb(things, "s"), StringComparison.Ordinal);
        Assert.EndsWith("ORDER BY (t1.\"s\" COLLATE \"C\") ASC NULLS LAST", Postgres(things, "s"), StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_different_collations_are_compared_by_their_bytes()
    {
        var items = Scan(Item, "label");
        var others = Scan(Item, "label");
        var plan = new FilterPlan(items, new MatchPlan(others, [new JoinKey(items.Columns[0], others.Columns[0])], null));
        var sql = PlanCompiler.Compile(plan, PostgresDialect.Instance, new CompileContext { MixedCollations = true }, ["label"], ordered: false);
        Assert.Contains("WHERE (t1.\"label\" COLLATE \"C\") = (t2.\"label\" COLLATE \"C\")", sql, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_a_statement_grows_with_the_plan_and_no_faster()
    {
        foreach (var compile in new Func<LogicalPlan, string, string>[] { DuckDb, Postgres })
        {
            var (small, large) = (compile(Deep(50), "id").Length, compile(Deep(200), "id").Length);
            Assert.InRange(large, small, small * 5);
        }
    }

    private static FilterPlan Deep(int levels)
    {
        var things = Scan(Thing, "id", "n");
        LogicalPlan plan = things;
        for (var i = 0; i < levels; i++)
        {
            var items = Scan(Item, "thing", "amount");
            PlanPredicate match = new MatchPlan(items, [new JoinKey(things.Columns[0], items.Columns[0])], null);
            PlanPredicate nested = Compare(things, 1, ComparisonOperator.Equal, new Int64Literal(i));
            for (var depth = 0; depth < 5; depth++)
            {
                nested = new NotPlan(new OrPlan([nested, new NotPlan(new AndPlan([match, nested is NotPlan ? new ConstantPlan(true) : nested]))]));
            }

            plan = new FilterPlan(plan, nested);
        }

        return new FilterPlan(plan, new ConstantPlan(true));
    }

    private static string DuckDb(LogicalPlan plan, string name) => PlanCompiler.Compile(
        plan, DuckDbDialect.Instance, new CompileContext { EngineTables = NamedTables.Instance }, [name, .. plan.Columns.Skip(1).Select(column => column.Name)], ordered: true);

    private static string Postgres(LogicalPlan plan, string name) => PlanCompiler.Compile(
        plan, PostgresDialect.Instance, new CompileContext(), [name, .. plan.Columns.Skip(1).Select(column => column.Name)], ordered: true);

    private static ProjectPlan Only(LogicalPlan plan, PlanColumn column)
        => new(plan, [new ColumnExpression(column)], ImmutableArray.Create(Fresh(column.Name, column.Type, column.Storage)));

    private static ComparisonPlan Compare(ScanPlan scan, int column, ComparisonOperator comparison, Literal value) => Compare(scan.Columns[column], comparison, value);

    private static ComparisonPlan Compare(PlanColumn column, ComparisonOperator comparison, Literal value)
        => new(comparison, new ColumnExpression(column), new LiteralExpression(value, column.Type), null);
}
