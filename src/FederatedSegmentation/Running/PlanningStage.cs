using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Execution;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Planning;
using FederatedSegmentation.Planning.Reduction;
using FederatedSegmentation.Residual;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Compilation;

namespace FederatedSegmentation.Running;

/// <summary>Describes the tables of a resolved segment at their sources, plans it, and writes every statement.</summary>
internal sealed class PlanningStage(IReadOnlyDictionary<string, IDataSourceConnector> sources, IResidualEngine engine, ReductionPolicy reductions, TimeProvider time)
{
    private const int FewerValues = 16;

    /// <summary>The plan with its statements. Where one would be longer than its source takes, the longest values stay with the engine.</summary>
    public async Task<PlannedSegment> PlanAsync(ResolvedRequest request, CancellationToken cancellationToken)
    {
        var entities = SegmentPlanner.EntitiesOf(request.Run);
        var tables = await DescribeAsync(entities, cancellationToken).ConfigureAwait(false);
        await KeyFileHeader.CheckAsync(request.Run, cancellationToken).ConfigureAwait(false);
        var capabilities = entities.Select(entity => entity.Source).Distinct(StringComparer.Ordinal).ToDictionary(name => name, name => sources[name].Capabilities, StringComparer.Ordinal);
        var engineTables = new EngineTables(sources, tables);
        SegmentPlan plan;
        ImmutableArray<CompiledFragment> compiled;
        while (true)
        {
            plan = SegmentPlanner.Plan(request.Run, tables, capabilities, reductions);
            if (TryCompile(plan, capabilities, tables, engineTables, out compiled) is not { } tooLong)
            {
                break;
            }

            // Fewer values go to the source, and more rows come; without any value a statement is as long as the segment is.
            capabilities[tooLong] = capabilities[tooLong] with { MaxStatementBytes = capabilities[tooLong].MaxStatementBytes / FewerValues };
        }

        var keys = plan.Fragments.Where(fragment => fragment.Reduction is not null).ToFrozenDictionary(fragment => fragment.Id, fragment => engine.CompileKeys(fragment, plan, engineTables), StringComparer.Ordinal);
        var statements = engine.Compile(plan, SegmentPlanner.MemberNames(request.Run.Main), engineTables);
        return new PlannedSegment(request.Run, request.AsOf, plan, tables, compiled, keys, statements, engine.Name, time.GetElapsedTime(request.Started));
    }

    // Null, or the source for which a statement is too long, though it could be shorter.
    private string? TryCompile(SegmentPlan plan, Dictionary<string, Capabilities> planned, Dictionary<Entity, StoredTable> tables, EngineTables engineTables, out ImmutableArray<CompiledFragment> compiled)
    {
        var statements = ImmutableArray.CreateBuilder<CompiledFragment>(plan.Fragments.Length);
        compiled = [];
        foreach (var fragment in plan.Fragments)
        {
            if (sources[fragment.Source] is not IRemoteSource remote)
            {
                statements.Add(engine.CompileFragment(fragment, engineTables));
                continue;
            }

            try
            {
                statements.Add(remote.Compile(fragment.Id, fragment.Reduction is null ? fragment.Plan : ReducedPlan.Shown(fragment, LabelOf(fragment.Reduction)), tables));
            }
            catch (FederatedSegmentationException failure) when (failure.Problems is [{ Code: PlanCompiler.StatementTooLarge }] && planned[fragment.Source].MaxStatementBytes > 0)
            {
                return fragment.Source;
            }
        }

        compiled = statements.MoveToImmutable();
        return null;
    }

    // The keys are known when the run comes to it.
    private static string LabelOf(FragmentReduction reduction) => string.Create(
        CultureInfo.InvariantCulture, $"⟨keys of {(reduction.DependsOn.IsEmpty ? "files" : string.Join(", ", reduction.DependsOn))}{(reduction.Estimate is { } count ? $", ≈{count}" : string.Empty)}⟩");

    /// <summary>The bytes that sources would read, by the ids of fragments, as far as they say so. A fragment that waits for keys has no statement yet to ask with.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ReadsAsync(PlannedSegment planned, CancellationToken cancellationToken)
    {
        var asked = planned.Plan.Fragments.Zip(planned.Fragments).Where(pair => pair.First.Reduction is null).Select(pair => pair.Second);
        var answers = await Task.WhenAll(asked.Select(async fragment => (
            fragment.Fragment,
            Bytes: sources[fragment.Source] is IReadEstimator estimator ? await estimator.EstimateReadAsync(fragment, cancellationToken).ConfigureAwait(false) : null))).ConfigureAwait(false);
        return answers.Where(answer => answer.Bytes is not null).ToDictionary(answer => answer.Fragment, answer => answer.Bytes!.Value, StringComparer.Ordinal);
    }

    /// <summary>What each source answers, by its name.</summary>
    public IReadOnlyDictionary<string, Capabilities> Capabilities { get; } = sources.ToDictionary(pair => pair.Key, pair => pair.Value.Capabilities, StringComparer.Ordinal);

    /// <summary>The statements of a plan that counts: fragments and engine.</summary>
    public (ImmutableArray<CompiledFragment> Fragments, ResidualStatements Statements) Compile(SegmentPlan plan, Dictionary<Entity, StoredTable> tables)
    {
        var engineTables = new EngineTables(sources, tables);
        return (
            [.. plan.Fragments.Select(fragment => sources[fragment.Source] is IRemoteSource remote ? remote.Compile(fragment.Id, fragment.Plan, tables) : engine.CompileFragment(fragment, engineTables))],
            engine.Compile(plan, [.. plan.Members.Columns.Select((_, i) => FormattableString.Invariant($"n{i}"))], engineTables));
    }

    /// <summary>How the tables behind the entities are stored.</summary>
    public async Task<Dictionary<Entity, StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
    {
        var described = await Task.WhenAll(entities.GroupBy(entity => entity.Source, StringComparer.Ordinal).Select(async group =>
        {
            var ofSource = group.ToImmutableArray();
            var found = await sources[group.Key].DescribeAsync(ofSource, cancellationToken).ConfigureAwait(false);
            return ofSource.Zip(found);
        })).ConfigureAwait(false);
        return described.SelectMany(group => group).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    // Each entity is read by the source that it belongs to.
    private sealed class EngineTables(IReadOnlyDictionary<string, IDataSourceConnector> sources, IReadOnlyDictionary<Entity, StoredTable> tables) : IEngineTables
    {
        public EngineTable TableOf(Entity entity) => ((IEngineSource)sources[entity.Source]).TableOf(tables[entity]);
    }
}

/// <summary>A planned segment with its statements.</summary>
/// <param name="Run">What was resolved.</param>
/// <param name="AsOf">The instant of the run.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Tables">How the tables are stored that it reads.</param>
/// <param name="Fragments">The statement of each fragment, in plan order.</param>
/// <param name="Keys">The engine's statement for the keys that a fragment waits for, by the fragment's id.</param>
/// <param name="Statements">The engine's statements.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="PlanTime">Time of reading, resolving and planning.</param>
internal sealed record PlannedSegment(
    ResolvedRun Run,
    DateTimeOffset AsOf,
    SegmentPlan Plan,
    IReadOnlyDictionary<Entity, StoredTable> Tables,
    ImmutableArray<CompiledFragment> Fragments,
    IReadOnlyDictionary<string, KeyStatement> Keys,
    ResidualStatements Statements,
    string Engine,
    TimeSpan PlanTime);
