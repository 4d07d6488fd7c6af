using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>
/// Adds predicates to a block. Negations move down to leaves and matches, so that every conjunct is found: a match among them becomes a semi- or
/// anti-join, one below OR a mark join. No form multiplies rows.
/// </summary>
internal sealed class FilterCompiler(SqlDialect dialect, ConditionCompiler conditions, BandCompiler bands, UniqueKeys uniqueKeys, Func<LogicalPlan, QueryBlock> open, Func<string> alias)
{
    /// <summary>The name of the column that says that a row was found.</summary>
    public const string Marker = "found";

    /// <summary>Keeps the rows of the block for which the predicate is TRUE.</summary>
    public void Apply(PlanPredicate predicate, QueryBlock block) => Apply(predicate, negated: false, block);

    private void Apply(PlanPredicate predicate, bool negated, QueryBlock block)
    {
        switch (predicate)
        {
            case NotPlan not:
                Apply(not.Item, !negated, block);
                break;
            case AndPlan conjunction when !negated:
                foreach (var item in conjunction.Items)
                {
                    Apply(item, negated, block);
                }

                break;
            case OrPlan disjunction when negated:
                foreach (var item in disjunction.Items)
                {
                    Apply(item, negated, block);
                }

                break;
            case MatchPlan { Band: null } match:
                Semi(match, negated, block);
                break;
            default:
                var condition = Condition(predicate, negated, block);
                if (condition is not SqlConstant { Value: true })
                {
                    block.Keep(condition);
                }

                break;
        }
    }

    /// <summary>A condition that is TRUE where the predicate is (or is not, where negated); elsewhere it may be unknown. The block gets the joins that it needs.</summary>
    public SqlCondition Condition(PlanPredicate predicate, bool negated, QueryBlock block)
    {
        switch (predicate)
        {
            case ConstantPlan constant:
                return new SqlConstant(constant.Value != negated);
            case NotPlan not:
                return Condition(not.Item, !negated, block);
            case AndPlan and:
                return Combine([.. and.Items.Select(item => Condition(item, negated, block))], all: !negated);
            case OrPlan or:
                return Combine([.. or.Items.Select(item => Condition(item, negated, block))], all: negated);
            case MatchPlan { Band: { } band } match:
                return bands.Exists(match, band, block) with { Negated = negated };
            case MatchPlan match:
                return new SqlIsNull(Mark(match, block), Negated: !negated);
            case LeafPlan leaf:
                var condition = conditions.Leaf(leaf, block);
                return negated ? ConditionCompiler.Complement(condition, dialect.NanIsGreatest) : condition;
            default:
                throw new ArgumentOutOfRangeException(nameof(predicate), predicate, "Unknown predicate.");
        }
    }

    private static SqlCondition Combine(ImmutableArray<SqlCondition> items, bool all)
    {
        if (items.Any(item => item is SqlConstant constant && constant.Value != all))
        {
            return new SqlConstant(!all);
        }

        items = items.RemoveAll(item => item is SqlConstant);
        return items switch
        {
            [] => new SqlConstant(all),
            [var only] => only,
            _ => all ? new SqlAnd(items) : new SqlOr(items),
        };
    }

    private void Semi(MatchPlan match, bool negated, QueryBlock block)
    {
        if (dialect.HasSemiJoin)
        {
            // A plain join is a semi-join where no row finds two, and DuckDB runs it faster.
            var kind = negated ? SqlJoinKind.Anti : uniqueKeys.IsKnown(match) ? SqlJoinKind.Inner : SqlJoinKind.Semi;
            var (relation, keys) = Build(match, distinct: false);
            block.Join(kind, relation, match.Keys.SelectMany((key, i) => conditions.Key(key, block[key.Probe], keys[i])));
            return;
        }

        var build = open(match.Build);
        var all = build.Where.Concat(match.Keys.SelectMany(key => conditions.Key(key, block[key.Probe], build[key.Build])));
        block.Keep(new SqlExists(new SqlSelect([One], build.From) { Where = [.. all] }, negated));
    }

    // A mark join: every row stays, and a marker that is not NULL says that its keys were found. The build side is distinct, so no row is multiplied.
    private SqlColumn Mark(MatchPlan match, QueryBlock block)
    {
        if (block.Marks.TryGetValue(match, out var known))
        {
            return known;
        }

        var (relation, keys) = Build(match, distinct: true);
        block.Join(SqlJoinKind.Left, relation, match.Keys.SelectMany((key, i) => conditions.Key(key, block[key.Probe], keys[i])));
        var mark = new SqlColumn(relation.Alias, Marker);
        block.Marks.Add(match, mark);
        return mark;
    }

    private (SqlDerived Relation, ImmutableArray<SqlValue> Keys) Build(MatchPlan match, bool distinct)
    {
        var build = open(match.Build);
        var name = alias();
        var names = match.Keys.Select((_, i) => FormattableString.Invariant($"k{i}")).ToImmutableArray();
        var outputs = match.Keys.Select((key, i) => new SqlOutput(build[key.Build].Expression, names[i]));
        if (distinct)
        {
            outputs = outputs.Append(One).Concat(TextGroups.Outputs(dialect, match.Keys.Select(key => build[key.Build])));
        }

        var select = new SqlSelect([.. outputs], build.From) { Where = [.. build.Where], Distinct = distinct };
        return (new SqlDerived(select, name), [.. match.Keys.Select((key, i) => build[key.Build] with { Expression = new SqlColumn(name, names[i]) })]);
    }

    private static SqlOutput One => new(new SqlLiteral(new Int64Literal(1), new StoredInteger()), Marker);
}
