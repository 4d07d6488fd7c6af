using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Planning.Rewriting;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Turns the predicates of a segment into predicates over a relation, to which it adds the look-ups that they need.</summary>
internal sealed class PredicateBuilder
{
    private readonly PlanScope _scope;
    private readonly KeySetBuilder _keySets;
    private readonly RelatedRowsBuilder _related;
    private readonly PickBuilder _picks;
    private readonly SequenceBuilder _sequences;
    private readonly RegularBuilder _regular;
    private readonly AggregationBuilder _aggregations;
    private readonly IReadOnlyDictionary<string, LogicalPlan> _segments;

    /// <summary>Builds for one run.</summary>
    /// <param name="scope">Column ids and scans.</param>
    /// <param name="segments">The plans of referenced segments, which are complete before any that needs them.</param>
    public PredicateBuilder(PlanScope scope, IReadOnlyDictionary<string, LogicalPlan> segments)
    {
        _scope = scope;
        _segments = segments;
        _keySets = new KeySetBuilder(scope, segments, this);
        _related = new RelatedRowsBuilder(scope, this);
        _picks = new PickBuilder(this, _related);
        _sequences = new SequenceBuilder(_related);
        _regular = new RegularBuilder(scope, _related);
        _aggregations = new AggregationBuilder(scope, this);
    }

    /// <summary>The keys, distinct and without NULL parts, of the entity's rows for which the predicate holds.</summary>
    public LogicalPlan Keys(Entity entity, ResolvedPredicate where)
    {
        var (plan, frame) = _scope.Scan(entity);
        var row = new RowContext(plan, [frame]);
        var predicate = Build(row, where);
        var keys = entity.Key.Select(frame.Own).ToImmutableArray();
        if (WithinSegment(row, predicate, keys) is { } members)
        {
            return members;
        }

        return new DistinctPlan(WithKeys(row, predicate, keys), keys, _scope.Copies(keys));
    }

    /// <summary>The rows of an entity for which the condition is TRUE and whose key is complete.</summary>
    public RowContext Rows(Entity entity, ResolvedPredicate where)
    {
        var (plan, frame) = _scope.Scan(entity);
        var row = new RowContext(plan, [frame]);
        var predicate = Build(row, where);
        row.Plan = WithKeys(row, predicate, [.. entity.Key.Select(frame.Own)]);
        return row;
    }

    // A key part that has to match is not NULL; saying it again would only stand in the engine's way.
    private static LogicalPlan WithKeys(RowContext row, PlanPredicate predicate, ImmutableArray<PlanColumn> keys)
    {
        var complete = keys.Where(key => !IsMatched(predicate, key)).Select(PlanPredicate (key) => new IsNullPlan(new ColumnExpression(key), Negated: true, Origin: null));
        return Predicates.Filter(row.Plan, Predicates.And([predicate, .. complete]));
    }

    /// <summary>The predicate over the rows of <paramref name="row"/>.</summary>
    public PlanPredicate Build(RowContext row, ResolvedPredicate predicate) => predicate switch
    {
        ConstantPredicate constant => constant.Value ? Predicates.True : Predicates.False,
        AllPredicate all => Predicates.And([.. all.Items.Select(item => Build(row, item))]),
        AnyPredicate any => Predicates.Or([.. any.Items.Select(item => Build(row, item))]),
        NotPredicate not => Predicates.Not(Build(row, not.Item)),
        LeafPredicate leaf => ValueTests.ToPredicate(
            leaf.Test, new TestedExpression(Value(row, leaf.Value), leaf.Origin), operand => Operand(row, operand), leaf.Origin),
        RelatedPredicate related => _related.Build(row, related),
        PickPredicate pick => _picks.Build(row, pick),
        SequencePredicate sequence => _sequences.Build(row, sequence),
        RegularPredicate regular => _regular.Build(row, regular),
        InKeySetPredicate keys => _keySets.Match(row, keys),
        _ => throw new ArgumentOutOfRangeException(nameof(predicate), predicate, "Unknown predicate."),
    };

    /// <summary>An operand as an expression over the rows.</summary>
    public PlanExpression Operand(RowContext row, Operand operand) => operand switch
    {
        LiteralOperand literal => new LiteralExpression(literal.Value, literal.Type),
        ReferenceOperand reference => Reference(row, reference),
        _ => throw new ArgumentOutOfRangeException(nameof(operand), operand, "Unknown operand."),
    };

    /// <summary>A reference as an expression over the rows; a path of the current row becomes a look-up once.</summary>
    public PlanExpression Reference(RowContext row, ReferenceOperand reference)
    {
        var frame = row.Frames[reference.FramesUp];
        var path = reference.Path.ToString();
        if (frame.Find(path, reference.Column) is { } known)
        {
            return known;
        }

        // What lies behind a path of an enclosing row was looked up there and carried in; only the current row can still be extended.
        if (reference.FramesUp != 0)
        {
            throw new InvalidOperationException($"The reference '{path}.{reference.Column}' was not carried into the related rows.");
        }

        var value = _related.Lookup(row, reference.Path, reference.Column);
        frame.Add(path, reference.Column, value);
        return value;
    }

    /// <summary>The value as a column of the rows.</summary>
    public PlanColumn ColumnOf(RowContext row, PlanExpression value) => _related.ColumnOf(row, value);

    /// <summary>What members are ordered by for an aggregate over their related rows: one value, or several that order one after the other.</summary>
    public IEnumerable<PlanExpression> Aggregate(RowContext row, AggregateOrder order)
        => _aggregations.Order(row, _related.Collect(row, order.Path, order.Where, OuterReferences.Of(order.Where)), order);

    // Rows of which only the key matters, and that have to be members of another segment of the entity: its members are such keys already, distinct and
    // without NULL parts, so the entity itself need not be read again.
    private ProjectPlan? WithinSegment(RowContext row, PlanPredicate predicate, ImmutableArray<PlanColumn> keys)
    {
        var conjuncts = Predicates.Conjuncts(predicate);
        var found = conjuncts.OfType<MatchPlan>().FirstOrDefault(match => match.Build is SharedPlan shared && _segments.Values.Contains(shared.Shared, ReferenceEqualityComparer.Instance)
            && match.Keys.Select(key => key.Probe).SequenceEqual(keys) && match.Keys.Select(key => key.Build).SequenceEqual(shared.Columns));
        if (found is null || row.Plan is not (ScanPlan or DedupePlan { Input: ScanPlan }) || conjuncts.SelectMany(PlanTree.Columns).Any(column => !keys.Contains(column)))
        {
            return null;
        }

        var members = new ProjectPlan(found.Build, [.. found.Build.Columns.Select(PlanExpression (column) => new ColumnExpression(column))], keys);
        var filtered = Predicates.Filter(members, Predicates.And(conjuncts.Where(conjunct => !ReferenceEquals(conjunct, found))));
        return new ProjectPlan(filtered, [.. keys.Select(PlanExpression (key) => new ColumnExpression(key))], _scope.Copies(keys));
    }

    private static bool IsMatched(PlanPredicate predicate, PlanColumn column) => Predicates.Conjuncts(predicate)
        .Any(conjunct => conjunct is MatchPlan match && match.Keys.Any(key => !key.NullsMatch && key.Probe.Id == column.Id));

    private static PlanExpression Value(RowContext row, ResolvedValue value) => value switch
    {
        ColumnValue column => new ColumnExpression(row.Current.Own(column.Column)),
        DatePartValue part => new DatePartExpression(new ColumnExpression(row.Current.Own(part.Column)), part.Part, part.Zone),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, "Unknown value."),
    };
}
