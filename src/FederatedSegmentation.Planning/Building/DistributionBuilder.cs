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
        var members = predicates.Keys(segment.Of, segment.Where);
        if (segment.Distribution is { Ranks: [], Tiers: [] })
        {
            return members;
        }

        var (plan, keys, _) = Distribute(segment, members);
        return Outputs(plan, keys);
    }

    /// <summary>The members' keys, then tier, arm and bucket where the segment has them.</summary>
    public LogicalPlan Members(ResolvedSegment segment)
    {
        var members = predicates.Keys(segment.Of, segment.Where);
        var distribution = segment.Distribution;
        if (distribution.IsEmpty)
        {
            return members;
        }

        var (plan, keys, tier) = distribution is { Ranks: [], Tiers: [] } ? (members, members.Columns, null) : Distribute(segment, members);
        ImmutableArray<PlanColumn> kept = tier is null ? keys : keys.Add(tier);
        return distribution.Split is { } split ? Split(Outputs(plan, kept), keys.Length, split) : Outputs(plan, kept);
    }

    private (LogicalPlan Plan, ImmutableArray<PlanColumn> Keys, PlanColumn? Tier) Distribute(ResolvedSegment segment, LogicalPlan members)
    {
        var row = StandingRows(segment.Of, members);
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

    // Of several rows with one key, the one with the least values stands for it, whatever the segment's condition says of each.
    private RowContext StandingRows(Entity entity, LogicalPlan members)
    {
        var (plan, frame) = scope.Scan(entity);
        var isMember = new MatchPlan(members, [.. entity.Key.Select((column, i) => new JoinKey(frame.Own(column), members.Columns[i]))], Origin: null);
        plan = new FilterPlan(plan, isMember);
        if (entity.Dedupe is null)
        {
            var keys = entity.Key.Select(frame.Own).ToImmutableArray();
            var others = entity.Columns.Select(frame.Own).Except(keys).Select(column => new PlanOrder(column, Descending: false));
            plan = new DedupePlan(plan, keys, [.. others]);
        }

        return new RowContext(plan, [frame]);
    }

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
