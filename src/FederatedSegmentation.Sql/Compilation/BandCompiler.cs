using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>
/// Matches with a band of time: in DuckDB the nearest build row by an ASOF join, which sorts both sides once and never pairs rows; elsewhere an EXISTS.
/// </summary>
/// <remarks>
/// Of the build rows early enough, the one with the latest end of its window (time + within) decides. That is the latest row, because exact durations
/// keep the order; months do not (30 January 13:00 and 31 January 12:00 plus a month), so there the greatest end up to each row is computed first.
/// </remarks>
internal sealed class BandCompiler(SqlDialect dialect, ConditionCompiler conditions, ExpressionCompiler expressions, Func<LogicalPlan, QueryBlock> open, Func<string> alias)
{
    private const string TimeName = "time";
    private const string EndName = "ends";

    /// <summary>TRUE where the block's row has a match; it may be unknown elsewhere. The block gets the joins that it needs.</summary>
    public SqlCondition Condition(MatchPlan match, TimeBand band, QueryBlock block)
    {
        var build = open(match.Build);
        var keys = match.Keys.Select(key => conditions.Key(key, block[key.Probe], build[key.Build]).ToList()).ToList();
        var probe = expressions.AsUtc(block[band.Probe]);
        var time = expressions.AsUtc(build[band.Build]);
        if (!dialect.HasAsOfJoin || keys.Any(key => key[0] is not (SqlComparison { Operator: ComparisonOperator.Equal } or SqlNotDistinct)))
        {
            return Exists(build, [.. keys.SelectMany(key => key), .. Bounds(band, probe, time)]);
        }

        return band.BuildIsEarlier ? AfterAsOf(match, band, block, build, time, probe) : BeforeAsOf(match, band, block, build, time, probe);
    }

    // In the order of time: earlier < later ≤ earlier + within, and earlier + gap ≤ later.
    private IEnumerable<SqlCondition> Bounds(TimeBand band, SqlValue probe, SqlValue build)
    {
        var (earlier, later) = band.BuildIsEarlier ? (build, probe) : (probe, build);
        yield return new SqlComparison(ComparisonOperator.Less, earlier.Expression, later.Expression);
        if (band.Within is { } within)
        {
            yield return new SqlComparison(ComparisonOperator.LessOrEqual, later.Expression, expressions.Shift(earlier, within));
        }

        if (band.GapMinimum is { } gap)
        {
            yield return new SqlComparison(ComparisonOperator.GreaterOrEqual, later.Expression, expressions.Shift(earlier, gap));
        }
    }

    private static SqlExists Exists(QueryBlock build, ImmutableArray<SqlCondition> conditions)
    {
        var one = new SqlOutput(new SqlLiteral(new Int64Literal(1), new StoredInteger()), FilterCompiler.Marker);
        return new SqlExists(new SqlSelect([one], build.From) { Where = [.. build.Where, .. conditions] }, Negated: false);
    }

    private SqlComparison AfterAsOf(MatchPlan match, TimeBand band, QueryBlock block, QueryBlock build, SqlValue time, SqlValue probe)
    {
        var from = band.GapMinimum is { } gap ? expressions.Shift(time, gap) : time.Expression;
        var isEarlyEnough = band.GapMinimum is null ? ComparisonOperator.Greater : ComparisonOperator.GreaterOrEqual;
        if (band.Within is not { } within)
        {
            // The earliest row is early enough if any is.
            var (earliest, name) = Build(match, build, from, ends: null, group: true);
            block.Join(SqlJoinKind.Left, earliest, Keys(match, block, build, name));
            return new SqlComparison(isEarlyEnough, probe.Expression, new SqlColumn(name, TimeName));
        }

        var end = expressions.Shift(time, within);
        if (within.Months != 0 || band.GapMinimum is { Months: not 0 })
        {
            ImmutableArray<SqlExpression> partition = [.. match.Keys.Select(key => build[key.Build].Expression)];
            end = new SqlWindow(new SqlCall("max", [end]), partition, [new SqlOrder(from, Descending: false)]);
        }

        var (nearest, alias) = Build(match, build, from, end, group: false);
        block.Join(
            SqlJoinKind.AsOfLeft, nearest, [.. Keys(match, block, build, alias), new SqlComparison(isEarlyEnough, probe.Expression, new SqlColumn(alias, TimeName))]);
        return new SqlComparison(ComparisonOperator.LessOrEqual, probe.Expression, new SqlColumn(alias, EndName));
    }

    private SqlComparison BeforeAsOf(MatchPlan match, TimeBand band, QueryBlock block, QueryBlock build, SqlValue time, SqlValue probe)
    {
        var (nearest, name) = Build(match, build, time.Expression, ends: null, group: false);
        var next = new SqlColumn(name, TimeName);
        block.Join(SqlJoinKind.AsOfLeft, nearest, [.. Keys(match, block, build, name), new SqlComparison(ComparisonOperator.Less, probe.Expression, next)]);
        return new SqlComparison(ComparisonOperator.LessOrEqual, next, expressions.Shift(probe, band.Within!));
    }

    // The build side as keys k0, k1, …, a time, and where its window ends. A NaN equals nothing, so it is left out rather than compared.
    private (SqlDerived Relation, string Alias) Build(MatchPlan match, QueryBlock build, SqlExpression time, SqlExpression? ends, bool group)
    {
        var name = alias();
        ImmutableArray<SqlExpression> keys = [.. match.Keys.Select(key => build[key.Build].Expression)];
        ImmutableArray<SqlOutput> outputs =
        [
            .. keys.Select((key, i) => new SqlOutput(key, KeyName(i))),
            new SqlOutput(group ? new SqlCall("min", [time]) : time, TimeName),
            .. ends is null ? [] : new[] { new SqlOutput(ends, EndName) },
        ];
        var notNan = match.Keys.Where(key => key.Build.Type is Float64Type).Select(key => key.NullsMatch
            ? new SqlOr([dialect.IsNotNan(build[key.Build].Expression), new SqlIsNull(build[key.Build].Expression, Negated: false)])
            : dialect.IsNotNan(build[key.Build].Expression));
        var select = new SqlSelect(outputs, build.From) { Where = [.. build.Where, .. notNan], GroupBy = group ? keys : [] };
        return (new SqlDerived(select, name), name);
    }

    // DuckDB 1.5.5 lets an ASOF join with IS NOT DISTINCT FROM run over the borders of keys: rows of another key are found. Plain equality is right.
    private IEnumerable<SqlCondition> Keys(MatchPlan match, QueryBlock block, QueryBlock build, string name)
        => match.Keys.Select((key, i) => conditions.Key(key, block[key.Probe], build[key.Build] with { Expression = new SqlColumn(name, KeyName(i)) }).First() switch
        {
            SqlNotDistinct equal => new SqlComparison(ComparisonOperator.Equal, dialect.NullSafeKey(equal.Left), dialect.NullSafeKey(equal.Right)),
            var equal => equal,
        });

    private static string KeyName(int index) => FormattableString.Invariant($"k{index}");
}
