using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using static FederatedSegmentation.Model.Resolved.ComparisonOperator;

namespace FederatedSegmentation.Sql.Tests;

/// <summary>Predicates over <see cref="SampleTables.Thing"/> and the ids of the rows for which they are TRUE.</summary>
internal static class PredicateCases
{
    private const long FebruaryLast = 1709249400_000001;

    private static readonly ScanPlan Things = SampleTables.Scan(
        SampleTables.Thing, [.. SampleTables.Thing.Columns.Select(column => column.Name)]);

    /// <summary>Name, predicate, ids, and whether only the embedded engine answers it.</summary>
    public static ImmutableArray<(string Name, PlanPredicate Predicate, string Ids, bool EngineOnly)> All { get; } = [.. Cases()];

    /// <summary>A plan of the ids for which a predicate holds.</summary>
    public static LogicalPlan Ids(PlanPredicate predicate)
    {
        var filter = new FilterPlan(Things, predicate);
        return new ProjectPlan(filter, [Column("id")], [SampleTables.Fresh("id", DataTypes.Int64)]);
    }

    private static IEnumerable<(string, PlanPredicate, string, bool)> Cases()
    {
        // int64 against constants of any scale and magnitude.
        yield return Case("n = 5", Compare(Equal, "n", Number("5")), "4");
        yield return Case("n <> 5", Compare(NotEqual, "n", Number("5")), "2356");
        yield return Case("n > 4.5", Compare(Greater, "n", Number("4.5")), "456");
        yield return Case("n >= 4.5", Compare(GreaterOrEqual, "n", Number("4.5")), "456");
        yield return Case("n < 5.0000001", Compare(Less, "n", Number("5.0000001")), "234");
        yield return Case("n <= -0.5", Compare(LessOrEqual, "n", Number("-0.5")), "2");
        yield return Case("n = 4.5", Compare(Equal, "n", Number("4.5")), "");
        yield return Case("n <> 4.5", Compare(NotEqual, "n", Number("4.5")), "23456");
        yield return Case("n < 9223372036854775808", Compare(Less, "n", Number("9223372036854775808")), "23456");
        yield return Case("n > 9223372036854775808", Compare(Greater, "n", Number("9223372036854775808")), "");
        yield return Case("n >= -9223372036854775808", Compare(GreaterOrEqual, "n", Number("-9223372036854775808")), "23456");
        yield return Case("n = -9223372036854775808", Compare(Equal, "n", Number("-9223372036854775808")), "2");
        yield return Case("n > 10^40", Compare(Greater, "n", Number("1" + new string('0', 40))), "");
        yield return Case("n <> 10^40", Compare(NotEqual, "n", Number("1" + new string('0', 40))), "23456");
        yield return Case("n = 9007199254740993", Compare(Equal, "n", Number("9007199254740993")), "6");
        yield return Case("n = 9007199254740992", Compare(Equal, "n", Number("9007199254740992")), "");
        yield return Case("5 < n (constant first)", new ComparisonPlan(Less, Number("5"), Column("n"), null), "56");

        // Decimals.
        yield return Case("d > 1.005", Compare(Greater, "d", Number("1.005")), "56");
        yield return Case("d >= 1.005", Compare(GreaterOrEqual, "d", Number("1.005")), "56");
        yield return Case("d < 1.005", Compare(Less, "d", Number("1.005")), "234");
        yield return Case("d > 0.995", Compare(Greater, "d", Number("0.995")), "456");
        yield return Case("d = 1", Compare(Equal, "d", Number("1")), "4");
        yield return Case("d = 1.000000", Compare(Equal, "d", Number("1.000000")), "4");
        yield return Case("d <= 10^20", Compare(LessOrEqual, "d", Number("1" + new string('0', 20))), "23456");
        yield return Case("w > 1", Compare(Greater, "w", Number("1")), "56");
        yield return Case("w >= 9999999999999999999999999999.9999999999", Compare(GreaterOrEqual, "w", Number("9999999999999999999999999999.9999999999")), "6");
        yield return Case("w > 9999999999999999999999999999.99999999989", Compare(Greater, "w", Number("9999999999999999999999999999.99999999989")), "6");

        // Exact columns of different shape, beyond 38 digits in common.
        yield return Case("w < e", Columns(Less, "w", "e"), "26");
        yield return Case("w <= e", Columns(LessOrEqual, "w", "e"), "2346");
        yield return Case("w = e", Columns(Equal, "w", "e"), "34");
        yield return Case("w <> e", Columns(NotEqual, "w", "e"), "256");
        yield return Case("w > e", Columns(Greater, "w", "e"), "5");
        yield return Case("w >= e", Columns(GreaterOrEqual, "w", "e"), "345");
        yield return Case("e > w", Columns(Greater, "e", "w"), "26");
        yield return Case("n < d", Columns(Less, "n", "d"), "2");
        yield return Case("n > w", Columns(Greater, "n", "w"), "45");
        yield return Case("n <= e", Columns(LessOrEqual, "n", "e"), "236");
        yield return Case("d = e", Columns(Equal, "d", "e"), "34");

        // Floats: NaN satisfies nothing.
        yield return Case("f = 0", Compare(Equal, "f", new LiteralExpression(new Float64Literal(0), DataTypes.Float64)), "3");
        yield return Case("f > 1", Compare(Greater, "f", Float(1)), "46");
        yield return Case("f >= -1e308", Compare(GreaterOrEqual, "f", Float(-1e308)), "346");
        yield return Case("f < 1", Compare(Less, "f", Float(1)), "23");
        yield return Case("f <= 1.5", Compare(LessOrEqual, "f", Float(1.5)), "234");
        yield return Case("f <> 1.5", Compare(NotEqual, "f", Float(1.5)), "236");
        yield return Case("1 < f (constant first)", new ComparisonPlan(Less, Float(1), Column("f"), null), "46");
        yield return Case("f = f", Columns(Equal, "f", "f"), "2346");
        yield return Case("f >= f", Columns(GreaterOrEqual, "f", "f"), "2346");
        yield return Case("f > n", Columns(Greater, "f", "n"), "6");
        yield return Case("f < n", Columns(Less, "f", "n"), "24");
        yield return Case("f <> d", Columns(NotEqual, "f", "d"), "246");
        yield return Case("f > 0.1 (decimal)", Compare(Greater, "f", Number("0.1")), "46");
        yield return Case("f in (1.5, 0)", new InListPlan(Column("f"), [new Float64Literal(1.5), new Float64Literal(0)], false, null), "34");
        yield return Case("f not in (1.5, 0)", new InListPlan(Column("f"), [new Float64Literal(1.5), new Float64Literal(0)], true, null), "26");
        yield return Case("f not in (1.5)", new InListPlan(Column("f"), [new Float64Literal(1.5)], true, null), "236");
        yield return Case("f is null", new IsNullPlan(Column("f"), false, null), "1");
        yield return Case("f is not null", new IsNullPlan(Column("f"), true, null), "23456");

        // Lists.
        yield return Case("n in (5, 4.5, 10^40)", InNumbers("n", false, "5", "4.5", "1" + new string('0', 40)), "4");
        yield return Case("n not in (5, 4.5, 10^40)", InNumbers("n", true, "5", "4.5", "1" + new string('0', 40)), "2356");
        yield return Case("n in (4.5)", InNumbers("n", false, "4.5"), "");
        yield return Case("n not in (4.5)", InNumbers("n", true, "4.5"), "23456");
        yield return Case("d in (1, 1.01)", InNumbers("d", false, "1", "1.01"), "46");
        yield return Case("s in ('a', 'é')", new InListPlan(Column("s"), [new StringLiteral("a"), new StringLiteral("é")], false, null), "36");
        yield return Case("s not in ('a')", new InListPlan(Column("s"), [new StringLiteral("a")], true, null), "2456");

        // Text.
        yield return Case("s = 'a'", Compare(Equal, "s", Text("a")), "3");
        yield return Case("s = ''", Compare(Equal, "s", Text("")), "2");
        yield return Case("s = odd characters", Compare(Equal, "s", Text("aB%_'\"\\é--x")), "5");
        yield return Case("s < 'a' by bytes", Compare(Less, "s", Text("a")), "24");
        yield return Case("s >= 'a' by bytes", Compare(GreaterOrEqual, "s", Text("a")), "356");
        yield return Case("s > 'z' by bytes", Compare(Greater, "s", Text("z")), "6");
        yield return Case("lower(s) = 'a'", new ComparisonPlan(Equal, new AsciiLowerExpression(Column("s")), new AsciiLowerExpression(Text("A")), null), "34");
        yield return Case("lower(s) = 'É' does not fold", new ComparisonPlan(Equal, new AsciiLowerExpression(Column("s")), new AsciiLowerExpression(Text("É")), null), "");
        yield return Case("s contains '%_'", TextIs(TextMatch.Contains, "%_", false), "5");
        yield return Case("s contains ''", TextIs(TextMatch.Contains, "", false), "23456");
        yield return Case("s contains 'a'", TextIs(TextMatch.Contains, "a", false), "35");
        yield return Case("s not contains 'a'", TextIs(TextMatch.Contains, "a", true), "246");
        yield return Case("s starts 'a'", TextIs(TextMatch.StartsWith, "a", false), "35");
        yield return Case("s starts ''", TextIs(TextMatch.StartsWith, "", false), "23456");
        yield return Case("s ends 'x'", TextIs(TextMatch.EndsWith, "-x", false), "5");
        yield return Case("s ends 'é'", TextIs(TextMatch.EndsWith, "é", false), "6");
        yield return Case("s ends ''", TextIs(TextMatch.EndsWith, "", false), "23456");
        yield return Case("s starts s", new TextMatchPlan(TextMatch.StartsWith, Column("s"), Column("s"), false, null), "23456");

        // Time.
        yield return Case("day = 2024-02-29", Compare(Equal, "day", Day(2024, 2, 29)), "4");
        yield return Case("day >= 2024-03-01", Compare(GreaterOrEqual, "day", Day(2024, 3, 1)), "56");
        yield return Case("ts = microsecond", Compare(Equal, "ts", Instant(FebruaryLast)), "4");
        yield return Case("ts > microsecond before", Compare(Greater, "ts", Instant(FebruaryLast - 1)), "456");
        yield return Case("tw = microsecond", Compare(Equal, "tw", Instant(FebruaryLast)), "4");
        yield return Case("ts in", new InListPlan(Column("ts"), [new TimestampLiteral(FebruaryLast), new TimestampLiteral(0)], false, null), "34");
        yield return Case("tw not in", new InListPlan(Column("tw"), [new TimestampLiteral(FebruaryLast), new TimestampLiteral(0)], true, null), "256");
        yield return Case("ts = tw", Columns(Equal, "ts", "tw"), "23456");
        yield return Case("clock < epoch", Compare(Less, "clock", new LiteralExpression(new DateTimeLiteral(0), new DateTimeType(null))), "2");
        yield return Case("day of week", Part("day", DatePart.DayOfWeek, null, 4), "34");
        yield return Case("year of clock", Part("clock", DatePart.Year, null, 2024), "46");
        yield return Case("hour of ts in UTC", Part("ts", DatePart.Hour, "UTC", 23), "45");
        yield return Case("hour of tw in UTC", Part("tw", DatePart.Hour, "UTC", 23), "45");
        yield return Case("hour of ts in Berlin", Part("ts", DatePart.Hour, "Europe/Berlin", 0), "45", engineOnly: true);
        yield return Case("hour of clock in UTC", Part("clock", DatePart.Hour, "UTC", 22), "45", engineOnly: true);
        yield return Case("anniversary", new MonthDayPlan(Column("day"), null, [(2, 29), (3, 1)], null), "46");
        yield return Case("anniversary of ts", new MonthDayPlan(Column("ts"), "UTC", [(2, 28), (2, 29)], null), "4");

        // Others.
        yield return Case("flag = true", Compare(Equal, "flag", new LiteralExpression(new BooleanLiteral(true), DataTypes.Boolean)), "356");
        yield return Case("flag < true", Compare(Less, "flag", new LiteralExpression(new BooleanLiteral(true), DataTypes.Boolean)), "24");
        yield return Case("bin = 00ff", Compare(Equal, "bin", new LiteralExpression(new BinaryLiteral([0, 255]), DataTypes.Binary)), "4");
        yield return Case("bin > 00", Compare(Greater, "bin", new LiteralExpression(new BinaryLiteral([0]), DataTypes.Binary)), "456");
        yield return Case("bin = empty", Compare(Equal, "bin", new LiteralExpression(new BinaryLiteral([]), DataTypes.Binary)), "2");
        yield return Case("coalesce(n, 0.5) < 1", new ComparisonPlan(Less, new CoalesceExpression(Column("n"), Number("0.5").Value), Number("1"), null), "123");
        yield return Case("coalesce(n, 7) > 10", new ComparisonPlan(Greater, new CoalesceExpression(Column("n"), new Int64Literal(7)), Number("10"), null), "56");
        yield return Case("coalesce(n, 7) in (7, 5)", new InListPlan(new CoalesceExpression(Column("n"), new Int64Literal(7)), [new Int64Literal(7), new Int64Literal(5)], false, null), "14");
        yield return Case("coalesce(n, 7) not in (7, 5)", new InListPlan(new CoalesceExpression(Column("n"), new Int64Literal(7)), [new Int64Literal(7), new Int64Literal(5)], true, null), "2356");
        yield return Case("coalesce(f, 2) > 1", new ComparisonPlan(Greater, new CoalesceExpression(new NanAsNullExpression(Column("f")), new Float64Literal(2)), Float(1), null), "1456");
        yield return Case("average: e/n > 0.1", new AverageComparisonPlan(Greater, Column("e"), Column("n"), Number("0.1"), null), "46");
        yield return Case("average: n/id = 1.25", new AverageComparisonPlan(Equal, Column("n"), Column("id"), Number("1.25"), null), "4");
        yield return Case("average: n/id >= d", new AverageComparisonPlan(GreaterOrEqual, Column("n"), Column("id"), Column("d"), null), "3456");
        yield return Case("average: n/id <> 1.2499", new AverageComparisonPlan(NotEqual, Column("n"), Column("id"), Number("1.2499"), null), "23456");

        // Structure.
        yield return Case("all of nothing", new AndPlan([]), "123456");
        yield return Case("any of nothing", new OrPlan([]), "");
        yield return Case("constant", new ConstantPlan(false), "");
        yield return Case(
            "not (a and not (b or c))",
            new NotPlan(new AndPlan([Compare(Greater, "n", Number("0")), new NotPlan(new OrPlan([Compare(Equal, "s", Text("A")), Compare(Greater, "f", Float(5))]))])),
            "12346");
    }

    private static (string, PlanPredicate, string, bool) Case(string name, PlanPredicate predicate, string ids, bool engineOnly = false) => (name, predicate, ids, engineOnly);

    private static ColumnExpression Column(string name) => new(Things.Columns.Single(column => column.Name == name));

    private static ComparisonPlan Compare(ComparisonOperator comparison, string column, PlanExpression value) => new(comparison, Column(column), value, null);

    private static ComparisonPlan Columns(ComparisonOperator comparison, string left, string right) => new(comparison, Column(left), Column(right), null);

    private static InListPlan InNumbers(string column, bool negated, params string[] items) => new(Column(column), [.. items.Select(item => Number(item).Value)], negated, null);

    private static TextMatchPlan TextIs(TextMatch match, string pattern, bool negated) => new(match, Column("s"), Text(pattern), negated, null);

    private static ComparisonPlan Part(string column, DatePart part, string? zone, long value)
        => new(Equal, new DatePartExpression(Column(column), part, zone), new LiteralExpression(new Int64Literal(value), DataTypes.Int64), null);

    private static LiteralExpression Number(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var scale = point < 0 ? 0 : text.Length - point - 1;
        var unscaled = BigInteger.Parse(text.Replace(".", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
        return scale == 0 && unscaled >= long.MinValue && unscaled <= long.MaxValue
            ? new LiteralExpression(new Int64Literal((long)unscaled), DataTypes.Int64)
            : new LiteralExpression(new DecimalLiteral(unscaled, scale), new DecimalType(38, Math.Min(scale, 38)));
    }

    private static LiteralExpression Float(double value) => new(new Float64Literal(value), DataTypes.Float64);

    private static LiteralExpression Text(string value) => new(new StringLiteral(value), DataTypes.String);

    private static LiteralExpression Day(int year, int month, int day) => new(new DateLiteral(new DateOnly(year, month, day)), DataTypes.Date);

    private static LiteralExpression Instant(long microseconds) => new(new TimestampLiteral(microseconds), DataTypes.Timestamp);
}
