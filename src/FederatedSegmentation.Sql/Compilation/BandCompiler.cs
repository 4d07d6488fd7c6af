using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>
/// Matches with a band of time. In the engine both sides are put on one line of time for each key and walked once by a window, so that a key with many
/// rows costs a sort and no pairs; elsewhere, and inside an alternative, an EXISTS.
/// </summary>
/// <remarks>
/// Of the build rows early enough, the one with the latest end of its window (time + within) decides. That need not be the latest row, because months do
/// not keep the order of times: 30 January 13:00 and 31 January 12:00, plus a month. An ASOF join would do the same work, but DuckDB 1.5.5 gives wrong
/// rows for it where keys hold NULLs.
/// </remarks>
internal sealed class BandCompiler(SqlDialect dialect, ConditionCompiler conditions, ExpressionCompiler expressions, PlanCompiler compiler)
{
    /// <summary>The start of the names that a line of time adds; no column is called so.</summary>
    public const string NamePrefix = "band_";

    private const string TimeName = $"{NamePrefix}time";
    private const string EndName = $"{NamePrefix}ends";
    private const string SideName = $"{NamePrefix}is_build";

    /// <summary>The rows of the block that have a match, or have none.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="columns">The columns that are read of them later.</param>
    /// <param name="match">A match with a band.</param>
    /// <param name="band">Its band.</param>
    /// <param name="negated">Whether rows without a match are wanted.</param>
    public QueryBlock Filter(QueryBlock block, ImmutableArray<PlanColumn> columns, MatchPlan match, TimeBand band, bool negated)
    {
        var build = compiler.Open(match.Build);
        if (!dialect.WalksTimeByWindow || match.Keys.Any(key => block[key.Probe].Type != build[key.Build].Type || block[key.Probe].Storage != build[key.Build].Storage))
        {
            var condition = Exists(match, band, block, build);
            block.Keep(condition with { Negated = negated });
            return block;
        }

        return OnOneLine(block, columns, match, band, build, negated);
    }

    /// <summary>TRUE where the block's row has a match, never unknown.</summary>
    public SqlExists Exists(MatchPlan match, TimeBand band, QueryBlock block) => Exists(match, band, block, compiler.Open(match.Build));

    private SqlExists Exists(MatchPlan match, TimeBand band, QueryBlock block, QueryBlock build)
    {
        var keys = match.Keys.SelectMany(key => conditions.Key(key, block[key.Probe], build[key.Build]));
        var one = new SqlOutput(new SqlLiteral(new Int64Literal(1), new StoredInteger()), FilterCompiler.Marker);
        return new SqlExists(
            new SqlSelect([one], build.From) { Where = [.. build.Where, .. keys, .. Bounds(band, expressions.AsUtc(block[band.Probe]), expressions.AsUtc(build[band.Build]))] },
            Negated: false);
    }

    // In the order of time: earlier < later ≤ earlier + within, and earlier + gap ≤ later.
    private IEnumerable<SqlCondition> Bounds(TimeBand band, SqlValue probe, SqlValue build)
    {
        var (earlier, later) = band.BuildIsEarlier ? (build, probe) : (probe, build);
        yield return new SqlComparison(ComparisonOperator.Less, earlier.Expression, later.Expression);
        if (band.Within is { } within)
        {
            yield return new SqlComparison(ComparisonOperator.LessOrEqual, later.Expression, expressions.ShiftForEnd(earlier, within));
        }

        if (band.GapMinimum is { } gap)
        {
            yield return new SqlComparison(ComparisonOperator.GreaterOrEqual, later.Expression, expressions.Shift(earlier, gap));
        }
    }

    // Where the build row comes before, each probe row sees the greatest end among the build rows up to it; where it comes after, the least time among those
    // behind it. At one time a build row counts for a probe row only where a gap has been added to it.
    private QueryBlock OnOneLine(QueryBlock block, ImmutableArray<PlanColumn> columns, MatchPlan match, TimeBand band, QueryBlock build, bool negated)
    {
        var names = PlanCompiler.Names(columns);
        var union = new SqlUnionAll([ProbeSide(block, columns, names, match, band), BuildSide(build, names, match, band)]);
        var line = compiler.Alias();
        SqlColumn Of(string name) => new(line, name);

        var window = new SqlWindow(
            new SqlCall(band.BuildIsEarlier ? "max" : "min", [Of(EndName)]),
            [.. match.Keys.Select((_, i) => Of(KeyName(i)))],
            [new SqlOrder(Of(TimeName), Descending: !band.BuildIsEarlier), new SqlOrder(Of(SideName), Descending: band.GapMinimum is not null)]);
        var walked = new SqlSelect(
            [
                .. names.Select(name => new SqlOutput(Of(name), name)),
                new SqlOutput(Of(TimeName), TimeName),
                new SqlOutput(Of(SideName), SideName),
                new SqlOutput(window, EndName),
            ],
            new SqlDerived(union, line));
        var result = compiler.Derived(walked, columns, names, column => block[column].Storage, out var alias);
        var time = new SqlValue(new SqlColumn(alias, TimeName), band.Probe.Type, new StoredWallClock());
        SqlCondition matched = band switch
        {
            { BuildIsEarlier: true, Within: null } => new SqlIsNull(new SqlColumn(alias, EndName), Negated: true),
            { BuildIsEarlier: true } => new SqlComparison(ComparisonOperator.LessOrEqual, time.Expression, new SqlColumn(alias, EndName)),
            { Within: { } within } => new SqlComparison(ComparisonOperator.LessOrEqual, new SqlColumn(alias, EndName), expressions.Shift(time, within)),
            _ => throw new InvalidOperationException("A row that comes after is asked for within a time."),
        };
        result.Where.Add(new SqlComparison(ComparisonOperator.Equal, new SqlColumn(alias, SideName), Number(0)));
        result.Where.Add(negated ? ConditionCompiler.Complement(matched) : matched);
        return result;
    }

    private SqlSelect ProbeSide(QueryBlock block, ImmutableArray<PlanColumn> columns, ImmutableArray<string> names, MatchPlan match, TimeBand band)
    {
        var time = expressions.AsUtc(block[band.Probe]).Expression;
        var select = PlanCompiler.Select(block, columns, names);
        return select with
        {
            // A row without a time has no place on the line.
            Where = select.Where.Add(new SqlIsNull(time, Negated: true)),
            Outputs =
            [
                .. select.Outputs,
                .. match.Keys.Select((key, i) => new SqlOutput(block[key.Probe].Expression, KeyName(i))),
                new SqlOutput(time, TimeName),
                new SqlOutput(new SqlNull(), EndName),
                new SqlOutput(Number(0), SideName),
            ],
        };
    }

    private SqlSelect BuildSide(QueryBlock build, ImmutableArray<string> names, MatchPlan match, TimeBand band)
    {
        var time = expressions.AsUtc(build[band.Build]);
        var from = band.GapMinimum is { } gap ? expressions.Shift(time, gap) : time.Expression;
        var end = band is { BuildIsEarlier: true, Within: { } within } ? expressions.Shift(time, within) : time.Expression;
        var comparable = match.Keys.SelectMany(key => Comparable(key, build[key.Build]));
        return new SqlSelect(
            [
                .. names.Select(name => new SqlOutput(new SqlNull(), name)),
                .. match.Keys.Select((key, i) => new SqlOutput(build[key.Build].Expression, KeyName(i))),
                new SqlOutput(from, TimeName),
                new SqlOutput(end, EndName),
                new SqlOutput(Number(1), SideName),
            ],
            build.From)
        {
            Where = [.. build.Where, new SqlIsNull(time.Expression, Negated: true), .. comparable],
        };
    }

    // A window takes NULLs, and NaNs, for equal; the language only where a key says so.
    private IEnumerable<SqlCondition> Comparable(JoinKey key, SqlValue value)
    {
        if (!key.NullsMatch)
        {
            yield return new SqlIsNull(value.Expression, Negated: true);
        }

        if (value.Type is Float64Type)
        {
            var isNumber = dialect.IsNotNan(value.Expression);
            yield return key.NullsMatch ? new SqlOr([isNumber, new SqlIsNull(value.Expression, Negated: false)]) : isNumber;
        }
    }

    private static SqlLiteral Number(long value) => new(new Int64Literal(value), new StoredInteger());

    private static string KeyName(int index) => FormattableString.Invariant($"{NamePrefix}key_{index}");
}
