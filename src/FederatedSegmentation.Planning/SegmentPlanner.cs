using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Planning.Building;
using FederatedSegmentation.Planning.Estimation;
using FederatedSegmentation.Planning.Fragmentation;
using FederatedSegmentation.Planning.Reduction;
using FederatedSegmentation.Planning.Rewriting;
using FederatedSegmentation.Planning.Staging;

namespace FederatedSegmentation.Planning;

/// <summary>Plans a resolved segment: algebra, rewrites, fragments, stages. A pure function, deterministic, safe for concurrent use.</summary>
public static class SegmentPlanner
{
    private const int ExactRelations = 12;
    private const int LinearisedRelations = 100;

    /// <summary>Plans a run.</summary>
    /// <param name="run">The segment and those it needs.</param>
    /// <param name="tables">How every entity that <see cref="EntitiesOf"/> names is stored.</param>
    /// <param name="sources">What each source of those entities answers, by its name.</param>
    /// <param name="reductions">When fragments wait for the keys of others.</param>
    /// <exception cref="Model.Errors.FederatedSegmentationException">SRC104: the segment reads a column that is stored as something without a plain value.</exception>
    public static SegmentPlan Plan(ResolvedRun run, IReadOnlyDictionary<Entity, StoredTable> tables, IReadOnlyDictionary<string, Capabilities> sources, ReductionPolicy reductions)
    {
        var scope = new PlanScope(tables);
        var logical = Build(run, scope);
        var pruned = PruneColumns.Apply([PushFilterBelowLookup.Apply(InlineSingleUse.Apply(logical))])[0];

        var plan = Finish(run.Main.Id, pruned, run.Main.Of.Key.Length, scope, tables, sources, reductions);
        return plan with { Decisions = [.. plan.Decisions, .. DistributionVerdicts.Of(run)] };
    }

    /// <summary>Every entity that the run reads, each once, in the order of first use.</summary>
    public static ImmutableArray<Entity> EntitiesOf(ResolvedRun run) => [.. run.Referenced.Append(run.Main).SelectMany(EntityUse.Of).Distinct()];

    /// <summary>The names of the columns of <see cref="SegmentPlan.Members"/>: the key's logical names, then those that rank, tiers and split add.</summary>
    public static ImmutableArray<string> MemberNames(ResolvedSegment segment) =>
    [
        .. segment.Of.Key.Select(column => column.Name),
        .. segment.Distribution.Tiers.IsEmpty ? [] : new[] { DistributionBuilder.TierName },
        .. segment.Distribution.Split is null ? [] : new[] { DistributionBuilder.ArmName, DistributionBuilder.BucketName },
    ];

    /// <summary>Every file of keys that the run reads, with the entity whose keys it holds.</summary>
    public static ImmutableArray<(FileKeys File, Entity Entity)> KeyFilesOf(ResolvedRun run)
        => [.. run.Referenced.Append(run.Main).SelectMany(KeyFileUse.Of).DistinctBy(pair => (pair.File.Path, pair.Entity))];

    /// <summary>Whether a segment of the run asks for sequences.</summary>
    public static bool HasSequences(ResolvedRun run) => run.Referenced.Append(run.Main).Any(SequenceUse.IsIn);

    /// <summary>Cuts a logical plan into fragments and stages.</summary>
    internal static SegmentPlan Finish(string name, LogicalPlan pruned, int keyColumns, PlanScope scope, IReadOnlyDictionary<Entity, StoredTable> tables, IReadOnlyDictionary<string, Capabilities> sources, ReductionPolicy? reductions)
    {
        var estimator = new PlanEstimator(tables);
        var fragmenter = new PlanFragmenter(scope, estimator, sources);
        var residual = fragmenter.Fragment(pruned);
        var (fragments, members) = KeepUsedColumns(fragmenter.Fragments, residual);
        NestedColumns.Refuse(fragments);
        fragments = reductions is null ? fragments : new ReductionPlanner(estimator, sources, reductions).Plan(fragments, members);

        var relations = PlanTree.Relations(members);
        var staging = new StatementStaging(scope);
        var final = staging.Apply(members);
        var (phase, reason) = Phase(relations, staging.Stages.Length);
        var fetched = fragments.Where(fragment => !fragment.RunsInEngine).Select(fragment => fragment.Estimate).ToList();
        return new SegmentPlan(
            name, fragments, staging.Stages, final, keyColumns, fragmenter.Log.Decisions, phase, reason,
            new PlanEstimate(Total(fetched.Select(estimate => estimate.Rows)), Total(fetched.Select(estimate => estimate.Bytes))));
    }

    private static LogicalPlan Build(ResolvedRun run, PlanScope scope)
    {
        var segments = new Dictionary<string, LogicalPlan>(StringComparer.Ordinal);
        var builder = new DistributionBuilder(scope, new PredicateBuilder(scope, segments));
        foreach (var segment in run.Referenced)
        {
            segments.Add(segment.Id, builder.Keys(segment));
        }

        return builder.Members(run.Main);
    }

    // Only the columns that the residual reads are fetched.
    private static (ImmutableArray<QueryFragment> Fragments, LogicalPlan Members) KeepUsedColumns(IReadOnlyList<QueryFragment> fragments, LogicalPlan residual)
    {
        var used = PruneColumns.Used([residual]);
        var kept = ImmutableArray.CreateBuilder<QueryFragment>(fragments.Count);
        var results = new Dictionary<string, ImmutableArray<PlanColumn>>(StringComparer.Ordinal);
        foreach (var fragment in fragments)
        {
            var columns = fragment.Plan.Columns.Where(column => used.Contains(column.Id)).ToImmutableArray();
            columns = columns.IsEmpty ? fragment.Plan.Columns[..1] : columns;
            var plan = columns.Length == fragment.Plan.Columns.Length
                ? fragment.Plan
                : new ProjectPlan(fragment.Plan, [.. columns.Select(PlanExpression (column) => new ColumnExpression(column))], columns);
            plan = PruneColumns.Apply([plan])[0];
            kept.Add(fragment with { Plan = plan });
            results.Add(fragment.Id, plan.Columns);
        }

        var definitions = new Dictionary<string, LogicalPlan>(StringComparer.Ordinal);
        return (kept.ToImmutable(), PruneColumns.Apply([WithResults(residual, results, definitions)])[0]);
    }

    private static LogicalPlan WithResults(LogicalPlan plan, Dictionary<string, ImmutableArray<PlanColumn>> results, Dictionary<string, LogicalPlan> definitions)
    {
        switch (plan)
        {
            case ResultPlan result:
                return new ResultPlan(result.Name, results[result.Name]);
            case SharedPlan shared:
                if (!definitions.TryGetValue(shared.Name, out var definition))
                {
                    definition = WithResults(shared.Shared, results, definitions);
                    definitions.Add(shared.Name, definition);
                }

                // A definition may have lost columns that nobody reads; its uses lose them too.
                var outputs = shared.Shared.Columns.Zip(shared.Columns).ToDictionary(pair => pair.First.Id, pair => pair.Second);
                return new SharedPlan(shared.Name, definition, [.. definition.Columns.Select(column => outputs[column.Id])]);
            default:
                return PlanTree.WithInputs(plan, input => WithResults(input, results, definitions));
        }
    }

    private static (PlanningPhase Phase, string Reason) Phase(int relations, int stages) => relations switch
    {
        <= ExactRelations => (PlanningPhase.Exact, $"{relations} relations: one statement, its joins enumerated exactly"),
        <= LinearisedRelations => (PlanningPhase.Linearised, $"{relations} relations: more than {ExactRelations}, so the order of the plan is kept where the engine does not enumerate; {stages} stages"),
        _ => (PlanningPhase.Phased, $"{relations} relations: more than {LinearisedRelations}, cut into {stages} stages of at most {StatementStaging.MaxRelations} relations"),
    };

    private static long? Total(IEnumerable<long?> parts) => parts.Aggregate((long?)0, (sum, part) => sum + part);
}
