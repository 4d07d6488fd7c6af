using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>
/// Lets a statement of the engine find out whether a key is unique. Rows that hold the whole key are distinct where the key is, and to find that out costs a
/// fraction of grouping the rows. The key of a model is only a promise, so the statement looks for itself and has an answer for either case.
/// </summary>
internal sealed class UniqueKeys(SqlDialect dialect, IEngineTables? tables, PlanCompiler compiler)
{
    private const string IsUnique = "is_unique";

    private readonly Dictionary<Entity, string> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether the rows of the input are known to be distinct.</summary>
    internal bool IsKnown(DistinctPlan distinct) => HoldsUniqueKey(distinct.Input, distinct.Sources);

    /// <summary>Whether every group is known to have one row.</summary>
    internal bool IsKnown(AggregatePlan aggregate) => HoldsUniqueKey(aggregate.Input, aggregate.GroupBy);

    /// <summary>Whether a row is known to find at most one row of the build side.</summary>
    internal bool IsKnown(MatchPlan match) => HoldsUniqueKey(match.Build, [.. match.Keys.Select(key => key.Build)]);

    /// <summary>Whether the predicate asks no more than that a row has a key, where every row is known to have one.</summary>
    internal bool IsKnown(PlanPredicate predicate, LogicalPlan input)
        => predicate is IsNullPlan { Negated: true, Value: ColumnExpression { Column: var column } } && HoldsUniqueKey(input, [column]);

    // Filters, flags and look-ups keep rows or drop them.
    private bool HoldsUniqueKey(LogicalPlan input, ImmutableArray<PlanColumn> columns)
    {
        while (true)
        {
            switch (input)
            {
                case FilterPlan filter:
                    input = filter.Input;
                    break;
                case LookupPlan lookup:
                    input = lookup.Input;
                    break;
                case FlagPlan flag:
                    input = flag.Input;
                    break;
                case ScanPlan scan:
                    return tables?.TableOf(scan.Entity) is { Key: { IsUnique: true } key } && HoldsKey(columns, scan, key);
                default:
                    return false;
            }
        }
    }

    /// <summary>A condition that is TRUE where the rows of the input are distinct already; null where that cannot be found out cheaply.</summary>
    internal SqlExists? Condition(DistinctPlan distinct)
    {
        if (distinct.Input is not ScanPlan scan || tables?.TableOf(scan.Entity) is not { Key: { } key } table
            || !HoldsKey(distinct.Sources, scan, key) || !key.MayBeUnique)
        {
            return null;
        }

        if (!_known.TryGetValue(scan.Entity, out var name))
        {
            var alias = compiler.Alias();
            var column = new SqlTemplate([$"{alias}.{table.Expressions[key.Column]}"], []);
            if (dialect.IsUnique(column, key.Least, key.Greatest) is not { } unique)
            {
                return null;
            }

            name = FormattableString.Invariant($"unique_{_known.Count + 1}");
            _known.Add(scan.Entity, name);
            compiler.AddCommonTable(new SqlCommonTable(name, new SqlSelect([new SqlOutput(unique, IsUnique)], new SqlTable(table.Relation, alias))));
        }

        var found = compiler.Alias();
        return new SqlExists(
            new SqlSelect([new SqlOutput(new SqlColumn(found, IsUnique), IsUnique)], new SqlTable(dialect.QuoteIdentifier(name), found))
            {
                Where = [new SqlIsTrue(new SqlColumn(found, IsUnique))],
            },
            Negated: false);
    }

    private static bool HoldsKey(ImmutableArray<PlanColumn> columns, ScanPlan scan, KeyRange key)
        => scan.Sources.Zip(scan.Columns).Any(pair => pair.First.Name == key.Column && columns.Contains(pair.Second));
}
