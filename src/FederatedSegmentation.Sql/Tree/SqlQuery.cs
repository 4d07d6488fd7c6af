using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;

namespace FederatedSegmentation.Sql.Tree;

/// <summary>A statement: common tables, then a query.</summary>
/// <param name="With">Common tables, each after those it reads.</param>
/// <param name="Body">The query.</param>
public sealed record SqlStatement(ImmutableArray<SqlCommonTable> With, SqlQuery Body) : SqlNode;

/// <summary>A relation computed once in a statement.</summary>
/// <param name="Name">Unique in the statement.</param>
/// <param name="Query">What it computes.</param>
public sealed record SqlCommonTable(string Name, SqlQuery Query) : SqlNode;

/// <summary>Anything that returns rows.</summary>
public abstract record SqlQuery : SqlNode
{
    private protected SqlQuery()
    {
    }
}

/// <summary>One SELECT.</summary>
/// <param name="Outputs">The outputs, at least one.</param>
/// <param name="From">The relation, or null for a single row without columns.</param>
public sealed record SqlSelect(ImmutableArray<SqlOutput> Outputs, SqlRelation? From) : SqlQuery
{
    /// <summary>Whether equal rows are returned once.</summary>
    public bool Distinct { get; init; }

    /// <summary>All must hold; empty for every row.</summary>
    public ImmutableArray<SqlCondition> Where { get; init; } = [];

    /// <summary>The group; empty where nothing is grouped.</summary>
    public ImmutableArray<SqlExpression> GroupBy { get; init; } = [];

    /// <summary>The order of the result; empty for any order.</summary>
    public ImmutableArray<SqlOrder> OrderBy { get; init; } = [];

    /// <summary>The most rows, the first in the order; null for all.</summary>
    public long? Limit { get; init; }
}

/// <summary>A set operation.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Inputs">At least two, columns by position.</param>
/// <param name="KeepsDuplicates">Whether a union returns all rows of all inputs; the others never return a row twice.</param>
public sealed record SqlSetOperation(SetKind Kind, ImmutableArray<SqlQuery> Inputs, bool KeepsDuplicates = false) : SqlQuery;

/// <summary>The rows of all inputs, one after the other.</summary>
/// <param name="Inputs">At least two, columns by position.</param>
public sealed record SqlUnionAll(ImmutableArray<SqlQuery> Inputs) : SqlQuery;

/// <summary>An output of a SELECT.</summary>
/// <param name="Value">The value.</param>
/// <param name="Name">Its name, exactly.</param>
public sealed record SqlOutput(SqlExpression Value, string Name) : SqlNode;

/// <summary>A value to order by, NULLs last in both directions.</summary>
public sealed record SqlOrder(SqlExpression Value, bool Descending) : SqlNode;
