using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Building;

/// <summary>Turns key sets into relations of keys.</summary>
internal sealed class KeySetBuilder(PlanScope scope, IReadOnlyDictionary<string, LogicalPlan> segments, PredicateBuilder predicates)
{
    /// <summary>TRUE for the rows whose key is in the set.</summary>
    public PlanPredicate Match(RowContext row, InKeySetPredicate predicate)
    {
        if (predicate.Keys is ListedKeys { Keys.IsEmpty: true })
        {
            return Predicates.False;
        }

        var build = Keys(predicate.Entity, predicate.Keys);
        var keys = predicate.Entity.Key.Select((column, i) => new JoinKey(row.Current.Own(column), build.Columns[i]));
        return new MatchPlan(build, [.. keys], predicate.Origin);
    }

    private LogicalPlan Keys(Entity entity, KeySet set) => set switch
    {
        SegmentKeys segment => Segment(segment.Segment),
        WhereKeys where => predicates.Keys(entity, where.Where),
        ListedKeys listed => new KeyListPlan(listed.Keys, Columns(entity)),
        FileKeys file => new KeyFilePlan(file.Path, file.DisplayName, Columns(entity)),
        UnionKeys union => Combine(SetKind.Union, entity, union.Sets),
        IntersectKeys intersect => Combine(SetKind.Intersect, entity, intersect.Sets),
        MinusKeys minus => Combine(SetKind.Except, entity, minus.Sets),
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "Unknown key set."),
    };

    private SharedPlan Segment(string id)
    {
        var plan = segments[id];
        return new SharedPlan($"segment_{id}", plan, scope.Copies(plan.Columns));
    }

    private LogicalPlan Combine(SetKind kind, Entity entity, ImmutableArray<KeySet> sets)
    {
        var inputs = sets.Select(set => Keys(entity, set)).ToImmutableArray();
        return inputs.Length == 1 ? inputs[0] : new SetPlan(kind, inputs, Columns(entity));
    }

    private ImmutableArray<PlanColumn> Columns(Entity entity)
        => [.. entity.Key.Select(column => scope.Column(column.Name, column.Type, NaturalStorage.Of(column.Type)))];
}
