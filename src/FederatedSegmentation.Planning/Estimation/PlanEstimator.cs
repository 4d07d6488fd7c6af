using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Estimation;

/// <summary>Expects how many rows and bytes a plan yields, from the sources' table statistics and fixed selectivities. For display and ordering only.</summary>
internal sealed class PlanEstimator(IReadOnlyDictionary<Entity, StoredTable> tables)
{
    // A value with its separator, or its name.
    private const int BytesOfText = 8;

    private static readonly Func<string, long?> Unknown = _ => null;

    /// <summary>The expectation; unknown where a table's size is unknown.</summary>
    public PlanEstimate Estimate(LogicalPlan plan) => Estimate(plan, Unknown);

    /// <summary>The expectation of a plan over results.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="results">The rows expected of a result, by its name.</param>
    public PlanEstimate Estimate(LogicalPlan plan, Func<string, long?> results)
    {
        var rows = Rows(plan, results);
        return new PlanEstimate(
            rows is { } count ? (long)Math.Min(count, long.MaxValue / 4) : null,
            rows is { } total ? (long)Math.Min(total * plan.Columns.Sum(column => Width(column.Type)), long.MaxValue / 4) : null);
    }

    private double? Rows(LogicalPlan plan, Func<string, long?> results) => plan switch
    {
        ScanPlan scan => Rows(scan.Entity),
        DedupePlan dedupe => Rows(dedupe.Input, results),
        FilterPlan filter => Rows(filter.Input, results) is { } rows ? Math.Max(1, rows * Selectivity(filter.Predicate)) : null,
        ProjectPlan project => Rows(project.Input, results),
        DistinctPlan distinct => Rows(distinct.Input, results),
        LookupPlan lookup => Rows(lookup.Input, results),
        PairPlan pair => Rows(pair.Left, results) is { } left && Rows(pair.Right, results) is { } right ? Math.Max(left, right) : null,
        AggregatePlan aggregate => Rows(aggregate.Input, results) is { } rows ? Math.Max(1, rows / 3) : null,
        SetPlan set => set.Kind == SetKind.Union ? set.Inputs.Sum(input => Rows(input, results)) : Rows(set.Inputs[0], results),
        ClosurePlan closure => Rows(closure.Input, results) * 2,
        FlagPlan flag => Rows(flag.Input, results),
        RankPlan rank => rank.Take is TakeCount count && rank.Per.IsEmpty ? Math.Min(count.Count, Rows(rank.Input, results) ?? count.Count) : Rows(rank.Input, results),
        TierPlan tier => Rows(tier.Input, results),
        AppendPlan append => append.Inputs.Sum(input => Rows(input, results)),
        KeyListPlan keys => keys.Keys.Length,
        SharedPlan shared => Rows(shared.Shared, results),
        ResultPlan result => results(result.Name),
        KeyFilePlan => null,
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan, "Unknown plan."),
    };

    // Files of text say how long they are, not how many rows they have.
    private double? Rows(Entity entity)
        => tables[entity] is { Rows: null, Bytes: { } bytes } ? Math.Max(1, bytes / (double)(entity.Columns.Length * BytesOfText)) : tables[entity].Rows;

    // The usual guesses of System R where nothing is known about the values.
    private static double Selectivity(PlanPredicate predicate) => predicate switch
    {
        ConstantPlan constant => constant.Value ? 1 : 0,
        AndPlan and => and.Items.Aggregate(1.0, (product, item) => product * Selectivity(item)),
        OrPlan or => 1 - or.Items.Aggregate(1.0, (product, item) => product * (1 - Selectivity(item))),
        NotPlan not => 1 - Selectivity(not.Item),
        ComparisonPlan { Operator: ComparisonOperator.Equal } => 0.1,
        ComparisonPlan { Operator: ComparisonOperator.NotEqual } => 0.9,
        ComparisonPlan => 1.0 / 3,
        InListPlan list => list.Negated ? 1 - Math.Min(0.5, 0.1 * list.Items.Length) : Math.Min(0.5, 0.1 * list.Items.Length),
        TextMatchPlan text => text.Negated ? 0.9 : 0.1,
        IsNullPlan test => test.Negated ? 0.95 : 0.05,
        MonthDayPlan => 1.0 / 365,
        AverageComparisonPlan => 1.0 / 3,
        MatchPlan => 0.5,
        _ => throw new ArgumentOutOfRangeException(nameof(predicate), predicate, "Unknown predicate."),
    };

    private static int Width(DataType type) => type switch
    {
        BooleanType => 1,
        DateType => 4,
        Int64Type or Float64Type or TimestampType or DateTimeType => 8,
        DecimalType => 16,
        StringType or BinaryType => 24,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown type."),
    };
}
