using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>
/// Checks, in statements of remote sources, that the values they use are values of the language. What is sent is checked when it arrives, and a sum shows
/// whether a value that is no number was in it, so it is checked once a group and not once a row.
/// </summary>
internal sealed class ValueChecks(SqlDialect dialect, CompileContext context, LogicalPlan plan)
{
    private readonly HashSet<int> _sent = [.. plan.Columns.Select(column => column.Id)];
    private readonly HashSet<int> _summed = [];

    /// <summary>Checks a stored value, unless it is only summed.</summary>
    internal void CheckRow(QueryBlock block, PlanColumn column, SqlExpression value)
    {
        if (!_summed.Contains(column.Id))
        {
            Check(block, column, value);
        }
    }

    /// <summary>Checks a value.</summary>
    internal void Check(QueryBlock block, PlanColumn column, SqlExpression value)
    {
        if (context.EngineTables is null && !_sent.Contains(column.Id) && dialect.Fits(value, column) is { } fits)
        {
            block.Check(fits);
        }
    }

    /// <summary>Leaves the values that are summed to the check of their sum. To be called before the input is compiled.</summary>
    /// <returns>For each measure whether its output has to be checked.</returns>
    internal ImmutableArray<bool> LeaveToSums(ImmutableArray<Measure> measures)
    {
        var isSum = ImmutableArray.CreateBuilder<bool>(measures.Length);
        foreach (var measure in measures)
        {
            if (measure is { Function: MeasureFunction.Sum, Input: ColumnExpression { Column: { Type: DecimalType } column } })
            {
                _summed.Add(column.Id);
                isSum.Add(true);
            }
            else
            {
                isSum.Add(false);
            }
        }

        return isSum.MoveToImmutable();
    }
}
