using System.Collections.Immutable;

namespace FederatedSegmentation.Sql.Tree;

/// <summary>What stands behind FROM.</summary>
public abstract record SqlRelation : SqlNode
{
    private protected SqlRelation()
    {
    }
}

/// <summary>A relation that is named rather than computed.</summary>
/// <param name="Text">Its text: a quoted name, or a table function, written by a dialect's writer.</param>
/// <param name="Alias">Unique in the statement.</param>
public sealed record SqlTable(string Text, string Alias) : SqlRelation;

/// <summary>A query in parentheses.</summary>
/// <param name="Query">The query.</param>
/// <param name="Alias">Unique in the statement.</param>
public sealed record SqlDerived(SqlQuery Query, string Alias) : SqlRelation;

/// <summary>Rows written in the statement.</summary>
/// <param name="Rows">At least one row.</param>
/// <param name="Alias">Unique in the statement.</param>
/// <param name="Names">The names of the columns.</param>
public sealed record SqlValues(ImmutableArray<ImmutableArray<SqlExpression>> Rows, string Alias, ImmutableArray<string> Names) : SqlRelation;

/// <summary>A join; left-deep chains are written without parentheses.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Left">The left side.</param>
/// <param name="Right">The right side: never a join itself.</param>
/// <param name="On">All must hold; at least one.</param>
public sealed record SqlJoin(SqlJoinKind Kind, SqlRelation Left, SqlRelation Right, ImmutableArray<SqlCondition> On) : SqlRelation;

/// <summary>The kinds of joins. Semi and anti only in dialects with <see cref="Dialects.SqlDialect.HasSemiJoin"/>.</summary>
public enum SqlJoinKind
{
    /// <summary>Pairs that match.</summary>
    Inner,

    /// <summary>Every left row.</summary>
    Left,

    /// <summary>Left rows with a match, once.</summary>
    Semi,

    /// <summary>Left rows without a match.</summary>
    Anti,
}
