using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Ranks, tiers and splits the members of a segment: each once, over the one row that stands for each member.</summary>
internal sealed class DistributionBuilder(PlanScope scope, PredicateBuilder predicates)
{
    /// <summary>The name of the output that holds the tier.</summary>
    public const string TierName = "tier";

    /// <summary>The name of the output that holds the arm.</summary>
    public const string ArmName = "arm";

    /// <summary>The name of the output that holds the bucket.</summary>
    public const string BucketName = "bucket";

    /// <summary>The members' keys after rank and tiers: what <c>in_segment</c> sees.</summary>
    public LogicalPlan Keys(ResolvedSegment segment)
    {
        if (segment.Distribution is { Ranks: [], Tiers: [] })
        {
            return predicates.Keys(segment.Of, segment.Where);
        }

        var (plan, keys, _) = Distribute(segment);
        return Outputs(plan, keys);
    }

    /// <summary>The members' keys, then tier, arm and bucket where the segment has them.</summary>
    public LogicalPlan Members(ResolvedSegment segment)
    {
        var distribution = segment.Distribution;
        if (distribution.IsEmpty)
        {
            return predicates.Keys(segment.Of, segment.Where);
        }

        var (plan, keys, tier) = distribution is { Ranks: [], Tiers: [] } ? Undistributed(segment) : Distribute(segment);
        ImmutableArray<PlanColumn> kept = tier is null ? keys : keys.Add(tier);
        return distribution.Split is { } split ? Split(Outputs(plan, kept), keys.Length, split) : Outputs(plan, kept);
    }

    private (LogicalPlan Plan, ImmutableArray<PlanColumn> Keys, PlanColumn? Tier) Undistributed(ResolvedSegment segment)
    {
        var members = predicates.Keys(segment.Of, segment.Where);
        return (members, members.Columns, null);
    }

    private (LogicalPlan Plan, ImmutableArray<PlanColumn> Keys, PlanColumn? Tier) Distribute(ResolvedSegment segment)
    {
        var row = scope.HasUniqueRows(segment.Of) ? predicates.Rows(segment.Of, segment.Where) : StandingRows(segment.Of, predicates.Keys(segment.Of, segment.Where));
        var keys = segment.Of.Key.Select(row.Current.Own).ToImmutableArray();
        foreach (var layer in segment.Distribution.Ranks)
        {
            var per = layer.Per.Select(field => Field(row, field)).ToImmutableArray();
            var by = layer.By.SelectMany(order => Order(row, order)).ToImmutableArray();
            row.Plan = new RankPlan(row.Plan, per, by, keys, layer.Take, layer.IncludesTies);
        }

        if (segment.Distribution.Tiers.IsEmpty)
        {
            return (row.Plan, keys, null);
        }

        ImmutableArray<TierStep> steps = [.. segment.Distribution.Tiers.Select(tier => Step(row, tier))];
        var name = scope.Column(TierName, DataTypes.String, new StoredText());
        return (new TierPlan(row.Plan, steps, keys, name), keys, name);
    }

    // Of several rows with one key, the one with the least values stands for it, whatever the segment's condition says of each. Few keys, if any, have
    // several rows: the order over all columns is only asked of those, so that the others are read for the columns that matter alone.
    private RowContext StandingRows(Entity entity, LogicalPlan members)
    {
        var shared = new SharedPlan(scope.SharedName("members"), members, members.Columns);
        var (rows, frame) = MemberRows(entity, shared);
        var keys = entity.Key.Select(frame.Own).ToImmutableArray();
        var others = entity.Columns.Except(entity.Key).ToImmutableArray();
        var count = scope.Column("rows", DataTypes.Int64, new StoredInteger());
        var groups = scope.Copies(keys);
        var values = scope.Copies(others.Select(frame.Own));
        var counted = new AggregatePlan(
            rows,
            keys,
            [new Measure(MeasureFunction.Count, null), .. others.Select(column => new Measure(MeasureFunction.Any, new ColumnExpression(frame.Own(column))))],
            [.. groups, count, .. values]);
        var byKey = new SharedPlan(scope.SharedName("rows_of_members"), counted, counted.Columns);
        var again = byKey with { Columns = scope.Copies(byKey.Columns) };

        var single = Outputs(new FilterPlan(byKey, Compare(ComparisonOperator.Equal, count)), [.. groups, .. values]);
        var (full, fullFrame) = MemberRows(entity, shared with { Columns = scope.Copies(shared.Columns) });
        var fullKeys = entity.Key.Select(fullFrame.Own).ToImmutableArray();
        var several = new FilterPlan(again, Compare(ComparisonOperator.Greater, again.Columns[keys.Length]));
        var first = new DedupePlan(
            new FilterPlan(full, new MatchPlan(several, [.. fullKeys.Select((key, i) => new JoinKey(key, again.Columns[i]))], Origin: null)),
            fullKeys,
            [.. others.Select(column => new PlanOrder(fullFrame.Own(column), Descending: false))]);
        var standing = new AppendPlan([single, Outputs(first, [.. fullKeys, .. others.Select(fullFrame.Own)])], scope.Copies(single.Columns));

        var result = new Frame();
        foreach (var (column, output) in entity.Key.Concat(others).Zip(standing.Columns))
        {
            result.Add(column, output);
        }

        return new RowContext(standing, [result]);
    }

    private (LogicalPlan Plan, Frame Frame) MemberRows(Entity entity, LogicalPlan members)
    {
        var (plan, frame) = scope.Scan(entity);
        return (new FilterPlan(plan, new MatchPlan(members, [.. entity.Key.Select((column, i) => new JoinKey(frame.Own(column), members.Columns[i]))], Origin: null)), frame);
    }

    private static ComparisonPlan Compare(ComparisonOperator comparison, PlanColumn rows)
        => new(comparison, new ColumnExpression(rows), new LiteralExpression(new Int64Literal(1), DataTypes.Int64), Origin: null);

    private TierStep Step(RowContext row, Tier tier)
    {
        PlanColumn? flag = null;
        if (predicates.Build(row, tier.Where) is var condition and not ConstantPlan { Value: true })
        {
            flag = scope.Column("enters", DataTypes.Int64, new StoredInteger());
            row.Plan = new FlagPlan(row.Plan, condition, flag);
        }

        return new TierStep(tier.Name, flag, tier.Cap, [.. tier.By.SelectMany(order => Order(row, order))]);
    }

    private PlanColumn Field(RowContext row, PathColumn field) => predicates.ColumnOf(row, predicates.Reference(row, new ReferenceOperand(0, field.Path, field.Column)));

    private ImmutableArray<PlanOrder> Order(RowContext row, MemberOrder order) => order switch
    {
        FieldOrder field => [new PlanOrder(Field(row, field.Field), field.Descending)],
        AggregateOrder aggregate => [.. predicates.Aggregate(row, aggregate).Select(value => new PlanOrder(predicates.ColumnOf(row, value), aggregate.Descending))],
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, "Unknown order."),
    };

    private ProjectPlan Split(LogicalPlan plan, int keys, Split split)
    {
        var bucket = scope.Column(BucketName, DataTypes.Int64, new StoredInteger());
        var withBucket = new ProjectPlan(
            plan,
            [.. plan.Columns.Select(column => new ColumnExpression(column)), new SplitBucketExpression(split.Salt, plan.Columns[..keys])],
            plan.Columns.Add(bucket));
        var firstBuckets = split.Arms.Select((_, i) => split.Arms.Take(i).Sum(arm => arm.Buckets)).Skip(1);
        var arm = new IntervalExpression(
            new ColumnExpression(bucket),
            [.. firstBuckets.Select(Literal (first) => new Int64Literal(first))],
            [.. split.Arms.Select(Literal (item) => new StringLiteral(item.Name))],
            DataTypes.String);
        return new ProjectPlan(
            withBucket,
            [.. plan.Columns.Select(column => new ColumnExpression(column)), arm, new ColumnExpression(bucket)],
            [.. scope.Copies(plan.Columns), scope.Column(ArmName, DataTypes.String, new StoredText()), scope.Copy(bucket)]);
    }

    private ProjectPlan Outputs(LogicalPlan plan, ImmutableArray<PlanColumn> columns)
        => new(plan, [.. columns.Select(PlanExpression (column) => new ColumnExpression(column))], scope.Copies(columns));
}
