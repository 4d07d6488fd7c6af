using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;

namespace FederatedSegmentation.Planning.Rewriting;

/// <summary>A shared relation that is used once is no relation of its own: it is put where it is used, so that filters and keys reach into it.</summary>
internal static class InlineSingleUse
{
    /// <summary>The plan with each <see cref="SharedPlan"/> that occurs once replaced by what it computes.</summary>
    public static LogicalPlan Apply(LogicalPlan plan)
    {
        var uses = new Dictionary<string, int>(StringComparer.Ordinal);
        Count(plan, uses);
        return Rewrite(plan, uses, new Dictionary<string, LogicalPlan>(StringComparer.Ordinal));
    }

    private static void Count(LogicalPlan plan, Dictionary<string, int> uses)
    {
        if (plan is SharedPlan shared)
        {
            uses[shared.Name] = uses.GetValueOrDefault(shared.Name) + 1;
            if (uses[shared.Name] > 1)
            {
                return;
            }
        }

        foreach (var input in PlanTree.Inputs(plan))
        {
            Count(input, uses);
        }
    }

    private static LogicalPlan Rewrite(LogicalPlan plan, Dictionary<string, int> uses, Dictionary<string, LogicalPlan> definitions)
    {
        if (plan is not SharedPlan shared)
        {
            return PlanTree.WithInputs(plan, input => Rewrite(input, uses, definitions));
        }

        // Each definition is rewritten once, so that deep chains of segments stay linear.
        if (!definitions.TryGetValue(shared.Name, out var definition))
        {
            definition = Rewrite(shared.Shared, uses, definitions);
            definitions.Add(shared.Name, definition);
        }

        return uses[shared.Name] > 1
            ? shared with { Shared = definition }
            : new ProjectPlan(definition, [.. definition.Columns.Select(PlanExpression (column) => new ColumnExpression(column))], shared.Columns);
    }
}
