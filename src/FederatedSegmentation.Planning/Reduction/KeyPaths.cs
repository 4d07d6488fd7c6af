using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;

namespace FederatedSegmentation.Planning.Reduction;

/// <summary>Follows columns of a plan down to the results they come from, through nodes that a condition on those columns passes without changing what comes out.</summary>
internal static class KeyPaths
{
    /// <summary>
    /// The results that a condition on the columns of a plan may be moved to, with the columns of the result that it is on then. To keep only the rows of one
    /// such result that fulfil it changes only rows of the plan that do not.
    /// </summary>
    public static IEnumerable<(ResultPlan Result, ImmutableArray<PlanColumn> Columns)> Results(LogicalPlan plan, ImmutableArray<PlanColumn> columns)
        => plan is ResultPlan result ? Holds(result, columns) ? [(result, columns)] : [] : Below(plan, columns).SelectMany(step => Results(step.Input, step.Columns));

    /// <summary>The direct inputs that a condition may be moved into, with its columns there. To move it into one of them is enough only where it is the only input.</summary>
    public static IEnumerable<(LogicalPlan Input, ImmutableArray<PlanColumn> Columns)> Below(LogicalPlan plan, ImmutableArray<PlanColumn> columns)
    {
        switch (plan)
        {
            case FilterPlan filter:
                return [(filter.Input, columns)];
            case FlagPlan flag when Holds(flag.Input, columns):
                return [(flag.Input, columns)];
            case LookupPlan lookup when Holds(lookup.Input, columns):
                return [(lookup.Input, columns)];
            case PairPlan pair when Holds(pair.Left, columns):
                return [(pair.Left, columns)];
            case PairPlan pair when Holds(pair.Right, columns):
                return [(pair.Right, columns)];

            // Rows with the same key stay or go together.
            case DedupePlan dedupe when columns.All(column => dedupe.Keys.Any(key => key.Id == column.Id)):
                return [(dedupe.Input, columns)];
            case DistinctPlan distinct:
                return Mapped(distinct.Input, columns, distinct.Columns, i => distinct.Sources[i]);
            case ProjectPlan project:
                return Mapped(project.Input, columns, project.Columns, i => (project.Expressions[i] as ColumnExpression)?.Column);
            case AggregatePlan aggregate:
                return Mapped(aggregate.Input, columns, aggregate.Columns, i => i < aggregate.GroupBy.Length ? aggregate.GroupBy[i] : null);
            case SetPlan set:
                return set.Inputs.SelectMany(input => Mapped(input, columns, set.Columns, i => input.Columns[i]));
            case AppendPlan append:
                return append.Inputs.SelectMany(input => Mapped(input, columns, append.Columns, i => input.Columns[i]));
            default:
                return [];
        }
    }

    private static IEnumerable<(LogicalPlan Input, ImmutableArray<PlanColumn> Columns)> Mapped(
        LogicalPlan input, ImmutableArray<PlanColumn> columns, ImmutableArray<PlanColumn> outputs, Func<int, PlanColumn?> sourceOf)
    {
        var sources = ImmutableArray.CreateBuilder<PlanColumn>(columns.Length);
        foreach (var column in columns)
        {
            var position = -1;
            for (var i = 0; i < outputs.Length && position < 0; i++)
            {
                position = outputs[i].Id == column.Id ? i : -1;
            }

            if (position < 0 || sourceOf(position) is not { } source)
            {
                return [];
            }

            sources.Add(source);
        }

        return [(input, sources.MoveToImmutable())];
    }

    private static bool Holds(LogicalPlan plan, ImmutableArray<PlanColumn> columns) => columns.All(column => plan.Columns.Any(held => held.Id == column.Id));
}
