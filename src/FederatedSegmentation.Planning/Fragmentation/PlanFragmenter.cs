using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Planning.Building;
using FederatedSegmentation.Planning.Estimation;
using FederatedSegmentation.Planning.Rewriting;

namespace FederatedSegmentation.Planning.Fragmentation;

/// <summary>Cuts a plan into the greatest parts that one source each answers exactly, and the rest for the engine.</summary>
/// <remarks>
/// Every node is offered to its source together with what lies below it. Conjuncts of a filter are offered one by one: what the source answers goes
/// down, what it answers as a superset goes down and stays, the rest stays. A superset is asked for only as a conjunct of its own: under a complement,
/// an alternative, an aggregate or an anti-join it would change members, and there it counts as not answered.
/// </remarks>
internal sealed class PlanFragmenter(PlanScope scope, PlanEstimator estimator, IReadOnlyDictionary<string, Capabilities> sources)
{
    private const string SeveralSources = "its parts are in several sources and meet in the engine";

    private readonly List<QueryFragment> _fragments = [];
    private readonly Dictionary<string, Cut> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LogicalPlan> _sharedResults = new(StringComparer.Ordinal);
    private readonly PushdownLog _log = new();

    /// <summary>The fragments, in the order in which the residual needs them.</summary>
    public IReadOnlyList<QueryFragment> Fragments => _fragments;

    /// <summary>What became of the predicates.</summary>
    public PushdownLog Log => _log;

    /// <summary>The plan for the engine, over the fragments' results.</summary>
    public LogicalPlan Fragment(LogicalPlan plan) => Residual(Offer(plan));

    // A plan and the source that answers all of it; no source for the engine, and then why. Keys written in the definition are at home anywhere.
    private sealed record Cut(LogicalPlan Plan, string? Source, bool Anywhere = false, string Reason = SeveralSources);

    private Cut Offer(LogicalPlan plan)
    {
        switch (plan)
        {
            case ScanPlan scan:
                return new Cut(scan, scan.Entity.Source);

            case KeyListPlan keys:
                return new Cut(keys, Source: null, Anywhere: true);

            case KeyFilePlan or ResultPlan:
                return new Cut(plan, Source: null);

            case FilterPlan filter:
                return OfferFilter(filter);

            case DedupePlan dedupe:
                return OfferUnary(dedupe, dedupe.Input, source => PushdownRules.Worst(
                    [source.Windows, .. dedupe.Keys.Select(key => PushdownRules.Grouping(key, source)), .. dedupe.Order.Select(order => PushdownRules.Order(order.Column, source))]));

            case ProjectPlan project:
                return OfferUnary(project, project.Input, source => PushdownRules.Worst(
                    project.Expressions.Where(expression => expression is not ColumnExpression).Select(expression => PushdownRules.Of(expression, source))));

            case DistinctPlan distinct:
                return OfferUnary(distinct, distinct.Input, source => PushdownRules.Worst(distinct.Sources.Select(column => PushdownRules.Grouping(column, source))));

            case AggregatePlan aggregate:
                return OfferUnary(aggregate, aggregate.Input, source => PushdownRules.Worst(
                    [.. aggregate.GroupBy.Select(column => PushdownRules.Grouping(column, source)), .. aggregate.Measures.Select(measure => PushdownRules.Of(measure, source))]));

            case LookupPlan lookup:
                return OfferBinary(lookup, lookup.Input, lookup.Build, lookup.Keys, (input, build) => new LookupPlan(input, build, lookup.Keys, lookup.Added));

            case PairPlan pair:
                return OfferBinary(pair, pair.Left, pair.Right, pair.Keys, (left, right) => new PairPlan(left, right, pair.Keys));

            case ClosurePlan closure:
                return OfferUnary(closure, closure.Input, _ => Support.None("the edges are walked in the engine"));

            case FlagPlan flag:
                var conjunct = OfferPredicate(flag.Predicate);
                _log.Record(flag.Predicate, PushdownVerdict.None, DistributionVerdicts.Reason);
                return new Cut(new FlagPlan(Residual(Offer(flag.Input)), Residual(conjunct), flag.Flag), Source: null, Reason: DistributionVerdicts.Reason);

            case RankPlan rank:
                return OfferUnary(rank, rank.Input, _ => Support.None(DistributionVerdicts.Reason));

            case TierPlan tier:
                return OfferUnary(tier, tier.Input, _ => Support.None(DistributionVerdicts.Reason));

            case SetPlan set:
                return OfferSet(set);

            case AppendPlan append:
                return OfferInputs(append, append.Inputs, source => source.SetOperations);

            case SharedPlan shared:
                return OfferShared(shared);

            default:
                throw new ArgumentOutOfRangeException(nameof(plan), plan, "Unknown plan.");
        }
    }

    private Cut OfferFilter(FilterPlan filter)
    {
        var input = Offer(filter.Input);
        var conjuncts = Predicates.Conjuncts(filter.Predicate).Select(OfferPredicate).ToList();
        if (input.Source is not { } name)
        {
            foreach (var conjunct in conjuncts)
            {
                _log.Record(conjunct.Predicate, PushdownVerdict.None, input.Reason);
            }

            return new Cut(new FilterPlan(Residual(input), Predicates.And(conjuncts.Select(Residual))), Source: null, Reason: input.Reason);
        }

        var source = sources[name];
        var pushed = new List<PlanPredicate>();
        var kept = new List<PlanPredicate>();
        foreach (var conjunct in conjuncts)
        {
            var support = Verdict(conjunct, name, source);
            var verdict = support.Verdict == PushdownVerdict.Recheck && conjunct.Predicate is not LeafPlan ? PushdownVerdict.None : support.Verdict;
            if (verdict != PushdownVerdict.None)
            {
                pushed.Add(conjunct.Pushed());
            }

            if (verdict != PushdownVerdict.Full)
            {
                kept.Add(Residual(conjunct));
                _log.Record(conjunct.Predicate, verdict, support.Reason);
            }
        }

        var plan = Predicates.Filter(input.Plan, Predicates.And(pushed));
        if (PlanTree.Relations(plan) > source.MaxRelations)
        {
            // Too wide for one statement of the source: its semi-joins become fragments of their own.
            var byBuild = conjuncts.ToLookup(conjunct => conjunct.Builds.Count == 0 && Verdict(conjunct, name, source).Verdict == PushdownVerdict.Full);
            var local = new Cut(Predicates.Filter(input.Plan, Predicates.And(byBuild[true].Select(conjunct => conjunct.Predicate))), name);
            return new Cut(new FilterPlan(Residual(local), Predicates.And(byBuild[false].Select(Residual))), Source: null);
        }

        var atSource = new Cut(plan, name);
        return kept.Count == 0 ? atSource : new Cut(new FilterPlan(Residual(atSource), Predicates.And(kept)), Source: null);
    }

    // A conjunct with the build side of each of its semi-joins offered.
    private sealed record OfferedPredicate(PlanPredicate Predicate, IReadOnlyDictionary<MatchPlan, Cut> Builds)
    {
        public PlanPredicate Pushed() => PlanTree.WithMatches(Predicate, match => match with { Build = Builds[match].Plan });
    }

    private OfferedPredicate OfferPredicate(PlanPredicate predicate)
        => new(predicate, PlanTree.Matches(predicate).Distinct(ReferenceEqualityComparer.Instance).Cast<MatchPlan>()
            .ToDictionary(match => match, match => Offer(match.Build), (IEqualityComparer<MatchPlan>)ReferenceEqualityComparer.Instance));

    private static Support Verdict(OfferedPredicate conjunct, string name, Capabilities source)
    {
        var supports = PlanTree.Leaves(conjunct.Predicate).Select(leaf => PushdownRules.Of(leaf, source)).ToList();
        foreach (var (match, build) in conjunct.Builds)
        {
            supports.Add(IsAt(build, name, source)
                ? PushdownRules.Of(match, source)
                : Support.None(build.Source is { } other ? $"the related rows are in source {other}" : $"the related rows are joined in the engine: {build.Reason}"));
        }

        return PushdownRules.Worst(supports);
    }

    private static bool IsAt(Cut cut, string name, Capabilities source)
        => cut.Anywhere ? cut.Plan is KeyListPlan keys && keys.Keys.Length * keys.Columns.Length <= source.MaxListedValues && PushdownRules.Bytes(keys.Keys.SelectMany(key => key)) <= source.MaxStatementBytes : string.Equals(cut.Source, name, StringComparison.Ordinal);

    private Cut OfferUnary(LogicalPlan plan, LogicalPlan child, Func<Capabilities, Support> rule)
    {
        var input = Offer(child);
        if (input.Source is { } name)
        {
            var support = rule(sources[name]);
            if (support.Verdict == PushdownVerdict.Full)
            {
                return new Cut(PlanTree.WithInputs(plan, _ => input.Plan), name);
            }

            return new Cut(PlanTree.WithInputs(plan, _ => Residual(input)), Source: null, Reason: support.Reason);
        }

        return new Cut(PlanTree.WithInputs(plan, _ => Residual(input)), Source: null, Reason: input.Reason);
    }

    private Cut OfferBinary(LogicalPlan plan, LogicalPlan left, LogicalPlan right, ImmutableArray<JoinKey> keys, Func<LogicalPlan, LogicalPlan, LogicalPlan> combine)
    {
        var (first, second) = (Offer(left), Offer(right));
        if (first.Source is { } name && string.Equals(second.Source, name, StringComparison.Ordinal)
            && PushdownRules.Worst(keys.Select(key => PushdownRules.Of(key, sources[name]))).Verdict == PushdownVerdict.Full
            && PlanTree.Relations(plan) <= sources[name].MaxRelations)
        {
            return new Cut(combine(first.Plan, second.Plan), name);
        }

        return new Cut(combine(Residual(first), Residual(second)), Source: null, Reason: WhyTogether([first, second]));
    }

    // A part that is in the engine already says why; where each has its source, they differ.
    private static string WhyTogether(IEnumerable<Cut> parts) => parts.FirstOrDefault(part => part is { Source: null, Anywhere: false })?.Reason ?? SeveralSources;

    private Cut OfferSet(SetPlan set) => OfferInputs(
        set, set.Inputs, source => PushdownRules.Worst([source.SetOperations, .. set.Inputs.SelectMany(input => input.Columns).Select(column => PushdownRules.Grouping(column, source))]));

    private Cut OfferInputs(LogicalPlan plan, ImmutableArray<LogicalPlan> parts, Func<Capabilities, Support> rule)
    {
        var inputs = parts.ToDictionary(input => input, Offer, (IEqualityComparer<LogicalPlan>)ReferenceEqualityComparer.Instance);
        var name = parts.Select(input => inputs[input].Source).FirstOrDefault(source => source is not null);
        return name is not null
            && inputs.Values.All(input => IsAt(input, name, sources[name]))
            && rule(sources[name]).Verdict == PushdownVerdict.Full
            && PlanTree.Relations(plan) <= sources[name].MaxRelations
                ? new Cut(PlanTree.WithInputs(plan, input => inputs[input].Plan), name)
                : new Cut(PlanTree.WithInputs(plan, input => Residual(inputs[input])), Source: null, Reason: WhyTogether(inputs.Values));
    }

    private Cut OfferShared(SharedPlan shared)
    {
        if (!_shared.TryGetValue(shared.Name, out var cut))
        {
            cut = Offer(shared.Shared);
            _shared.Add(shared.Name, cut);
        }

        return cut.Source is not null
            ? new Cut(shared with { Shared = cut.Plan }, cut.Source)
            : new Cut(shared with { Shared = Residual(cut) }, Source: null, Reason: cut.Reason);
    }

    private PlanPredicate Residual(OfferedPredicate conjunct)
        => PlanTree.WithMatches(conjunct.Predicate, match => ResidualMatch(match, conjunct.Builds[match]));

    private MatchPlan ResidualMatch(MatchPlan match, Cut build)
    {
        // Only keys travel: a fetched build side is reduced to its distinct keys at the source where that is exact.
        if (build.Source is { } name && !sources[name].RunsInEngine && build.Plan is not DistinctPlan
            && PlanTree.BuildColumns(match).All(column => PushdownRules.Grouping(column, sources[name]).Verdict == PushdownVerdict.Full))
        {
            var columns = PlanTree.BuildColumns(match).DistinctBy(column => column.Id).ToImmutableArray();
            var copies = scope.Copies(columns);
            var renamed = columns.Zip(copies).ToDictionary(pair => pair.First.Id, pair => pair.Second);
            var keys = match.Keys.Select(key => key with { Build = renamed[key.Build.Id] });
            var band = match.Band is { } times ? times with { Build = renamed[times.Build.Id] } : null;
            return match with { Build = Residual(new Cut(new DistinctPlan(build.Plan, columns, copies), name)), Keys = [.. keys], Band = band };
        }

        return match with { Build = Residual(build) };
    }

    private LogicalPlan Residual(Cut cut)
    {
        if (cut.Source is not { } name)
        {
            return cut.Plan;
        }

        // Several uses of one shared relation read one result.
        if (cut.Plan is SharedPlan shared && !sources[name].RunsInEngine)
        {
            if (!_sharedResults.TryGetValue(shared.Name, out var known))
            {
                known = Add(shared.Shared, name);
                _sharedResults.Add(shared.Name, known);
            }

            return new ProjectPlan(known, [.. known.Columns.Select(PlanExpression (column) => new ColumnExpression(column))], shared.Columns);
        }

        return Add(cut.Plan, name);
    }

    private LogicalPlan Add(LogicalPlan plan, string name)
    {
        var source = sources[name];
        var id = $"F{_fragments.Count + 1}";
        _fragments.Add(new QueryFragment(id, name, plan, source.RunsInEngine, estimator.Estimate(plan)));
        _log.RecordPushed(plan, id, source);
        return source.RunsInEngine ? plan : new ResultPlan(id, plan.Columns);
    }
}
