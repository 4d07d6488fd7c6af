using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;

namespace FederatedSegmentation.Planning.Rewriting;

/// <summary>Walks plans: the inputs of a node, the leaves of a predicate, the columns that an expression reads.</summary>
internal static class PlanTree
{
    /// <summary>All direct inputs, those of semi-joins in predicates included.</summary>
    public static IEnumerable<LogicalPlan> Inputs(LogicalPlan plan) => plan switch
    {
        ScanPlan or KeyListPlan or KeyFilePlan or ResultPlan => [],
        DedupePlan dedupe => [dedupe.Input],
        FilterPlan filter => Matches(filter.Predicate).Select(match => match.Build).Prepend(filter.Input),
        ProjectPlan project => [project.Input],
        DistinctPlan distinct => [distinct.Input],
        LookupPlan lookup => [lookup.Input, lookup.Build],
        PairPlan pair => [pair.Left, pair.Right],
        AggregatePlan aggregate => [aggregate.Input],
        ClosurePlan closure => [closure.Input],
        FlagPlan flag => Matches(flag.Predicate).Select(match => match.Build).Prepend(flag.Input),
        RankPlan rank => [rank.Input],
        TierPlan tier => [tier.Input],
        SetPlan set => set.Inputs,
        AppendPlan append => append.Inputs,
        SharedPlan shared => [shared.Shared],
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan, "Unknown plan."),
    };

    /// <summary>All scans of a plan.</summary>
    public static IEnumerable<ScanPlan> Scans(LogicalPlan plan) => plan is ScanPlan scan ? [scan] : Inputs(plan).SelectMany(Scans);

    /// <summary>The plan with each direct input replaced; the outputs that pass through are those of the new input.</summary>
    public static LogicalPlan WithInputs(LogicalPlan plan, Func<LogicalPlan, LogicalPlan> replace) => plan switch
    {
        ScanPlan or KeyListPlan or KeyFilePlan or ResultPlan => plan,
        DedupePlan dedupe => new DedupePlan(replace(dedupe.Input), dedupe.Keys, dedupe.Order),
        FilterPlan filter => new FilterPlan(replace(filter.Input), WithBuilds(filter.Predicate, replace)),
        ProjectPlan project => project with { Input = replace(project.Input) },
        DistinctPlan distinct => distinct with { Input = replace(distinct.Input) },
        LookupPlan lookup => new LookupPlan(replace(lookup.Input), replace(lookup.Build), lookup.Keys, lookup.Added),
        PairPlan pair => new PairPlan(replace(pair.Left), replace(pair.Right), pair.Keys),
        AggregatePlan aggregate => aggregate with { Input = replace(aggregate.Input) },
        ClosurePlan closure => closure with { Input = replace(closure.Input) },
        FlagPlan flag => new FlagPlan(replace(flag.Input), WithBuilds(flag.Predicate, replace), flag.Flag),
        RankPlan rank => new RankPlan(replace(rank.Input), rank.Per, rank.By, rank.Key, rank.Take, rank.IncludesTies),
        TierPlan tier => new TierPlan(replace(tier.Input), tier.Steps, tier.Key, tier.Tier),
        SetPlan set => set with { Inputs = [.. set.Inputs.Select(replace)] },
        AppendPlan append => append with { Inputs = [.. append.Inputs.Select(replace)] },
        SharedPlan shared => shared with { Shared = replace(shared.Shared) },
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan, "Unknown plan."),
    };

    /// <summary>The semi-joins in a predicate.</summary>
    public static IEnumerable<MatchPlan> Matches(PlanPredicate predicate) => predicate switch
    {
        MatchPlan match => [match],
        AndPlan and => and.Items.SelectMany(Matches),
        OrPlan or => or.Items.SelectMany(Matches),
        NotPlan not => Matches(not.Item),
        _ => [],
    };

    /// <summary>The columns that a match reads of its build side.</summary>
    public static IEnumerable<PlanColumn> BuildColumns(MatchPlan match)
        => match.Band is { } band ? match.Keys.Select(key => key.Build).Append(band.Build) : match.Keys.Select(key => key.Build);

    /// <summary>The leaves of a predicate.</summary>
    public static IEnumerable<LeafPlan> Leaves(PlanPredicate predicate) => predicate switch
    {
        LeafPlan leaf => [leaf],
        AndPlan and => and.Items.SelectMany(Leaves),
        OrPlan or => or.Items.SelectMany(Leaves),
        NotPlan not => Leaves(not.Item),
        _ => [],
    };

    /// <summary>The predicate with the build side of each semi-join replaced.</summary>
    public static PlanPredicate WithBuilds(PlanPredicate predicate, Func<LogicalPlan, LogicalPlan> replace) => WithMatches(predicate, match => match with { Build = replace(match.Build) });

    /// <summary>The predicate with each semi-join replaced.</summary>
    public static PlanPredicate WithMatches(PlanPredicate predicate, Func<MatchPlan, PlanPredicate> replace) => predicate switch
    {
        MatchPlan match => replace(match),
        AndPlan and => new AndPlan([.. and.Items.Select(item => WithMatches(item, replace))]),
        OrPlan or => new OrPlan([.. or.Items.Select(item => WithMatches(item, replace))]),
        NotPlan not => new NotPlan(WithMatches(not.Item, replace)),
        _ => predicate,
    };

    /// <summary>The values that a leaf reads.</summary>
    public static ImmutableArray<PlanExpression> Expressions(LeafPlan leaf) => leaf switch
    {
        ComparisonPlan comparison => [comparison.Left, comparison.Right],
        InListPlan list => [list.Value],
        TextMatchPlan text => [text.Text, text.Pattern],
        IsNullPlan test => [test.Value],
        PendingKeysPlan keys => [.. keys.Columns.Select(PlanExpression (column) => new ColumnExpression(column))],
        MonthDayPlan days => [days.Value],
        AverageComparisonPlan average => [average.Sum, average.Count, average.Right],
        _ => throw new ArgumentOutOfRangeException(nameof(leaf), leaf, "Unknown leaf."),
    };

    /// <summary>The columns that a value reads.</summary>
    public static IEnumerable<PlanColumn> Columns(PlanExpression expression) => expression switch
    {
        ColumnExpression column => [column.Column],
        LiteralExpression => [],
        DatePartExpression part => Columns(part.Input),
        AsciiLowerExpression lower => Columns(lower.Input),
        CoalesceExpression coalesce => Columns(coalesce.Input),
        NanAsNullExpression nan => Columns(nan.Input),
        GuardedExpression guarded => Columns(guarded.Input).Concat(Columns(guarded.Rows)),
        FloatQuotientExpression quotient => Columns(quotient.Sum).Concat(Columns(quotient.Count)),
        ShiftExpression shift => Columns(shift.Input),
        IntervalExpression interval => Columns(interval.Input),
        SplitBucketExpression bucket => bucket.Keys,
        ExactOrderExpression order => order.Count is { } count ? Columns(order.Sum).Concat(Columns(count)) : Columns(order.Sum),
        _ => throw new ArgumentOutOfRangeException(nameof(expression), expression, "Unknown expression."),
    };

    /// <summary>The columns that a predicate reads of its input.</summary>
    public static IEnumerable<PlanColumn> Columns(PlanPredicate predicate) => predicate switch
    {
        ConstantPlan => [],
        AndPlan and => and.Items.SelectMany(Columns),
        OrPlan or => or.Items.SelectMany(Columns),
        NotPlan not => Columns(not.Item),
        LeafPlan leaf => Expressions(leaf).SelectMany(Columns),
        MatchPlan { Band: { } band } match => match.Keys.Select(key => key.Probe).Append(band.Probe),
        MatchPlan match => match.Keys.Select(key => key.Probe),
        _ => throw new ArgumentOutOfRangeException(nameof(predicate), predicate, "Unknown predicate."),
    };

    /// <summary>How many relations a statement for the plan joins; a shared relation counts once.</summary>
    public static int Relations(LogicalPlan plan) => Relations(plan, []);

    private static int Relations(LogicalPlan plan, HashSet<string> shared) => plan switch
    {
        ScanPlan or KeyListPlan or KeyFilePlan or ResultPlan => 1,
        SharedPlan known when !shared.Add(known.Name) => 1,
        _ => Inputs(plan).Sum(input => Relations(input, shared)),
    };
}
