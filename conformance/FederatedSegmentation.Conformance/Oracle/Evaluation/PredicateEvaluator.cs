using FederatedSegmentation.Conformance.Oracle.Definitions;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Evaluation;

/// <summary>Decides predicates row by row. Every part is evaluated, also where an earlier part decides, so that no finding is missed.</summary>
internal sealed class PredicateEvaluator
{
    private readonly Database _database;
    private readonly ConditionEvaluator _conditions;
    private readonly AggregateEvaluator _aggregates;
    private readonly BehaviourEvaluator _behaviour;
    private readonly Func<string, Entity, IReadOnlyDictionary<string, Truth>> _members;
    private readonly Dictionary<(Predicate, Row), Truth> _known = new(new ByIdentity());

    /// <param name="database">The rows.</param>
    /// <param name="findings">Where data errors and open outcomes are noted.</param>
    /// <param name="members">The truth of every key (by match text) of a segment of an entity.</param>
    public PredicateEvaluator(Database database, Findings findings, Func<string, Entity, IReadOnlyDictionary<string, Truth>> members)
    {
        _database = database;
        _members = members;
        _conditions = new ConditionEvaluator(database, findings);
        _aggregates = new AggregateEvaluator(database, _conditions, findings);
        _behaviour = new BehaviourEvaluator(database, findings, (predicate, scope) => predicate is null ? Truth.True : Holds(predicate, scope));
    }

    public AggregateEvaluator Aggregates => _aggregates;

    public Truth Holds(Predicate predicate, Scope scope)
    {
        // A predicate that looks at no row around it has one truth per row.
        if (predicate.Reach > 0)
        {
            return Decide(predicate, scope);
        }

        if (!_known.TryGetValue((predicate, scope.Row), out var truth))
        {
            truth = Decide(predicate, scope);
            _known.Add((predicate, scope.Row), truth);
        }

        return truth;
    }

    private Truth Decide(Predicate predicate, Scope scope)
    {
        switch (predicate)
        {
            case ConstantPredicate constant:
                return TruthTables.Of(constant.Holds);
            case AllPredicate all:
                return all.Parts.Aggregate(Truth.True, (truth, part) => truth.And(Holds(part, scope)));
            case AnyPredicate any:
                return any.Parts.Aggregate(Truth.False, (truth, part) => truth.Or(Holds(part, scope)));
            case NotPredicate not:
                return Holds(not.Inner, scope).Not();
            case LeafPredicate leaf:
                return DecideLeaf(leaf, scope);
            case HasPredicate has:
                return DecideHas(has, scope);
            case EveryPredicate every:
                return DecideEvery(every, scope);
            case PickPredicate pick:
                return _behaviour.Decide(pick, scope);
            case SequencePredicate sequence:
                return _behaviour.Decide(sequence, scope);
            case RegularPredicate regular:
                return _behaviour.Decide(regular, scope);
            case InSegmentPredicate inSegment:
                return DecideInSegment(inSegment, scope);
            case IdsPredicate ids:
                return TruthTables.Of(KeyText(scope.Row) is { } key && ids.Keys.Contains(key));
            default:
                throw new InvalidOperationException($"{predicate.GetType().Name} is not a predicate.");
        }
    }

    /// <summary>There is a row at the end of the path whose value satisfies the condition.</summary>
    private Truth DecideLeaf(LeafPredicate leaf, Scope scope)
    {
        var values = _database.Related(scope.Row, leaf.Field.Path).Select(row => row[leaf.Field.Column]).ToList();

        // The two that hold without a row are complements of their counterparts.
        return leaf.Condition switch
        {
            NullCondition { IsNull: true } => TruthTables.Of(values.All(value => value.IsNull)),
            EmptyCondition { IsEmpty: true } => TruthTables.Of(values.All(value => value is Value.NullValue or Value.Text { Characters: "" })),
            var condition => values.Aggregate(Truth.False, (truth, value) => truth.Or(_conditions.Holds(condition, value, scope))),
        };
    }

    private Truth DecideHas(HasPredicate has, Scope scope)
    {
        var (rows, isOpen) = RelatedWith(has.Path, has.Where, scope);
        if (has.Aggregate is { } aggregate)
        {
            return isOpen ? Truth.DataError : _aggregates.Holds(aggregate, rows, scope);
        }

        return rows.Count > 0 ? Truth.True : isOpen ? Truth.DataError : Truth.False;
    }

    private Truth DecideEvery(EveryPredicate every, Scope scope)
    {
        var some = Truth.False;
        var all = Truth.True;
        foreach (var row in _database.Related(scope.Row, every.Path))
        {
            var inner = new Scope(row, scope);
            var counts = every.Where is null ? Truth.True : Holds(every.Where, inner);
            var must = Holds(every.Must, inner);
            some = some.Or(counts);
            all = all.And(counts.Not().Or(must));
        }

        return every.EmptyPasses ? all : some.And(all);
    }

    private Truth DecideInSegment(InSegmentPredicate inSegment, Scope scope)
    {
        IReadOnlyList<Row> rows = inSegment.Via is null ? [scope.Row] : _database.Related(scope.Row, inSegment.Via);
        var members = _members(inSegment.Segment, inSegment.Via?.End ?? scope.Row.Entity);
        return rows.Aggregate(
            Truth.False,
            (truth, row) => truth.Or(KeyText(row) is { } key && members.TryGetValue(key, out var member) ? member : Truth.False));
    }

    /// <summary>The related rows with <c>where</c>; open if some row's <c>where</c> hangs on bad data.</summary>
    private (IReadOnlyList<Row> Rows, bool IsOpen) RelatedWith(EntityPath path, Predicate? where, Scope scope)
    {
        var related = _database.Related(scope.Row, path);
        if (where is null)
        {
            return (related, false);
        }

        var truths = related.Select(row => (Row: row, Truth: Holds(where, new Scope(row, scope)))).ToList();
        return (truths.Where(pair => pair.Truth == Truth.True).Select(pair => pair.Row).ToList(), truths.Any(pair => pair.Truth == Truth.DataError));
    }

    /// <summary>The match text of a row's key, or nothing if the key has a NULL part.</summary>
    public static string? KeyText(Row row)
    {
        var key = row.Key.ToList();
        return key.Any(part => part.IsNull) ? null : ValueOrder.MatchText(key);
    }

    /// <summary>Predicates are told apart by identity: two equal ones are still two.</summary>
    private sealed class ByIdentity : IEqualityComparer<(Predicate Predicate, Row Row)>
    {
        public bool Equals((Predicate Predicate, Row Row) x, (Predicate Predicate, Row Row) y) =>
            ReferenceEquals(x.Predicate, y.Predicate) && ReferenceEquals(x.Row, y.Row);

        public int GetHashCode((Predicate Predicate, Row Row) pair) =>
            HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(pair.Predicate), pair.Row.GetHashCode());
    }
}
