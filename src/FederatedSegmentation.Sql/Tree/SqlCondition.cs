using System.Collections.Immutable;
using FederatedSegmentation.Model.Resolved;

namespace FederatedSegmentation.Sql.Tree;

/// <summary>A predicate. It may be unknown where a NULL is met; WHERE, ON and CASE take that for false.</summary>
public abstract record SqlCondition : SqlNode
{
    private protected SqlCondition()
    {
    }
}

/// <summary>The same everywhere.</summary>
public sealed record SqlConstant(bool Value) : SqlCondition;

/// <summary>All hold.</summary>
public sealed record SqlAnd(ImmutableArray<SqlCondition> Items) : SqlCondition;

/// <summary>Some holds.</summary>
public sealed record SqlOr(ImmutableArray<SqlCondition> Items) : SqlCondition;

/// <summary>SQL's own NOT: unknown stays unknown.</summary>
public sealed record SqlNot(SqlCondition Item) : SqlCondition;

/// <summary>The exact complement: TRUE where the item is false or unknown.</summary>
public sealed record SqlIsNotTrue(SqlCondition Item) : SqlCondition;

/// <summary>A comparison.</summary>
public sealed record SqlComparison(ComparisonOperator Operator, SqlExpression Left, SqlExpression Right) : SqlCondition;

/// <summary>Equal, NULLs equal each other.</summary>
public sealed record SqlNotDistinct(SqlExpression Left, SqlExpression Right) : SqlCondition;

/// <summary>Among the items, or not; unknown for NULL.</summary>
public sealed record SqlIn(SqlExpression Value, ImmutableArray<SqlExpression> Items, bool Negated) : SqlCondition;

/// <summary>NULL, or not. Never unknown.</summary>
public sealed record SqlIsNull(SqlExpression Value, bool Negated) : SqlCondition;

/// <summary>The query has a row, or none. Never unknown.</summary>
public sealed record SqlExists(SqlSelect Query, bool Negated) : SqlCondition;

/// <summary>A boolean value, or what a function returns, taken as a predicate.</summary>
public sealed record SqlIsTrue(SqlExpression Value) : SqlCondition;
