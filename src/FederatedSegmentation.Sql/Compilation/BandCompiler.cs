using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>
/// Matches with a band of time. In the engine no pairs are made: the build rows are summed up for each key and cell of a <see cref="TimeGrid"/>, and each
/// row is matched with the few cells around it. Where a band has no grid, and where rows without a match are wanted, both sides are put on one line of
/// time for each key and walked once by a window. Elsewhere, and inside an alternative, an EXISTS.
/// </summary>
/// <remarks>
/// Of the build rows before a row, the one with the latest end of its window (time + within) decides. That need not be the latest row, because months do
/// not keep the order of times: 30 January 13:00 and 31 January 12:00, plus a month. An ASOF join sees only the latest, and DuckDB 1.5.5 gives wrong rows
/// for it where keys hold NULLs.
/// </remarks>
internal sealed class BandCompiler(SqlDialect dialect, ConditionCompiler conditions, ExpressionCompiler expressions, PlanCompiler compiler)
{
    /// <summary>The start of the names that cells and lines of time add; no column is called so.</summary>
    public const string NamePrefix = "band_";

    private const string TimeName = $"{NamePrefix}time";
    private const string EndName = $"{NamePrefix}ends";
    private const string SideName = $"{NamePrefix}is_build";
    private const string CellName = $"{NamePrefix}cell";
    private const string LeastName = $"{NamePrefix}least";
    private const string GreatestName = $"{NamePrefix}greatest";

    /// <summary>The rows of the block that have a match, or have none.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="columns">The columns that are read of them later.</param>
    /// <param name="match">A match with a band.</param>
    /// <param name="band">Its band.</param>
    /// <param name="negated">Whether rows without a match are wanted.</param>
    public QueryBlock Filter(QueryBlock block, ImmutableArray<PlanColumn> columns, MatchPlan match, TimeBand band, bool negated)
    {
        var build = compiler.Open(match.Build);
        if (dialect.CutsTime && !negated && TimeGrid.Of(band) is { } grid)
        {
            JoinCells(block, match, band, grid, build);
            return block;
        }

        if (dialect.CutsTime && match.Keys.All(key => block[key.Probe].Type == build[key.Build].Type && block[key.Probe].Storage == build[key.Build].Storage))
        {
            return OnOneLine(block, columns, match, band, build, negated);
        }

        block.Keep(Exists(match, band, block, build) with { Negated = negated });
        return block;
    }

    /// <summary>TRUE where the block's row has a match, never unknown.</summary>
    public SqlExists Exists(MatchPlan match, TimeBand band, QueryBlock block) => Exists(match, band, block, compiler.Open(match.Build));

    // A cell stands for its rows: a row near it has a match in it exactly if it lies between the least time and the greatest end (the least time less the
    // length and the greatest time, where build rows come after). In its own cell the one bound decides, because the other is always met; in the cells
    // beside it, the other.
    private void JoinCells(QueryBlock block, MatchPlan match, TimeBand band, TimeGrid grid, QueryBlock build)
    {
        var alias = compiler.Alias();
        SqlColumn Of(string name) => new(alias, name);

        var on = match.Keys.SelectMany((key, i) => conditions.Key(key, block[key.Probe], build[key.Build] with { Expression = Of(KeyName(i)) })).ToList();
        if (grid.Width is { } width)
        {
            on.Add(new SqlComparison(ComparisonOperator.Equal, dialect.TimeCell(Microseconds(block[band.Probe]), width), Of(CellName)));
        }

        on.AddRange(Reaches(band, block[band.Probe], Of(LeastName), Of(GreatestName)));
        block.Join(SqlJoinKind.Semi, new SqlDerived(CellsAround(match, band, grid, build), alias), on);
    }

    private IEnumerable<SqlCondition> Reaches(TimeBand band, SqlValue probe, SqlColumn least, SqlColumn greatest)
    {
        var time = Microseconds(probe);
        if (!band.BuildIsEarlier)
        {
            yield return new SqlComparison(ComparisonOperator.Less, time, greatest);
            yield return new SqlComparison(ComparisonOperator.LessOrEqual, least, Microseconds(probe, band.Within));
            yield break;
        }

        yield return new SqlComparison(band.GapMinimum is null ? ComparisonOperator.Less : ComparisonOperator.LessOrEqual, least, time);
        if (band.Within is not null)
        {
            yield return new SqlComparison(ComparisonOperator.LessOrEqual, time, greatest);
        }
    }

    // Each cell once for its own place, and once for each of the cells from which it can be reached.
    private SqlQuery CellsAround(MatchPlan match, TimeBand band, TimeGrid grid, QueryBlock build)
    {
        var cells = Cells(match, band, grid, build);
        if (grid.Reach == 0)
        {
            return cells;
        }

        var table = compiler.AddCommonTable("cells", cells);
        return new SqlUnionAll([.. Enumerable.Range(0, grid.Reach + 1).Select(SqlQuery (step) =>
        {
            var alias = compiler.Alias();
            return new SqlSelect([.. cells.Outputs.Select(output => Moved(output, alias, band.BuildIsEarlier ? step : -step))], new SqlTable(table, alias));
        })]);
    }

    private static SqlOutput Moved(SqlOutput output, string alias, int cells)
    {
        var column = new SqlColumn(alias, output.Name);
        return output with { Value = output.Name == CellName && cells != 0 ? new SqlArithmetic('+', column, Number(cells)) : column };
    }

    private SqlSelect Cells(MatchPlan match, TimeBand band, TimeGrid grid, QueryBlock build)
    {
        var time = build[band.Build];
        var from = Microseconds(time, band.GapMinimum);
        var end = band.BuildIsEarlier ? Microseconds(time, band.Within) : from;
        var groups = match.Keys.Select((key, i) => new SqlOutput(build[key.Build].Expression, KeyName(i))).ToImmutableArray();
        if (grid.Width is { } width)
        {
            groups = groups.Add(new SqlOutput(dialect.TimeCell(from, width), CellName));
        }

        return new SqlSelect(
            [.. groups, new SqlOutput(new SqlCall("min", [from]), LeastName), new SqlOutput(new SqlCall("max", [end]), GreatestName)],
            build.From)
        {
            // A row without a time has no cell.
            Where = [.. build.Where, new SqlIsNull(time.Expression, Negated: true)],
            GroupBy = [.. groups.Select(group => group.Value)],
        };
    }

    // Whole numbers, because they cost a fraction of what instants do.
    private SqlExpression Microseconds(SqlValue time, Duration? later = null) => later switch
    {
        null or { IsZero: true } => dialect.Microseconds(time),
        { Months: 0 } => new SqlArithmetic('+', dialect.Microseconds(time), Number(later.Microseconds)),
        _ => dialect.Microseconds(time with { Expression = expressions.Shift(expressions.AsUtc(time), later) }),
    };

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
