using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Compilation;
using FederatedSegmentation.Sql.Dialects;
using Xunit;
using static FederatedSegmentation.Sql.Tests.SampleTables;

namespace FederatedSegmentation.Sql.Tests;

/// <summary>
/// Matches with a band of time against the pairs themselves, written by hand, over rows with few keys of which one has most rows, NULL keys and times,
/// equal times, ends of months, and times on both sides of 1970.
/// </summary>
public sealed class BandTests
{
    private const int Rows = 2_500;
    private const long Hour = 3_600_000_000;

    private static readonly Entity Mark = new()
    {
        Name = "mark",
        Source = "test",
        Table = ["mark"],
        Columns =
        [
            new Column { Name = "row", Type = DataTypes.Int64, SourceName = "row" },
            new Column { Name = "kind", Type = DataTypes.Int64, SourceName = "kind" },
            new Column { Name = "key", Type = DataTypes.Int64, SourceName = "key" },
            new Column { Name = "part", Type = DataTypes.Float64, SourceName = "part" },
            new Column { Name = "at", Type = DataTypes.Timestamp, SourceName = "at" },
            new Column { Name = "day", Type = DataTypes.Date, SourceName = "day" },
        ],
        Key = [],
    };

    private static readonly (Duration? Length, string Text)[] Lengths =
    [
        (null, ""), (new Duration(0, Hour), "INTERVAL 1 HOUR"), (new Duration(0, 24 * Hour), "INTERVAL 24 HOUR"), (new Duration(0, 31 * 24 * Hour), "INTERVAL 31 DAY"),
        (new Duration(1, 0), "INTERVAL 1 MONTH"), (new Duration(3, 0), "INTERVAL 3 MONTH"), (new Duration(12, 0), "INTERVAL 12 MONTH"),
    ];

    private static readonly (Duration? Length, string Text)[] Gaps =
        [(null, ""), (new Duration(0, Hour), "INTERVAL 1 HOUR"), (new Duration(0, 24 * Hour), "INTERVAL 24 HOUR"), (new Duration(0, 28 * 24 * Hour), "INTERVAL 28 DAY"), (new Duration(1, 0), "INTERVAL 1 MONTH")];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 7)]
    public async Task A_band_finds_the_rows_that_have_a_pair(int seed, int threads)
    {
        await using var instance = DuckDbInstance.Open(new DuckDbOptions { Threads = threads });
        await using var connection = instance.CreateConnection();
        await connection.ExecuteAsync(CreateMarks(seed), CancellationToken.None);
        var found = 0L;
        foreach (var (within, withinText) in Lengths)
        {
            foreach (var (gap, gapText) in Gaps)
            {
                foreach (var time in new[] { "at", "day" })
                {
                    var isDate = time == "day";
                    if (isDate && (within?.Microseconds == Hour || gap?.Microseconds == Hour))
                    {
                        continue;
                    }

                    found += await CompareAsync(connection, time, new Sides(true, within, withinText, gap, gapText));
                    if (gap is null && within is not null)
                    {
                        found += await CompareAsync(connection, time, new Sides(false, within, withinText, null, ""));
                    }
                }
            }
        }

        Assert.True(found > 10_000, $"Only {found} rows had a pair.");
    }

    private static async Task<long> CompareAsync(DuckDbConnection connection, string time, Sides sides)
    {
        var found = 0L;
        foreach (var negated in new[] { false, true })
        {
            var plan = Plan(time, sides, negated);
            var sql = PlanCompiler.Compile(plan, DuckDbDialect.Instance, new CompileContext { EngineTables = NamedTables.Instance }, ["row"], ordered: false);
            var own = $"SELECT a.row FROM mark a WHERE a.kind = 1 AND a.{time} IS NOT NULL AND {(negated ? "NOT " : "")}EXISTS (SELECT 1 FROM mark b WHERE b.kind = 2 AND {sides.Pairs(time)})";
            var differing = await connection.QueryInt64Async(
                $"SELECT count(*) FROM ((SELECT row FROM ({sql}) EXCEPT ALL ({own})) UNION ALL (({own}) EXCEPT ALL SELECT row FROM ({sql})))", CancellationToken.None);
            Assert.True(differing == 0, $"{differing} rows differ for {time}, {sides}, negated {negated}:\n{sql}");
            found += negated ? 0 : await connection.QueryInt64Async($"SELECT count(*) FROM ({own})", CancellationToken.None) ?? 0;
        }

        return found;
    }

    private static ProjectPlan Plan(string time, Sides sides, bool negated)
    {
        var (probe, build) = (Kind(1, time), Kind(2, time));
        PlanColumn Of(LogicalPlan plan, int index) => plan.Columns[index];
        var match = new MatchPlan(
            build,
            [new JoinKey(Of(probe, 2), Of(build, 2), NullsMatch: true), new JoinKey(Of(probe, 3), Of(build, 3))],
            Origin: null,
            new TimeBand(Of(probe, 4), Of(build, 4), sides.BuildIsEarlier, sides.Within, sides.Gap));
        return new ProjectPlan(new FilterPlan(probe, negated ? new NotPlan(match) : match), [new ColumnExpression(Of(probe, 0))], [Fresh("row", DataTypes.Int64)]);
    }

    // Rows without a time take no part, so that a window may leave them out of those without a match.
    private static FilterPlan Kind(long kind, string time)
    {
        ImmutableArray<Column> sources = [.. new[] { "row", "kind", "key", "part", time }.Select(name => Mark.FindColumn(name)!)];
        var scan = new ScanPlan(Mark, sources, [.. sources.Select(source => Fresh(source.Name, source.Type))]);
        return new FilterPlan(scan, new AndPlan(
        [
            new ComparisonPlan(ComparisonOperator.Equal, new ColumnExpression(scan.Columns[1]), new LiteralExpression(new Int64Literal(kind), DataTypes.Int64), Origin: null),
            new IsNullPlan(new ColumnExpression(scan.Columns[4]), Negated: true, Origin: null),
        ]));
    }

    private static string CreateMarks(int seed) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        CREATE TABLE mark AS SELECT i AS row, 1 + hash(i * 7919 + {1000 * seed}) % 2 AS kind,
          CAST(CASE hash(i * 7919 + {(1000 * seed) + 10}) % 10 WHEN 0 THEN NULL WHEN 1 THEN hash(i * 7919 + {(1000 * seed) + 20}) % 40 WHEN 2 THEN 3 ELSE hash(i * 7919 + {(1000 * seed) + 20}) % 200 END AS BIGINT) AS key,
          CASE hash(i * 7919 + {(1000 * seed) + 30}) % 20 WHEN 0 THEN NULL WHEN 1 THEN CAST('NaN' AS DOUBLE) WHEN 2 THEN CAST('-0.0' AS DOUBLE) ELSE 0.0 END AS part,
          CASE WHEN hash(i * 7919 + {(1000 * seed) + 40}) % 20 > 0 THEN CAST(moment AS TIMESTAMPTZ) END AS at, CASE WHEN hash(i * 7919 + {(1000 * seed) + 40}) % 20 > 0 THEN CAST(moment AS DATE) END AS day
        FROM (SELECT i, CASE hash(i * 7919 + {(1000 * seed) + 50}) % 3 WHEN 0 THEN last_day(DATE '1969-06-01' + to_months(CAST(hash(i * 7919 + {(1000 * seed) + 60}) % 15 AS INTEGER))) + to_hours(CAST(hash(i * 7919 + {(1000 * seed) + 70}) % 24 AS INTEGER))
          ELSE TIMESTAMP '1969-06-01' + to_hours(CAST(hash(i * 7919 + {(1000 * seed) + 60}) % 10000 AS INTEGER)) END AS moment FROM range({Rows}) t(i))
        """);

    private sealed record Sides(bool BuildIsEarlier, Duration? Within, string WithinText, Duration? Gap, string GapText)
    {
        internal string Pairs(string time)
        {
            var (earlier, later) = BuildIsEarlier ? ($"b.{time}", $"a.{time}") : ($"a.{time}", $"b.{time}");
            return $"a.key IS NOT DISTINCT FROM b.key AND a.part = b.part AND b.part <> CAST('NaN' AS DOUBLE) AND {earlier} < {later}"
                + (Within is null ? "" : $" AND {later} <= CAST(CAST({earlier} AS TIMESTAMP) + {WithinText} AS {(time == "day" ? "DATE" : "TIMESTAMPTZ")})")
                + (Gap is null ? "" : $" AND {later} >= CAST(CAST({earlier} AS TIMESTAMP) + {GapText} AS {(time == "day" ? "DATE" : "TIMESTAMPTZ")})");
        }
    }
}
