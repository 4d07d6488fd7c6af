using System.Collections.Immutable;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Sql.Tree;

/// <summary>A value.</summary>
public abstract record SqlExpression : SqlNode
{
    private protected SqlExpression()
    {
    }
}

/// <summary>A column of a relation in scope.</summary>
/// <param name="Table">The relation's alias.</param>
/// <param name="Name">The column, unquoted.</param>
public sealed record SqlColumn(string Table, string Name) : SqlExpression;

/// <summary>A typed constant.</summary>
/// <param name="Value">The constant.</param>
/// <param name="Storage">The physical type it is written in; it holds the constant exactly.</param>
public sealed record SqlLiteral(Literal Value, StorageType Storage) : SqlExpression;

/// <summary>NULL, to be cast.</summary>
public sealed record SqlNull : SqlExpression;

/// <summary>A conversion.</summary>
/// <param name="Value">The value.</param>
/// <param name="Storage">The physical type to convert to.</param>
/// <param name="OrNull">Whether a value that does not fit becomes NULL instead of an error; only in dialects that have it.</param>
public sealed record SqlCast(SqlExpression Value, StorageType Storage, bool OrNull = false) : SqlExpression;

/// <summary>A function or aggregate call.</summary>
/// <param name="Function">The function's name, written as it is.</param>
/// <param name="Arguments">The arguments; empty with <paramref name="Star"/>.</param>
/// <param name="Distinct">Whether an aggregate takes distinct values.</param>
/// <param name="Star">Whether the argument is <c>*</c>.</param>
public sealed record SqlCall(string Function, ImmutableArray<SqlExpression> Arguments, bool Distinct = false, bool Star = false) : SqlExpression;

/// <summary>Two operands and a sign: <c>+ - * /</c>.</summary>
public sealed record SqlArithmetic(char Sign, SqlExpression Left, SqlExpression Right) : SqlExpression;

/// <summary>One decision.</summary>
/// <param name="When">The predicate.</param>
/// <param name="Then">The value where it is TRUE.</param>
/// <param name="Else">The value elsewhere, or null for NULL.</param>
public sealed record SqlCase(SqlCondition When, SqlExpression Then, SqlExpression? Else) : SqlExpression;

/// <summary>Several decisions, the first that is TRUE counting.</summary>
/// <param name="Branches">At least one.</param>
/// <param name="Else">The value elsewhere, or null for NULL.</param>
public sealed record SqlSearchedCase(ImmutableArray<(SqlCondition When, SqlExpression Then)> Branches, SqlExpression? Else) : SqlExpression;

/// <summary>A function over the rows of a partition, up to the row's own place in the order, equals included, or over all where nothing is ordered.</summary>
/// <param name="Function">A window function or an aggregate.</param>
/// <param name="PartitionBy">Empty for one partition.</param>
/// <param name="OrderBy">Empty for no order.</param>
public sealed record SqlWindow(SqlCall Function, ImmutableArray<SqlExpression> PartitionBy, ImmutableArray<SqlOrder> OrderBy) : SqlExpression;

/// <summary>Syntax of one dialect: pieces of text with values between them (<c>piece value piece … piece</c>). Holds no value of a definition.</summary>
/// <param name="Pieces">One more than there are arguments.</param>
/// <param name="Arguments">The values.</param>
public sealed record SqlTemplate(ImmutableArray<string> Pieces, ImmutableArray<SqlExpression> Arguments) : SqlExpression;
