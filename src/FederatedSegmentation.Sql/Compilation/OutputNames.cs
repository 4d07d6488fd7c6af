using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>Names for the columns of a fragment's result: readable in explain and in the source's own history, and distinct.</summary>
public static class OutputNames
{
    /// <summary>One name a column, in order: its own, with a number behind it where that is taken.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="comparer">How the source compares names.</param>
    public static ImmutableArray<string> Of(ImmutableArray<PlanColumn> columns, StringComparer comparer) => Of(columns, comparer, name => name);

    /// <summary>One name a column, in order: its own as the source may spell it, with a number behind it where that is taken.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="comparer">How the source compares names.</param>
    /// <param name="spell">The name, of the characters that the source allows.</param>
    public static ImmutableArray<string> Of(ImmutableArray<PlanColumn> columns, StringComparer comparer, Func<string, string> spell)
    {
        var used = new HashSet<string>(comparer);
        return
        [
            .. columns.Select(column => spell(column.Name)).Select(name => used.Add(name) ? name : Enumerable.Range(2, columns.Length)
                .Select(suffix => FormattableString.Invariant($"{name}_{suffix}"))
                .First(used.Add)),
        ];
    }
}
