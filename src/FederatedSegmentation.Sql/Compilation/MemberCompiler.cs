using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Tree;

namespace FederatedSegmentation.Sql.Compilation;

/// <summary>Ranks and tiers of members.</summary>
internal sealed class MemberCompiler(SqlDialect dialect, ConditionCompiler conditions, PlanCompiler compiler)
{
    /// <summary>The first rows of each group.</summary>
    public QueryBlock Rank(RankPlan rank)
    {
        var input = compiler.Open(rank.Input);
        var names = PlanCompiler.Names(rank.Columns);
        var select = PlanCompiler.Select(input, rank.Columns, names);
        var by = Order(input, rank.By);
        var all = by.AddRange(rank.Key.Select(key => new SqlOrder(compiler.Sortable(input[key]), Descending: false)));
        if (rank is { Per: [], Take: TakeCount take, IncludesTies: false })
        {
            return compiler.Derived(select with { OrderBy = all, Limit = take.Count }, rank.Columns, names, column => input[column].Storage, out _);
        }

        ImmutableArray<SqlExpression> per = [.. rank.Per.Select(column => column.Type is Float64Type ? dialect.NanAsNull(input[column].Expression) : input[column].Expression)];

        // The rank counts the rows strictly before: of equals all have that of the first, which is within the limit exactly if the last one kept equals them.
        var place = rank.IncludesTies ? new SqlWindow(new SqlCall("rank", []), per, by) : new SqlWindow(new SqlCall("row_number", []), per, all);
        select = select with { Outputs = select.Outputs.Add(new SqlOutput(place, PlanCompiler.RowNumber)) };
        if (rank.Take is TakeShare)
        {
            select = select with { Outputs = select.Outputs.Add(new SqlOutput(new SqlWindow(new SqlCall("count", [], Star: true), per, []), PlanCompiler.GroupSize)) };
        }

        var block = compiler.Derived(select, rank.Columns, names, column => input[column].Storage, out var alias);
        block.Where.Add(Within(rank.Take, new SqlColumn(alias, PlanCompiler.RowNumber), new SqlColumn(alias, PlanCompiler.GroupSize)));
        return block;
    }

    /// <summary>The rows that a tier takes, with its name.</summary>
    /// <remarks>
    /// The keys of each tier with a cap are a relation of their own, the first so many of those that no earlier tier took: the engine finds the first rows
    /// without putting all in order, and a look-up costs less than a number for every row.
    /// </remarks>
    public QueryBlock Tiers(TierPlan tiers)
    {
        var input = compiler.Open(tiers.Input);
        var columns = tiers.Input.Columns;
        var names = PlanCompiler.Names(columns);
        var rows = compiler.AddCommonTable("tier_rows", PlanCompiler.Select(input, columns, names));
        var keyNames = PlanCompiler.Names(tiers.Key);
        var taken = new Dictionary<TierStep, string>(ReferenceEqualityComparer.Instance);
        QueryBlock Rows() => compiler.Table(rows, names, columns, column => input[column].Storage);

        for (var i = 0; i < tiers.Steps.Length; i++)
        {
            var step = tiers.Steps[i];
            if (step.Cap is not { } cap)
            {
                continue;
            }

            var candidates = Rows();
            if (step.Flag is { } flag)
            {
                candidates.Keep(new SqlIsNull(candidates[flag].Expression, Negated: true));
            }

            foreach (var earlier in tiers.Steps.Take(i))
            {
                candidates.Keep(Taken(earlier, negated: true, candidates));
            }

            var order = Order(candidates, step.By).AddRange(Order(candidates, [.. tiers.Key.Select(key => new PlanOrder(key, Descending: false))]));
            taken.Add(step, compiler.AddCommonTable("tier", PlanCompiler.Select(candidates, tiers.Key, keyNames) with { OrderBy = order, Limit = cap }));
        }

        var block = Rows();
        SqlExpression? tier = null;
        foreach (var step in tiers.Steps.Reverse())
        {
            SqlExpression name = new SqlLiteral(new StringLiteral(step.Name), new StoredText());
            tier = step is { Flag: null, Cap: null } ? name : new SqlCase(Taken(step, negated: false, block), name, tier);
        }

        block.Add(tiers.Tier, tier!, new StoredText());
        block.Where.Add(new SqlIsNull(tier!, Negated: true));
        return block;

        SqlCondition Taken(TierStep step, bool negated, QueryBlock block)
        {
            if (!taken.TryGetValue(step, out var keys))
            {
                return step.Flag is { } flag ? new SqlIsNull(block[flag].Expression, Negated: !negated) : new SqlConstant(!negated);
            }

            var found = compiler.Table(keys, keyNames, tiers.Key, column => input[column].Storage);
            block.Join(SqlJoinKind.Left, found.From, tiers.Key.SelectMany(key => conditions.Key(new JoinKey(key, key), block[key], found[key])));
            return new SqlIsNull(found[tiers.Key[0]].Expression, Negated: !negated);
        }
    }

    private ImmutableArray<SqlOrder> Order(QueryBlock block, ImmutableArray<PlanOrder> orders)
        => [.. orders.Select(order => new SqlOrder(compiler.Sortable(block[order.Column]), order.Descending))];

    // place ≤ ceil(size × parts / whole), in integers: (place − 1) × whole < size × parts.
    private static SqlComparison Within(Take take, SqlExpression place, SqlExpression size) => take switch
    {
        TakeCount count => new SqlComparison(ComparisonOperator.LessOrEqual, place, Number(count.Count)),
        TakeShare share => new SqlComparison(
            ComparisonOperator.Less,
            new SqlArithmetic('*', Exact(new SqlArithmetic('-', place, Number(1))), Exact(Number(share.Whole))),
            new SqlArithmetic('*', Exact(size), Exact(Number(share.Parts)))),
        _ => throw new ArgumentOutOfRangeException(nameof(take), take, "Unknown take."),
    };

    private static SqlCast Exact(SqlExpression value) => new(value, new StoredDecimal(19, 0));

    private static SqlLiteral Number(long value) => new(new Int64Literal(value), new StoredInteger());
}
